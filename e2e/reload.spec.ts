/** What a reload brings back: the line of runs, and what was looked at. */
import { expect, type Page, test } from '@playwright/test';
import { giveFiles, openStudio, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv } from './synthetic.ts';

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

test('what the Map shows is in the address: a reload, the back button and a link bring it back', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.saved());
  await page.evaluate(() => {
    window.location.hash = '#/map';
  });
  const hash = () => page.evaluate(() => window.location.hash);
  const chosen = (name: string) => expect(page.getByRole('radio', { name, exact: true })).toBeChecked();
  const pick = (name: string) => page.getByRole('radio', { name, exact: true }).check();
  const picture = page.locator('main canvas').first();
  await expect(picture).toBeVisible();
  await pick('Customers');
  await pick('Jaccard');
  await pick('48');
  await expect.poll(hash, { timeout: 5000 }).toBe('#/map?side=customers&measure=jaccard&count=48');
  await pick('Category');
  await page.getByRole('combobox').last().click();
  await page.getByRole('option', { name: 'Garden' }).click();
  await expect.poll(hash, { timeout: 5000 }).toBe('#/map?side=customers&measure=jaccard&count=48&category=Garden');

  await page.reload();
  await expect(picture).toBeVisible({ timeout: 20_000 });
  for (const name of ['Jaccard', '48', 'Category']) await chosen(name);
  await expect(page.getByRole('combobox').last()).toHaveValue('Garden');
  expect(await hash()).toBe('#/map?side=customers&measure=jaccard&count=48&category=Garden');

  await page.goBack();
  await chosen('Most active');
  await page.goBack();
  await chosen('120');
  await page.goto('./?device=wasm&story=off#/map?search=Crime&measure=pearson');
  await chosen('Pearson');
  await expect(page.getByRole('searchbox')).toHaveValue('Crime');
});
