import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { giveFiles, openStudio, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, ratingRows, SMALL, titlesCsv } from './synthetic.ts';

/** Within the page: an address would load it anew. */
async function goToQuality(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.location.hash = '#/quality';
  });
}

async function openQuality(page: Page, query = ''): Promise<void> {
  await openStudio(page, `device=wasm&story=off${query}`);
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  await waitForImport(page);
  await goToQuality(page);
}

const board = (page: Page) => page.getByTestId('leaderboard');
const row = (page: Page, model: string) => board(page).locator(`tr[data-model="${model}"]`);

async function compareAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Compare \d+ models$/ }).click();
  await expect(page.getByRole('button', { name: /^Compare \d+ models$/ })).toBeVisible({ timeout: 150_000 });
}

const percent = (text: string | null) => Number.parseFloat(/([\d.]+)\s?%/.exec(text ?? '')?.[1] ?? 'NaN');

test('all models are compared from the page, the best is crowned, and the comparison is kept', async ({ page }) => {
  test.setTimeout(240_000);
  await openQuality(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Which model knows');
  await compareAll(page);

  await expect(board(page).locator('tbody tr')).toHaveCount(8);
  await expect(board(page).locator('tr[data-state="done"]')).toHaveCount(8);
  const found = async (model: string) =>
    percent(await row(page, model).locator('td[data-column="recall"]').textContent());
  // Tastes are planted: whoever learns anything beats bestsellers, and bestsellers beat chance.
  expect(await found('ease')).toBeGreaterThan(await found('popularity'));
  expect(await found('itemNeighbours')).toBeGreaterThan(await found('popularity'));
  expect(await found('popularity')).toBeGreaterThan(await found('random'));
  await expect(board(page).getByText('best', { exact: true }).first()).toBeVisible();
  const headline = await page.getByRole('heading', { level: 1 }).textContent();
  expect(headline).toMatch(/finds the most|may be just as good/);

  // The best first, then by another column.
  const models = () =>
    board(page)
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((one) => one.getAttribute('data-model')));
  expect((await models()).at(-1)).toBe('random');
  await page.getByRole('button', { name: 'Sort by Training' }).click();
  expect(['popularity', 'random']).toContain((await models())[0]);

  // Stars have a leaderboard of their own.
  await page.getByRole('radio', { name: 'Stars' }).check();
  await expect(row(page, 'means')).toBeVisible();
  await expect(row(page, 'popularity')).toHaveCount(0);
  const off = async (model: string) =>
    Number.parseFloat(
      (await row(page, model)
        .locator('td[data-column="mae"] strong, td[data-column="mae"] span')
        .last()
        .textContent()) ?? '',
    );
  expect(await off('means')).toBeGreaterThan(0);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('guesses stars best');

  await page.getByText('How is this computed?').click();
  await expect(page.getByText(/seed 1/)).toBeVisible();

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
      .analyze();
    expect(
      violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`),
    ).toEqual([]);
  }

  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await expect(board(page).locator('tbody tr')).toHaveCount(8);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(headline ?? '');
});

test('a model found here is trained and answers on Customers, with reasons that add up', async ({ page }) => {
  test.setTimeout(180_000);
  await openQuality(page);
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  await waitForRuns(page, 1);
  for (const name of [
    'Slope One',
    'Autoencoder',
    'Factorization · Best',
    'Factorization · Balanced',
    'Averages',
    'Random',
  ]) {
    await page.getByRole('checkbox', { name }).uncheck();
  }
  await compareAll(page);
  await row(page, 'ease').getByRole('button', { name: 'Use it' }).click();
  const { runs } = await waitForRuns(page, 2);
  expect(runs[1].request.model).toBe('ease');
  await expect(row(page, 'ease').getByText('answers')).toBeVisible();

  const list = await page.evaluate((run) => {
    const request = { customer: 3, whatIf: { liked: [], disliked: [] }, count: 10, run };
    return window.tastemaker.engine().recommend(request);
  }, runs[1].id);
  expect(list.model).toBe('ease');
  for (const { score, reasons, stars } of list.items) {
    if (!reasons) throw new TypeError('EASE knows its reasons');
    const shown = reasons.because.reduce((sum, { amount }) => sum + amount, reasons.baseline);
    expect(Math.abs(shown + reasons.others - score)).toBeLessThan(1e-4);
    // The factorization that stands beside it.
    expect(stars).not.toBeNull();
  }
  // Somebody new is answered by the same model.
  const fresh = await page.evaluate((run) => {
    const request = { customer: null, whatIf: { liked: [1, 2, 3], disliked: [] }, count: 5, run };
    return window.tastemaker.engine().recommend(request);
  }, runs[1].id);
  expect(fresh.model).toBe('ease');
  expect(fresh.items).toHaveLength(5);

  // And without the first reason?
  await page.evaluate(() => {
    window.location.hash = '#/customers';
  });
  const first = page.getByTestId('recommendations').locator('> li').first();
  await first.getByRole('button').first().click();
  await expect(first.getByText(/^Without .* it would (still )?(stand|not be listed)/)).toBeVisible();

  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await waitForRuns(page, 2);
  const again = await page.evaluate((run) => {
    const request = { customer: 3, whatIf: { liked: [], disliked: [] }, count: 10, run };
    return window.tastemaker.engine().recommend(request);
  }, runs[1].id);
  expect(again.items.map(({ product }) => product.product)).toEqual(list.items.map(({ product }) => product.product));
});

test('a stopped comparison keeps what was done; purchases have no stars to compare', async ({ page }) => {
  test.setTimeout(180_000);
  await openStudio(page, 'device=wasm&story=off');
  const rows = ratingRows(SMALL).map(([customer, product]) => `${customer},${product}`);
  await giveFiles(page, [{ name: 'orders.csv', text: `customer_id,product_id\n${rows.join('\n')}\n` }]);
  await waitForImport(page);
  await goToQuality(page);
  await expect(page.getByRole('checkbox', { name: 'Averages' })).toHaveCount(0);
  await page.getByRole('button', { name: /^Compare \d+ models$/ }).click();
  await expect(board(page).locator('tr[data-state="done"]').first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: /^Compare/ })).toBeVisible({ timeout: 30_000 });
  expect(await board(page).locator('tr[data-state="done"]').count()).toBeGreaterThan(0);
  await expect(page.getByRole('radio', { name: 'Stars' })).toHaveCount(0);
});

test('data in which nobody can be tested says so', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  const rows = Array.from({ length: 40 }, (_, at) => `c${at},p${at % 6}`);
  await giveFiles(page, [{ name: 'orders.csv', text: `customer_id,product_id\n${rows.join('\n')}\n` }]);
  await waitForImport(page);
  await goToQuality(page);
  await page.getByRole('button', { name: /^Compare \d+ models$/ }).click();
  await expect(page.getByRole('alert')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('button', { name: /^Compare \d+ models$/ })).toBeEnabled();
});
