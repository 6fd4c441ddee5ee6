import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { giveFiles, openStudio, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, SMALL, titlesCsv } from './synthetic.ts';

test('from the moment a file is dropped there is no request, through the whole story', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  await page.waitForLoadState('networkidle');
  const requests: string[] = [];
  page.context().on('request', (request) => requests.push(request.url()));
  await giveFiles(page, [
    { name: 'ratings.csv', text: ratingCsv(SMALL) },
    { name: 'things.csv', text: titlesCsv(SMALL.products) },
  ]);
  await waitForImport(page);
  await page.evaluate(() => {
    void window.tastemaker.train('mf', 'quick');
    void window.tastemaker.train('neumf', 'quick');
  });
  await waitForRuns(page, 2);
  await page.evaluate(() => window.tastemaker.engine().chooseDevice('reference'));
  for (const step of ['data', 'train', 'quality', 'map', 'customers', 'trust']) {
    await page.evaluate((name) => {
      window.location.hash = `#/${name}`;
    }, step);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForTimeout(500);
  }
  await page.getByRole('button', { name: 'Switch the language to Chinese' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  // blob: is the page's own memory, data: the address itself; neither is a request to anybody.
  expect(requests.filter((url) => !/^(blob|data):/.test(url))).toEqual([]);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('没有任何内容离开这台电脑');
  expect(await page.evaluate(() => window.tastemaker.engine().requestCount())).toBe(0);
});

test('no thread gets out, by fetch or by WebSocket, and the count would have shown it', async ({ page }) => {
  let reached = 0;
  const outside = createServer((_, response) => {
    reached++;
    response.setHeader('Access-Control-Allow-Origin', '*').end('hello');
  });
  outside.on('upgrade', (_, socket) => {
    reached++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`;
  try {
    // The address answers to anybody who is let through to it.
    expect((await fetch(address)).status).toBe(200);
    expect(reached).toBe(1);

    await openStudio(page, 'device=wasm&threads=2&story=off');
    const fromPage = await page.evaluate(
      (target) =>
        fetch(target, { mode: 'no-cors' }).then(
          () => 'through',
          () => 'refused',
        ),
      address,
    );
    expect(fromPage).toBe('refused');
    const attempts = await page.evaluate((target) => window.tastemaker.engine().tryToGetOut(target), address);
    expect(new Set(attempts.map(({ from }) => from))).toEqual(new Set(['engine', 'thread 1']));
    for (const { from, how, refused } of attempts) expect(`${from} ${how} ${refused}`).toBe(`${from} ${how} true`);
    expect(reached).toBe(1);

    // The page's own address is let through, and counted: a count that stayed at 0 would prove nothing.
    await giveFiles(page, [{ name: 'ratings.csv', text: ratingCsv(SMALL) }]);
    await waitForImport(page);
    await page.evaluate(() => fetch('./manifest.webmanifest'));
    await expect(page.getByText(/1 request/).first()).toBeVisible();
  } finally {
    outside.close();
  }
});

test('every file comes with the policy, worker scripts included', async ({ page }) => {
  const policies = new Map<string, string | undefined>();
  page.context().on('response', (response) => {
    policies.set(response.url(), response.headers()['content-security-policy']);
  });
  await openStudio(page);
  await page.waitForLoadState('networkidle');
  expect(policies.size).toBeGreaterThan(10);
  expect([...policies.keys()].some((url) => url.includes('worker'))).toBe(true);
  for (const [url, policy] of policies) {
    expect(policy, url).toContain("default-src 'none'");
    expect(policy, url).toContain("connect-src 'self'");
  }
});

test('ids, titles and file names are text, never markup', async ({ page }) => {
  const evil = '<img src=x onerror="window.broken=1"><b>bold</b>';
  const rows = ['user,item,rating'];
  for (let user = 0; user < 30; user++) {
    for (let item = 0; item < 12; item++) {
      if ((user + item) % 3 !== 0)
        rows.push(`"${evil.replaceAll('"', '""')}${user}",i${item},${1 + ((user * item) % 5)}`);
    }
  }
  const titles = [
    'item,title',
    ...Array.from({ length: 12 }, (_, item) => `i${item},"${evil.replaceAll('"', '""')} ${item}"`),
  ];
  await openStudio(page, 'device=wasm');
  await giveFiles(page, [
    { name: '<b>ratings</b>.csv', text: rows.join('\n') },
    { name: 'titles.csv', text: titles.join('\n') },
  ]);
  await waitForImport(page);
  await waitForRuns(page, 1);
  for (const step of ['data', 'train', 'map', 'customers']) {
    await page.evaluate((name) => {
      window.location.hash = `#/${name}`;
    }, step);
    await page.waitForTimeout(400);
  }
  await expect(page.getByText('<b>bold</b>').first()).toBeVisible();
  expect(await page.evaluate(() => 'broken' in window)).toBe(false);
  expect(await page.locator('img[src="x"]').count()).toBe(0);
});

test('Trust shows the walls holding', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  await page.evaluate(() => {
    window.location.hash = '#/trust';
  });
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(page.getByRole('status')).toContainText('Every attempt was refused.', { timeout: 20_000 });
});
