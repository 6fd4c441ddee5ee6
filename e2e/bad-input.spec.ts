import { gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { strToU8, zipSync } from 'fflate';
import { dropFiles, giveFiles, openStudio, snapshot, type TextFile, waitForImport, waitForRuns } from './studio.ts';
import { ratingCsv, ratingRows, SMALL } from './synthetic.ts';

const GOOD = ratingCsv(SMALL);

function encryptedZip(): Buffer {
  const bytes = Buffer.from(zipSync({ 'ratings.csv': strToU8(GOOD) }));
  // Bit 0 of the general-purpose flags, in the local and in the central header.
  bytes[6] |= 1;
  bytes[bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])) + 8] |= 1;
  return bytes;
}

const half = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, bytes.length >> 1));

/** Files that cannot be used, and what is said of them. */
const REFUSED: readonly (readonly [name: string, file: TextFile, code: string | RegExp])[] = [
  ['an empty file', { name: 'empty.csv', text: '' }, 'fileEmpty'],
  ['a header alone', { name: 'header.csv', text: 'user,item,rating\n' }, 'fileOnlyHeader'],
  [
    'binary junk',
    { name: 'junk.csv', text: Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3)) % 256)) },
    'fileBinary',
  ],
  ['a PDF', { name: 'report.pdf', text: '%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n' }, 'filePdf'],
  ['a tiny picture', { name: 'logo.csv', text: Buffer.from('\x89PNG\r\n\x1a\nfake', 'latin1') }, 'fileUnsupported'],
  ['column names nobody knows', { name: 'names.csv', text: 'Foo;Bar;Baz\n' }, 'fileOnlyHeader'],
  ['a sentence', { name: 'note.txt', text: 'please find the numbers below\n' }, 'fileBinary'],
  [
    'a truncated zip',
    { name: 'half.zip', text: half(zipSync({ 'ratings.csv': strToU8(GOOD) })) },
    /fileTruncated|fileDamaged/,
  ],
  ['a truncated gzip', { name: 'half.csv.gz', text: half(gzipSync(GOOD)) }, /fileTruncated|fileDamaged/],
  ['a password-protected zip', { name: 'secret.zip', text: encryptedZip() }, 'zipEncrypted'],
  [
    'a zip without tables',
    { name: 'notes.zip', text: Buffer.from(zipSync({ 'README.md': strToU8('# hello') })) },
    'zipNoTables',
  ],
  [
    'one customer',
    {
      name: 'one.csv',
      text: `user,item,rating\n${Array.from({ length: 40 }, (_, i) => `u1,i${i},${1 + (i % 5)}`).join('\n')}\n`,
    },
    'oneCustomer',
  ],
  [
    'ratings that are all equal',
    {
      name: 'same.csv',
      text: `user,item,rating\n${Array.from({ length: 200 }, (_, i) => `u${i % 20},i${i % 13},4`).join('\n')}\n`,
    },
    'allRatingsEqual',
  ],
  [
    'a field without end',
    { name: 'endless.csv', text: `user,item,rating\nu1,i1,${'5'.repeat(9 << 20)}\n` },
    'fieldTooLong',
  ],
  [
    'one product',
    {
      name: 'one.csv',
      text: `user,item,rating\n${Array.from({ length: 40 }, (_, i) => `u${i},i1,${1 + (i % 5)}`).join('\n')}\n`,
    },
    'oneProduct',
  ],
];

/** Runs a line before everything else in the engine worker, as a browser without something would. */
async function inEngine(page: Page, line: string): Promise<void> {
  await page.context().route('**/assets/engine.worker*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${line}\n${await response.text()}` });
  });
}

async function refuse(page: Page, file: TextFile): Promise<string> {
  await giveFiles(page, [file]);
  const { phase } = await waitForImport(page);
  // Where the columns leave a doubt the page asks first; going on brings the reason out.
  if (phase === 'confirming' && (await snapshot(page)).error === null) {
    await page.evaluate(() => window.tastemaker.confirmImport());
  }
  await expect.poll(async () => (await snapshot(page)).error).not.toBeNull();
  return (await snapshot(page)).error ?? '';
}

test('what cannot be used is refused with a sentence, and the project before stays', async ({ page }) => {
  test.setTimeout(180_000);
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'good.csv', text: GOOD }]);
  const before = await waitForImport(page);
  expect(before.summary?.name).toBe('good.csv');
  for (const [name, file, code] of REFUSED) {
    await test.step(name, async () => {
      const refused = await refuse(page, file);
      expect(refused).toMatch(code);
      const notice = page.getByRole('alert').first();
      await expect(notice).toBeVisible();
      // A sentence for people: no code, no placeholder, no stack.
      await expect(notice).not.toContainText(/\{\{|\}\}|undefined|Error:|at .*\.js/);
      expect((await notice.textContent())?.length).toBeGreaterThan(40);
      expect((await snapshot(page)).summary?.pairs).toBe(before.summary?.pairs);
      await page.evaluate(() => window.tastemaker.cancelImport());
    });
  }
});

test('a zip bomb stops at its limit', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  const zeros = new Uint8Array(300e6).fill(48);
  expect(
    await refuse(page, { name: 'bomb.zip', text: Buffer.from(zipSync({ 'bomb.csv': [zeros, { level: 9 }] })) }),
  ).toMatch(/zipTooLarge|fieldTooLong|fileOnlyHeader|noLogTable|columnMissing/);
});

test('two columns that could be the rating: the page asks, and the answer is used', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  const rows = ratingRows(SMALL).map(([user, item, rating], at) => `${user},${item},${rating},${1 + ((at * 7) % 5)}`);
  await giveFiles(page, [{ name: 'two.csv', text: `user,item,stars,score\n${rows.join('\n')}\n` }]);
  const { phase } = await waitForImport(page);
  expect(phase).toBe('confirming');
  await expect(page.getByText(/stars/).first()).toBeVisible();
  const start = page.getByRole('button', { name: 'Use this data' });
  await expect(start).toBeDisabled();
  await page.getByRole('main').getByRole('button', { name: 'stars', exact: true }).click();
  // Nothing is in doubt any more, and still it is the person who starts it.
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Here is what the file seems to hold.');
  await start.click();
  await expect.poll(async () => (await snapshot(page)).phase, { timeout: 30_000 }).toBe('idle');
  const after = await snapshot(page);
  expect(after.error).toBeNull();
  expect(after.summary?.roles.rating).toEqual(['two.csv › stars']);
});

test('a missing column is asked for by name', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'notes.csv', text: 'text\nhello there\nsome words\nmore words\n' }]);
  const { phase, error } = await waitForImport(page);
  if (error === null) {
    expect(phase).toBe('confirming');
    expect(await page.evaluate(() => window.tastemaker.project().proposal?.plan.certain)).toBe(false);
  }
  await expect(page.locator('main')).toContainText(/column|file/i);
});

test('a dirty file: every row is accounted for, ids stay as they stand, the rejected rows can be saved', async ({
  page,
}) => {
  await openStudio(page, 'device=wasm&story=off');
  const good = ratingRows(SMALL).map(([user, item, rating]) => `0${user.slice(1)};${item};${rating},0`);
  const dirty = [
    ...good,
    good[0], // exact duplicate
    ';p1;4,0', // no customer
    '017;;4,0', // no product
    '017;p1;N/A',
    '017;p2;NaN',
    '017;p3;Infinity',
    '',
    ' ; ; ',
    ...Array.from({ length: 500 }, () => ''),
  ];
  await giveFiles(page, [{ name: 'dirty.csv', text: `Kunde;Artikel;Bewertung\r\n${dirty.join('\r\n')}\r\n` }]);
  const first = await waitForImport(page);
  if (first.phase === 'confirming') {
    await page.evaluate(async () => {
      const studio = window.tastemaker;
      const source = studio.project().proposal?.plan.tables[0].source ?? '';
      await studio.changeProposal({ source, column: 0, role: 'customer' });
      await studio.changeProposal({ source, column: 1, role: 'product' });
      await studio.changeProposal({ source, column: 2, role: 'rating' });
      await studio.confirmImport();
    });
  }
  const { summary, error } = await waitForImport(page);
  expect(error).toBeNull();
  const report = summary?.report;
  if (!report) throw new Error('no report');
  expect(report.kept + report.merged + report.netted + report.blank + report.rejected).toBe(report.read);
  expect(report.kept).toBe(good.length);
  expect(report.merged).toBe(1);
  expect(report.rejected).toBe(5);
  expect(summary?.scale).toEqual({ min: 1, max: 5, step: 1 });
  const ids = await page.evaluate(() => window.tastemaker.engine().searchCustomers('017', 3));
  expect(ids.map(({ id }) => id)).toContain('017');

  await page.evaluate(() => {
    window.location.hash = '#/data';
  });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /rejected/i }).click();
  const stream = await (await download).createReadStream();
  let text = '';
  for await (const piece of stream) text += piece;
  expect(text.charCodeAt(0)).toBe(0xfeff);
  expect(text.trim().split(/\r?\n/)).toHaveLength(6);
});

test('a second drop while training stops the old run and starts the new story', async ({ page }) => {
  await openStudio(page, 'device=reference');
  await dropFiles(page, [{ name: 'first.csv', text: ratingCsv({ ...SMALL, customers: 500, products: 250 }) }]);
  await expect
    .poll(() => page.evaluate(() => window.tastemaker.training().live?.epochs.length ?? 0), { timeout: 30_000 })
    .toBeGreaterThan(0);
  const old = await page.evaluate(() => window.tastemaker.training().live?.id);

  // What cannot be used changes nothing: neither the data nor the training that goes on.
  await dropFiles(page, [{ name: 'empty.csv', text: '' }]);
  await expect.poll(async () => (await snapshot(page)).error).toBe('fileEmpty');
  await expect(page.getByRole('alert').first()).toContainText('empty.csv');
  expect((await snapshot(page)).summary?.name).toBe('first.csv');
  await page.evaluate(() => window.tastemaker.cancelImport());

  await dropFiles(page, [{ name: 'second.csv', text: GOOD }]);
  await expect.poll(async () => (await snapshot(page)).summary?.name, { timeout: 60_000 }).toBe('second.csv');
  const { runs, error } = await waitForRuns(page, 1);
  expect(error).toBeNull();
  expect(runs.map(({ id }) => id)).not.toContain(old);
  // Nothing of the old people: the last of them is unknown, and the lists name things of the new data only.
  const answers = await page.evaluate(async () => {
    const engine = window.tastemaker.engine();
    const gone = await engine.customerById('c499').then(
      () => 'known',
      (thrown: { code: string }) => thrown.code,
    );
    const { customer } = (await engine.customerById('c7')).customer;
    const list = await engine.recommend({ customer, whatIf: { liked: [], disliked: [] }, count: 10, run: null });
    return { gone, ids: list.items.map(({ product }) => product.id) };
  });
  expect(answers.gone).toBe('unknownCustomer');
  expect(answers.ids).toHaveLength(10);
  for (const id of answers.ids) expect(Number(id.slice(1))).toBeLessThan(SMALL.products);
});

test('full storage: the work goes on and the page says once what was not kept', async ({ page }) => {
  await openStudio(page, 'device=wasm&story=off');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 1000 });
  await giveFiles(page, [{ name: 'good.csv', text: GOOD }]);
  await waitForImport(page);
  const notice = page.getByRole('alert').filter({ hasText: 'no room' });
  await expect(notice).toHaveCount(1);
  await expect(notice).toContainText('export what you need before closing');
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  const { runs } = await waitForRuns(page, 1);
  expect(runs).toHaveLength(1);
  await page.evaluate(() => window.tastemaker.saved());
  await expect(notice).toHaveCount(1);
});

test('a browser that keeps nothing: everything works, and the page says so once', async ({ page }) => {
  // What a private window of some browsers does.
  await inEngine(page, 'Object.defineProperty(StorageManager.prototype, "getDirectory", { value: undefined });');
  await openStudio(page, 'device=wasm&story=off');
  await giveFiles(page, [{ name: 'good.csv', text: GOOD }]);
  await waitForImport(page);
  const notice = page.getByRole('alert').filter({ hasText: 'keeps nothing for this page' });
  await expect(notice).toHaveCount(1);
  await notice.getByRole('button').click();
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  await waitForRuns(page, 1);
  await page.evaluate(() => window.tastemaker.saved());
  await expect(notice).toHaveCount(0);
  expect((await snapshot(page)).error).toBeNull();
});

test('an old browser: without GPU and SIMD it says what is needed and works all the same', async ({ page }) => {
  await inEngine(
    page,
    'WebAssembly.validate = () => false; self.OffscreenCanvas = undefined; self.SharedArrayBuffer = undefined;' +
      'Object.defineProperty(WorkerNavigator.prototype, "gpu", { value: undefined });',
  );
  await openStudio(page, 'story=off');
  const report = await page.evaluate(() => window.tastemaker.engine().engine());
  expect(report.chosen.kind).toBe('reference');
  const notice = page.getByRole('alert').filter({ hasText: 'WebAssembly SIMD' });
  await expect(notice).toContainText('current Chrome, Edge, Firefox or Safari');
  await giveFiles(page, [{ name: 'good.csv', text: GOOD }]);
  await waitForImport(page);
  await page.evaluate(() => window.tastemaker.train('mf', 'quick'));
  const { runs } = await waitForRuns(page, 1);
  expect(runs[0].device.kind).toBe('reference');
  expect(runs[0].rmse).toBeLessThan(runs[0].baselineRmse ?? 0);
});

test('a browser that cannot start the engine says so instead of waiting for ever', async ({ page }) => {
  // Browsers that do not know modules in workers pass over the option and stumble over the first import.
  await page.addInitScript(() => {
    const Modern = window.Worker;
    window.Worker = class extends Modern {
      constructor(url: string | URL) {
        super(url);
      }
    };
  });
  await page.goto('./?story=off');
  const notice = page.getByRole('alert').filter({ hasText: 'This browser lacks JavaScript modules in workers' });
  await expect(notice).toHaveCount(1);
  await giveFiles(page, [{ name: 'good.csv', text: GOOD }]);
  await expect.poll(async () => (await snapshot(page)).error).toBe('browserTooOld');
  await expect(notice).toHaveCount(1);
});

test('an engine that cannot be fetched is said to be missing', async ({ page }) => {
  await page.context().route('**/assets/engine.worker*.js', (route) => route.fulfill({ status: 404 }));
  await page.goto('./?story=off');
  const notice = page.getByRole('alert');
  await expect(notice).toHaveCount(1);
  await expect(notice).toContainText('the engine could not be loaded');
});
