/** The production build in a real headless Chromium, for everything that measures. */
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright';
import { preview } from 'vite';
import { CHROMIUM_ARGS, CHROMIUM_ARGS_NO_GPU, ensureChromium } from '../scripts/chromium.ts';
import { ALL_HEADERS } from '../src/hosting/headers.ts';
import type { Gpu } from './arguments.ts';

export interface Studio {
  readonly page: Page;
  /** Peak resident memory of the tab's process so far, MB; null where the system does not tell. */
  peakMemoryMb(): Promise<number | null>;
  /** The same of the browser's GPU process, where a GPU device keeps its buffers. */
  peakGpuProcessMb(): Promise<number | null>;
  /** Longest task of the main thread since the last call, ms; 0 where none was over 50 ms (shorter ones are not reported). */
  longestTaskMs(): Promise<number>;
  /** Throws when the page reported an error meanwhile. */
  close(): Promise<void>;
}

export interface MeasuringBrowser {
  readonly version: string;
  /** A page that remembers nothing of the others, with all its code here and its start-up over. */
  openStudio(query: string): Promise<Studio>;
  /** A page of the same browser from another folder, served with the same headers. */
  openFolder(folder: string): Promise<Page>;
  close(): Promise<void>;
}

/** After start-up, what React put off until later has this long to happen before anything is counted. */
const SETTLE_MS = 500;

/** Real drivers instead of the software adapter. */
const SYSTEM_GPU_ARGS: readonly string[] = [
  '--enable-unsafe-webgpu',
  '--ignore-gpu-blocklist',
  ...(process.platform === 'linux' ? ['--enable-features=Vulkan', '--use-angle=vulkan'] : []),
];

/** The build in `outDir`, made now if it is not there. */
export function ensureBuild(outDir: string): void {
  if (existsSync(join(outDir, 'index.html'))) return;
  const quiet: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync('npm', ['run', '--silent', 'build:wasm'], quiet);
  execFileSync('npx', ['vite', 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'], quiet);
}

/** Serves a folder with the headers the product is served with, and nothing of the project's configuration. */
async function serve(folder: string): Promise<{ address: string; close(): Promise<void> }> {
  const server = await preview({
    configFile: false,
    build: { outDir: folder },
    preview: { port: 0, host: 'localhost', headers: { ...ALL_HEADERS } },
    logLevel: 'error',
  });
  const address = server.resolvedUrls?.local[0];
  if (!address) throw new Error('The preview server gave no address.');
  return { address, close: () => server.close() };
}

/** Kernel's own high-water mark of one process, MB. */
function highWaterMark(pid: number): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmHWM:\s+(\d+) kB/);
  return line ? Number(line[1]) / 1024 : 0;
}

async function peakOf(cdp: CDPSession, kind: string): Promise<number | null> {
  try {
    const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
    const marks = processInfo.filter(({ type }) => type === kind).map(({ id }) => highWaterMark(id));
    return marks.length > 0 ? Math.max(...marks) : null;
  } catch {
    // Not Linux: no such file.
    return null;
  }
}

/** Runs in the page: remembers its longest task. */
function watchTasks(): void {
  let longest = 0;
  const take = (entries: PerformanceEntryList) => {
    for (const entry of entries) longest = Math.max(longest, entry.duration);
  };
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ type: 'longtask', buffered: true });
  Object.assign(window, {
    longestTaskSoFar() {
      take(observer.takeRecords());
      const seen = longest;
      longest = 0;
      return seen;
    },
  });
}

async function openStudioIn(browser: Browser, address: string, cdp: CDPSession): Promise<Studio> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  // The loader this runs under wraps named functions in a helper that the page does not have.
  await page.addInitScript({ content: 'globalThis.__name = (named) => named;' });
  await page.addInitScript(watchTasks);
  await page.goto(address);
  await page.evaluate(() => window.tastemaker.prepare());
  await page.waitForFunction(() => window.tastemaker.project().phase === 'idle');
  // What drives the page brings code of its own at first use: no task of ours.
  const input = page.locator('input[type=file]').first();
  await input.waitFor({ state: 'attached' });
  await input.evaluate((element) => element.isConnected);
  await page.waitForTimeout(SETTLE_MS);
  const longestTaskMs = async () => {
    // The entry of a task that has just ended arrives with a later one.
    await page.waitForTimeout(100);
    return page.evaluate(() => (window as unknown as { longestTaskSoFar(): number }).longestTaskSoFar());
  };
  await longestTaskMs();
  return {
    page,
    peakMemoryMb: () => peakOf(cdp, 'renderer'),
    peakGpuProcessMb: () => peakOf(cdp, 'GPU'),
    longestTaskMs,
    async close() {
      await context.close();
      if (errors.length > 0) throw new Error(`The page reported: ${errors.join('; ')}`);
    },
  };
}

/** One Chromium with one build. `gpu` null: no GPU of any kind, not even in software. */
export async function openBrowser({ outDir, gpu }: { outDir: string; gpu: Gpu | null }): Promise<MeasuringBrowser> {
  ensureBuild(outDir);
  const extra = { software: CHROMIUM_ARGS, system: [...CHROMIUM_ARGS_NO_GPU, ...SYSTEM_GPU_ARGS] };
  const browser = await chromium.launch({
    executablePath: ensureChromium(),
    args: [...(gpu ? extra[gpu] : CHROMIUM_ARGS_NO_GPU)],
  });
  const servers = [await serve(outDir)];
  const [{ address }] = servers;
  const cdp = await browser.newBrowserCDPSession();
  return {
    version: browser.version(),
    openStudio: (query) => openStudioIn(browser, `${address}?${query}`, cdp),
    async openFolder(folder) {
      const server = await serve(folder);
      servers.push(server);
      const page = await browser.newPage();
      await page.goto(server.address);
      return page;
    },
    async close() {
      await browser.close();
      for (const server of servers) await server.close();
    },
  };
}
