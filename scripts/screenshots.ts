/**
 * `npm run screenshots`: the pictures of the README, taken from the built page with the books sample
 * and written to docs/images. Nothing is drawn or retouched: what is on them is what the page shows.
 * Flags: --no-build takes what is in dist/; --out-dir FOLDER takes a build made elsewhere.
 */
import { execSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { chromium, type Page } from 'playwright';
import { preview } from 'vite';
import type {} from '../src/store/console.ts';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.ts';

const FOLDER = 'docs/images';
const PORT = 4319;
/** Someone of the sample with a short history (43 books), so that every reason is easy to follow. */
const READER = '10052';
/** Pictures and fades of the page are done by then. */
const SETTLED_MS = 1500;

const flags = process.argv.slice(2);
const outDir = flags.includes('--out-dir') ? flags[flags.indexOf('--out-dir') + 1] : 'dist';

async function shoot(page: Page, name: string, scheme: 'light' | 'dark' = 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  await page.mouse.move(0, 0);
  await page.waitForTimeout(SETTLED_MS);
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
  console.log(`${FOLDER}/${name}.png`);
}

async function goTo(page: Page, step: string): Promise<void> {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, `#/${step}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

if (!flags.includes('--no-build') && outDir === 'dist') execSync('npm run --silent build', { stdio: 'inherit' });
if (!existsSync(`${outDir}/index.html`)) throw new Error(`No build in ${outDir}.`);
mkdirSync(FOLDER, { recursive: true });
const server = await preview({ build: { outDir }, preview: { port: PORT, strictPort: true, host: 'localhost' } });
const browser = await chromium.launch({ executablePath: ensureChromium(), args: [...CHROMIUM_ARGS] });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1, locale: 'en-US' });
  page.setDefaultTimeout(600_000);
  await page.goto(`http://localhost:${PORT}/?device=wasm&story=off`);
  await page.evaluate(() => window.tastemaker.prepare());
  await shoot(page, 'start');

  await page.evaluate(() => window.tastemaker.openSample('books'));
  await page.evaluate(() => window.tastemaker.train('mf', 'balanced'));
  await page.evaluate(() => window.tastemaker.train('neumf', 'quick'));

  await goTo(page, 'train');
  await shoot(page, 'train');
  await goTo(page, `customers/${READER}`);
  await page.getByRole('heading', { level: 1, name: READER }).waitFor();
  await page.getByTestId('recommendations').locator('li').first().waitFor();
  await shoot(page, 'customers');
  await goTo(page, 'quality');
  const compare = page.getByRole('button', { name: /^Compare \d+ models$/ });
  await compare.click();
  // Away while it runs, back when it is done.
  await compare.waitFor({ state: 'hidden' });
  await compare.waitFor();
  await shoot(page, 'quality');
  await goTo(page, 'map');
  await page.locator('main canvas').first().waitFor();
  await shoot(page, 'map');
  await shoot(page, 'map-dark', 'dark');
} finally {
  await browser.close();
  await server.close();
}
