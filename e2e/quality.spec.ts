import { expect, type Page, test } from '@playwright/test';
import { expectAccessibleInBoth } from './accessible.ts';
import { giveFiles, openStudio, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, ratingRows, SMALL, titlesCsv } from './synthetic.ts';

/** Within the page: an address would load it anew. */
async function goToQuality(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.location.hash = '#/quality';
  });
}

async function openQuality(page: Page, query = ''): Promise<void> {
  await openStudio(page, `device=wasm&story=off${query}`);
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  await waitForImport(page);
  await goToQuality(page);
}

const board = (page: Page) => page.getByTestId('leaderboard');
const row = (page: Page, model: string) => board(page).locator(`tr[data-model="${model}"]`);

async function compareAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Compare \d+ models$/ }).click();
  await expect(page.getByRole('button', { name: /^Compare \d+ models$/ })).toBeVisible({ timeout: 150_000 });
}

/** Unticks everybody else who can be unticked. */
async function keepOnly(page: Page, names: readonly string[]): Promise<void> {
  const who = page.getByRole('group', { name: 'Who takes part' });
  await expect(who).toBeVisible();
  for (const box of await who.getByRole('checkbox').all()) if (await box.isEnabled()) await box.setChecked(false);
  for (const name of names) await who.getByRole('checkbox', { name, exact: true }).check();
}

async function compareChosen(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Compare \d+ models$/ }).click();
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Compare \d+ models$/ })).toBeVisible({ timeout: 150_000 });
}

const percent = (text: string | null) => Number.parseFloat(/([\d.]+)\s?%/.exec(text ?? '')?.[1] ?? 'NaN');

test('all models are compared from the page, the best is crowned, and the comparison is kept', async ({ page }) => {
  test.setTimeout(240_000);
  await openQuality(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Which model knows');
  await compareAll(page);

  await expect(board(page).locator('tbody tr')).toHaveCount(12);
  await expect(board(page).locator('tr[data-state="done"]')).toHaveCount(12);
  const found = async (model: string) =>
    percent(await row(page, model).locator('td[data-column="recall"]').textContent());
  // Tastes are planted: whoever learns anything beats bestsellers, and bestsellers beat chance.
  expect(await found('ease')).toBeGreaterThan(await found('popularity'));
  expect(await found('itemNeighbours')).toBeGreaterThan(await found('popularity'));
  expect(await found('popularity')).toBeGreaterThan(await found('random'));
  const headline = await page.getByRole('heading', { level: 1 }).textContent();
  expect(headline).toMatch(/finds the most|may be just as good/);
  // One is best, or several may be: the table says what the headline says.
  const crowns = await board(page).locator('td[data-column="recall"] strong > span').allTextContents();
  if (headline?.includes('may be just as good')) {
    expect(crowns.length).toBeGreaterThan(1);
    expect(new Set(crowns)).toEqual(new Set(['may be best']));
  } else expect(crowns).toEqual(['best']);

  // The best first, then by another column.
  const models = () =>
    board(page)
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((one) => one.getAttribute('data-model')));
  expect((await models()).at(-1)).toBe('random');
  await page.getByRole('button', { name: 'Sort by Training' }).click();
  expect(['popularity', 'random']).toContain((await models())[0]);

  // Stars have a leaderboard of their own.
  await page.getByRole('radio', { name: 'Stars' }).check();
  await expect(row(page, 'means')).toBeVisible();
  await expect(row(page, 'popularity')).toHaveCount(0);
  const off = async (model: string) =>
    Number.parseFloat(
      (await row(page, model)
        .locator('td[data-column="mae"] strong, td[data-column="mae"] span')
        .last()
        .textContent()) ?? '',
    );
  expect(await off('means')).toBeGreaterThan(0);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/guesses stars best|may be just as good/);
  // The largest difference from the leader is no chance: to nobody at all is chance as hard to tell from a model as to averages.
  await page.getByText(/^One by one against .*, the leader$/).click();
  const against = page.getByRole('region', { name: /^One by one against/ }).getByRole('row', { name: /^Averages/ });
  await expect(against).toContainText(/\+0\.\d{3}\s*\+?0\.\d{3} to \+0\.\d{3}\s*0\.0\d\d/);

  await page.getByText('How is this computed?').click();
  await expect(page.getByText(/seed 1/)).toBeVisible();

  await expectAccessibleInBoth(page);

  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await expect(board(page).locator('tbody tr')).toHaveCount(12, { timeout: 30_000 });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(headline ?? '');
});

test('a model found here is trained and answers on Customers, with reasons that add up', async ({ page }) => {
  test.setTimeout(180_000);
  await openQuality(page);
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  await waitForRuns(page, 1);
  await keepOnly(page, ['EASE', 'Bestsellers']);
  await compareChosen(page);
  await row(page, 'ease').getByRole('button', { name: 'Use it' }).click();
  const { runs } = await waitForRuns(page, 2);
  expect(runs[1].request.model).toBe('ease');
  await expect(row(page, 'ease').getByText('answers')).toBeVisible();

  const list = await page.evaluate((run) => {
    const request = { customer: 3, whatIf: { liked: [], disliked: [] }, count: 10, run };
    return window.tastemaker.engine().recommend(request);
  }, runs[1].id);
  expect(list.model).toBe('ease');
  for (const { score, reasons, stars } of list.items) {
    if (!reasons) throw new TypeError('EASE knows its reasons');
    const shown = reasons.because.reduce((sum, { amount }) => sum + amount, reasons.baseline);
    expect(Math.abs(shown + reasons.others - score)).toBeLessThan(1e-4);
    // The factorization that stands beside it.
    expect(stars).not.toBeNull();
  }
  // Somebody new is answered by the same model.
  const fresh = await page.evaluate((run) => {
    const request = { customer: null, whatIf: { liked: [1, 2, 3], disliked: [] }, count: 5, run };
    return window.tastemaker.engine().recommend(request);
  }, runs[1].id);
  expect(fresh.model).toBe('ease');
  expect(fresh.items).toHaveLength(5);

  // And without the first reason?
  await page.evaluate(() => {
    window.location.hash = '#/customers';
  });
  const first = page.getByTestId('recommendations').locator('> li').first();
  await first.getByRole('button').first().click();
  await expect(first.getByText(/^Without .* it would (still )?(stand|not be listed)/)).toBeVisible();

  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await waitForRuns(page, 2);
  const again = await page.evaluate((run) => {
    const request = { customer: 3, whatIf: { liked: [], disliked: [] }, count: 10, run };
    return window.tastemaker.engine().recommend(request);
  }, runs[1].id);
  expect(again.items.map(({ product }) => product.product)).toEqual(list.items.map(({ product }) => product.product));
});

test('bestsellers and averages are always among them', async ({ page }) => {
  test.setTimeout(180_000);
  await openQuality(page);
  await keepOnly(page, ['EASE']);
  const who = page.getByRole('group', { name: 'Who takes part' });
  for (const name of ['Bestsellers', 'Averages']) {
    const box = who.getByRole('checkbox', { name, exact: true });
    await expect(box).toBeChecked();
    await expect(box).toBeDisabled();
    await expect(box).toHaveAttribute('title', /what every model has to beat/);
  }
  // What is done for all of them is said where no row says anything. It may be over in a moment: every state is noted.
  await page.evaluate(() => {
    const said: string[] = [];
    (window as unknown as { said: string[] }).said = said;
    new MutationObserver(() => {
      for (const bar of document.querySelectorAll('[role=progressbar]')) {
        const label = bar.getAttribute('aria-label') ?? '';
        if (!said.includes(label)) said.push(label);
      }
    }).observe(document.body, { childList: true, subtree: true, attributes: true });
  });
  await page.getByRole('button', { name: 'Compare 3 models' }).click();
  await expect(row(page, 'ease')).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Compare 3 models' })).toBeVisible({ timeout: 60_000 });
  expect(await page.evaluate(() => (window as unknown as { said: string[] }).said)).toContain('Holding a part back');
  await expect(board(page).locator('tr[data-state="done"]')).toHaveCount(2);
  await expect(row(page, 'popularity')).toBeVisible();
  // Of how many the figures are, and how the others stand against the leader.
  await expect(page.getByTestId('measure-counts')).toContainText(/^Mean over [\d,]+ \w+\./);
  await expect(row(page, 'popularity').getByRole('rowheader')).toHaveAttribute(
    'title',
    /^Against the leader: −\d+\.\d points \(.+ to .+\), p 0\.\d{3}$/,
  );
  await page.getByRole('radio', { name: 'Stars' }).check();
  await expect(row(page, 'means')).toHaveAttribute('data-state', 'done');
  // Nobody but averages guesses stars here, and nobody is said to be better.
  await expect(page.getByRole('heading', { level: 1 })).toContainText('averages alone');
  await expect(page.getByTestId('not-here-stars')).toHaveCount(0);
});

test('a stopped comparison keeps what was done; purchases have no stars to compare', async ({ page }) => {
  test.setTimeout(180_000);
  await openStudio(page, 'device=wasm&story=off');
  const rows = ratingRows(SMALL).map(([customer, product]) => `${customer},${product}`);
  await giveFiles(page, [{ name: 'orders.csv', text: `customer_id,product_id\n${rows.join('\n')}\n` }]);
  await waitForImport(page);
  await goToQuality(page);
  await expect(page.getByRole('checkbox', { name: 'Averages' })).toHaveCount(0);
  await expect(page.getByTestId('not-here-stars')).toHaveText(
    'Not here, because the data has no stars: Autoencoder, Slope One, and Averages.',
  );
  await expect(page.getByTestId('not-here-dates')).toHaveText(
    'Not here, because the data has no dates: What follows what and Bestsellers of late.',
  );
  // Nothing of it is the latest.
  const held = page.getByRole('combobox', { name: 'What is held back' });
  await expect(held.getByRole('option', { name: 'One thing of everyone, any' })).toHaveCount(1);
  await expect(held.getByRole('option', { name: /latest/ })).toHaveCount(0);
  await page.getByRole('button', { name: /^Compare \d+ models$/ }).click();
  await expect(board(page).locator('tr[data-state="done"]').first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: /^Compare/ })).toBeVisible({ timeout: 30_000 });
  expect(await board(page).locator('tr[data-state="done"]').count()).toBeGreaterThan(0);
  await expect(page.getByRole('radio', { name: 'Stars' })).toHaveCount(0);
});

test('any measure can be looked at, and papers’ figures stand apart; a test file of one’s own is used', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await openQuality(page);
  await keepOnly(page, ['EASE', 'Bestsellers']);
  await page.getByRole('checkbox', { name: /as papers do it/ }).check();
  await compareChosen(page);

  const measure = page.getByRole('combobox', { name: 'Measure' });
  await expect(page.getByRole('list', { name: 'Order', exact: true })).toContainText('EASE');
  await measure.selectOption({ label: 'First hit' });
  const first = page.getByRole('list', { name: 'First hit' });
  await expect(first.getByRole('listitem').first()).toContainText('EASE');
  const mrr = Number.parseFloat((await first.getByRole('listitem').first().textContent())?.match(/0\.\d+/)?.[0] ?? '');
  expect(mrr).toBeGreaterThan(0);
  expect(mrr).toBeLessThan(1);
  await expect(page.getByRole('heading', { name: /^First hit: EASE/ })).toBeVisible();

  // Among 99 drawn ones everything looks better than among all.
  const papers = page.getByRole('region', { name: 'To compare with papers' });
  const rowOfPapers = await papers.getByRole('row', { name: /^EASE/ }).textContent();
  const found = percent(await row(page, 'ease').locator('td[data-column="recall"]').textContent()) / 100;
  expect(Number.parseFloat(/0\.\d+/.exec(rowOfPapers ?? '')?.[0] ?? '')).toBeGreaterThan(found);

  // Descriptions tell for whom a new thing is: its category is in its name.
  await page.getByRole('button', { name: 'Measure it' }).click();
  await expect(page.getByText(/things lost every choice|products lost every choice/)).toBeVisible({ timeout: 60_000 });
  const among = page.getByRole('list', { name: /^Found among new/ });
  await expect(among.getByRole('listitem')).toHaveCount(5);
  await expect(among.getByRole('listitem').first()).toContainText(/By description|Blend/);

  // Every fourth row of the data, as a file: it is tested on, and not learned from.
  const rows = ratingRows(SMALL).filter((_, at) => at % 4 === 0);
  const text = `user_id,item_id,rating\n${rows.map((cells) => cells.slice(0, 3).join(',')).join('\n')}\n`;
  await page
    .getByLabel('Test on a file of mine…')
    .last()
    .setInputFiles({ name: 'held.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await expect(page.getByText(/of them are in the data as well; they are not learned from/)).toBeVisible();
  await compareChosen(page);
  await expect(board(page).locator('tr[data-state="done"]')).toHaveCount(2);
  await page.getByText('How is this computed?').click();
  await expect(page.getByText('What is tested on comes from the file “held.csv”')).toBeVisible();
});

test('several cuts of the data say how far chance in the cut goes', async ({ page }) => {
  test.setTimeout(180_000);
  await openQuality(page);
  await keepOnly(page, ['EASE', 'Bestsellers', 'Random']);
  const held = page.getByRole('combobox', { name: 'What is held back' });
  await expect(held.getByRole('option', { name: '10% of what everyone did', exact: true })).toHaveCount(1);
  await page.getByRole('radio', { name: '5×' }).check({ force: true });
  await expect(held.getByRole('option', { name: '20% of what everyone did', exact: true })).toHaveCount(1);
  await compareChosen(page);
  await expect(page.getByRole('heading', { name: /over 5 cuts of the data/i })).toBeVisible();
  const table = page.getByRole('region', { name: 'Over 5 cuts of the data' });
  await expect(table.getByRole('row')).toHaveCount(4);
  await expect(table.getByRole('row', { name: /^EASE/ })).toContainText(/\d+\.\d%\s*–\s*\d+\.\d%/);
});

test('data in which nobody can be tested says so', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  const rows = Array.from({ length: 40 }, (_, at) => `c${at},p${at % 6}`);
  await giveFiles(page, [{ name: 'orders.csv', text: `customer_id,product_id\n${rows.join('\n')}\n` }]);
  await waitForImport(page);
  await goToQuality(page);
  await page.getByRole('button', { name: /^Compare \d+ models$/ }).click();
  await expect(page.getByRole('alert')).toContainText('hold back one thing of everyone instead', { timeout: 30_000 });
  await expect(page.getByRole('button', { name: /^Compare \d+ models$/ })).toBeEnabled();
});
