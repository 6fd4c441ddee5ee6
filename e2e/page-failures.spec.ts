/** Pages that cannot be drawn, and pages that do not come: the frame, the engine and the data stay, and there is a way on. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { giveFiles, openStudio, trainOne, waitForImport } from './studio.ts';
import { ratingCsv, SMALL } from './synthetic.ts';

const alert = (page: Page) => page.getByRole('main').getByRole('alert');
const headline = (page: Page) => page.getByRole('heading', { level: 1 });
const step = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name });
const retry = (page: Page) => page.getByRole('button', { name: 'Try again' });

/** A page that draws as it is written, but for as long as the browser's own storage says `harm`: then it throws. */
async function harmPage(page: Page, name: string): Promise<void> {
  await page.route(`**/assets/${name}-page-*.js`, async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    const found = /export\s*\{\s*([\w$]+) as default/.exec(body);
    if (!found) throw new TypeError(`no default export in ${route.request().url()}`);
    const [whole, drawn] = found;
    const harmed = `function harmed(given) { if (localStorage.harm) throw new Error('harmed'); return ${drawn}(given); }`;
    await route.fulfill({
      response,
      body: body.replace(whole, `${harmed}\n${whole.replace(`${drawn} as`, 'harmed as')}`),
    });
  });
  await page.addInitScript(() => {
    localStorage['harm'] ??= 'yes';
  });
}

const heal = (page: Page) =>
  page.evaluate(() => {
    localStorage['harm'] = '';
  });

async function open(page: Page): Promise<void> {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
  await waitForImport(page);
}

test('a step that throws while it is drawn: the frame, the other steps and the engine go on, and it is drawn once it can be', async ({
  page,
}) => {
  const said: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') said.push(message.text());
  });
  await harmPage(page, 'train');
  await open(page);
  await step(page, 'Train').click();
  await expect(alert(page)).toContainText('This step cannot be shown: something went wrong while it was drawn.');
  await expect(alert(page)).toContainText('Kept: your data and your models');
  await expect(alert(page)).toContainText('Reloading brings back what this browser has saved');
  expect(said.join('\n')).toContain('harmed');
  await alert(page).getByText('Technical detail').click();
  await expect(alert(page).getByText('Error: harmed')).toBeVisible();

  // It learns on, and other steps show what came of it.
  const run = await trainOne(page, 'popularity');
  expect(run.recall10).toBeGreaterThan(0);
  await step(page, 'Customers').click();
  await expect(page.getByTestId('recommendations').locator('> li')).toHaveCount(10);
  await expect(alert(page)).toHaveCount(0);

  // Each time anew, in the language of the moment.
  await step(page, 'Train').click();
  await page.getByRole('button', { name: 'Switch the language to Chinese' }).click();
  await expect(alert(page)).toContainText('无法显示此步骤');
  await page.getByRole('button', { name: '切换为英文' }).click();
  await retry(page).click();
  await expect(alert(page)).toContainText('This step cannot be shown');
  await heal(page);
  await retry(page).click();
  await expect(alert(page)).toHaveCount(0);
  await expect(headline(page)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Train Factorization, Balanced' })).toBeVisible();
});

for (const [what, pattern] of [
  ['code', '**/assets/map-page-*.js'],
  ['style sheet', '**/assets/map-page-*.css'],
] as const) {
  test(`a step whose ${what} does not come says so, and comes when it can`, async ({ page }) => {
    let asked = 0;
    await page.route(pattern, async (route) => {
      asked++;
      await route.abort();
    });
    await open(page);
    await step(page, 'Map').click();
    await expect(alert(page)).toContainText('its part of the page did not arrive');
    await retry(page).click();
    await expect(alert(page)).toContainText('its part of the page did not arrive');
    await step(page, 'Data').click();
    await expect(alert(page)).toHaveCount(0);
    await expect(headline(page)).toBeVisible();
    expect(asked).toBeGreaterThan(0);

    await page.unroute(pattern);
    await step(page, 'Map').click();
    await expect(page.getByRole('application', { name: /^How alike/ })).toBeVisible();
    await expect(alert(page)).toHaveCount(0);
    // Drawn as it is meant to be: the picture has its column, and the cards theirs.
    const columns = await page
      .getByRole('main')
      .evaluate((main) =>
        Array.from(main.querySelectorAll<HTMLElement>('div'), (one) => getComputedStyle(one).gridTemplateColumns).some(
          (tracks) => tracks.endsWith(' 280px'),
        ),
      );
    expect(columns).toBe(true);
  });
}

for (const what of ['script', 'words'] as const) {
  test(`a start whose ${what} do not come says so in both languages, and begins when they do`, async ({ page }) => {
    const missing = what === 'script' ? /assets\/index-.*\.js$/ : /assets\/en-first-.*\.js$/;
    await page.route(missing, (route) => route.abort());
    await page.goto('/?story=off');
    await expect(page.getByText('A part of Tastemaker has not arrived yet')).toBeVisible({ timeout: 15_000 });
    await expect(page.getByText('尚未加载完成')).toBeVisible();
    await expectAccessible(page);
    await page.unroute(missing);
    await page.getByRole('link', { name: 'Load again' }).click();
    await expect(page.getByRole('button', { name: 'Choose files' })).toBeVisible();
    await expect(page.getByText('A part of Tastemaker has not arrived yet')).toHaveCount(0);
  });
}

test('a frame that throws is replaced by a way back, which brings the project with it', async ({ page }) => {
  await open(page);
  await page.evaluate(() => window.tastemaker.saved());
  await page.evaluate(() => {
    Object.defineProperty(document, 'title', {
      configurable: true,
      set() {
        throw new Error('harmed');
      },
    });
    window.location.hash = '#/trust';
  });
  const notice = page.getByRole('alert');
  await expect(notice).toContainText('The studio cannot be shown: something went wrong while it was drawn.');
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await retry(page).click();
  await expect(notice).toContainText('The studio cannot be shown');
  await page.getByRole('button', { name: 'Reload the page' }).click();
  await expect(headline(page)).toContainText('can leave this tab');
  await expect(notice).toHaveCount(0);
  await expect
    .poll(() => page.evaluate(() => window.tastemaker.project().summary?.customers ?? 0))
    .toBe(SMALL.customers);
});
