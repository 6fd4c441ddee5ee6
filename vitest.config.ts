import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_ARGS, findChromium } from './scripts/chromium.ts';
import { ISOLATION_HEADERS } from './src/hosting/headers.ts';

/**
 * Two projects. `unit`: Node, the library floors on the reference and WASM devices.
 * `kernels`: files named *.browser.test.ts, in a real Chromium with WebGPU and WebGL2 on the software adapter.
 */
export default defineConfig({
  test: {
    // Left to itself it spares a core, which of two is half.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        server: { headers: { ...ISOLATION_HEADERS } },
        // Loaded only when a device is opened, or by one test: found that late, they would reload the page under another.
        optimizeDeps: {
          include: [
            ...['core', 'backend-cpu', 'backend-wasm', 'backend-webgl', 'backend-webgpu'].map(
              (part) => `@tensorflow/tfjs-${part}`,
            ),
            ...['react', 'react-dom/client', 'zustand'],
          ],
        },
        test: {
          name: 'kernels',
          include: ['src/**/*.browser.test.ts'],
          testTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findChromium() ?? undefined, args: [...CHROMIUM_ARGS] },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
