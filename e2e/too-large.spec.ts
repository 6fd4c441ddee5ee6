import { expect, test } from '@playwright/test';
import { damageEngine } from './harm.ts';
import { giveFiles, openStudio, snapshot, trainOne, waitForImport } from './studio.ts';
import { ratingRows } from './synthetic.ts';

/** Less than any browser says, so that a file of two megabytes is too large for it. */
const GIGABYTES = 0.7;
const SHAPE = { customers: 2000, products: 400, perCustomer: 100, seed: 5 };
const ROWS = SHAPE.customers * SHAPE.perCustomer;

/** Every row as long as every other, so that a sample of them says exactly how many there are. */
function evenCsv(): string {
  const even = (id: string) => id[0] + id.slice(1).padStart(4, '0');
  const rows = ratingRows(SHAPE).map(([customer, product, stars]) => `${even(customer)},${even(product)},${stars}`);
  return `user_id,item_id,rating\n${rows.join('\n')}\n`;
}

test('a file too large for the tab is refused before it is read, with what it would take; a sample of it goes on to lists', async ({
  page,
}) => {
  await damageEngine(page, `Object.defineProperty(navigator, 'deviceMemory', { value: ${GIGABYTES} });`);
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: evenCsv() }]);

  const title = page.getByRole('heading', { name: 'This is more than fits in this tab' });
  await expect(title).toBeVisible();
  // A quarter of a gigabyte to begin with and 93 bytes for each row; the tab may have three eighths of the memory.
  const needed = 250 + (93 * ROWS) / 1e6;
  const budget = (GIGABYTES * 1000 * 3) / 8;
  expect([ROWS, Math.round(needed / 10) * 10, Math.round(budget)]).toEqual([200_000, 270, 263]);
  await expect(
    page.getByText('About 200,000 rows need about 270 MB of memory; the tab should stay under 263 MB.'),
  ).toBeVisible();
  // Nine tenths of what there is room for, in steps of five.
  const percent = Math.floor((90 * (budget - 250)) / (Math.round(needed) - 250) / 5) * 5;
  expect(percent).toBe(55);
  const sample = page.getByRole('button', { name: `Take ${percent}% of the customers` });
  await expect(page.getByRole('button', { name: 'Read everything anyway' })).toBeEnabled();
  // Asked, not read: there is nothing to go on with before an answer.
  const start = page.getByRole('button', { name: 'Use this data' });
  await expect(start).toBeDisabled();
  expect(await snapshot(page)).toMatchObject({ phase: 'confirming', summary: null, runs: [] });

  await sample.click();
  await expect(title).toHaveCount(0);
  await expect(page.getByText(`${percent}% of the customers are taken.`)).toBeVisible();
  await start.click();
  await expect.poll(async () => (await snapshot(page)).phase, { timeout: 30_000 }).toBe('idle');
  const { summary } = await waitForImport(page);
  await expect(page.getByText(`${percent}% of the customers were taken, chosen by their ids.`)).toBeVisible();
  // Chosen by ids, not counted off: within four standard deviations of 55 in a hundred.
  const share = (summary?.customers ?? 0) / SHAPE.customers;
  expect(Math.abs(share - percent / 100)).toBeLessThan(4 * Math.sqrt(0.25 / SHAPE.customers));
  // Those who were taken are here with everything they did.
  expect(summary?.interactions).toBe((summary?.customers ?? 0) * SHAPE.perCustomer);
  expect(summary?.report.setAside).toBe(ROWS - (summary?.interactions ?? 0));

  const run = await trainOne(page, 'mf');
  expect(run.recall10).toBeGreaterThan(run.popularityRecall10);
  await page.evaluate(() => {
    window.location.hash = '#/customers';
  });
  await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10, { timeout: 30_000 });
});
