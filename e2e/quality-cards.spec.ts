import { expect, type Locator, type Page, test } from '@playwright/test';
import { giveFiles, openStudio, snapshot, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv, wideRatingCsv } from './synthetic.ts';

const COUNTRIES = ['France', 'Germany', 'Japan'] as const;

/** A table of customers: a country for each, but for one. */
function customersCsv(customers: number): string {
  const rows = Array.from(
    { length: customers },
    (_, customer) => `c${customer},${customer === 3 ? '' : COUNTRIES[customer % COUNTRIES.length]}`,
  );
  return `user_id,country\n${rows.join('\n')}\n`;
}

const board = (page: Page) => page.getByTestId('leaderboard');
const row = (page: Page, model: string) => board(page).locator(`tr[data-model="${model}"]`);

/** These, and what always takes part. */
async function compareOnly(page: Page, names: readonly string[]): Promise<void> {
  await page.evaluate(() => {
    window.location.hash = '#/quality';
  });
  const who = page.getByRole('group', { name: 'Who takes part' });
  await expect(who).toBeVisible();
  for (const box of await who.getByRole('checkbox').all()) if (await box.isEnabled()) await box.setChecked(false);
  for (const name of names) await who.getByRole('checkbox', { name, exact: true }).check();
  await page.getByRole('button', { name: /^Compare \d+ models$/ }).click();
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Compare \d+ models$/ })).toBeVisible({ timeout: 90_000 });
}

const percent = (text: string | null | undefined) => Number.parseFloat(/([\d.]+)\s?%/.exec(text ?? '')?.[1] ?? 'NaN');
const count = (text: string | null | undefined) => Number((text ?? '').replace(/[^\d]/g, ''));

async function cell(page: Page, model: string, column: string): Promise<number> {
  return percent(await row(page, model).locator(`td[data-column="${column}"]`).textContent());
}

/** The chart with such a title, its figures as a table: every row's cells. */
async function tableOf(chart: Locator): Promise<string[][]> {
  await chart.getByRole('button', { name: 'Show as a table' }).click();
  const rows = await chart.locator('tbody tr').all();
  return Promise.all(rows.map((one) => one.locator('td').allTextContents()));
}

const weighted = (groups: readonly { readonly value: number; readonly weight: number }[]) =>
  groups.reduce((sum, { value, weight }) => sum + value * weight, 0) /
  groups.reduce((sum, { weight }) => sum + weight, 0);

test('for whom it works, what is shown against what is found, and how sure a suggestion is: the cards and the table say the same', async ({
  page,
}) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
    { name: 'people.csv', text: customersCsv(SMALL.customers) },
  ]);
  expect((await waitForImport(page)).phase).toBe('idle');
  await compareOnly(page, ['EASE', 'Product neighbours']);
  const found = await cell(page, 'ease', 'recall');
  expect(found).toBeGreaterThan(await cell(page, 'popularity', 'recall'));

  await test.step('by how much is known, and by popularity', async () => {
    const region = page.locator('section', { has: page.getByRole('heading', { name: 'For whom it works' }) }).last();
    await region.getByRole('combobox', { name: 'Model' }).selectOption({ label: 'EASE' });
    const activity = page.getByRole('list', { name: 'By how much is known of the customer' });
    const groups = (await activity.getByRole('listitem').allTextContents()).map((text) => ({
      value: percent(text),
      weight: count(/([\d,]+) customers/.exec(text)?.[1]),
    }));
    // A group of fewer than twenty is not shown; with anything between none and all found for those, the rest make up
    // what the table says.
    const [, tested] =
      /([\d,]+) customers tested/.exec((await page.getByText(/customers tested/).textContent()) ?? '') ?? [];
    const shown = groups.reduce((sum, { weight }) => sum + weight, 0);
    const unshown = count(tested) - shown;
    expect(unshown).toBeGreaterThanOrEqual(0);
    expect(unshown).toBeLessThan(20);
    const rest = found * count(tested) - weighted(groups) * shown;
    expect(rest).toBeGreaterThan(-0.1 * count(tested));
    expect(rest).toBeLessThan(100 * unshown + 0.1 * count(tested));
    const bands = page.getByRole('list', { name: 'By how popular the product is' }).getByRole('listitem');
    await expect(bands).toHaveCount(3);
    await expect(bands.first()).toContainText(/bestsellers, half of all choices\d+ products\d+\.\d%/);
    const products = (await bands.allTextContents()).map((text) => count(/([\d,]+) products/.exec(text)?.[1]));
    expect(products.reduce((sum, one) => sum + one, 0)).toBe(SMALL.products);
    // Half of all choices are of fewer than half of the products.
    expect(products[0]).toBeLessThan(SMALL.products / 2);
  });

  await test.step('what is found against what is shown', async () => {
    const chart = page.getByRole('figure', {
      name: /^What is found, and how much of the catalogue is shown$|finds the most, .* shows the most different products$/,
    });
    await expect(chart.locator('circle')).toHaveCount(3);
    const rows = await tableOf(chart);
    expect(rows.map(([name]) => name).sort()).toEqual(['Bestsellers', 'EASE', 'Product neighbours']);
    const shown = rows.map(([, share]) => percent(share));
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
    for (const [model, name] of [
      ['ease', 'EASE'],
      ['itemNeighbours', 'Product neighbours'],
      ['popularity', 'Bestsellers'],
    ]) {
      const [, share, hits] = rows.find(([one]) => one === name) ?? [];
      expect(percent(hits)).toBe(await cell(page, model, 'recall'));
      expect(percent(share)).toBe(await cell(page, model, 'coverage'));
    }
  });

  await test.step('by country', async () => {
    const grouped = page.getByRole('combobox', { name: 'By', exact: true });
    await expect(grouped.getByRole('option')).toHaveText(['country', 'Categories']);
    const region = page.locator('section', { has: grouped }).last();
    await region.getByRole('combobox', { name: 'Model' }).selectOption({ label: 'EASE' });
    await expect(page.getByText('What was found of the products customers chose next, by “country”.')).toBeVisible();
    const list = page.getByRole('list', { name: /No group is clearly served worse|is served worst/ });
    const shares = (await list.getByRole('listitem').allTextContents()).map((text) => ({
      country: COUNTRIES.find((one) => text.startsWith(one)),
      value: percent(text),
    }));
    expect(shares.map(({ country }) => country).sort()).toEqual([...COUNTRIES]);
    // About as many of each, so the table's figure lies among theirs.
    const mean = shares.reduce((sum, { value }) => sum + value, 0) / shares.length;
    expect(Math.abs(mean - found)).toBeLessThan(0.3);
    await expect(page.getByText(/^1 is in no group/)).toBeVisible();
  });

  await test.step('how sure a suggestion is', async () => {
    const chart = page.getByRole('figure', {
      name: /^Where the model is surest [\d.]+% of its suggestions were chosen|^The score hardly says/,
    });
    const rows = await tableOf(chart);
    expect(rows.length).toBeGreaterThan(1);
    const forecasts = rows.map(([forecast]) => percent(forecast));
    expect(forecasts).toEqual(forecasts.toSorted((a, b) => a - b));
    const bins = rows.map(([, observed, suggestions]) => ({ value: percent(observed), weight: count(suggestions) }));
    const named =
      (await page.getByRole('combobox', { name: 'Model' }).last().locator('option:checked').textContent()) ?? '';
    await page.getByRole('combobox', { name: 'Measure' }).selectOption({ label: 'Hits per place' });
    const precision = page
      .getByRole('list', { name: 'Hits per place' })
      .getByRole('listitem')
      .filter({ hasText: named });
    // What was chosen of all that was suggested is the precision of the lists, counted elsewhere.
    expect(Math.abs(weighted(bins) - percent(await precision.textContent()))).toBeLessThan(0.15);
  });

  await test.step('for whom guessed stars work', async () => {
    await page.getByRole('radio', { name: 'Stars' }).check({ force: true });
    const decimal = (text: string | null) => Number(/\d\.\d\d/.exec(text ?? '')?.[0] ?? 'NaN');
    const bands = page.getByRole('list', { name: 'By how popular the product is' }).getByRole('listitem');
    const grouped = page.getByRole('combobox', { name: 'By', exact: true });
    for (const [model, name] of [
      ['itemNeighbours', 'Product neighbours'],
      ['means', 'Averages'],
    ]) {
      const choices = page.getByRole('combobox', { name: 'Model', exact: true });
      await expect(choices).toHaveCount(2);
      for (const choice of await choices.all()) await choice.selectOption({ label: name });
      await expect(bands).toHaveCount(3);
      const groups = (await bands.allTextContents()).map((text) => ({
        value: decimal(text),
        weight: count(/([\d,]+) ratings/.exec(text)?.[1]),
      }));
      const off = decimal(await row(page, model).locator('td[data-column="mae"]').textContent());
      // Every rating is of one band, so the bands together are off by what the table says.
      expect(Math.abs(weighted(groups) - off)).toBeLessThan(0.011);
      const kinds = page.getByRole('list', { name: /No group is clearly guessed worse|is guessed worst/ });
      const countries = (await kinds.getByRole('listitem').allTextContents()).map(decimal);
      expect(countries).toHaveLength(COUNTRIES.length);
      expect(Math.min(...countries)).toBeLessThanOrEqual(off + 0.01);
      expect(Math.max(...countries)).toBeGreaterThanOrEqual(off - 0.01);
    }
    // By country alone: categories are of lists.
    await expect(grouped).toHaveCount(0);
  });
});

test('a model too large says so in its row, and a factorization is trained in its place at a press', async ({
  page,
}) => {
  await openStudio(page, 'device=wasm&story=off');
  // 4 bytes for every two of them: more than 512 MB from 11,586 on.
  await giveFiles(page, [{ name: 'ratings.csv', text: wideRatingCsv(11_600) }]);
  expect((await waitForImport(page)).summary?.products).toBe(11_600);
  await compareOnly(page, ['Slope One']);
  await page.getByRole('radio', { name: 'Stars' }).check({ force: true });
  await expect(row(page, 'means')).toHaveAttribute('data-state', 'done');
  await expect(row(page, 'slopeOne')).toHaveAttribute('data-state', 'failed');
  // 4 · 11,600² / 2²⁰ = 513.3
  await expect(row(page, 'slopeOne')).toContainText('Slope One would need 514 MB, more than the 512 MB');
  const instead = board(page).getByRole('button', { name: 'Train a factorization instead' });
  await expect(instead).toHaveCount(1);
  await instead.click();
  const { runs } = await waitForRuns(page, 1);
  expect(runs[0].request).toMatchObject({ model: 'mf', preset: 'balanced' });
  expect((await snapshot(page)).error).toBeNull();
  await page.evaluate(() => {
    window.location.hash = '#/customers/c7';
  });
  await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10, { timeout: 30_000 });
});
