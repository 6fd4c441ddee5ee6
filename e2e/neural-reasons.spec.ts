import { expect, type Page, test } from '@playwright/test';
import { giveFiles, openStudio, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv } from './synthetic.ts';

const list = (page: Page) => page.getByTestId('recommendations');
const rows = (page: Page) => list(page).locator('> li');
const titles = (page: Page) => rows(page).locator('h3').allTextContents();
const settled = (page: Page) => expect(list(page)).toHaveAttribute('aria-busy', 'false');
/** "Crime story, no. 12" → "Crime" */
const kindOf = (title: string) => title.split(' ')[0];

test('the neural model says roughly why, where a thing would stand without a reason, and answers what-if itself', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  await waitForImport(page);
  // No factorization beside it: nobody else could answer.
  await page.evaluate(
    () => void window.tastemaker.train('neumf', 'quick', { 'choice.epochs': 12, 'choice.learningRate': 0.02 }),
  );
  await waitForRuns(page, 1, 120_000);
  await page.evaluate(() => {
    window.location.hash = '#/customers/c4';
  });
  await expect(rows(page)).toHaveCount(10);
  await settled(page);

  // c4 likes gardens; the reasons are things c4 had, and gardens for most of what is suggested.
  const first = rows(page).first();
  await expect(first).toContainText('roughly because of');
  await expect(first.getByRole('list', { name: 'roughly because of' })).toHaveAttribute('title', /do not add up/);
  const plain = await titles(page);
  const causes = await rows(page).locator('button[aria-pressed] em').allTextContents();
  expect(causes.length).toBeGreaterThan(10);
  for (const cause of causes) expect(plain).not.toContain(cause);

  // Without its first reason it stands where a list of the engine has it.
  const reason = first.locator('button[aria-pressed]').first();
  await reason.click();
  await expect(reason).toHaveAttribute('aria-pressed', 'true');
  const cause = (await reason.locator('em').textContent()) ?? '';
  await expect(first.getByRole('status')).toContainText(`Without ${cause} it would`);
  const said = (await first.getByRole('status').textContent()) ?? '';
  const place = await page.evaluate(
    async ([suggested, without]) => {
      const engine = window.tastemaker.engine();
      const [[product], [other]] = await Promise.all([
        engine.searchProducts(suggested, 1),
        engine.searchProducts(without, 1),
      ]);
      const { customer } = await engine.customerById('c4');
      const whatIf = { liked: [], disliked: [other.product] };
      const changed = await engine.recommend({ customer: customer.customer, whatIf, count: 120, run: null });
      return changed.items.findIndex((item) => item.product.product === product.product) + 1;
    },
    [plain[0], cause],
  );
  expect(place).toBeGreaterThan(0);
  expect(said).toContain(place === 1 ? 'still stand in place 1' : `in place ${place} instead of 1`);

  // Things of another kind are liked: more of that kind come, from the same model.
  for (const number of [2, 5, 8, 11, 14, 17]) {
    await page
      .getByPlaceholder(/^Search (things|products|movies|items)/i)
      .last()
      .fill(`Space story, no. ${number}`);
    await page
      .getByRole('option', { name: `Space story, no. ${number}` })
      .first()
      .click();
    await page.getByRole('button', { name: `Like Space story, no. ${number}`, exact: true }).click();
    await settled(page);
  }
  const space = (all: readonly string[]) => all.filter((title) => kindOf(title) === 'Space').length;
  await expect.poll(async () => space(await titles(page))).toBeGreaterThan(space(plain));
  await expect(page.getByText('the factorization answers here')).toHaveCount(0);
  await expect(rows(page).first()).toContainText('roughly because of');
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => titles(page)).toEqual(plain);

  // Somebody new is answered by it too.
  await page.getByRole('button', { name: /^New / }).click();
  await expect(rows(page)).toHaveCount(10);
  const bestsellers = await titles(page);
  await page.getByTestId('question').getByRole('button', { name: 'I like it' }).click();
  await settled(page);
  await expect.poll(() => titles(page)).not.toEqual(bestsellers);
  await expect(rows(page).first()).toContainText('roughly because of');
});
