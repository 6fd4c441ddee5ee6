import { expect, type Page, test } from '@playwright/test';
import { dropFiles, giveFiles, openStudio, snapshot, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv } from './synthetic.ts';

const RARE = ['rare0', 'rare1', 'rare2', 'rare3'];
/** Everybody's ratings, and four things that three people each love and nobody else has. */
const csv = () =>
  ratingCsv(SMALL) +
  RARE.map((id, at) => [0, 1, 2].map((nth) => `c${at + 9 * nth},${id},5,1600900000\n`).join('')).join('');

const card = (page: Page) => page.getByRole('region', { name: /privacy/i });
const line = (page: Page, fewest: number, most: number | 'all') =>
  page.locator(`[data-testid="privacy-line"][data-fewest="${fewest}"][data-most="${most}"]`);
const open = (page: Page, hash: string) =>
  page.evaluate((to) => {
    window.location.hash = to;
  }, hash);

/** Everything the model that answers would list for a customer, by id. */
const listed = (page: Page, customer: string) =>
  page.evaluate(async (id) => {
    const engine = window.tastemaker.engine();
    const { customer: found } = await engine.customerById(id);
    const run = window.tastemaker.training().serving;
    const whatIf = { liked: [], disliked: [] };
    const list = await engine.recommend({ customer: found.customer, whatIf, count: 500, run });
    return list.items.map(({ product }) => product.id);
  }, customer);

test('privacy is priced, adopted, trained with, told of the run, kept over a reload, and kept out of lists', async ({
  page,
}) => {
  test.setTimeout(240_000);
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [
    { name: 'ratings.csv', text: csv() },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  await waitForImport(page);
  await page.evaluate(() => void window.tastemaker.train('ease', 'quick'));
  await waitForRuns(page, 1);
  expect(await listed(page, 'c30')).toEqual(expect.arrayContaining(RARE));

  await open(page, '#/quality');
  await expect(card(page)).toContainText('may give them away');
  await expect(card(page)).toContainText(/up to 6 times, which takes about/);
  await card(page).getByRole('button', { name: 'Measure the cost' }).click();
  await expect(line(page, 5, 'all')).toBeVisible({ timeout: 120_000 });
  await expect(line(page, 0, 'all')).toContainText('Everything');
  await expect(line(page, 5, 'all')).toContainText(/of the data, 1[0-2]\d (things|products|films|books)/);
  await expect(line(page, 5, 'all')).toContainText(/points/);
  // Nobody has fifty things, so that a bound of fifty leaves out nothing.
  await expect(card(page)).toContainText(/nothing more is left out here: the latest 50/);
  await expect(line(page, 0, 50)).toHaveCount(0);
  await expect(line(page, 0, 20)).toBeVisible();
  await expect(line(page, 0, 'all').getByRole('radio')).toBeChecked();

  await line(page, 5, 'all').getByRole('radio').check();
  await expect(card(page)).toContainText('From now on every training learns so');
  await page.getByRole('button', { name: /^Train EASE so now/ }).click();
  await waitForRuns(page, 2);
  await expect(card(page)).not.toContainText('From now on every training learns so');
  const { runs } = await snapshot(page);
  expect(runs.map(({ request }) => request.privacy)).toEqual([undefined, { fewest: 5, most: null }]);
  const list = await listed(page, 'c30');
  expect(list.length).toBeGreaterThan(80);
  expect(list.filter((id) => RARE.includes(id))).toEqual([]);
  // What a customer has is not suggested again, learned from or not.
  expect((await listed(page, 'c0')).filter((id) => RARE.slice(1).includes(id))).toEqual([]);

  await open(page, '#/train');
  await expect(page.getByTestId('privacy-badge')).toHaveCount(1);
  await expect(page.getByTestId('privacy-badge')).toHaveAttribute('title', /only .* that 5 or more/);
  await expect(page.getByTestId('privacy-settings')).toContainText(/Privacy: only .* that 5 or more/);

  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await waitForRuns(page, 2);
  await open(page, '#/train');
  await expect(page.getByTestId('privacy-settings')).toContainText(/Privacy: only .* that 5 or more/);
  await expect(page.getByTestId('privacy-badge')).toHaveCount(1);
  // It is the newest, so that it answers again.
  await expect(page.locator('li', { has: page.getByTestId('privacy-badge') })).toContainText('answers');
  expect((await listed(page, 'c30')).filter((id) => RARE.includes(id))).toEqual([]);
  await open(page, '#/customers/c30');
  await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10);
  await expect(page.getByTestId('recommendations')).not.toContainText('rare');
});

test('data that is read again keeps its settings, also in another visit, and the Map shows what answers and no more', async ({
  page,
}) => {
  const settings = () => page.getByTestId('privacy-settings').locator('summary');
  const files = [{ name: 'ratings.csv', text: csv() }];
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, files);
  await waitForImport(page);
  await open(page, '#/train');
  await page.getByTestId('privacy-settings').locator('summary').click();
  // One after the other at once: the last one is what counts.
  await page.getByLabel(/that few chose/).selectOption('20');
  await page.getByLabel(/that few chose/).selectOption('5');
  await page.evaluate(() => void window.tastemaker.train('mf', 'quick'));
  await waitForRuns(page, 1);
  await page.evaluate(() => window.tastemaker.saved());

  await page.reload();
  await waitForRuns(page, 1);
  const imported = async () => (await snapshot(page)).summary?.importMs;
  const before = await imported();
  await dropFiles(page, files);
  await expect.poll(imported).not.toBe(before);
  await open(page, '#/train');
  await expect(settings()).toContainText(/Privacy: only .* that 5 or more/);
  await page.evaluate(() => void window.tastemaker.train('ease', 'quick'));
  const { runs } = await waitForRuns(page, 1);
  expect(runs.map(({ request }) => request.privacy)).toEqual([{ fewest: 5, most: null }]);

  // A factorization that learned from everything is none that the Map could ask beside it.
  await page.getByTestId('privacy-settings').locator('summary').click();
  await page.getByLabel(/that few chose/).selectOption('0');
  await page.evaluate(() => void window.tastemaker.train('mf', 'quick'));
  const all = await waitForRuns(page, 2);
  const asked = (run: string) =>
    page.evaluate(async (id) => {
      const request = { side: 'products', measure: 'model', size: 500, choose: { by: 'popularity' }, run: id } as const;
      const never = new AbortController().signal;
      return window.tastemaker
        .engine()
        .heatmap(request, () => undefined, never)
        .then(
          ({ labels }) => labels as string[],
          (thrown: { code?: string }) => thrown.code ?? String(thrown),
        );
    }, run);
  expect(await asked(all.runs[0].id)).toBe('spaceMissing');
  expect(await asked(all.runs[1].id)).toEqual(expect.arrayContaining(RARE));
  await page.getByLabel(/that few chose/).selectOption('5');
  await page.evaluate(() => void window.tastemaker.train('mf', 'quick'));
  await waitForRuns(page, 3);
  const shown = await asked(all.runs[0].id);
  expect(shown.length).toBeGreaterThan(100);
  expect(RARE.filter((id) => shown.includes(id))).toEqual([]);

  // The page asks for the run that answers: the newest factorization.
  await open(page, '#/map?measure=model&search=rare');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/^No .* matches/);
  await expect(page.getByRole('radio', { name: 'Model' })).toBeChecked();
  await expect(page.getByRole('main')).not.toContainText('rare0');
  await open(page, '#/train');
  const run = page.getByRole('listitem').filter({ has: page.getByRole('checkbox') });
  const learnedAll = run.filter({ hasNot: page.getByTestId('privacy-badge') });
  await learnedAll.getByRole('button', { name: 'Let it answer' }).click();
  await open(page, '#/map?measure=model&search=rare');
  await expect(page.getByRole('main')).toContainText('rare0');
});

test('set on the Train page without measuring: what is left is said, and what would leave nothing is refused', async ({
  page,
}) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: csv() }]);
  await waitForImport(page);
  await open(page, '#/train');
  const fold = page.getByTestId('privacy-settings');
  await fold.locator('summary').click();
  await fold.getByLabel(/that few chose/).selectOption('5');
  await expect(fold).toContainText(/of the data and 1[12]\d .* of 124 are learned from/);
  await fold.getByLabel(/so much of each/).selectOption('20');
  await expect(fold.locator('summary')).toContainText(/5 or more .*, the latest 20 of each/);
  await page.evaluate(() => void window.tastemaker.train('popularity', 'quick'));
  const { runs } = await waitForRuns(page, 1);
  expect(runs[0].request.privacy).toEqual({ fewest: 5, most: 20 });
  expect((await listed(page, 'c30')).filter((id) => RARE.includes(id))).toEqual([]);

  // Other data begins without.
  const tiny = Array.from({ length: 24 }, (_, at) => `c${at % 6},p${at % 8},${1 + (at % 5)}`);
  await dropFiles(page, [{ name: 'tiny.csv', text: `user_id,item_id,rating\n${tiny.join('\n')}\n` }]);
  await expect.poll(async () => (await snapshot(page)).summary?.name).toBe('tiny.csv');
  await open(page, '#/train');
  await expect(fold).toContainText('everything is learned from');
  if ((await fold.getAttribute('open')) === null) await fold.locator('summary').click();
  await fold.getByLabel(/that few chose/).selectOption('20');
  await page.evaluate(() => void window.tastemaker.train('popularity', 'quick'));
  await expect(page.getByText(/too little is left to learn from/)).toBeVisible();
});
