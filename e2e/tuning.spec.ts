import { expect, type Page, test } from '@playwright/test';
import { expectAccessibleInBoth } from './accessible.ts';
import { giveFiles, openStudio, snapshot, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv } from './synthetic.ts';

async function openTrain(page: Page): Promise<void> {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  await waitForImport(page);
  await page.evaluate(() => {
    window.location.hash = '#/train';
  });
  await expect(card(page)).toBeVisible();
}

const card = (page: Page) => page.getByRole('region', { name: 'Search for better settings' });
const chart = (page: Page) => page.getByTestId('tuning-chart');
const startButton = (page: Page) => card(page).getByRole('button', { name: 'Start the search' });
const lines = (page: Page, role: string) => chart(page).locator(`path[data-role="${role}"]`);

async function search(page: Page, model: string, budget: string): Promise<void> {
  await card(page).getByRole('combobox', { name: 'Model' }).selectOption(model);
  await card(page).getByRole('radio', { name: budget }).check({ force: true });
  await startButton(page).click();
}

/** The table beside the chart, row by row. */
const cells = (page: Page) =>
  chart(page)
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)));

test('ten seconds of search draw every candidate, end in one honest sentence, and outlive a reload', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await openTrain(page);
  await search(page, 'ease', '10 s');
  await expect(card(page).getByRole('progressbar')).toBeVisible();
  await expect(chart(page)).toBeVisible({ timeout: 30_000 });
  await expect(startButton(page)).toBeVisible({ timeout: 60_000 });

  const title = await chart(page).getByRole('heading').textContent();
  expect(title).toMatch(
    /^(Found settings that put [\d.]+% instead of [\d.]+% of|The defaults are as good as|In 10 s there)/,
  );
  await expect(card(page)).toContainText(/\d+ choices? of settings tried beside the defaults/);
  const drawn = (await lines(page, 'best').count()) + (await lines(page, 'plain').count());
  expect(drawn).toBeGreaterThan(1);
  expect(await lines(page, 'best').count()).toBe(1);

  // The same numbers as a table, best first.
  await chart(page).getByRole('button', { name: 'Show as a table' }).click();
  const rows = await cells(page);
  const figures = rows.map((row) => Number.parseFloat(row.at(-1) ?? ''));
  expect(figures).toEqual(figures.toSorted((a, b) => b - a));
  expect(rows.some(([name]) => name?.startsWith('Defaults'))).toBe(true);
  await chart(page).getByRole('button', { name: 'Show as a chart' }).click();

  // The keyboard reads a line out.
  await chart(page).getByRole('img').focus();
  await page.keyboard.press('ArrowDown');
  await expect(chart(page).getByRole('status')).toContainText(rows[0][0] ?? '');
  await expect(chart(page).getByRole('status')).toContainText(rows[0].at(-1) ?? '');

  await expectAccessibleInBoth(page, { within: 'main' });

  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await expect(chart(page).getByRole('heading')).toHaveText(title ?? '');
  await chart(page).getByRole('button', { name: 'Show as a table' }).click();
  expect(await cells(page)).toEqual(rows);
});

test('a stopped search keeps the best so far, and one press trains with the settings shown', async ({ page }) => {
  test.setTimeout(240_000);
  await openTrain(page);
  await search(page, 'mf', '5 min');
  // Until something has done better than the defaults, on the part it is chosen on.
  await expect(lines(page, 'defaults')).toHaveCount(1, { timeout: 120_000 });
  await card(page).getByRole('button', { name: 'Stop' }).click();
  await expect(startButton(page)).toBeVisible({ timeout: 30_000 });
  await expect(chart(page).getByRole('heading')).toContainText('Stopped');
  await expect(card(page)).toContainText('shows when it is trained');

  await chart(page).getByRole('button', { name: 'Show as a table' }).click();
  const [best] = await cells(page);
  expect(best[0]).toContain('the best');
  await card(page).getByRole('button', { name: 'Train with these' }).click();
  const { runs } = await waitForRuns(page, 1, 120_000);
  const { model, preset, settings } = runs[0].request;
  expect([model, preset]).toEqual(['mf', 'balanced']);
  // Every setting on screen is in the request, to the last digit.
  const shown = best.slice(1, -1).map((cell) => Number(cell?.replaceAll(',', '')));
  expect(Object.keys(settings).every((key) => key.startsWith('choice.'))).toBe(true);
  expect(Object.values(settings)).toEqual(shown);
  await expect(card(page)).toContainText('A run with these settings is in the history');
  const history = page.getByRole('region', { name: 'Earlier runs' });
  await expect(history).toContainText(`Factors ${best[1]}`);
  await expect(history).toContainText(`Regularization ${best[3]}`);
});

test('a search waits for the training before it, and given up in line it never begins', async ({ page }) => {
  test.setTimeout(120_000);
  await openTrain(page);
  await page.evaluate(() => void window.tastemaker.train('mf', 'best', { epochs: 400, patience: 100 }));
  await expect.poll(async () => (await snapshot(page)).training).not.toBeNull();
  // What trains takes its room on the page before anything below is pressed.
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await search(page, 'ease', '10 s');
  await expect(card(page)).toContainText('Begins when the training in progress is done');
  await card(page).getByRole('button', { name: 'Stop' }).click();
  await expect(startButton(page)).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await waitForRuns(page, 1, 90_000);
  await expect(chart(page)).toHaveCount(0);
});

test('data that cannot be searched says why, and the card is ready again', async ({ page }) => {
  test.setTimeout(120_000);
  await openStudio(page, 'device=wasm&story=off');
  // One thing is liked by one person: it cannot be in the validation part and in the test part.
  const rows = Array.from(
    { length: 60 },
    (_, at) => `c${at % 10},p${Math.floor(at / 10)},${at === 0 ? 5 : 1 + (at % 4) / 2}`,
  );
  await giveFiles(page, [{ name: 'ratings.csv', text: `user_id,item_id,rating\n${rows.join('\n')}\n` }]);
  await waitForImport(page);
  await page.evaluate(() => {
    window.location.hash = '#/train';
  });
  await search(page, 'ease', '10 s');
  await expect(startButton(page)).toBeVisible({ timeout: 60_000 });
  await expect(card(page).getByRole('alert')).toBeVisible();
  await expect(chart(page)).toHaveCount(0);
});
