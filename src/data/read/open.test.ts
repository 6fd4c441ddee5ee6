import zlib from 'node:zlib';
import fc from 'fast-check';
import { gzipSync, strToU8, zipSync } from 'fflate';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../base/error.ts';
import { ROW_SHAPE } from '../table.ts';
import { openTables, openText } from './open.ts';
import { readCells, readRows } from './testing.ts';

const blobOf = (content: Uint8Array | string) => new Blob([content as Uint8Array<ArrayBuffer> | string]);
const open = (name: string, content: Uint8Array | string) => openTables([{ name, blob: blobOf(content) }]);
const only = async (name: string, content: Uint8Array | string) => {
  const { tables } = await open(name, content);
  expect(tables).toHaveLength(1);
  return tables[0];
};

const LOG = 'user,item,rating\n0120735,007,4.5\n2,9,3\n';
const LOG_CELLS = [
  ['0120735', '007', '4.5'],
  ['2', '9', '3'],
];

describe('what is no table is told before anything is asked', () => {
  const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const zipOf = (text: string) => zipSync({ 'ratings.csv': bytes(text) });
  it.each<[name: string, content: Uint8Array, code: string, format?: string]>([
    ['a picture of eight bytes', bytes('\x89PNG\r\n\x1a\n'), 'fileUnsupported', 'png'],
    [
      'a picture that is text behind its first bytes',
      bytes('\x89PNG\r\n\x1a\nno picture, really'),
      'fileUnsupported',
      'png',
    ],
    ['the same in a zip', zipOf('\x89PNG\r\n\x1a\nno picture, really'), 'fileUnsupported', 'png'],
    ['a JPEG', bytes('\xff\xd8\xff\xe0JFIF fake'), 'fileUnsupported', 'jpeg'],
    ['a GIF', bytes('GIF89a fake, image'), 'fileUnsupported', 'gif'],
    ['a WebP', bytes('RIFF....WEBPVP8 fake'), 'fileUnsupported', 'webp'],
    ['a font', bytes('wOF2 junk'), 'fileUnsupported', 'woff'],
    ['a program', bytes('\x7fELF fake program'), 'fileUnsupported', 'elf'],
    ['a tiny PDF', bytes('%PDF-1.7 fake'), 'filePdf'],
    ['a PDF behind blank lines and a byte order mark', bytes('\xef\xbb\xbf\n\n%PDF-1.4\n1 0 obj\n<< >>\n'), 'filePdf'],
    ['a letter', bytes('{\\rtf1\\ansi hello, you\\par}'), 'fileUnsupported', 'rtf'],
    ['a drawing', bytes('<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>'), 'fileUnsupported', 'svg'],
    ['a page that calls itself a spreadsheet', bytes('<table><tr><td>1</td></tr></table>'), 'fileUnsupported', 'html'],
    ['column names nobody knows', bytes('Foo;Bar;Baz\n'), 'fileOnlyHeader'],
    ['column names and blank rows', bytes('wer,was,wieviel\n\n\n'), 'fileOnlyHeader'],
    ['quoted column names', bytes('"a","b","c"\r\n'), 'fileOnlyHeader'],
    ['a word', bytes('hello'), 'fileBinary'],
    ['a sentence', bytes('please find the numbers below'), 'fileBinary'],
    ['lines without columns', bytes('apples\npears\nplums\n'), 'fileBinary'],
    ['a single NUL', bytes('\0'), 'fileBinary'],
    ['a JSON number', bytes('42'), 'fileBinary'],
  ])('%s', async (_, content, code, format) => {
    const refused = await open('junk.csv', content).catch((thrown: AppError) => thrown);
    expect(refused).toMatchObject({ code, params: format ? { format } : {} });
  });

  it('and what looks like junk at first sight is read', async () => {
    const cells = async (text: string) => readCells(await only('odd.csv', text));
    // A single pair is little, but it is data.
    expect(await cells('u1,7\n')).toEqual([['u1', '7']]);
    // Names as ids, and no number anywhere.
    expect(await cells('ann,tea\nbob,coffee\nann,milk\n')).toHaveLength(3);
    // Baskets: rows of any length, but of numbers.
    expect(await cells('1,2,3\n4,5\n6,7,8\n9,10,11,12\n')).toHaveLength(4);
    expect(await cells('<TICKER>;<PER>;<DATE>\nA;1;2020-01-01\n')).toHaveLength(1);
    expect(await cells('GIF,item\n1,2\n')).toHaveLength(1);
  });
});

describe('formats are told by their content', () => {
  it('text, and ids stay what they are', async () => {
    const table = await only('whatever.bin', LOG);
    expect(table.format).toBe('csv');
    expect(table.preview.names).toEqual(['user', 'item', 'rating']);
    expect(table.preview.cells[0]).toEqual(['0120735', '2']);
    expect(await readCells(table)).toEqual(LOG_CELLS);
    expect((await readRows(table)).map((row) => row.line)).toEqual([2, 3]);
  });

  it('gzip, also of several members and inside itself', async () => {
    const whole = gzipSync(strToU8(LOG));
    expect(await readCells(await only('log.csv.gz', whole))).toEqual(LOG_CELLS);
    expect((await only('log.csv.gz', whole)).name).toBe('log.csv');
    const members = [LOG.slice(0, 20), LOG.slice(20)].map((part) => gzipSync(strToU8(part)));
    const joined = new Uint8Array([...members[0], ...members[1]]);
    expect(await readCells(await only('log.csv.gz', joined))).toEqual(LOG_CELLS);
    expect(await readCells(await only('log.gz.gz', gzipSync(whole)))).toEqual(LOG_CELLS);
  });

  it('zip: every table in it, stored or deflated, gzip inside too, but no readmes and no pictures', async () => {
    const zip = zipSync({
      'set/README.txt': strToU8('read me'),
      'set/a.csv': strToU8(LOG),
      'set/b.csv': [strToU8(LOG), { level: 0 }],
      'set/c.csv.gz': gzipSync(strToU8(LOG)),
      '__MACOSX/set/._a.csv': strToU8('junk'),
      'set/.DS_Store': strToU8('junk'),
      'set/cover.png': strToU8('junk'),
      'set/inner.zip': zipSync({ 'd.csv': strToU8(LOG) }),
    });
    const { tables, skipped } = await open('set.zip', zip);
    expect(tables.map((table) => table.id)).toEqual([
      'set.zip › set/a.csv',
      'set.zip › set/b.csv',
      'set.zip › set/c.csv.gz',
      'set.zip › set/inner.zip › d.csv',
    ]);
    expect(tables.map((table) => table.name)).toEqual(['a.csv', 'b.csv', 'c.csv', 'd.csv']);
    expect(skipped).toEqual([]);
    for (const table of tables) expect(await readCells(table)).toEqual(LOG_CELLS);
  });

  it('zip with bytes in front of it', async () => {
    const zip = zipSync({ 'a.csv': strToU8(LOG) });
    const shifted = new Uint8Array(100 + zip.length);
    shifted.set(zip.subarray(0, 4));
    shifted.set(zip, 100);
    expect(await readCells(await only('a.zip', shifted))).toEqual(LOG_CELLS);
  });

  it('a pasted table', async () => {
    expect(await readCells(await openText('user\titem\n1\t2\n'))).toEqual([['1', '2']]);
    await expect(openText(' \n')).rejects.toMatchObject({ code: 'nothingPasted' });
  });

  it('two files of one name keep apart', async () => {
    const { tables } = await openTables([
      { name: 'log.csv', blob: blobOf(LOG) },
      { name: 'log.csv', blob: blobOf(LOG) },
    ]);
    expect(new Set(tables.map((table) => table.id)).size).toBe(2);
  });
});

describe('changing how a table is read', () => {
  it('shows and reads it the other way', async () => {
    const table = await only('log.csv', LOG);
    const preview = await table.repreview({ hasHeader: false });
    expect(preview.names).toEqual(['', '', '']);
    expect(preview.cells[0]).toEqual(['user', '0120735', '2']);
    expect(await readCells(table, { hasHeader: false })).toEqual([['user', 'item', 'rating'], ...LOG_CELLS]);
    expect(await readCells(table, { separator: ';' })).toEqual(
      LOG.trim()
        .split('\n')
        .slice(1)
        .map((line) => [line]),
    );
  });
});

describe('progress and cancel', () => {
  it('looking into a zip counts file by file', async () => {
    const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.csv`, strToU8(LOG)]));
    const zip = blobOf(zipSync(files));
    const seen: number[] = [];
    const inputs = [
      { name: 'first.csv', blob: blobOf(LOG) },
      { name: 'all.zip', blob: zip },
    ];
    await openTables(inputs, { onProgress: ({ done, total }) => seen.push(done / (total ?? 1)) });
    expect(seen).toEqual(seen.toSorted((x, y) => x - y));
    expect([seen[0], seen.at(-1)]).toEqual([0, 1]);
    expect(new Set(seen).size).toBe(6);
  });

  it('counts to the end and stops when told', async () => {
    const table = await only('log.csv', 'a,b\n'.concat('1,2\n'.repeat(1_000_000)));
    const seen: number[] = [];
    for await (const _ of table.batches({ onProgress: ({ done }) => seen.push(done) }));
    expect(seen.at(-1)).toBe(table.bytes);
    expect(seen.length).toBeGreaterThan(2);
    const stop = new AbortController();
    const read = async () => {
      for await (const _ of table.batches({ signal: stop.signal })) stop.abort();
    };
    await expect(read()).rejects.toMatchObject({ code: 'cancelled' });
    await expect(openTables([{ name: 'a', blob: blobOf(LOG) }], { signal: stop.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

/** Sets the flag that says an entry is encrypted, in the directory and in front of the entry. */
function encrypted(zip: Uint8Array): Uint8Array {
  const out = zip.slice();
  const view = new DataView(out.buffer);
  for (let at = 0; at + 4 < out.length; at++) {
    if (view.getUint32(at, true) === 0x04034b50) out[at + 6] |= 1;
    if (view.getUint32(at, true) === 0x02014b50) out[at + 8] |= 1;
  }
  return out;
}

const noise = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 7919 + (at >> 3) * 104729) & 0xff);

describe('bad files say what they are', () => {
  const big = gzipSync(
    strToU8(`user,item\n${Array.from({ length: 300_000 }, (_, n) => `${n * 7919},${n % 977}`).join('\n')}`),
  );
  const cases: [string, string, Uint8Array | string][] = [
    ['empty', 'fileEmpty', ''],
    ['white space', 'fileEmpty', ' \n\r\n\t\n'],
    ['only a byte order mark', 'fileEmpty', '\uFEFF'],
    ['separators only', 'fileEmpty', ',,\n,,\n'],
    ['only a header', 'fileOnlyHeader', 'user_id,item_id,rating\n'],
    ['a header and blank lines', 'fileOnlyHeader', 'user_id,item_id,rating\n\n,,\n'],
    ['binary junk', 'fileBinary', noise(5000)],
    ['a PDF', 'filePdf', '%PDF-1.7\n1 0 obj\n'],
    ['an old Excel file', 'fileUnsupported', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 0, 0, 0])],
    ['a web page', 'fileUnsupported', '<!DOCTYPE html><html><body>sign in</body></html>'],
    ['a gzip cut short', 'fileTruncated', big.subarray(0, 2000)],
    ['a zip cut short', 'fileTruncated', zipSync({ 'a.csv': strToU8(LOG.repeat(1000)) }).subarray(0, 120)],
    ['a zip without tables', 'zipNoTables', zipSync({ 'README.md': strToU8('hello'), 'a.png': strToU8('x') })],
    ['an empty zip', 'zipNoTables', zipSync({})],
    ['a zip with a password', 'zipEncrypted', encrypted(zipSync({ 'a.csv': strToU8(LOG) }))],
    ['damaged JSON', 'fileDamaged', '[{"user": 1, "item": 2}, {"user": 1, "it'],
    ['JSON without a table', 'fileEmpty', '[]'],
    ['Parquet cut short', 'fileTruncated', 'PAR1 and some bytes'],
  ];
  it.each(cases)('%s', async (_, code, content) => {
    const error = await open('bad.csv', content).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe(code);
    expect((error as AppError).params['file']).toContain('bad.csv');
  });

  it('a gzip cut short behind its first megabytes fails while its rows are read, not silently', async () => {
    const table = await only('log.csv.gz', big.subarray(0, big.length - 1000));
    await expect(readRows(table)).rejects.toMatchObject({ code: 'fileTruncated' });
  });

  it('a damaged gzip and a damaged zip entry', async () => {
    const damaged = big.slice();
    damaged.fill(0xff, damaged.length - 4000, damaged.length - 2000);
    const table = await only('log.csv.gz', damaged);
    await expect(readRows(table)).rejects.toMatchObject({ code: expect.stringMatching(/^file(Damaged|Truncated)$/) });
    const zip = zipSync({ 'a.csv': strToU8(LOG.repeat(500)) });
    zip.fill(0xff, 40, 60);
    await expect(open('a.zip', zip)).rejects.toMatchObject({
      code: expect.stringMatching(/^file(Damaged|Truncated)$/),
    });
  });

  it('a zip bomb is refused, whether it admits to it or not', async () => {
    const zeros = zipSync({ 'a.csv': [new Uint8Array(66 * 2 ** 20), { level: 9 }] });
    expect(zeros.length * 1000).toBeLessThan(66 * 2 ** 20);
    await expect(open('bomb.zip', zeros)).rejects.toMatchObject({
      code: 'zipTooLarge',
      params: { file: 'bomb.zip', limitMb: expect.any(Number) },
    });
    const lines = new Uint8Array(66 * 2 ** 20).fill(120);
    for (let at = 400_000; at < lines.length; at += 400_000) lines[at] = 10;
    lines.set(strToU8(LOG));
    const table = await only('bomb.csv.gz', new Uint8Array(zlib.gzipSync(lines, { level: 9 })));
    const read = async () => {
      for await (const _ of table.batches({}));
    };
    await expect(read()).rejects.toMatchObject({ code: 'zipTooLarge' });
  });

  it('one bad file among good ones is left out and named', async () => {
    const { tables, skipped } = await openTables([
      { name: 'empty.csv', blob: blobOf('') },
      { name: 'log.csv', blob: blobOf(LOG) },
      { name: 'set.zip', blob: blobOf(zipSync({ 'a.csv': strToU8(LOG), 'b.dat': noise(5000) })) },
    ]);
    expect(tables.map((table) => table.id)).toEqual(['log.csv', 'set.zip › a.csv']);
    expect(skipped).toEqual([
      { name: 'empty.csv', code: 'fileEmpty' },
      { name: 'set.zip › b.dat', code: 'fileBinary' },
    ]);
    await expect(openTables([])).rejects.toMatchObject({ code: 'nothingDropped' });
  });
});

describe('dirty text loses nothing', () => {
  it('900,000 blank rows are read, counted and flagged', async () => {
    const table = await only('log.csv', `user,item\n1,2\n${'\n'.repeat(900_000)}3,4\n`);
    let rows = 0;
    let blank = 0;
    for await (const batch of table.batches({})) {
      rows += batch.rows;
      blank += batch.blank.reduce((sum, flag) => sum + flag, 0);
    }
    expect({ rows, blank }).toEqual({ rows: 900_002, blank: 900_000 });
  });

  it('a table behind a megabyte of blank lines is found', async () => {
    const table = await only('log.csv', `${'\n'.repeat(1_200_000)}${LOG}`);
    expect(table.preview.names).toEqual(['user', 'item', 'rating']);
    const rows = await readRows(table);
    expect(rows.filter((row) => !row.blank).map((row) => row.cells)).toEqual(LOG_CELLS);
    expect(rows).toHaveLength(1_200_002);
  });

  it('latin-1 that begins after the part that was looked at', async () => {
    const plain = 'id,title\n'.concat('1,plain\n'.repeat(100_000));
    const table = await only('a.csv', new Uint8Array([...strToU8(plain), ...strToU8('2,Am\xe9lie\n', true)]));
    expect((await readRows(table)).at(-1)?.cells).toEqual(['2', 'Amélie']);
    let mended = 0;
    for await (const batch of table.batches({})) mended += batch.mended ?? 0;
    expect(mended).toBe(1);
  });

  it('NULs, ragged rows and open quotes are flagged where they are', async () => {
    const table = await only('a.csv', `${LOG}1,2\n1,2,3,4\n1,a\0b,3\n1,"2,3\n${'5,6,7\n'.repeat(2000)}`);
    const rows = await readRows(table);
    expect(rows.slice(2, 7).map((row) => [row.line, row.shape])).toEqual([
      [4, ROW_SHAPE.tooFewFields],
      [5, ROW_SHAPE.tooManyFields],
      [6, ROW_SHAPE.binary],
      [7, ROW_SHAPE.unclosedQuote],
      [8, ROW_SHAPE.ok],
    ]);
    expect(rows).toHaveLength(2006);
  });

  it('any bytes are read or refused with a reason, never anything else', async () => {
    const magic = fc.constantFrom(
      [],
      [0x1f, 0x8b, 8],
      [0x50, 0x4b, 3, 4],
      [0x50, 0x41, 0x52, 0x31],
      [0x5b],
      [0x7b],
      [0xff, 0xfe],
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 300 }).map((text) => new TextEncoder().encode(text)),
      fc
        .array(fc.constantFrom('1', 'a', ',', ';', '"', '\n', '\r', '\t', ' ', '::', '{"a":1}', '[', 'é'), {
          maxLength: 80,
        })
        .map((parts) => new TextEncoder().encode(parts.join(''))),
    );
    await fc.assert(
      fc.asyncProperty(magic, bytes, async (head, tail) => {
        try {
          const { tables } = await open('any', new Uint8Array([...head, ...tail]));
          for (const table of tables) {
            const rows = await readRows(table);
            expect(rows.every((row) => row.cells.length === table.preview.names.length)).toBe(true);
          }
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AppError);
          expect((thrown as AppError).code).not.toBe('unexpected');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tables written in any dialect are read back as they were', async () => {
    const text = fc.stringMatching(/^[a-z]{1,8}( [a-zé"',;|]{1,8})?$/).filter((value) => !/^"|::/.test(value));
    const row = fc.tuple(
      fc.integer({ min: 1, max: 99_999 }).map(String),
      text,
      fc.integer({ min: 1, max: 5 }).map(String),
    );
    const dialect = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      newline: fc.constantFrom('\n', '\r\n', '\r'),
      quotes: fc.boolean(),
      header: fc.boolean(),
      encoding: fc.constantFrom('utf-8', 'bom', 'utf-16le', 'windows-1252'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 3, maxLength: 40 }), dialect, async (rows, how) => {
        const all = how.header ? [['user_id', 'title', 'rating'], ...rows] : rows;
        const written = Papa.unparse(all, { delimiter: how.delimiter, newline: how.newline, quotes: how.quotes });
        const table = await only('t.txt', encode(written, how.encoding));
        expect(table.dialect).toMatchObject({ separator: how.delimiter, hasHeader: how.header });
        expect(await readCells(table)).toEqual(rows);
      }),
      { numRuns: 100 },
    );
  });
});

function encode(text: string, encoding: string): Uint8Array {
  if (encoding === 'utf-8') return strToU8(text);
  if (encoding === 'bom') return strToU8(`\uFEFF${text}`);
  if (encoding === 'windows-1252') return strToU8(text, true);
  const out = new Uint8Array(2 + text.length * 2);
  const view = new DataView(out.buffer);
  view.setUint16(0, 0xfeff, true);
  for (let at = 0; at < text.length; at++) view.setUint16(2 + at * 2, text.charCodeAt(at), true);
  return out;
}
