import { expect, test } from '@playwright/test';
import { dataFile, giveFiles, hasData, openStudio, snapshot, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv } from './synthetic.ts';

test('from a drop to the first list of recommendations without a question, in one click', async ({ page }) => {
  await openStudio(page, 'device=wasm');
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/Guesses are off by|Learning what/, {
    timeout: 30_000,
  });
  await waitForRuns(page, 1);
  await page.getByRole('button', { name: /^See / }).click();
  const list = page.getByTestId('recommendations').locator('> li');
  await expect(list).toHaveCount(10);
  await expect(list.first()).toContainText(/story, no\. \d+/);
  await expect(list.first()).toContainText('because of');
  await expect(list.first()).toContainText('★');
});

test('a list is of things the customer has not had, in the order of the score, with reasons that add up', async ({
  page,
}) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  await waitForRuns(page, 1);
  const answer = await page.evaluate(async () => {
    const engine = window.tastemaker.engine();
    const profile = await engine.customerById('c4');
    const request = { customer: profile.customer.customer, whatIf: { liked: [], disliked: [] }, count: 15, run: null };
    const before = await engine.recommend(request);
    const disliked = before.items[0].product.product;
    const after = await engine.recommend({ ...request, whatIf: { liked: [], disliked: [disliked] } });
    const fresh = await engine.recommend({
      ...request,
      customer: null,
      whatIf: { liked: [profile.history[0].product.product], disliked: [] },
    });
    return { profile, before, after, fresh, disliked };
  });
  const had = new Set(answer.profile.history.map(({ product }) => product.id));
  const { items } = answer.before;
  expect(items).toHaveLength(15);
  for (const { product } of items) expect(had.has(product.id)).toBe(false);
  for (let at = 1; at < items.length; at++) expect(items[at].score).toBeLessThanOrEqual(items[at - 1].score);
  for (const { reasons, score, stars, starsInterval } of items) {
    if (!reasons) throw new Error('a factorization gives reasons');
    const shown = reasons.because.reduce((sum, { amount }) => sum + amount, reasons.baseline) + reasons.others;
    expect(shown).toBeCloseTo(reasons.sum, 4);
    expect(reasons.sum).toBeCloseTo(score, 3);
    expect(stars).toBeGreaterThanOrEqual(1);
    expect(stars).toBeLessThanOrEqual(5);
    expect(starsInterval).toBeGreaterThan(0.3);
  }
  // c4 likes what leaves the remainder 1: most of the list must be of that kind.
  const own = items.filter(({ product }) => Number(product.id.slice(1)) % 3 === 1).length;
  expect(own).toBeGreaterThanOrEqual(11);
  expect(answer.after.items.map(({ product }) => product.product)).not.toContain(answer.disliked);
  const kind = Number(answer.profile.history[0].product.id.slice(1)) % 3;
  const freshOwn = answer.fresh.items.filter(({ product }) => Number(product.id.slice(1)) % 3 === kind).length;
  expect(freshOwn).toBeGreaterThanOrEqual(10);
});

for (const [name, sample, customers] of [
  ['Readers and books', 'books', 2672],
  ['A real gift shop', 'gift-shop', 4000],
] as const) {
  test(`pressing the sample ${name} runs the story to a list`, async ({ page }) => {
    await openStudio(page, 'device=wasm');
    await page.getByRole('button', { name: new RegExp(name) }).click();
    const { runs, summary } = await waitForRuns(page, 1);
    expect(summary?.name).toBe(sample);
    expect(summary?.customers).toBeGreaterThanOrEqual(customers);
    const [quick] = runs;
    expect(quick.recall10).toBeGreaterThan(quick.popularityRecall10);
    await page.getByRole('button', { name: /^See / }).click();
    await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10, { timeout: 30_000 });
  });
}

test('MovieLens 100K as downloaded: the right tables, joined, and a model better than averages', async ({ page }) => {
  test.skip(!hasData(), 'no data folder');
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [dataFile('ml-100k.zip')]);
  const { summary, phase } = await waitForImport(page);
  expect(phase).toBe('idle');
  expect(summary?.report.read).toBe(100_000);
  expect([summary?.customers, summary?.products]).toEqual([943, 1682]);
  expect(summary?.ratingHistogram.counts).toEqual([6110, 11370, 27145, 34174, 21201]);
  expect(summary?.hasTitles).toBe(true);
  expect(summary?.thing).toBe('film');
  await page.evaluate(() => window.tastemaker.train('mf', 'balanced'));
  const { runs } = await waitForRuns(page, 1);
  expect(runs[0].rmse).toBeLessThan(0.925);
  expect(runs[0].rmse).toBeLessThan(runs[0].baselineRmse ?? 0);
});

test('the last project comes back after a reload', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  const before = await waitForRuns(page, 1);
  await page.evaluate(() => window.tastemaker.saved());
  await page.goto('./?device=wasm&story=off#/customers/c4');
  await page.reload();
  await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10, { timeout: 30_000 });
  const after = await snapshot(page);
  expect(after.summary?.pairs).toBe(before.summary?.pairs);
  expect(after.runs.map(({ id, rmse }) => [id, rmse])).toEqual(before.runs.map(({ id, rmse }) => [id, rmse]));
});

test('a tab closed while training: after a reload the run goes on by itself and ends where it would have', async ({
  page,
}) => {
  await openStudio(page, 'device=reference&story=off');
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv({ customers: 700, products: 300, perCustomer: 30, seed: 3 }) },
  ]);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.saved());
  const kept = () =>
    page.evaluate(async () => {
      try {
        const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('tastemaker');
        return (await (await folder.getFileHandle('run.bin')).getFile()).size > 1000;
      } catch {
        return false;
      }
    });
  const trained = async () => (await snapshot(page)).runs.length;
  // What is over in a moment is not written: on a machine too fast for one size, the next is as much longer.
  let before = 0;
  for (const epochs of [120, 480, 1920]) {
    await page.evaluate(() => window.tastemaker.saved());
    before = await trained();
    await page.evaluate((count) => {
      const settings = { 'taste.epochs': count, 'taste.patience': 1000, 'taste.factors': 48, 'choice.factors': 16 };
      void window.tastemaker.train('mf', 'quick', settings, 5);
    }, epochs);
    await expect.poll(async () => (await kept()) || (await trained()) > before, { timeout: 60_000 }).toBe(true);
    if ((await trained()) === before) break;
  }
  const id = await page.evaluate(() => window.tastemaker.training().live?.id);
  expect(await trained()).toBe(before);
  await page.reload();

  await expect(page.getByText(/Training goes on from epoch \d+/)).toBeVisible({ timeout: 20_000 });
  const said = await page.getByText(/Training goes on from epoch \d+/).textContent();
  const from = Number(/epoch (\d+)/.exec(said ?? '')?.[1]);
  expect(from).toBeGreaterThan(1);
  const resumed = (await waitForRuns(page, before + 1)).runs[before];
  expect(resumed.id).toBe(id);
  const taste = resumed.epochs.filter(({ head }) => head === 'taste').map(({ epoch }) => epoch);
  expect(taste).toEqual(taste.map((_, at) => at + 1));
  expect(taste.length).toBeGreaterThanOrEqual(from);

  // The same run without an interruption: the same figures, to the last bit.
  await page.evaluate((request) => {
    void window.tastemaker.train(request.model, request.preset, request.settings, request.seed);
  }, resumed.request);
  const whole = (await waitForRuns(page, before + 2)).runs[before + 1];
  expect(whole.id).not.toBe(id);
  expect([resumed.rmse, resumed.recall10]).toEqual([whole.rmse, whole.recall10]);
  const losses = ({ epochs }: typeof whole) => epochs.map(({ head, trainLoss }) => [head, trainLoss]);
  expect(losses(resumed)).toEqual(losses(whole));

  // Once the project holds the runs, nothing is left to go on with.
  await page.evaluate(() => window.tastemaker.saved());
  expect(await kept()).toBe(false);
});

test('a saved project that cannot be read: said once, set aside, and the page starts fresh', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.saved());
  const spoil = (change: 'junk' | 'older' | 'cut') =>
    page.evaluate(async (how) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('tastemaker');
      const pointer = await (await (await folder.getFileHandle('current.json')).getFile()).text();
      const slot = await folder.getFileHandle((JSON.parse(pointer) as { slot: string }).slot);
      const bytes = new Uint8Array(await (await slot.getFile()).arrayBuffer());
      // The version stands in bytes 4 to 7.
      if (how === 'older') bytes[4] = 0;
      const spoilt = how === 'junk' ? new Uint8Array(5000).fill(7) : how === 'cut' ? bytes.slice(0, 3000) : bytes;
      const file = await slot.createWritable();
      await file.write(spoilt);
      await file.close();
    }, change);
  for (const change of ['junk', 'older', 'cut'] as const) {
    await test.step(change, async () => {
      await spoil(change);
      await page.goto('./?device=wasm&story=off');
      const notice = page.getByRole('alert').filter({ hasText: 'could not be read' });
      await expect(notice).toHaveCount(1, { timeout: 20_000 });
      expect((await snapshot(page)).summary).toBeNull();
      await page.reload();
      await page.evaluate(() => window.tastemaker.prepare());
      await expect(page.locator('input[type=file]').first()).toBeAttached();
      await expect(notice).toHaveCount(0);
      // And it works as on the first day.
      await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
      expect((await waitForImport(page)).error).toBeNull();
      await page.evaluate(() => window.tastemaker.saved());
    });
  }
});

test('an address that names another customer ends what was tried with the one before; one that names nobody says so', async ({
  page,
}) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  await waitForRuns(page, 1);
  const goTo = (id: string) =>
    page.evaluate((name) => {
      window.location.hash = `#/customers/${name}`;
    }, id);
  const headline = page.getByRole('heading', { level: 1 });
  await goTo('c4');
  await expect(headline).toHaveText(/^Customer c4 will want product p\d+ next\.$/);
  await page.getByRole('button', { name: 'New customer' }).click();
  await expect(headline).toHaveText(/^Start from nothing/);
  await goTo('c5');
  await expect(headline).toContainText('Customer c5');
  await goTo('nobody');
  await expect(headline).toHaveText('There is no customer nobody here.');
  await expect(page.getByTestId('recommendations')).toBeHidden();
  await goTo('c4');
  await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10);
});

test('for one product, the customers likeliest to want it: none of them has it, and each name is a way to them', async ({
  page,
}) => {
  await openStudio(page, 'device=wasm&story=off');
  const csv = ratingCsv(SMALL);
  await giveFiles(page, [{ name: 'ratings.csv', text: csv }]);
  await waitForImport(page);
  for (const [model, runs] of [
    ['mf', 1],
    ['ease', 2],
  ] as const) {
    await page.evaluate((name) => void window.tastemaker.train(name, 'quick'), model);
    await waitForRuns(page, runs);
  }
  await page.evaluate(() => {
    window.location.hash = '#/customers/c4';
  });
  await page.getByRole('button', { name: 'Find customers for a product' }).click();
  const card = page.getByRole('region', { name: 'Find customers for a product' });
  await expect(card).toContainText('Pick a product');
  await card.getByRole('textbox', { name: 'Search products' }).fill('p7');
  // Until the answer is here the list is still that of an empty box, which may have a p75.
  await page.getByRole('option', { name: /\bp7\b/ }).click();
  const found = page.getByRole('region', { name: /^Likely to want product p7 next/ });
  const people = found.getByTestId('wanted').getByRole('link');
  const owners = new Set(csv.split('\n').flatMap((line) => (line.split(',')[1] === 'p7' ? [line.split(',')[0]] : [])));
  expect(owners.size).toBeGreaterThan(10);
  const names = async () => {
    await expect(people).toHaveCount(10);
    return (await people.allTextContents()).map((name) => name.replace('Customer ', ''));
  };
  const byFactors = await names();
  expect(new Set(byFactors).size).toBe(10);
  for (const id of byFactors) expect(owners).not.toContain(id);
  // p7 leaves the remainder 1: it is for those whose number does.
  expect(byFactors.filter((id) => Number(id.slice(1)) % 3 === 1).length).toBeGreaterThanOrEqual(8);

  await people.first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`Customer ${byFactors[0]} will want`);
  expect(await names()).toEqual(byFactors);
  // The list beside it has the product in the place that was told.
  const place = Number(
    (await found.getByTestId('wanted').locator('li').first().textContent())?.match(/no\. (\d+)/)?.[1],
  );
  const product = await page.evaluate(
    async ({ id, at }) => {
      const engine = window.tastemaker.engine();
      const { customer } = await engine.customerById(id);
      const request = { whatIf: { liked: [], disliked: [] }, count: at, run: null };
      const { items } = await engine.recommend({ ...request, customer: customer.customer });
      return items[at - 1].product.id;
    },
    { id: byFactors[0], at: place },
  );
  expect(product).toBe('p7');

  // Another model has its own opinion, asked one customer after the other.
  await page.getByRole('radio', { name: 'EASE' }).check({ force: true });
  await expect.poll(names).not.toEqual(byFactors);
  for (const id of await names()) expect(owners).not.toContain(id);
  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await expect(people).toHaveCount(10, { timeout: 30_000 });
  await found.getByRole('button', { name: 'Close' }).click();
  await expect(found).toHaveCount(0);

  await page.evaluate(() => {
    window.location.hash = '#/map';
  });
  await page.getByRole('button', { name: 'Who will want it next?' }).click();
  await expect(page.getByRole('region', { name: /^Likely to want product p\d+ next/ })).toBeVisible();
  await expect(page.getByTestId('wanted').getByRole('link')).toHaveCount(10);
});
