import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

/** Real WebGPU and WebGL2 on a software adapter, no background traffic, no sandbox (containers). */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The same browser without a GPU of any kind: the fallback path. */
export const CHROMIUM_ARGS_NO_GPU: readonly string[] = CHROMIUM_ARGS.filter((flag) => !/webgpu|swiftshader/.test(flag));

/** CHROMIUM_PATH, then Playwright's own, then the system's; null where there is none. */
export function findChromium(): string | null {
  const fromPlaywright = () => {
    try {
      return chromium.executablePath();
    } catch {
      return '';
    }
  };
  const candidates = [
    process.env['CHROMIUM_PATH'] ?? '',
    fromPlaywright(),
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  return candidates.find((path) => path !== '' && existsSync(path)) ?? null;
}

/** Finds a Chromium or installs Debian's package; says what to do where neither works. */
export function ensureChromium(): string {
  const found = findChromium();
  if (found) return found;
  console.log('No Chromium found: installing the Debian package `chromium` …');
  try {
    execSync('apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk', {
      stdio: 'inherit',
    });
  } catch {
    // the message below says what to do
  }
  const installed = findChromium();
  if (installed) return installed;
  throw new Error('No Chromium. Install one, or set CHROMIUM_PATH to its executable, and run again.');
}
