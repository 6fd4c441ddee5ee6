import { expect, test } from '@playwright/test';
import { giveFiles, openStudio, snapshot, trainOne, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, ratingRows, SMALL } from './synthetic.ts';

test('the autoencoder waits for a press, trains from the page, answers and comes back after a reload', async ({
  page,
}) => {
  test.setTimeout(240_000);
  await openStudio(page);
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
  await waitForImport(page);
  // The story trains the others by itself (the network where the machine is quick enough), this one never.
  await waitForRuns(page, 2);
  await expect
    .poll(
      async () => {
        const { training, waiting } = await snapshot(page);
        return training === null && waiting === 0;
      },
      { timeout: 90_000 },
    )
    .toBe(true);
  const { runs: before } = await snapshot(page);
  expect(before.slice(0, 2).map(({ request }) => request.model)).toEqual(['mf', 'mf']);
  expect(before.some(({ request }) => request.model === 'autorec')).toBe(false);

  await page.getByRole('button', { name: 'Train Autoencoder, Balanced' }).click();
  const { runs } = await waitForRuns(page, before.length + 1);
  const run = runs[before.length];
  expect(run.request).toMatchObject({ model: 'autorec', preset: 'balanced' });
  expect(run.rmse).toBeLessThan(run.itemMeanRmse as number);
  const taste = run.epochs.filter(({ head }) => head === 'taste');
  expect(taste.length).toBeGreaterThan(3);
  expect(Math.min(...taste.map(({ validation }) => validation as number))).toBeLessThan(taste[0].validation as number);

  // Its stars and lists, beside the other models', for a customer and for a what-if.
  const answers = async () =>
    page.evaluate(async (id) => {
      const ask = (liked: number[]) =>
        window.tastemaker.engine().recommend({ customer: 5, whatIf: { liked, disliked: [] }, count: 10, run: id });
      const list = await ask([]);
      return { list, changed: await ask([list.items[0].product.product]) };
    }, run.id);
  const { list, changed } = await answers();
  expect(list.model).toBe('autorec');
  expect(list.items).toHaveLength(10);
  for (const { stars, reasons } of [...list.items, ...changed.items]) {
    expect(stars).toBeGreaterThanOrEqual(1);
    expect(stars).toBeLessThanOrEqual(5);
    expect(reasons).not.toBeNull();
  }
  await page.getByRole('button', { name: 'See customers' }).click();
  await page.getByRole('radio', { name: 'Autoencoder' }).check();
  await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10);

  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await waitForRuns(page, before.length + 1);
  expect((await answers()).list.items).toEqual(list.items);
});

test('purchases have no card for a model that reads stars', async ({ page }) => {
  await openStudio(page, 'story=off');
  const rows = ratingRows({ ...SMALL, customers: 60 }).map(([customer, product]) => `${customer},${product}`);
  await giveFiles(page, [{ name: 'orders.csv', text: `customer_id,product_id\n${rows.join('\n')}\n` }]);
  await waitForImport(page);
  await page.goto('#/train');
  await expect(page.getByRole('button', { name: 'Train Neural, Balanced' })).toBeVisible();
  await expect(page.getByText('Autoencoder', { exact: true })).toHaveCount(0);
});

test('all devices train the same autoencoder', async ({ page }) => {
  test.setTimeout(240_000);
  const errors = new Map<string, number>();
  for (const device of ['reference', 'wasm', 'webgpu', 'webgl']) {
    await openStudio(page, `device=${device}&story=off`);
    await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv({ ...SMALL, customers: 120, products: 80 }) }]);
    await waitForImport(page);
    const run = await trainOne(page, 'autorec', { 'taste.hidden': 16, 'taste.epochs': 5 });
    expect(run.device.kind).toBe(device);
    errors.set(device, run.rmse ?? Number.NaN);
  }
  const expected = errors.get('reference') as number;
  for (const [device, rmse] of errors) expect(Math.abs(rmse - expected), device).toBeLessThan(0.001);
});
