import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { waitForRuns } from './studio.ts';

/** The folder the build is in; any static host may serve it. */
const BUILD = process.env['E2E_OUT'] ?? 'dist';
const UNDER = '/shop/tools/';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/** Files under a sub-path with nothing but their type: the poorest host there is. */
function plainHost(asked: string[]): Server {
  return createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    asked.push(path);
    const inside = normalize(decodeURIComponent(path.slice(UNDER.length) || 'index.html'));
    if (!path.startsWith(UNDER) || inside.startsWith('..')) {
      response.writeHead(404).end();
      return;
    }
    readFile(join(BUILD, inside)).then(
      (bytes) => {
        const type = TYPES[extname(inside)] ?? 'application/octet-stream';
        response.writeHead(200, { 'Content-Type': type }).end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
}

/** Runs `visit` with the address of a plain host and the list of what it was asked for. */
async function onPlainHost(visit: (address: string, asked: readonly string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const host = plainHost(asked);
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  try {
    await visit(`http://127.0.0.1:${(host.address() as AddressInfo).port}${UNDER}`, asked);
  } finally {
    host.closeAllConnections();
    host.close();
  }
}

test('a plain host, a sub-path, no headers: the service worker adds them', async ({ page }) => {
  await onPlainHost(async (address) => {
    await page.goto(`${address}?device=wasm&threads=2`);
    await page.waitForFunction(() => window.crossOriginIsolated && 'tastemaker' in window, null, { timeout: 30_000 });
    await page.evaluate(() => window.tastemaker.prepare());
    const report = await page.evaluate(() => window.tastemaker.engine().engine());
    expect(report.isolated).toBe(true);
    expect(report.chosen.threads).toBe(2);
    // Every file carries the policy, the scripts of workers too.
    const policies = await page.evaluate(async () => {
      const scripts = performance.getEntriesByType('resource').map(({ name }) => name);
      const answers = await Promise.all([location.href, ...scripts].map((url) => fetch(url)));
      return answers.map((answer) => answer.headers.get('content-security-policy'));
    });
    expect(policies.length).toBeGreaterThan(5);
    for (const policy of policies) expect(policy).toContain("connect-src 'self'");
    await expect(page.evaluate(() => fetch('http://127.0.0.1:9/'))).rejects.toThrow(/Failed to fetch/);
  });
});

test.describe('where service workers are not allowed', () => {
  test.use({ serviceWorkers: 'block' });

  test('a plain host, a sub-path, no headers: everything works on one thread, and the page says so', async ({
    page,
  }) => {
    await onPlainHost((address, asked) => storyOnOneThread(page, address, asked));
  });
});

async function storyOnOneThread(page: Page, address: string, asked: readonly string[]): Promise<void> {
  await page.goto(`${address}?device=wasm`);
  await page.evaluate(() => window.tastemaker.prepare());
  const report = await page.evaluate(() => window.tastemaker.engine().engine());
  expect(report.isolated).toBe(false);
  expect(report.chosen.kind).toBe('wasm');
  expect(report.chosen.threads).toBe(1);
  const chip = page.getByRole('banner').getByRole('button', { name: /1 thread/ });
  await chip.click();
  await expect(page.getByText('does not send the isolation headers')).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: /Readers and books/ }).click();
  const { runs, summary } = await waitForRuns(page, 1);
  expect(summary?.name).toBe('books');
  expect(runs[0].recall10).toBeGreaterThan(runs[0].popularityRecall10);
  await page.getByRole('button', { name: /^See / }).click();
  await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10, { timeout: 30_000 });

  expect(asked.some((path) => path.startsWith(`${UNDER}samples/books/`))).toBe(true);
  expect(asked.filter((path) => !path.startsWith(UNDER) && path !== '/favicon.ico')).toEqual([]);
}

test('the build carries its headers for hosts that read them', () => {
  const headers = readFileSync(join(BUILD, '_headers'), 'utf8');
  expect(headers).toMatch(/^\/\*\n/);
  expect(headers).toContain("Content-Security-Policy: default-src 'none'");
  expect(headers).toContain('Cross-Origin-Opener-Policy: same-origin');
  expect(headers).toContain('Cross-Origin-Embedder-Policy: require-corp');
});
