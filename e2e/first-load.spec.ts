import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, type Route, test } from '@playwright/test';
import { giveFiles, trainOne, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv } from './synthetic.ts';

const ASSETS = join(process.env['E2E_OUT'] ?? 'dist', 'assets');

/** What the arithmetic needs: WebAssembly, workers, and every chunk with kernels of the neural layers in it. */
function engineFiles(): ReadonlySet<string> {
  const isOfEngine = (name: string) =>
    name.endsWith('.wasm') ||
    name.includes('worker') ||
    (name.endsWith('.js') && readFileSync(join(ASSETS, name), 'utf8').includes('registerKernel'));
  return new Set(readdirSync(ASSETS).filter(isOfEngine));
}

const fileOf = (url: string) => new URL(url).pathname.split('/').at(-1) ?? '';

/** Which of the engine's files were asked for, in the order they were. */
function watchRequests(page: Page): readonly string[] {
  const files = engineFiles();
  const asked: string[] = [];
  page.context().on('request', (request) => {
    const name = fileOf(request.url());
    if (files.has(name)) asked.push(name);
  });
  return asked;
}

/** Nothing of the engine comes before `release`. */
async function holdEngine(page: Page): Promise<{ readonly held: readonly string[]; release(): void }> {
  const files = engineFiles();
  const held: string[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hold = async (route: Route) => {
    held.push(fileOf(route.request().url()));
    await gate;
    await route.continue();
  };
  await page.context().route((url) => files.has(fileOf(url.href)), hold);
  return { held, release };
}

interface WithIdle extends Window {
  goIdle?: () => void;
}

/** A page that is never idle before `goIdle`. */
async function neverIdle(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const waiting: IdleRequestCallback[] = [];
    window.requestIdleCallback = (done) => waiting.push(done);
    (window as WithIdle).goIdle = () => {
      for (const done of waiting.splice(0)) done({ didTimeout: false, timeRemaining: () => 50 });
    };
  });
}

const headline = (page: Page) => page.getByRole('heading', { level: 1 });
const engineChip = (page: Page, said: RegExp) => page.getByRole('banner').getByRole('button', { name: said });

/** Everything one can do on a start screen, but bringing data in. */
async function expectAnswers(page: Page): Promise<void> {
  await expect(headline(page)).toContainText('Drop your ratings or purchases');
  await page.getByRole('button', { name: 'Switch the language to Chinese' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await page.getByRole('button', { name: '切换为英文' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.getByRole('button', { name: 'Switch to dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.getByRole('button', { name: 'Paste a table' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  for (const name of [/A real gift shop/, /Readers and books/]) {
    // Pressable, without the press: nothing lies over it, and it is not disabled.
    await page.getByRole('button', { name }).click({ trial: true });
  }
}

test('the start screen answers while all of the engine is held back; what is pressed waits for it and goes on', async ({
  page,
}) => {
  const { held, release } = await holdEngine(page);
  await page.goto('./?device=wasm&story=off');
  await expectAnswers(page);
  // There and back: whoever has nothing kept is not made to wait for the engine to say so.
  const steps = page.getByRole('navigation');
  await steps.getByRole('link', { name: 'Trust' }).click();
  await expect(headline(page)).toContainText('Nothing you drop here can leave this tab');
  await steps.getByRole('link', { name: 'Data' }).click();
  await expect(headline(page)).toContainText('Drop your ratings or purchases');
  await expect(engineChip(page, /looking/)).toBeVisible();
  // It was asked for: what answered did so without it.
  expect(held.filter((name) => name.startsWith('engine.worker'))).toHaveLength(1);
  await page.getByRole('button', { name: /A real gift shop/ }).click();
  await expect(page.getByText('Fetching what the page still needs')).toBeVisible();
  release();
  expect((await waitForImport(page)).summary?.name).toBe('gift-shop');
  expect(held.some((name) => name.endsWith('.wasm'))).toBe(true);
  const run = await trainOne(page, 'popularity');
  expect(run.recall10).toBeGreaterThan(0);
  await page.evaluate(() => {
    window.location.hash = '#/customers';
  });
  await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10, { timeout: 30_000 });
});

test('the engine is fetched in idle time and not before, all of it without data', async ({ page }) => {
  const asked = watchRequests(page);
  await neverIdle(page);
  await page.goto('./?device=wasm');
  await expectAnswers(page);
  expect(asked).toEqual([]);
  await page.evaluate(() => (window as WithIdle).goIdle?.());
  await expect(engineChip(page, /CPU/)).toBeVisible({ timeout: 30_000 });
  await page.waitForLoadState('networkidle');
  expect(asked[0]).toMatch(/^engine\.worker/);
  // Both kinds: the kernels of our own and those of the neural layers.
  expect(asked.filter((name) => /^kernels.*\.wasm$/.test(name))).not.toEqual([]);
  expect(asked.filter((name) => /^tfjs.*\.wasm$/.test(name))).not.toEqual([]);
});

test('who does not wait for idle time is not waited for: a drop fetches everything first, then nothing', async ({
  page,
}) => {
  await neverIdle(page);
  await page.goto('./?device=wasm&story=off');
  await expect(headline(page)).toContainText('Drop your ratings or purchases');
  const after: string[] = [];
  await page.exposeFunction('dataIsIn', () => {
    page.context().on('request', (request) => after.push(request.url()));
  });
  await page.evaluate(() => {
    const timer = setInterval(() => {
      if (!['inspecting', 'loading'].includes(window.tastemaker.project().phase)) return;
      clearInterval(timer);
      void (window as unknown as { dataIsIn(): void }).dataIsIn();
    }, 1);
  });
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  expect((await waitForImport(page)).summary?.customers).toBe(SMALL.customers);
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  await waitForRuns(page, 1);
  for (const step of ['train', 'quality', 'map', 'customers', 'trust']) {
    await page.evaluate((name) => {
      window.location.hash = `#/${name}`;
    }, step);
    await expect(headline(page)).toBeVisible();
  }
  await expect(engineChip(page, /^0 requests since/)).toBeVisible();
  expect(after.filter((url) => !/^(blob|data):/.test(url))).toEqual([]);
});

test('a browser that does not say when it is idle has its engine all the same', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'requestIdleCallback', { value: undefined });
  });
  await page.goto('./?device=wasm');
  await expect(headline(page)).toContainText('Drop your ratings or purchases');
  await expect(engineChip(page, /CPU/)).toBeVisible({ timeout: 30_000 });
});
