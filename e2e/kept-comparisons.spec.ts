/** Earlier comparisons stay with the project: they can be looked at again, and let go. */
import { expect, type Page, test } from '@playwright/test';
import { giveFiles, openStudio, waitForImport } from './studio.ts';
import { ratingCsv, SMALL } from './synthetic.ts';

const kept = (page: Page) => page.getByRole('combobox', { name: 'Comparison shown' });
const entries = (page: Page) => kept(page).locator('option').allTextContents();
/** Of those that make lists: averages do not. */
const done = (page: Page) => page.locator('tr[data-state="done"]');
const compareButton = (page: Page) => page.getByRole('button', { name: /^Compare \d+ models$/ });

async function compare(page: Page): Promise<void> {
  const before = await page.evaluate(() => window.tastemaker.comparison().comparison?.madeAt ?? 0);
  await compareButton(page).click();
  await expect
    .poll(() => page.evaluate(() => window.tastemaker.comparison().comparison?.madeAt ?? 0), { timeout: 60_000 })
    .toBeGreaterThan(before);
  await expect(compareButton(page)).toBeVisible();
}

/** Product neighbours, and those that always take part. */
async function fewModels(page: Page): Promise<void> {
  const who = page.getByRole('group', { name: 'Who takes part' });
  await expect(who).toBeVisible();
  for (const box of await who.getByRole('checkbox').all()) if (await box.isEnabled()) await box.setChecked(false);
  await who.getByRole('checkbox', { name: 'Product neighbours', exact: true }).check();
}

test('earlier comparisons are kept with the project, shown again when chosen, and gone when removed', async ({
  page,
}) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
  await waitForImport(page);
  await page.evaluate(() => {
    window.location.hash = '#/quality';
  });
  await expect(compareButton(page)).toBeVisible();
  await fewModels(page);
  await compare(page);
  await expect(done(page)).toHaveCount(2);
  // One alone leaves nothing to choose from.
  await expect(kept(page)).toHaveCount(0);

  await page.getByRole('combobox', { name: 'What is held back' }).selectOption('random');
  await page.getByRole('checkbox', { name: 'EASE', exact: true }).check();
  await compare(page);
  await expect(done(page)).toHaveCount(3);
  await expect(kept(page)).toBeVisible();
  const both = await entries(page);
  expect(both).toHaveLength(2);
  expect(both[0]).toMatch(/^\w+ \d+, \d\d:\d\d(:\d\d)? · 4 models · Any 10% of all$/);
  expect(both[1]).toMatch(/ · 3 models · 10% of what everyone did$/);
  await expect(kept(page)).toHaveValue((await kept(page).locator('option').first().getAttribute('value')) ?? '');

  // Every card follows: the leaderboard, and how it is computed.
  await page.getByText('How is this computed?').click();
  await expect(page.getByText(/^10% of everything was taken away at random/)).toBeVisible();
  await kept(page).selectOption({ index: 1 });
  await expect(done(page)).toHaveCount(2);
  await expect(page.getByText(/^10% of what each \w+ did, rounded, was taken away/)).toBeVisible();

  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await expect(kept(page)).toBeVisible({ timeout: 30_000 });
  expect(await entries(page)).toEqual(both);
  await expect(done(page)).toHaveCount(3);

  // Asked first: it may have taken long. What is kept stays.
  const remove = page.getByRole('button', { name: 'Remove this comparison' });
  await remove.click();
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  expect(await entries(page)).toEqual(both);
  await remove.click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(kept(page)).toHaveCount(0);
  await expect(done(page)).toHaveCount(2);
  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await expect(done(page)).toHaveCount(2, { timeout: 30_000 });
  expect(await page.evaluate(() => window.tastemaker.comparison().comparisons.length)).toBe(1);
});
