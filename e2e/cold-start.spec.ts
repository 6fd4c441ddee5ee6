import { expect, type Page, test } from '@playwright/test';
import { giveFiles, openStudio, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv } from './synthetic.ts';

const list = (page: Page) => page.getByTestId('recommendations').locator('> li');
const question = (page: Page) => page.getByTestId('question');
const titles = (page: Page) => list(page).locator('h3').allTextContents();
const reply = (page: Page, name: string) => question(page).getByRole('button', { name });
/** The question is there, and not the one before on its way out. */
const settled = (page: Page) => expect(question(page)).toHaveAttribute('aria-busy', 'false');
const asked = (page: Page) => question(page).locator('[class*="title"]').first().textContent();

async function openNew(page: Page): Promise<void> {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  await waitForImport(page);
  await page.evaluate(() => void window.tastemaker.train('ease', 'quick'));
  await waitForRuns(page, 1);
  await page.evaluate(() => {
    window.location.hash = '#/customers';
  });
  await page.getByRole('button', { name: /^New / }).click();
  await expect(list(page)).toHaveCount(10);
  await settled(page);
}

test('somebody new answers three questions: the list follows, undo takes it back, and three more may be asked', async ({
  page,
}) => {
  await openNew(page);
  const bestsellers = await titles(page);
  const seen: (string | null)[] = [];
  const lists: string[][] = [];
  for (const [at, said] of ['I like it', 'Not for me', 'I don’t know it'].entries()) {
    await expect(page.getByText(`${at + 1} of 3`)).toBeVisible();
    await settled(page);
    const title = await asked(page);
    expect(seen).not.toContain(title);
    seen.push(title);
    await reply(page, said).click();
    await expect(page.getByTestId('recommendations')).toHaveAttribute('aria-busy', 'false');
    lists.push(await titles(page));
  }
  // Liking something changes the list, and so does not liking something.
  expect(lists[0]).not.toEqual(bestsellers);
  expect(lists[1]).not.toEqual(lists[0]);
  await expect(question(page)).toHaveCount(0);
  await expect.poll(() => titles(page)).not.toEqual(bestsellers);
  const answered = await titles(page);
  // what was liked and what was not are no suggestions
  expect(answered).not.toContain(seen[0]);
  expect(answered).not.toContain(seen[1]);
  // most of the list is of the kind that was liked
  const kind = (seen[0] ?? '').split(' ')[0];
  expect(answered.filter((title) => title.startsWith(kind)).length).toBeGreaterThanOrEqual(6);
  await expect(list(page).first()).toContainText('because of');

  // the third was not known: without it the list stays; without the second and the first it is the bestsellers again
  for (let left = 2; left >= 0; left--) {
    await page.getByRole('button', { name: 'Undo' }).click();
    await settled(page);
    await expect.poll(() => asked(page)).toBe(seen[left]);
  }
  await expect.poll(() => titles(page)).toEqual(bestsellers);

  for (let at = 0; at < 3; at++) {
    await settled(page);
    await reply(page, 'I like it').click();
  }
  await page.getByRole('button', { name: 'Ask three more' }).click();
  await expect(page.getByText('4 of 6')).toBeVisible();
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(page.getByText('1 of 3')).toBeVisible();
  await expect.poll(() => titles(page)).toEqual(bestsellers);
});

test('by keyboard alone; leaving for a customer and coming back begins anew', async ({ page }) => {
  await openNew(page);
  await reply(page, 'I like it').focus();
  for (let at = 0; at < 3; at++) {
    await settled(page);
    await expect(reply(page, 'I like it')).toBeFocused();
    await page.keyboard.press('Enter');
    if (at < 2) await expect(page.getByText(`${at + 2} of 3`)).toBeVisible();
  }
  // the buttons are gone: the next step has the focus
  await expect(page.getByRole('button', { name: 'Ask three more' })).toBeFocused();
  await expect(page.getByText(/First in the list now/)).toHaveCount(1);
  await page.keyboard.press('Enter');
  await settled(page);
  await expect(reply(page, 'I like it')).toBeFocused();

  await page.evaluate(() => {
    window.location.hash = '#/customers/c4';
  });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('c4');
  await page.getByRole('button', { name: /^New / }).click();
  await expect(page.getByText('1 of 3')).toBeVisible();
});

test('what three answers are worth is measured on customers held out whole', async ({ page }) => {
  await openNew(page);
  await page.getByRole('button', { name: 'How good is this?' }).click();
  await expect(page.getByText(/After three answers, lists find/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Measured on 20 customers held out completely/)).toBeVisible();
});
