/** Faults of hardware, memory, workers and tabs, made to happen: what was learned is kept, and one sentence says so. */
import { chromium, expect, type Page, test } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../scripts/chromium.ts';
import {
  damageEngine,
  endEngine,
  harmDone,
  harmThread,
  limitWasmMemory,
  limitWebGpuBuffers,
  loseWebGlAt,
  loseWebGpuAt,
} from './harm.ts';
import { giveFiles, openStudio, snapshot, trainOne, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, type SyntheticShape } from './synthetic.ts';

const MEDIUM: SyntheticShape = { customers: 3000, products: 700, perCustomer: 40, seed: 5 };
const LONG = { 'taste.epochs': 40, 'taste.patience': 100, 'choice.epochs': 4 };
const NEURAL = { epochs: 4, patience: 100, embedding: 8, batchSize: 256 };

async function open(page: Page, query: string, shape = SMALL): Promise<void> {
  await openStudio(page, `${query}&story=off`);
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(shape) }]);
  await waitForImport(page);
}

/** Starts a training and does not wait for it. */
const begin = (page: Page, model: 'mf' | 'neumf', settings: Record<string, number>) =>
  page.evaluate(([name, changes]) => void window.tastemaker.train(name, 'quick', changes), [model, settings] as const);

const epochsSeen = (page: Page) => page.evaluate(() => window.tastemaker.training().live?.epochs.length ?? 0);

/** Of the checkpoint that is kept beside the project; 0 while there is none. */
const checkpointBytes = (page: Page) =>
  page.evaluate(async () => {
    try {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('tastemaker');
      return (await (await folder.getFileHandle('run.bin')).getFile()).size;
    } catch {
      return 0;
    }
  });

/** Every epoch of a head once and in order: nothing was trained twice, nothing left out. */
function expectWhole(run: { readonly epochs: readonly { head: string; epoch: number }[] }): void {
  for (const head of ['taste', 'choice']) {
    const epochs = run.epochs.filter((event) => event.head === head).map(({ epoch }) => epoch);
    expect(epochs.length, head).toBeGreaterThan(0);
    expect(epochs, head).toEqual(epochs.map((_, at) => at + 1));
  }
}

const notice = (page: Page, text: RegExp) => expect(page.getByText(text).first()).toBeVisible();

// ── the GPU goes away in the middle of a sweep ──────────────────────────────────────────────────

for (const model of ['mf', 'neumf'] as const) {
  for (const device of ['webgpu', 'webgl'] as const) {
    test(`${device} lost with work under way: ${model} goes on from its last epoch`, async ({ page }) => {
      test.setTimeout(240_000);
      await open(page, `device=${device}`);
      await begin(page, model, model === 'mf' ? LONG : NEURAL);
      await expect.poll(() => epochsSeen(page), { timeout: 120_000 }).toBeGreaterThanOrEqual(2);
      // An odd number of submissions or draws into whatever comes next.
      if (device === 'webgpu') await loseWebGpuAt(page, model === 'mf' ? 3 : 41, 'lost');
      else await loseWebGlAt(page, model === 'mf' ? 7 : 123);
      const { runs } = await waitForRuns(page, 1, 180_000);
      expect(await harmDone(page)).toBe(1);
      expectWhole(runs[0]);
      expect(runs[0].device.kind).toBe('wasm');
      expect(runs[0].rmse).toBeLessThan(model === 'mf' ? 1.2 : 1.5);
      await notice(page, /stopped answering after epoch \d+; training goes on with the processor/);
      expect((await snapshot(page)).error).toBeNull();
    });
  }
}

test('the process of the GPU crashes: training goes on, and so does everything after it', async () => {
  // A browser of its own: the crash is everybody's.
  const browser = await chromium.launch({ executablePath: findChromium() ?? undefined, args: [...CHROMIUM_ARGS] });
  try {
    const page = await browser.newPage({ baseURL: test.info().project.use.baseURL });
    await open(page, 'device=webgpu');
    await begin(page, 'mf', LONG);
    await expect.poll(() => epochsSeen(page)).toBeGreaterThanOrEqual(2);
    const session = await browser.newBrowserCDPSession();
    // The answer is lost in the crash.
    void session.send('Browser.crashGpuProcess' as 'Browser.crash').catch(() => undefined);
    const { runs } = await waitForRuns(page, 1);
    expectWhole(runs[0]);
    expect(runs[0].device.kind).toBe('wasm');
    const list = await page.evaluate(() =>
      window.tastemaker.engine().recommend({ customer: 3, whatIf: { liked: [], disliked: [] }, count: 5, run: null }),
    );
    expect(list.items).toHaveLength(5);
  } finally {
    await browser.close();
  }
});

// ── memory runs out ─────────────────────────────────────────────────────────────────────────────

test('a model too large for the graphics card trains on the processor; smaller ones still use the card', async ({
  page,
}) => {
  await open(page, 'device=webgpu');
  await limitWebGpuBuffers(page, 48 * 1024);
  const run = await trainOne(page, 'mf', { factors: 96, epochs: 2 });
  expectWhole(run);
  expect(run.device.kind).toBe('wasm');
  expect(run.request.settings['factors']).toBe(96);
  await notice(page, /does not have enough memory for this; training goes on with the processor/);
  expect((await page.evaluate(() => window.tastemaker.engine().engine())).chosen.kind).toBe('webgpu');
  expect((await trainOne(page, 'mf', { factors: 16, epochs: 2 })).device.kind).toBe('webgpu');
});

test('a driver that runs out of memory in the middle of a sweep is done without', async ({ page }) => {
  await open(page, 'device=webgpu');
  await begin(page, 'mf', LONG);
  await expect.poll(() => epochsSeen(page)).toBeGreaterThanOrEqual(2);
  await loseWebGpuAt(page, 3, 'memory');
  const { runs } = await waitForRuns(page, 1);
  expect(await harmDone(page)).toBe(1);
  expectWhole(runs[0]);
  expect(runs[0].device.kind).toBe('wasm');
  await notice(page, /does not have enough memory for this/);
});

test('a model too large for the processor is trained smaller', async ({ page }) => {
  await open(page, 'device=wasm', { ...MEDIUM, perCustomer: 20 });
  await limitWasmMemory(page, 'less');
  const run = await trainOne(page, 'mf', { 'taste.factors': 256, 'choice.factors': 16, epochs: 2 });
  expect(await harmDone(page)).toBeGreaterThan(0);
  expectWhole(run);
  const factors = run.request.settings['taste.factors'];
  expect([128, 64]).toContain(factors);
  await notice(page, /not enough memory for the model as it was asked for; training begins again smaller/);
});

test('no room even for a small model: one sentence, and data and earlier models are kept', async ({ page }) => {
  await open(page, 'device=reference', MEDIUM);
  const earlier = await trainOne(page, 'mf', { factors: 4, epochs: 2 });
  await page.evaluate(() => window.tastemaker.engine().chooseDevice('wasm'));
  await limitWasmMemory(page, 'nothing');
  await page.evaluate(() => {
    window.location.hash = '#/train';
    void window.tastemaker.train('mf', 'quick');
  });
  const alert = page.locator('[data-code="trainingOutOfMemory"]');
  await expect(alert).toBeVisible({ timeout: 30_000 });
  await expect(alert).toContainText('There is not enough memory here to train factorization on this data');
  await expect(alert).toContainText('Kept: your data and every model trained before.');
  const { summary, runs } = await snapshot(page);
  expect(summary?.customers).toBe(3000);
  expect(runs.map(({ id }) => id)).toEqual([earlier.id]);
  await expect(page.getByRole('button', { name: /See|customers/i }).first()).toBeEnabled();
  const list = await page.evaluate(() =>
    window.tastemaker.engine().recommend({ customer: 3, whatIf: { liked: [], disliked: [] }, count: 5, run: null }),
  );
  expect(list.items).toHaveLength(5);
});

// ── a worker ends ───────────────────────────────────────────────────────────────────────────────

for (const how of ['ends', 'throws'] as const) {
  test(`a compute thread ${how}: training goes on from the last epoch on one thread`, async ({ page }) => {
    await open(page, 'device=wasm&threads=2', MEDIUM);
    expect((await page.evaluate(() => window.tastemaker.engine().engine())).chosen.threads).toBe(2);
    await harmThread(page, how);
    const settings = { 'taste.epochs': 30, 'taste.patience': 100, 'taste.factors': 48, 'choice.epochs': 3 };
    const run = await trainOne(page, 'mf', settings);
    expectWhole(run);
    expect(run.device).toMatchObject({ kind: 'wasm', threads: 1 });
    await notice(page, /compute thread of the processor failed after epoch \d+/);
    await page.getByRole('button', { name: /^Engine/ }).click();
    await expect(page.getByText('one thread, because another one failed')).toBeVisible();
    expect((await snapshot(page)).error).toBeNull();
  });
}

test('the engine ends in mid-training: it is started again and goes on from the last kept epoch', async ({ page }) => {
  test.setTimeout(240_000);
  await open(page, 'device=wasm', { customers: 800, products: 300, perCustomer: 25, seed: 5 });
  await page.evaluate(() => window.tastemaker.saved());
  const earlier = await trainOne(page, 'mf', { factors: 4, epochs: 2 });
  await page.evaluate(() => window.tastemaker.saved());
  await page.evaluate(() => {
    window.location.hash = '#/train';
    Object.assign(window, { sameVisit: true });
    const { train } = window.tastemaker;
    // More than a fast machine gets through before its engine ends; what is left at the end of the test is stopped.
    void train('neumf', 'quick', { 'taste.epochs': 2000, 'choice.epochs': 2, patience: 2000, batchSize: 256 }, 5);
    void train('mf', 'quick', { factors: 4, epochs: 2 }, 6);
  });
  await expect.poll(() => epochsSeen(page), { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
  await expect.poll(() => checkpointBytes(page), { timeout: 60_000 }).toBeGreaterThan(0);
  await endEngine(page);

  const alert = page.locator('main [data-code="engineDied"]');
  await expect(alert).toBeVisible({ timeout: 10_000 });
  await expect(page.getByRole('button', { name: 'Engine: no engine' })).toBeVisible();
  await expect(alert).toContainText('The engine stopped');
  const refused = await page.evaluate(() =>
    window.tastemaker
      .engine()
      .requestCount()
      .then(String, (error) => String(error.code)),
  );
  expect(refused).toBe('engineDied');

  await page.getByRole('button', { name: 'Start the engine again' }).click();
  await expect.poll(() => epochsSeen(page), { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
  await notice(page, /Training goes on from epoch [1-9]\d*, where it was interrupted/);
  const resumed = await epochsSeen(page);
  await expect.poll(() => epochsSeen(page), { timeout: 60_000 }).toBeGreaterThan(resumed);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  const { runs, error } = await waitForRuns(page, 3, 120_000);
  expect(error).toBeNull();
  expect(runs[0].id).toBe(earlier.id);
  expect(runs.map(({ request }) => request.seed)).toEqual([1, 5, 6]);
  expectWhole(runs[1]);
  expect(runs[1].epochs.filter(({ head }) => head === 'taste').length).toBeGreaterThan(resumed);
  expect(await page.evaluate(() => 'sameVisit' in window)).toBe(true);
  await expect(page.locator('[data-requests]').first()).toHaveAttribute('data-requests', '0');
});

test('the engine ends before anything was kept: it says so, and takes the file again', async ({ page }) => {
  await page.addInitScript(() => {
    navigator.storage.getDirectory = () => Promise.reject(new DOMException('off', 'SecurityError'));
  });
  await damageEngine(
    page,
    `navigator.storage.getDirectory = () => Promise.reject(new DOMException('off', 'SecurityError'));`,
  );
  await open(page, 'device=wasm');
  await endEngine(page);
  await expect(page.locator('[data-code="engineDiedUnsaved"]')).toBeVisible();
  await page.getByRole('button', { name: 'Start the engine again' }).click();
  await expect.poll(async () => (await snapshot(page)).summary).toBeNull();
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
  await waitForImport(page);
  expect((await trainOne(page, 'mf', { epochs: 2 })).rmse).toBeLessThan(1.5);
});

// ── the tab in the background ───────────────────────────────────────────────────────────────────

test('in a hidden tab training goes on; shown again, the page has every epoch and draws them once', async ({
  page,
}) => {
  await open(page, 'device=wasm&threads=1', { ...MEDIUM, customers: 4000 });
  await page.evaluate(() => {
    window.location.hash = '#/train';
  });
  // More than a fast machine gets through in the six seconds.
  await begin(page, 'mf', { 'taste.epochs': 3000, 'taste.patience': 3000, 'taste.factors': 64 });
  await expect.poll(() => epochsSeen(page)).toBeGreaterThanOrEqual(2);
  await page.evaluate(() => {
    const state = { hidden: true, drawn: 0 };
    Object.assign(window, { background: state });
    for (const [name, value] of [
      ['visibilityState', () => (state.hidden ? 'hidden' : 'visible')],
      ['hidden', () => state.hidden],
    ] as const) {
      Object.defineProperty(document, name, { get: value, configurable: true });
    }
    document.dispatchEvent(new Event('visibilitychange'));
    new MutationObserver(() => state.drawn++).observe(document.querySelector('main') as Node, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
  });
  const hiddenAt = await epochsSeen(page);
  await page.waitForTimeout(6000);
  const background = () =>
    page.evaluate(() => (window as unknown as { background: { hidden: boolean; drawn: number } }).background);
  expect(await epochsSeen(page)).toBe(hiddenAt);
  expect((await background()).drawn).toBeLessThanOrEqual(2);
  await page.evaluate(() => {
    (window as unknown as { background: { hidden: boolean } }).background.hidden = false;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  // Six seconds of epochs arrive together.
  await expect.poll(() => epochsSeen(page), { timeout: 2000 }).toBeGreaterThan(hiddenAt + 10);
  const shown = await page.evaluate(() => window.tastemaker.training().live?.epochs.map(({ epoch }) => epoch) ?? []);
  expect(shown).toEqual(shown.map((_, at) => at + 1));
  await page.evaluate(() => window.tastemaker.engine().stop(window.tastemaker.training().live?.id ?? ''));
  const { runs } = await waitForRuns(page, 1);
  expectWhole(runs[0]);
});

test('a tab that stands still, page and workers and all, goes on where it was', async () => {
  // Headless browsers freeze no tab when asked to; stopping its process is what a frozen tab or a sleeping machine is.
  const browser = await chromium.launch({ executablePath: findChromium() ?? undefined, args: [...CHROMIUM_ARGS] });
  try {
    const page = await browser.newPage({ baseURL: test.info().project.use.baseURL });
    await open(page, 'device=wasm&threads=2', MEDIUM);
    await begin(page, 'mf', { 'taste.epochs': 120, 'taste.patience': 300, 'taste.factors': 64 });
    await expect.poll(() => epochsSeen(page)).toBeGreaterThanOrEqual(2);
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const tabs = processInfo.filter(({ type }) => type === 'renderer');
    expect(tabs.length).toBeGreaterThan(0);
    for (const { id } of tabs) process.kill(id, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 4000));
    for (const { id } of tabs) process.kill(id, 'SIGCONT');
    const { runs } = await waitForRuns(page, 1);
    expectWhole(runs[0]);
    expect(runs[0].device).toMatchObject({ kind: 'wasm', threads: 2 });
    await expect(page.locator('[data-code="engineDied"]')).toHaveCount(0);
  } finally {
    await browser.close();
  }
});

// ── a device that computes wrong numbers ────────────────────────────────────────────────────────

/** Every step of the solver two thousandths too long: no error, no crash, only wrong. */
const WRONG = {
  webgpu: `const make = GPUDevice.prototype.createShaderModule;
    GPUDevice.prototype.createShaderModule = function (given) {
      const code = given.code.replace('return pull / weight', 'return 1.002 * pull / weight');
      if (code !== given.code) globalThis.harmed = 1;
      return make.call(this, { ...given, code });
    };`,
  webgl: `const give = WebGL2RenderingContext.prototype.shaderSource;
    WebGL2RenderingContext.prototype.shaderSource = function (shader, source) {
      const changed = source.replace('? numerator / denominator', '? 1.002 * numerator / denominator');
      if (changed !== source) globalThis.harmed = 1;
      give.call(this, shader, changed);
    };`,
} as const;

for (const device of ['webgpu', 'webgl'] as const) {
  test(`${device} that computes wrong numbers fails its self-test, and another device is chosen`, async ({ page }) => {
    await damageEngine(page, WRONG[device]);
    await openStudio(page, `device=${device}&story=off`);
    const report = await page.evaluate(() => window.tastemaker.engine().engine());
    expect(await harmDone(page), 'the shader has the place that is changed').toBe(1);
    expect(report.chosen.kind).toBe('wasm');
    const finding = report.findings.find(({ kind }) => kind === device);
    expect(finding?.state).toBe('failedSelfTest');
    expect(Number(finding?.detail)).toBeGreaterThan(1e-4);
    await page.getByRole('button', { name: /^Engine/ }).click();
    const row = page.getByRole('listitem').filter({ hasText: device === 'webgpu' ? 'WebGPU' : 'WebGL' });
    await expect(row).toContainText('gave wrong results in its self-test, so it is not used');
    await expect(row.getByRole('button')).toHaveCount(0);
    // Unharmed, the same device passes: it was the numbers.
    await page.unrouteAll();
    await openStudio(page, `device=${device}&story=off`);
    expect((await page.evaluate(() => window.tastemaker.engine().engine())).chosen.kind).toBe(device);
  });
}

test('a graphics card that takes a neural step wrongly is left for the processor, and says so', async ({ page }) => {
  // The engine's own kernels are right: nothing is wrong until a network is trained.
  await damageEngine(
    page,
    `const give = WebGL2RenderingContext.prototype.shaderSource;
    WebGL2RenderingContext.prototype.shaderSource = function (shader, source) {
      const changed = source.replace(/result \\+= \\((a\\.\\w+ \\* b\\.\\w+)\\)/, 'result += 1.002 * ($1)');
      if (changed !== source) globalThis.harmed = (globalThis.harmed ?? 0) + 1;
      give.call(this, shader, changed);
    };`,
  );
  await open(page, 'device=webgl');
  expect((await page.evaluate(() => window.tastemaker.engine().engine())).chosen.kind).toBe('webgl');
  const run = await trainOne(page, 'neumf', { epochs: 2, embedding: 8, batchSize: 256 });
  expect(await harmDone(page), 'the shader has the place that is changed').toBeGreaterThan(0);
  expectWhole(run);
  expect(run.device.kind).toBe('wasm');
  await notice(page, /failed the check of a neural training step, so it is not used any more; training goes on with/);
  const report = await page.evaluate(() => window.tastemaker.engine().engine());
  expect(report.chosen.kind).toBe('wasm');
  expect(report.findings.find(({ kind }) => kind === 'webgl')?.state).toBe('failedSelfTest');
  await expect.poll(() => page.getByRole('button', { name: /^Engine: CPU/ }).count()).toBe(1);
});
