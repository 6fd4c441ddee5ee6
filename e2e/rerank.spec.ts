import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { dropFiles, giveFiles, openStudio, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv } from './synthetic.ts';

const FILES = [
  { name: 'ratings.csv', text: ratingCsv(SMALL) },
  { name: 'things.csv', text: titlesCsv(SMALL.products) },
];

async function openCustomers(page: Page): Promise<void> {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, FILES);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  await waitForRuns(page, 1);
  await page.evaluate(() => {
    window.location.hash = '#/customers/c5';
  });
  await expect(rows(page)).toHaveCount(10);
}

const rows = (page: Page) => page.getByTestId('recommendations').locator('> li');
const titles = (page: Page) => rows(page).getByRole('heading', { level: 3 }).allTextContents();
const card = (page: Page) => page.getByRole('region', { name: 'Shape the list' });
/** By its whole title: “no. 3” is not “no. 30”. */
const option = (page: Page, title: string) =>
  page.getByRole('option').filter({ hasText: new RegExp(`${title}(?!\\d)`) });
const slider = (page: Page, name: string) => card(page).getByRole('slider', { name });

test('a slider re-orders the list at once, and what it costs is measured beside it', async ({ page }) => {
  test.setTimeout(180_000);
  await openCustomers(page);
  const before = await titles(page);
  await expect(page.getByText('Reshaped', { exact: true })).toHaveCount(0);

  const variety = slider(page, 'Familiar or adventurous');
  await variety.focus();
  for (let step = 0; step < 5; step++) await variety.press('ArrowRight');
  await expect(variety).toHaveAttribute('aria-valuetext', 'Adventurous, step 5 of 5');
  await expect.poll(() => titles(page)).not.toEqual(before);
  await expect(page.getByText('Reshaped', { exact: true })).toBeVisible();
  // Five steps are five questions: the list of the last is waited for.
  await expect(page.getByTestId('recommendations')).toHaveAttribute('aria-busy', 'false');
  // Places of the model's own order: true of what was at the top before.
  const shaped = await titles(page);
  const moved = shaped.findIndex((title, at) => before.indexOf(title) > at);
  if (moved >= 0) {
    await expect(rows(page).nth(moved)).toContainText(`was ${before.indexOf(shaped[moved]) + 1}`);
  }
  const cost = card(page).locator('[data-slider="variety"] [role="status"]');
  await expect(cost).toContainText(/Finds .*\d+(\.\d)?%/, { timeout: 90_000 });
  await expect(cost).toContainText(/different/);
  const said = (await cost.textContent()) ?? '';

  // A second slider: each alone is known already, both together are measured by themselves.
  const niche = slider(page, 'Popular or niche');
  await niche.focus();
  await niche.press('ArrowRight');
  await expect(card(page).locator('[data-slider="niche"] [role="status"]')).toContainText(/Finds .*\d/);
  await expect(card(page).getByText('All together')).toBeVisible({ timeout: 60_000 });

  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => titles(page)).toEqual(before);
  await expect(page.getByText('Reshaped', { exact: true })).toHaveCount(0);
  await expect(variety).toHaveAttribute('aria-valuetext', 'As the model has it.');

  // Quality has the same figures: every slider as far as it goes.
  await page.evaluate(() => {
    window.location.hash = '#/quality';
  });
  const lines = page.getByTestId('shaping-line');
  await expect(lines.first()).toContainText('As the model has it');
  await expect(lines.filter({ hasText: 'Adventurous, all the way' })).toContainText(/\d+(\.\d)?% found/);
  await expect(lines.filter({ hasText: 'Adventurous, all the way' }).locator('p')).toHaveText(said);
  await expect(lines.filter({ hasText: 'Niche, all the way' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Shape the list' }).click();
  await expect(rows(page).first()).toBeVisible();
});

test('rules hold on screen, in the export and after a reload', async ({ page }) => {
  test.setTimeout(180_000);
  await openCustomers(page);
  const before = await titles(page);
  const plain = await page.evaluate(async () => {
    const request = { customer: 5, whatIf: { liked: [], disliked: [] }, count: 10, run: null };
    const { items } = await window.tastemaker.engine().recommend(request);
    return items.map(({ product }) => ({ id: product.id, title: product.title }));
  });
  expect(plain.map(({ title }) => title)).toEqual(before);

  await card(page).getByRole('button', { name: 'Rules' }).click();
  const never = card(page).getByRole('group', { name: 'Never suggest' });
  await never.getByRole('textbox').fill(plain[0].id);
  await option(page, plain[0].title).click();
  await expect.poll(() => titles(page)).not.toContain(before[0]);
  expect((await titles(page)).slice(0, 9)).toEqual(before.slice(1));

  const always = card(page).getByRole('group', { name: 'Always include' });
  await always.getByRole('textbox').fill(plain[8].id);
  await option(page, plain[8].title).click();
  await expect.poll(async () => (await titles(page))[0]).toBe(before[8]);
  await expect(rows(page).first()).toContainText('always included');

  // Out of stock: everything but five of them, and two ids nobody knows.
  const stock = card(page).getByRole('group', { name: 'Only what is in stock' });
  const wanted = plain.slice(2, 7).concat(plain[8]);
  await stock.getByRole('textbox').fill([...wanted.map(({ id }) => id), 'x1', 'x2'].join('\n'));
  await stock.getByRole('button', { name: 'Use these' }).click();
  await expect(stock.getByRole('status')).toContainText('6 of 8 ids recognised');
  await expect(rows(page)).toHaveCount(6);
  const shown = await titles(page);
  expect(shown).toEqual([before[8], ...before.slice(2, 7)]);

  await expectAccessible(page);

  await page.getByRole('button', { name: 'Export lists' }).click();
  await expect(page.getByText('Your settings in “Shape the list” are used.')).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save CSV' }).click(),
  ]);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n').slice(1);
  const listed = new Set(lines.map((line) => line.split(',')[2]));
  expect([...listed].sort()).toEqual(wanted.map(({ id }) => id).sort());

  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await waitForRuns(page, 1);
  await expect.poll(() => titles(page)).toEqual(shown);
  await expect(page.getByText('Reshaped', { exact: true })).toBeVisible();
  await card(page).getByRole('button', { name: 'Rules' }).click();
  await expect(card(page).getByRole('group', { name: 'Never suggest' })).toContainText(plain[0].title);
  await card(page).getByRole('button', { name: 'Suggest everything again' }).click();
  await expect(rows(page)).toHaveCount(10);
  expect(await titles(page)).not.toContain(before[0]);

  // Never a whole category: what is left is of the others.
  await page.getByRole('button', { name: 'Reset' }).click();
  await card(page).getByRole('combobox', { name: 'Never these categories' }).click();
  await page.getByRole('option', { name: 'Space' }).click();
  await expect.poll(async () => (await titles(page)).filter((title) => title.startsWith('Space'))).toEqual([]);
  expect(before.some((title) => title.startsWith('Space'))).toBe(true);
});

test('the same file read again has its sliders again, and another file begins without', async ({ page }) => {
  await openCustomers(page);
  const take = async (files: typeof FILES) => {
    const before = await page.evaluate(() => window.tastemaker.project().summary);
    await dropFiles(page, files);
    await expect
      .poll(() =>
        page.evaluate((old) => {
          const { summary, phase } = window.tastemaker.project();
          return phase === 'idle' && JSON.stringify(summary) !== old;
        }, JSON.stringify(before)),
      )
      .toBe(true);
    await page.evaluate(() => window.tastemaker.train('popularity', 'quick'));
    await page.evaluate(() => {
      window.location.hash = '#/customers/c5';
    });
    await expect(rows(page)).toHaveCount(10);
  };
  const stands = () => slider(page, 'Familiar or adventurous').getAttribute('aria-valuetext');
  await slider(page, 'Familiar or adventurous').focus();
  for (let step = 0; step < 3; step++) await slider(page, 'Familiar or adventurous').press('ArrowRight');
  expect(await stands()).toBe('Adventurous, step 3 of 5');

  // Away before the slider has come to rest: it is of this file all the same.
  await take([{ name: 'other.csv', text: ratingCsv({ ...SMALL, seed: 77 }) }]);
  expect(await stands()).toBe('As the model has it.');
  await take(FILES);
  expect(await stands()).toBe('Adventurous, step 3 of 5');
  await expect(page.getByText('Reshaped', { exact: true })).toBeVisible();
});
