import { expect, test } from '@playwright/test';
import { giveFiles, openStudio, waitForImport } from './studio.ts';

/** How many of each rating the file holds; customers and products are different in every row pair. */
const RATINGS = { 1: 10, 2: 20, 3: 30, 4: 60, 5: 40 } as const;
const PRODUCTS = 40;

function csv(): string {
  const lines = ['customer,product,rating,date'];
  let row = 0;
  for (const [rating, count] of Object.entries(RATINGS)) {
    for (let i = 0; i < count; i++, row++) {
      const month = String((row % 12) + 1).padStart(2, '0');
      lines.push(`c${Math.floor(row / PRODUCTS)}-${row % 3},p${row % PRODUCTS},${rating},2024-${month}-15`);
    }
  }
  return `${lines.join('\n')}\n`;
}

test('the charts of the data read out what they show, under the pointer and by arrow keys', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: csv() }]);
  const { summary } = await waitForImport(page);
  expect(summary?.ratingHistogram.counts).toEqual(Object.values(RATINGS));

  const histogram = page.getByRole('img', { name: /commonest rating is 4/ });
  const readOut = page.getByRole('status').filter({ hasText: 'ratings' });
  const box = await histogram.boundingBox();
  if (!box) throw new Error('no histogram');
  // Five equal bars between the axis labels (44 px) and the right edge: the middle of the fourth.
  await histogram.hover({ position: { x: 44 + (box.width - 52) * 0.7, y: 60 } });
  await expect(readOut).toContainText('rating 4');
  await expect(readOut).toContainText('60 · 38%');

  await page.mouse.move(0, 0);
  await expect(readOut).toHaveCount(0);
  await histogram.focus();
  await page.keyboard.press('ArrowRight');
  await expect(readOut).toContainText('rating 1');
  await page.keyboard.press('ArrowRight');
  await expect(readOut).toContainText('rating 2');
  await expect(readOut).toContainText('20');

  await page.getByRole('img', { name: /busiest month/ }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('status').filter({ hasText: 'Dec 2024' })).toBeVisible();
});

test('beside a finished curve stand its own epochs, not those of the head that came last', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: csv() }]);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.train('mf', 'quick', { 'taste.epochs': 5, 'choice.epochs': 3 }));
  await page.getByRole('link', { name: /Train/ }).first().click();
  const epochs = await page.evaluate(() => {
    const events = window.tastemaker.training().runs[0].epochs;
    const last = (head: 'taste' | 'choice') => events.findLast((event) => event.head === head)?.epoch ?? 0;
    return { stars: last('taste'), hits: last('choice') };
  });
  expect(epochs.stars).not.toBe(epochs.hits);
  const figure = page.locator('dl > div').filter({ has: page.locator('dt', { hasText: /^Epoch$/ }) });
  await expect(figure.locator('dd').first()).toContainText(new RegExp(`^${epochs.stars} ?/ 5`));
  await page.getByRole('radio', { name: 'Hits' }).press('Space');
  await expect(figure.locator('dd').first()).toContainText(new RegExp(`^${epochs.hits} ?/ 3`));
});
