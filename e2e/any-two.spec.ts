import { expect, type Page, test } from '@playwright/test';
import { giveFiles, openStudio, waitForImport } from './studio.ts';
import { ratingCsv, SMALL } from './synthetic.ts';

const said = (page: Page) => page.getByTestId('pair-said');

/** "finds 3.2 percentage points more": more is above zero. */
function points(text: string): number {
  const [, size, way] = /finds ([\d.]+) percentage points (more|less)/.exec(text) ?? [];
  return (way === 'less' ? -1 : 1) * Number.parseFloat(size ?? 'NaN');
}

async function found(page: Page, model: string): Promise<number> {
  const cell = page.locator(`tr[data-model="${model}"] td[data-column="recall"]`);
  return Number.parseFloat(/([\d.]+)%/.exec((await cell.textContent()) ?? '')?.[1] ?? 'NaN');
}

test('lists of any length, any share held back, and any two of the models against each other', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
  expect((await waitForImport(page)).phase).toBe('idle');
  await page.evaluate(() => {
    window.location.hash = '#/quality';
  });
  const who = page.getByRole('group', { name: 'Who takes part' });
  await expect(who).toBeVisible();
  for (const box of await who.getByRole('checkbox').all()) if (await box.isEnabled()) await box.setChecked(false);
  for (const name of ['EASE', 'Product neighbours']) await who.getByRole('checkbox', { name, exact: true }).check();
  const compare = page.getByRole('button', { name: /^Compare \d+ models$/ });

  await test.step('what is no length is said to be none, and kept', async () => {
    await page.getByRole('radio', { name: 'Other', exact: true }).check({ force: true });
    const own = page.getByRole('textbox', { name: 'Another length of a list' });
    await expect(own).toHaveValue('10');
    await own.fill('101');
    await expect(page.getByText('A whole number from 1 to 100.')).toBeVisible();
    await expect(compare).toBeDisabled();
    await page.getByRole('radio', { name: '20', exact: true }).check({ force: true });
    await expect(compare).toBeEnabled();
    await page.getByRole('radio', { name: 'Other', exact: true }).check({ force: true });
    await expect(own).toHaveValue('101');
    await own.fill('7');
    await expect(page.getByText('A whole number from 1 to 100.')).toHaveCount(0);
  });

  await page.getByRole('radio', { name: '20%', exact: true }).check({ force: true });
  await expect(page.getByRole('option', { name: '20% of what everyone did', exact: true })).toHaveCount(1);
  await compare.click();
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  await expect(compare).toBeVisible({ timeout: 90_000 });
  await expect(page.getByRole('heading', { name: /^The first 7 suggestions/ })).toBeVisible();
  await page.getByText('How is this computed?').click();
  await expect(page.getByText(/^20% of what each customer did/)).toBeVisible();
  // 25 each: five are held back.
  await expect(page.getByText(/4,000 ratings learned from, 1,000 ratings held back/)).toBeVisible();

  await test.step('the sentence says what the table does, from either side', async () => {
    const [one, other] = [
      page.getByRole('combobox', { name: 'One model' }),
      page.getByRole('combobox', { name: 'Against' }),
    ];
    await one.selectOption({ label: 'Product neighbours' });
    await other.selectOption({ label: 'Bestsellers' });
    const there = (await said(page).textContent()) ?? '';
    const difference = (await found(page, 'itemNeighbours')) - (await found(page, 'popularity'));
    expect(difference).not.toBe(0);
    // Both figures of the table are rounded to a tenth.
    expect(Math.abs(points(there) - difference)).toBeLessThan(0.16);
    const shares = /better for ([\d.]+)% of customers, equal for ([\d.]+)% and worse for ([\d.]+)%/
      .exec(there)
      ?.slice(1);
    expect(Math.abs((shares ?? []).reduce((sum, share) => sum + Number(share), 0) - 100)).toBeLessThan(2);
    await expect(said(page)).toContainText(/this is hardly chance|this may be chance/);

    await one.selectOption({ label: 'Bestsellers' });
    await expect(other.locator('option:checked')).toHaveText('Product neighbours');
    const back = (await said(page).textContent()) ?? '';
    expect(points(back)).toBe(-points(there));
    expect(/better for .*? worse for ([\d.]+)%/.exec(back)?.[1]).toBe(shares?.[0]);
  });
  await expect(page.getByText(/There are 3 pairs here/)).toBeVisible();
});
