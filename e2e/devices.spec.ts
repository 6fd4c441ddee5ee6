import { chromium, expect, type Page, test } from '@playwright/test';
import { CHROMIUM_ARGS_NO_GPU, findChromium } from '../scripts/chromium.ts';
import { giveFiles, openStudio, snapshot, trainOne, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, ratingRows, SMALL } from './synthetic.ts';

const DEVICES = ['webgpu', 'webgl', 'wasm', 'reference'] as const;

interface Figures {
  readonly rmse: number;
  readonly itemMeanRmse: number;
  readonly recall10: number;
  readonly neuralRmse: number;
  /** Ten things for each of ten customers. */
  readonly lists: readonly (readonly string[])[];
  /** Predicted stars beside them. */
  readonly stars: readonly (readonly number[])[];
}

const COMPARED = { ...SMALL, customers: 120, products: 80, perCustomer: 20 };

/** Software GPUs run neural layers at a crawl: what is compared here is the arithmetic, not the model's quality. */
const NEURAL = { epochs: 2, embedding: 8, batchSize: 512 };

/** The engine card says what a pass took by the clock of the graphics card, where that has one. */
async function expectClock(page: Page, there: boolean): Promise<void> {
  await page.getByRole('button', { name: /^Engine/ }).click();
  await expect(page.getByText('Where the arithmetic runs').last()).toBeVisible();
  const clock = page.getByTestId('gpu-clock');
  if (there) await expect(clock).toHaveText(/took the graphics card [\d.,]+\sm?s/);
  else await expect(clock).toHaveCount(0);
  await page.keyboard.press('Escape');
}

async function figuresOn(page: Page, device: (typeof DEVICES)[number]): Promise<Figures> {
  await openStudio(page, `device=${device}&story=off`);
  const report = await page.evaluate(() => window.tastemaker.engine().engine());
  expect(report.chosen.kind).toBe(device);
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(COMPARED) }]);
  await waitForImport(page);
  const factorization = await trainOne(page, 'mf');
  expect(factorization.device.kind).toBe(device);
  await expectClock(page, device === 'webgpu');
  const answers = await page.evaluate(async () => {
    const engine = window.tastemaker.engine();
    return Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        engine.recommend({ customer: at * 7, whatIf: { liked: [], disliked: [] }, count: 10, run: null }),
      ),
    );
  });
  const neural = await trainOne(page, 'neumf', NEURAL);
  expect(neural.device.kind).toBe(device);
  return {
    rmse: factorization.rmse ?? Number.NaN,
    itemMeanRmse: factorization.itemMeanRmse ?? Number.NaN,
    recall10: factorization.recall10,
    neuralRmse: neural.rmse ?? Number.NaN,
    lists: answers.map(({ items }) => items.map(({ product }) => product.id)),
    stars: answers.map(({ items }) => items.map(({ stars }) => stars ?? Number.NaN)),
  };
}

test('all four devices train the same models', async ({ page }) => {
  test.setTimeout(420_000);
  const all = new Map<string, Figures>();
  for (const device of DEVICES) all.set(device, await figuresOn(page, device));
  const reference = all.get('reference') as Figures;
  expect(reference.rmse).toBeLessThan(reference.itemMeanRmse);
  for (const device of DEVICES) {
    const { rmse, recall10, neuralRmse, lists, stars } = all.get(device) as Figures;
    expect(Math.abs(rmse - reference.rmse), `${device} rmse`).toBeLessThan(0.001);
    expect(Math.abs(recall10 - reference.recall10), `${device} recall`).toBeLessThan(0.005);
    expect(Math.abs(neuralRmse - reference.neuralRmse), `${device} neural rmse`).toBeLessThan(0.005);
    const same = lists.filter((list, at) => new Set([...list, ...reference.lists[at]]).size <= 11).length;
    expect(same, `${device} lists`).toBeGreaterThanOrEqual(9);
    stars.forEach((row, at) => {
      row.forEach((value, place) => {
        if (lists[at][place] === reference.lists[at][place]) {
          expect(Math.abs(value - reference.stars[at][place])).toBeLessThan(0.01);
        }
      });
    });
  }
});

test('a graphics card may read factors in 16 bits: as good a model, and the run says so', async ({ page }) => {
  await openStudio(page, 'device=webgpu&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(COMPARED) }]);
  await waitForImport(page);
  const whole = await trainOne(page, 'mf');
  await page.getByRole('button', { name: /^Engine/ }).click();
  const choice = page.getByRole('checkbox', { name: /16 bits/ });
  await expect(choice).not.toBeChecked();
  await choice.check();
  await expect(choice).toBeChecked();
  await page.keyboard.press('Escape');
  const halves = await trainOne(page, 'mf');
  expect([whole.device.halfReads, halves.device.halfReads]).toEqual([false, true]);
  expect(halves.rmse).not.toBe(whole.rmse);
  expect(Math.abs((halves.rmse ?? 0) - (whole.rmse ?? 1))).toBeLessThan(0.001);
  expect(Math.abs(halves.recall10 - whole.recall10)).toBeLessThan(0.005);
  // A processor has no such way, and offers none.
  await page.evaluate(() => window.tastemaker.engine().chooseDevice('wasm'));
  await page.getByRole('button', { name: /^Engine/ }).click();
  await expect(page.getByText('Where the arithmetic runs').last()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use this' })).not.toHaveCount(0);
  await expect(choice).toHaveCount(0);
});

test('a software GPU is not taken for a GPU, and without any the engine says so', async () => {
  const browser = await chromium.launch({
    executablePath: findChromium() ?? undefined,
    args: [...CHROMIUM_ARGS_NO_GPU, '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ baseURL: test.info().project.use.baseURL });
    await openStudio(page, 'story=off');
    const report = await page.evaluate(() => window.tastemaker.engine().engine());
    expect(report.chosen.kind).toBe('wasm');
    expect(report.findings.find(({ kind }) => kind === 'webgpu')?.state).toBe('missing');
    await expect(page.getByRole('button', { name: /CPU/ })).toBeVisible();
  } finally {
    await browser.close();
  }
});

test('automatic choice on a software GPU is the processor', async ({ page }) => {
  await openStudio(page, 'story=off');
  const report = await page.evaluate(() => window.tastemaker.engine().engine());
  expect(report.findings.find(({ kind }) => kind === 'webgpu')?.state).toBe('software');
  expect(report.chosen.kind).toBe('wasm');
  expect(report.isolated).toBe(true);
});

for (const device of ['webgpu', 'webgl'] as const) {
  test(`losing the ${device} device in mid-training goes on from the last epoch, with one sentence`, async ({
    page,
  }) => {
    await openStudio(page, `device=${device}&story=off`);
    await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
    await waitForImport(page);
    await page.evaluate(() => {
      const studio = window.tastemaker;
      void studio.train('mf', 'balanced', { epochs: 40, patience: 100 });
      const lose = () => {
        const epochs = studio.training().live?.epochs.length ?? 0;
        if (epochs >= 2) void studio.engine().loseDevice();
        else setTimeout(lose, 20);
      };
      lose();
    });
    const { runs } = await waitForRuns(page, 1);
    const [run] = runs;
    expect(run.device.kind).not.toBe(device);
    const taste = run.epochs.filter(({ head }) => head === 'taste').map(({ epoch }) => epoch);
    // Every epoch once and in order: nothing was trained twice, nothing skipped.
    expect(taste).toEqual(taste.map((_, at) => at + 1));
    expect(run.rmse).toBeLessThan(1);
    await expect(page.getByText(/nothing was lost|Nothing is lost|goes on/i).first()).toBeVisible();
    expect((await snapshot(page)).error).toBeNull();
  });
}

test('pause holds the epochs still, stop keeps the best so far, and another run follows', async ({ page }) => {
  await openStudio(page, 'device=reference&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv({ ...SMALL, customers: 600, products: 300 }) }]);
  await waitForImport(page);
  await page.evaluate(() => {
    window.location.hash = '#/train';
    void window.tastemaker.train('mf', 'best', { epochs: 400, patience: 400 });
  });
  await expect
    .poll(() => page.evaluate(() => window.tastemaker.training().live?.epochs.length ?? 0))
    .toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(600);
  const held = await page.evaluate(() => window.tastemaker.training().live?.epochs.length ?? 0);
  await page.waitForTimeout(800);
  expect(await page.evaluate(() => window.tastemaker.training().live?.epochs.length ?? 0)).toBe(held);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect
    .poll(() => page.evaluate(() => window.tastemaker.training().live?.epochs.length ?? 0))
    .toBeGreaterThan(held);
  await page.getByRole('button', { name: 'Stop' }).click();
  const { runs } = await waitForRuns(page, 1);
  expect(runs[0].stopped).toBe(true);
  expect(runs[0].rmse).toBeLessThan(1.2);
  const next = await trainOne(page, 'mf');
  expect(next.stopped).toBe(false);
});

test('stop ends a model that learns in one step: nothing is kept of it, and another run follows', async ({ page }) => {
  test.setTimeout(180_000);
  await openStudio(page, 'device=wasm&story=off');
  // Purchases, so that there are lists alone; of so many products that EASE takes seconds.
  const rows = ratingRows({ customers: 3000, products: 3000, perCustomer: 25, seed: 5 });
  const purchases = rows.map(([customer, product, , time]) => `${customer},${product},${time}`);
  await giveFiles(page, [{ name: 'purchases.csv', text: `user_id,item_id,timestamp\n${purchases.join('\n')}\n` }]);
  await waitForImport(page);
  await page.evaluate(() => {
    window.location.hash = '#/train';
    void window.tastemaker.train('popularity', 'balanced');
  });
  const { runs: before } = await waitForRuns(page, 1);
  await page.getByText(/^\d+ more models$/).click();
  await page.getByRole('button', { name: 'Train EASE' }).click();
  await page.getByRole('button', { name: 'Train Bestsellers of late' }).click();
  await expect.poll(() => page.evaluate(() => window.tastemaker.training().progress?.work)).toBe('learning');
  const pressed = await page.evaluate(() => performance.now());
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByText('EASE was stopped before it had learned anything')).toBeVisible();
  const took = await page.evaluate((from) => performance.now() - from, pressed);
  test.info().annotations.push({ type: 'stopped after', description: `${Math.round(took)} ms` });

  // What waited takes its turn, and what was there before is as it was.
  const { runs } = await waitForRuns(page, 2);
  expect(runs[0]).toEqual(before[0]);
  expect(runs.map(({ request, stopped }) => [request.model, stopped])).toEqual([
    ['popularity', false],
    ['trending', false],
  ]);
  await expect(page.getByRole('alert').filter({ hasText: /went wrong|failed/i })).toHaveCount(0);
  expect((await snapshot(page)).error).toBeNull();
  await page.getByRole('button', { name: 'See customers' }).click();
  await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10);
});

test('?threads= counts from the first look at the machine: no helper more is started', async ({ page }) => {
  const computing = async (threads: number) => {
    await openStudio(page, `device=wasm&threads=${threads}&story=off`);
    const report = await page.evaluate(() => window.tastemaker.engine().engine());
    expect(report.chosen.threads).toBe(threads);
    expect(report.findings.find(({ kind }) => kind === 'wasm')?.info?.threads).toBe(threads);
    // Every thread there is answers this; the address is refused before it leaves.
    const answers = await page.evaluate(() => window.tastemaker.engine().tryToGetOut('https://tastemaker.invalid/'));
    return [...new Set(answers.map(({ from }) => from))].sort();
  };
  expect(await computing(1)).toEqual(['engine']);
  expect(await computing(4)).toEqual(['engine', 'thread 1', 'thread 2', 'thread 3']);
});
