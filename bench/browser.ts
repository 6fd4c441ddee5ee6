/** The production build in a real headless Chromium, for everything that measures. */
import { readFileSync } from 'node:fs';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright';
import { preview } from 'vite';
import { CHROMIUM_ARGS, CHROMIUM_ARGS_NO_GPU, ensureChromium } from '../scripts/chromium.ts';

export interface Studio {
  readonly page: Page;
  readonly version: string;
  /** Peak resident memory of the tab's processes so far, MB; null where the system does not tell. */
  peakMemoryMb(): Promise<number | null>;
  /** Longest task of the main thread since the last call, ms. */
  longestTaskMs(): Promise<number>;
  close(): Promise<void>;
}

/** Kernel's own high-water mark of one process, MB. */
function highWaterMark(pid: number): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmHWM:\s+(\d+) kB/);
  return line ? Number(line[1]) / 1024 : 0;
}

async function rendererPeak(cdp: CDPSession): Promise<number | null> {
  try {
    const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    return Math.max(...renderers.map(({ id }) => highWaterMark(id)));
  } catch {
    return null;
  }
}

/** Serves dist/ and opens it with `query` (e.g. `device=wasm&story=off`). */
export async function openStudio(query: string, options: { gpu: boolean }): Promise<Studio> {
  const server = await preview({ preview: { port: 0, host: 'localhost' }, logLevel: 'error' });
  const address = server.resolvedUrls?.local[0];
  if (!address) throw new Error('The preview server gave no address.');
  const browser: Browser = await chromium.launch({
    executablePath: ensureChromium(),
    args: [...(options.gpu ? CHROMIUM_ARGS : CHROMIUM_ARGS_NO_GPU)],
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.addInitScript(() => {
    const seen = { longest: 0 };
    Object.assign(window, { longTasks: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.longest = Math.max(seen.longest, entry.duration);
    }).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(`${address}?${query}`);
  const cdp = await browser.newBrowserCDPSession();
  return {
    page,
    version: browser.version(),
    peakMemoryMb: () => rendererPeak(cdp),
    longestTaskMs: () =>
      page.evaluate(() => {
        const { longTasks } = window as unknown as { longTasks: { longest: number } };
        const { longest } = longTasks;
        longTasks.longest = 0;
        return longest;
      }),
    async close() {
      await browser.close();
      await server.close();
      if (errors.length > 0) throw new Error(`The page reported: ${errors.join('; ')}`);
    },
  };
}
