import { expect, type Page, test } from '@playwright/test';
import { expectAccessibleInBoth } from './accessible.ts';
import { giveFiles, openStudio, snapshot, waitForImport, waitForRuns } from './studio.ts';
import { ratingRows, SMALL } from './synthetic.ts';

/** Purchases of people from two countries, on the Train page, the rest of the models unfolded. */
async function openModels(page: Page): Promise<void> {
  await openStudio(page, 'device=wasm&story=off');
  const rows = ratingRows(SMALL).map(([customer, product, , time]) => `${customer},${product},${time}`);
  const people = Array.from({ length: SMALL.customers }, (_, row) => `c${row},${row % 2 === 0 ? 'France' : 'Spain'}`);
  await giveFiles(page, [
    { name: 'purchases.csv', text: `user_id,item_id,timestamp\n${rows.join('\n')}\n` },
    { name: 'customers.csv', text: `user_id,country\n${people.join('\n')}\n` },
  ]);
  await waitForImport(page);
  await page.evaluate(() => {
    window.location.hash = '#/train';
  });
  await page.getByText(/^\d+ more models$/).click();
}

const model = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('button', { name: `Train ${name}`, exact: true }) });
const runs = (page: Page) => page.getByRole('region', { name: 'Earlier runs' });

test('product neighbours by Jaccard with three in common: set on its card, said of the run, also after a reload', async ({
  page,
}) => {
  await openModels(page);
  const card = model(page, 'Product neighbours');
  await card.getByText('Advanced').click();
  await card.getByRole('combobox', { name: 'How likeness is measured' }).selectOption({ label: 'Jaccard' });
  await expect(card).toContainText('The share both have in common');
  await card.getByRole('textbox', { name: 'Fewest in common to count' }).fill('3');
  // What is fitted in one step has no epochs, purchases have no stars.
  await expect(card.getByRole('textbox')).toHaveCount(4);

  await expectAccessibleInBoth(page, { within: 'main' });

  await card.getByRole('button', { name: 'Train Product neighbours' }).click();
  await waitForRuns(page, 1);
  const asked = { 'choice.measure': 'jaccard', 'choice.minimumOverlap': 3 };
  const said = 'How likeness is measured: Jaccard · Fewest in common to count 3';
  await expect(runs(page)).toContainText(said);
  expect((await snapshot(page)).runs[0].request.settings).toEqual(asked);

  await page.evaluate(() => window.tastemaker.saved());
  await page.reload();
  await expect(runs(page)).toContainText(said, { timeout: 30_000 });
  expect((await snapshot(page)).runs[0].request.settings).toEqual(asked);
});

test('bestsellers of late say what was chosen for them, and what somebody chose instead', async ({ page }) => {
  await openModels(page);
  const card = model(page, 'Bestsellers of late');
  await card.getByRole('button', { name: 'Train Bestsellers of late' }).click();
  await waitForRuns(page, 1);
  await expect(runs(page)).toContainText(
    /Chosen on held-out data: (half after [\d.]+ days?|old choices count in full), (by country|one list for all)/,
  );

  await card.getByText('Advanced').click();
  const days = card.getByRole('textbox', { name: 'Days until a choice counts half' });
  await expect(days).toHaveValue('');
  await days.fill('2');
  await card.getByRole('combobox', { name: 'Kinds of customers told apart by' }).selectOption({ label: 'country' });
  await card.getByRole('button', { name: 'Train Bestsellers of late' }).click();
  await waitForRuns(page, 2);
  const newest = runs(page).getByRole('listitem').first();
  await expect(newest).toContainText('Kinds of customers told apart by: country');
  await expect(newest).toContainText('Days until a choice counts half, 0 for never 2');
  await expect(newest).not.toContainText('Chosen on held-out data');
});
