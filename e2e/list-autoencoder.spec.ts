import { expect, test } from '@playwright/test';
import { giveFiles, openStudio, trainOne, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, ratingRows, SMALL } from './synthetic.ts';

test('the list autoencoder trains from its card on purchases, answers for anybody and comes back after a reload', async ({
  page,
}) => {
  test.setTimeout(240_000);
  await openStudio(page, 'story=off');
  const rows = ratingRows(SMALL).map(([customer, product]) => `${customer},${product}`);
  await giveFiles(page, [{ name: 'orders.csv', text: `customer_id,product_id\n${rows.join('\n')}\n` }]);
  await waitForImport(page);
  await page.evaluate(() => {
    location.hash = '#/train';
  });
  await page.getByRole('button', { name: 'Train List autoencoder, Balanced' }).click();
  const [run] = (await waitForRuns(page, 1, 180_000)).runs;
  expect(run.request).toMatchObject({ model: 'vae', preset: 'balanced' });
  expect(run.epochs.length).toBeGreaterThan(3);
  expect(run.epochs.every(({ model, head }) => model === 'vae' && head === 'choice')).toBe(true);
  const recalls = run.epochs.map(({ validation }) => validation as number);
  expect(Math.max(...recalls)).toBeGreaterThan(recalls[0]);

  const answers = () =>
    page.evaluate(async (id) => {
      const ask = (customer: number | null, liked: number[]) =>
        window.tastemaker.engine().recommend({ customer, whatIf: { liked, disliked: [] }, count: 10, run: id });
      return { known: await ask(5, []), changed: await ask(5, [1]), unknown: await ask(null, [1, 2]) };
    }, run.id);
  const first = await answers();
  for (const list of [first.known, first.changed, first.unknown]) {
    expect(list.model).toBe('vae');
    expect(list.items).toHaveLength(10);
    for (const { reasons } of list.items) expect(reasons?.exact).toBe(false);
  }
  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await waitForRuns(page, 1);
  expect((await answers()).known.items).toEqual(first.known.items);
});

test('all devices train the same list autoencoder', async ({ page }) => {
  test.setTimeout(240_000);
  const found = new Map<string, number>();
  for (const device of ['reference', 'wasm', 'webgpu', 'webgl']) {
    await openStudio(page, `device=${device}&story=off`);
    await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv({ ...SMALL, customers: 120, products: 80 }) }]);
    await waitForImport(page);
    const run = await trainOne(page, 'vae', { 'choice.hidden': 16, 'choice.epochs': 4, 'taste.epochs': 2 });
    expect(run.device.kind).toBe(device);
    const lists = run.epochs.filter(({ model }) => model === 'vae');
    found.set(device, lists.at(-1)?.trainLoss ?? Number.NaN);
  }
  const expected = found.get('reference') as number;
  expect(expected).toBeLessThan(Math.log(80));
  for (const [device, loss] of found) expect(Math.abs(loss - expected), device).toBeLessThan(0.001);
});
