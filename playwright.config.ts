import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from './scripts/chromium.ts';

/** Another port and another build, for trying a change while something else is being tested. */
const PORT = Number(process.env['E2E_PORT'] ?? 4317);
const OUT = process.env['E2E_OUT'] ?? 'dist';

export default defineConfig({
  testDir: 'e2e',
  timeout: 120_000,
  // What is waited for comes when it comes: a machine that does much else at once is no failure of the page.
  expect: { timeout: 20_000 },
  fullyParallel: false,
  workers: 1,
  retries: 0,
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${PORT}/`,
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath: findChromium() ?? undefined, args: [...CHROMIUM_ARGS] },
    locale: 'en-US',
    // A record of every action costs a sixth of the time: taken where a failure is looked into.
    trace: process.env['E2E_TRACE'] ? 'retain-on-failure' : 'off',
  },
  webServer: {
    command: `tsx scripts/start.ts --no-build --port ${PORT} --out-dir "${OUT}"`,
    url: `http://localhost:${PORT}/`,
    reuseExistingServer: false,
    timeout: 60_000,
  },
});
