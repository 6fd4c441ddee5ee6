import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { giveFiles, openStudio, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv } from './synthetic.ts';

const STEPS = ['data', 'train', 'quality', 'map', 'customers', 'trust'] as const;

async function withStory(page: Page, query: string): Promise<void> {
  await openStudio(page, `device=wasm&story=off&${query}`);
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  await waitForRuns(page, 1);
}

async function goTo(page: Page, step: string): Promise<void> {
  await page.evaluate((name) => {
    window.location.hash = `#/${name}`;
  }, step);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.waitForTimeout(700);
}

for (const scheme of ['light', 'dark'] as const) {
  test(`every step is clean to axe in ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await openStudio(page, 'device=wasm');
    await expectAccessible(page, { where: 'start' });
    await withStory(page, '');
    for (const step of STEPS) {
      await goTo(page, step);
      await expectAccessible(page, { where: step });
    }
  });
}

test('no sideways scrolling from 360 to 1920 pixels, in both languages', async ({ page }) => {
  test.setTimeout(180_000);
  for (const lang of ['en', 'zh-CN']) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await withStory(page, `lang=${lang}`);
    for (const step of STEPS) {
      await goTo(page, step);
      for (const width of [360, 768, 1024, 1920]) {
        await page.setViewportSize({ width, height: 800 });
        // Charts and the map follow their frames.
        await page.waitForTimeout(250);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(over, `${lang} ${step} at ${width}`).toBeLessThanOrEqual(0);
      }
    }
  }
});

/** What stands on screen without brackets, apart from data, numbers and names that are the same in every language. */
function untranslated(): string[] {
  const found: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? '';
    const parent = node.parentElement;
    if (!parent || !/\p{L}{3}/u.test(text)) continue;
    if (parent.closest('[translate="no"], script, style, noscript, svg title')) continue;
    // The brackets of the pseudo-locale, here or around the sentence this is a part of.
    if (/[⟦⟧]/.test(parent.textContent ?? '') || /[⟦⟧]/.test(parent.parentElement?.textContent ?? '')) continue;
    found.push(text);
  }
  return [...new Set(found)];
}

test('every sentence on screen comes from the language files', async ({ page }) => {
  await withStory(page, 'lang=pseudo');
  // Data of this test, units and dates of Intl, and proper names.
  const known =
    /^[A-Z][a-z]{2} \d{1,2}, \d{4}$|story, no\.|^(Crime|Garden|Space)$|ratings\.csv|things\.csv|\.csv|_id|^rating$|^title$|^category$|^timestamp$|Tastemaker|WebGPU|WebGL|WebSocket|fetch|SIMD|\d+\s?(ms|s|kB|MB|GB)|^c\d+|^p\d+/;
  for (const step of STEPS) {
    await goTo(page, step);
    const left = (await page.evaluate(untranslated)).filter((text) => !known.test(text));
    expect(left, step).toEqual([]);
  }
});

test('the whole story by keyboard', async ({ page }) => {
  await withStory(page, '');
  await page.getByRole('navigation').getByRole('link', { name: 'Customers' }).focus();
  await page.keyboard.press('Enter');
  await page.getByPlaceholder(/Search customers|Search .* by id/).focus();
  await expect(page.getByRole('option').first()).toBeVisible();
  // Enter comes before the answer: it is taken when that is there.
  await page.keyboard.type('c17');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/customers\/c17/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('c17');
  await page.getByRole('navigation').getByRole('link', { name: 'Map' }).focus();
  await page.keyboard.press('Enter');
  const heatmap = page.getByRole('application').or(page.getByRole('grid')).or(page.locator('canvas[tabindex]')).first();
  await heatmap.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toContainText(/story, no\./);
});
