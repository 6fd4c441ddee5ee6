/** Opens the page of the kernels: for the scripts that time them without the product around. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { build } from 'vite';
import type { Gpu } from './arguments.ts';
import { openBrowser } from './browser.ts';

async function buildPage(folder: string): Promise<void> {
  execFileSync('npm', ['run', '--silent', 'build:wasm'], { stdio: ['ignore', 'ignore', 'inherit'] });
  await build({
    root: fileURLToPath(new URL('./kernel-page', import.meta.url)),
    configFile: false,
    base: './',
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
    logLevel: 'error',
  });
}

/** Builds the page to a temporary folder, opens it in a browser, and cleans up after `use`. Throws what `use` throws. */
export async function withKernelPage<T>(
  gpu: Gpu | null,
  use: (page: Page, browserVersion: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  try {
    await buildPage(folder);
    const browser = await openBrowser({ outDir: process.env['BENCH_OUT'] ?? 'dist', gpu });
    try {
      const page = await browser.openFolder(folder);
      await page.waitForFunction(() => 'kernelBench' in window);
      return await use(page, browser.version);
    } finally {
      await browser.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
