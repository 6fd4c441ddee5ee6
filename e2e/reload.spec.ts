/** What a reload brings back: the line of runs. */
import { expect, type Page, test } from '@playwright/test';
import { giveFiles, openStudio, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv } from './synthetic.ts';

const line = (page: Page) =>
  page.evaluate(() => {
    const { live, waiting } = window.tastemaker.training();
    const running = live && live.phase !== 'done' ? [live] : [];
    return [...running, ...waiting].map(
      ({ id, request }) => `${id} ${request.model} ${request.preset} ${request.seed}`,
    );
  });

/** How many runs the browser's own storage holds in line. */
const keptRuns = (page: Page) =>
  page.evaluate(async () => {
    try {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('tastemaker');
      const text = await (await (await folder.getFileHandle('line.json')).getFile()).text();
      return (JSON.parse(text) as { runs: unknown[] }).runs.length;
    } catch {
      return 0;
    }
  });

test('runs waiting in line come back after a reload, in their order, and are run', async ({ page }) => {
  await openStudio(page, 'device=reference&story=off');
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv({ customers: 700, products: 300, perCustomer: 30, seed: 3 }) },
  ]);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.saved());
  await page.evaluate(() => {
    const { train } = window.tastemaker;
    const long = { 'taste.epochs': 60, 'taste.patience': 60, 'taste.factors': 32, 'choice.factors': 8 };
    const short = { 'taste.epochs': 2, 'choice.epochs': 2, 'taste.factors': 4, 'choice.factors': 4 };
    void train('mf', 'quick', long, 5);
    void train('mf', 'best', short, 6);
    void train('mf', 'balanced', short, 7);
  });
  const before = await line(page);
  expect(before).toHaveLength(3);
  // Written beside the training, before the first checkpoint is due.
  await expect.poll(() => keptRuns(page)).toBe(3);
  await page.reload();
  await expect.poll(() => line(page), { timeout: 20_000 }).toEqual(before);
  const { runs } = await waitForRuns(page, 3);
  expect(runs.map(({ id, request }) => `${id} ${request.model} ${request.preset} ${request.seed}`)).toEqual(before);

  // Done and saved: nothing is trained a second time.
  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await expect.poll(() => page.evaluate(() => window.tastemaker.training().runs.length)).toBe(3);
  expect(await line(page)).toEqual([]);
});
