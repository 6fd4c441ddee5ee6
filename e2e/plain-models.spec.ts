import { expect, type Page, test } from '@playwright/test';
import type { ModelName } from '../src/models/recommender.ts';
import { giveFiles, openStudio, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, ratingRows, titlesCsv } from './synthetic.ts';

const TINY = { customers: 90, products: 60, perCustomer: 18, seed: 7 };
/** Likes what leaves the remainder 1: gardens. */
const CUSTOMER = 'c4';
const KIND = 'Garden';

interface Plain {
  readonly model: ModelName;
  readonly name: string;
  /** Whose list it is: a model that only guesses stars has a factorization make it. */
  readonly learns: boolean;
}

/** In the order they are pressed. */
const PLAIN: readonly Plain[] = [
  { model: 'svd', name: 'Truncated SVD', learns: true },
  { model: 'bpr', name: 'Pairwise ranking', learns: true },
  { model: 'content', name: 'By description', learns: true },
  { model: 'markov', name: 'What follows what', learns: true },
  { model: 'slopeOne', name: 'Slope One', learns: true },
  { model: 'means', name: 'Averages', learns: true },
  { model: 'trending', name: 'Bestsellers of late', learns: false },
  { model: 'random', name: 'Random', learns: false },
];

const suggestions = (page: Page) => page.getByTestId('recommendations').locator('> li');

function goTo(page: Page, hash: string): Promise<void> {
  return page.evaluate((to) => {
    window.location.hash = to;
  }, hash);
}

test('every model of the fold is trained at a press and answers on Customers', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(TINY) },
    { name: 'things.csv', text: titlesCsv(TINY.products) },
  ]);
  await waitForImport(page);
  const had = new Set(
    ratingRows(TINY)
      .filter(([customer]) => customer === CUSTOMER)
      .map(([, product]) => Number(product.slice(1))),
  );
  expect(had.size).toBe(TINY.perCustomer);

  await goTo(page, '#/train');
  const fold = page.getByText('13 more models', { exact: true });
  const button = (name: string) => page.getByRole('button', { name: `Train ${name}`, exact: true });
  await expect(button('Random')).toBeHidden();
  const lists = new Map<ModelName, readonly string[]>();
  for (const [at, { model, name, learns }] of PLAIN.entries()) {
    await test.step(name, async () => {
      await goTo(page, '#/train');
      await fold.click();
      await button(name).click();
      const { runs } = await waitForRuns(page, at + 1, 60_000);
      expect(runs.map(({ request }) => request.model)).toEqual(PLAIN.slice(0, at + 1).map((one) => one.model));

      await goTo(page, `#/customers/${CUSTOMER}`);
      const which = page.getByRole('group', { name: 'Which model answers' });
      if (at > 0 && at < 3) await which.getByRole('radio', { name, exact: true }).check({ force: true });
      else if (at >= 3) await page.getByRole('combobox', { name: 'Which model answers' }).selectOption(model);
      const told = await page.evaluate(async (run) => {
        const engine = window.tastemaker.engine();
        const { customer } = (await engine.customerById('c4')).customer;
        const request = { customer, whatIf: { liked: [], disliked: [] }, count: 10, run };
        const { items, model: by } = await engine.recommend(request);
        return { by, titles: items.map(({ product }) => product.title), stars: items.map(({ stars }) => stars) };
      }, runs[at].id);
      expect(told.by).toBe(model);
      await expect
        .poll(() => suggestions(page).getByRole('heading', { level: 3 }).allTextContents())
        .toEqual(told.titles);
      await expect(suggestions(page)).toHaveCount(10);
      // Nothing they have, and nothing twice.
      const products = told.titles.map((title) => Number(/no\. (\d+)$/.exec(title ?? '')?.[1]));
      expect(new Set(products).size).toBe(10);
      for (const product of products) expect(had.has(product)).toBe(false);
      // Stars of its own or a factorization's, on the scale.
      for (const stars of told.stars) {
        expect(stars).toBeGreaterThanOrEqual(1);
        expect(stars).toBeLessThanOrEqual(5);
      }
      await expect(suggestions(page).first()).toContainText('★');
      const own = told.titles.filter((title) => title?.startsWith(KIND)).length;
      // A third of everything is a garden, and of those more than half is still to be suggested.
      if (learns) expect(own, name).toBeGreaterThanOrEqual(6);
      lists.set(model, told.titles.map(String));
    });
  }
  // Eight models and no two of the same list, but for those whose lists a factorization makes.
  const different = new Set([...lists.values()].map((titles) => titles.join()));
  expect(different.size).toBe(PLAIN.length - 1);
  expect(lists.get('slopeOne')).toEqual(lists.get('means'));
});
