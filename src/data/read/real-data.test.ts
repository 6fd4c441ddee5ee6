import { openAsBlob } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TableSource } from '../table.ts';
import { openTables } from './open.ts';
import { DATA_FOLDER, HAS_DATA, readRows } from './testing.ts';

async function tablesOf(file: string): Promise<Map<string, TableSource>> {
  const { tables, skipped } = await openTables([{ name: file, blob: await openAsBlob(resolve(DATA_FOLDER, file)) }]);
  expect(skipped).toEqual([]);
  return new Map(tables.map((table) => [table.name, table]));
}

async function histogram(table: TableSource, column: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const batch of table.batches({})) {
    for (let row = 0; row < batch.rows; row++) {
      const cell = batch.columns[column].text(row);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
  return counts;
}

// Expected figures: the data sets' own documentation, not this reader.
describe.skipIf(!HAS_DATA)(`real data in ${DATA_FOLDER} (skipped where it is missing)`, () => {
  it('MovieLens 100K: every file listed, ratings as documented, accents from latin-1', async () => {
    const tables = await tablesOf('ml-100k.zip');
    for (const name of ['u.data', 'u.item', 'u.user', 'u1.base', 'u1.test', 'ua.base', 'ua.test']) {
      expect([...tables.keys()]).toContain(name);
    }
    const data = tables.get('u.data') as TableSource;
    expect(data.id).toBe('ml-100k.zip › ml-100k/u.data');
    expect(data.dialect).toEqual({ encoding: 'utf-8', separator: '\t', quoted: true, hasHeader: false });
    expect(await histogram(data, 2)).toEqual({ 1: 6110, 2: 11370, 3: 27145, 4: 34174, 5: 21201 });
    const items = tables.get('u.item') as TableSource;
    expect(items.dialect).toMatchObject({ encoding: 'windows-1252', separator: '|', hasHeader: false });
    const titles = (await readRows(items)).map((row) => row.cells[1]);
    expect(titles).toHaveLength(1682);
    expect(titles.filter((title) => /[^\0-\x7f]/.test(title))).toHaveLength(9);
    expect(titles.some((title) => title.includes('\uFFFD'))).toBe(false);
    expect(tables.get('u.user')?.preview.rows).toBe(943);
  });

  it('MovieLens 1M: `::`, a million rows', async () => {
    const tables = await tablesOf('ml-1m.zip');
    const ratings = tables.get('ratings.dat') as TableSource;
    expect(ratings.dialect).toMatchObject({ separator: '::', hasHeader: false });
    expect(await histogram(ratings, 2)).toEqual({ 1: 56174, 2: 107557, 3: 261197, 4: 348971, 5: 226310 });
    expect(tables.get('movies.dat')?.dialect?.encoding).toBe('windows-1252');
  });

  it('Online Retail: every row has eight fields, codes keep their letters', async () => {
    const table = (await tablesOf('online-retail.zip')).get('OnlineRetail.csv') as TableSource;
    expect(table.preview.names).toEqual(
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'.split(','),
    );
    let rows = 0;
    let damaged = 0;
    let withoutCustomer = 0;
    let cancelled = 0;
    let pounds = 0;
    const codes = new Set<string>();
    for await (const batch of table.batches({})) {
      rows += batch.rows;
      for (let row = 0; row < batch.rows; row++) {
        if (batch.shapes[row] !== 0 || batch.blank[row] !== 0) damaged++;
        if (batch.columns[6].text(row) === '') withoutCustomer++;
        if (batch.columns[0].text(row).startsWith('C')) cancelled++;
        if (batch.columns[2].text(row).includes('£')) pounds++;
        codes.add(batch.columns[1].text(row));
      }
    }
    expect({ rows, damaged, withoutCustomer, cancelled, codes: codes.size }).toEqual({
      rows: 541_909,
      damaged: 0,
      withoutCustomer: 135_080,
      cancelled: 9288,
      codes: 4070,
    });
    expect(pounds).toBeGreaterThan(0);
  });

  it.each([
    ['ml-latest-small.zip', 'ratings.csv', ',', true, 100_836],
    ['ml-latest-small.zip', 'movies.csv', ',', true, 9742],
    ['goodbooks-sample.zip', 'ratings.csv', ',', true, 298_176],
    ['goodbooks-sample.zip', 'books.csv', ',', true, 10_000],
    ['filmtrust.zip', 'ratings.txt', ' ', false, 35_497],
    ['movietweetings-10k.zip', 'ratings.dat', '::', false, 10_000],
    ['movietweetings-10k.zip', 'movies.dat', '::', false, 3096],
    ['lastfm-hetrec2011.zip', 'user_artists.dat', '\t', true, 92_834],
    ['lastfm-hetrec2011.zip', 'artists.dat', '\t', true, 17_632],
    ['ncf-ml-1m.zip', 'ml-1m.test.rating', '\t', false, 6040],
    ['ml-100k.9010.train.txt.gz', 'ml-100k.9010.train.txt', ' ', false, 90_000],
  ])('%s › %s', async (file, name, separator, hasHeader, expected) => {
    const table = (await tablesOf(file)).get(name) as TableSource;
    expect(table.dialect).toMatchObject({ separator, hasHeader });
    let rows = 0;
    let damaged = 0;
    for await (const batch of table.batches({})) {
      rows += batch.rows;
      damaged += batch.shapes.reduce((sum, shape) => sum + (shape === 0 ? 0 : 1), 0);
    }
    expect({ rows, damaged }).toEqual({ rows: expected, damaged: 0 });
  });

  it('ids that look like numbers keep their zeros', async () => {
    const films = (await tablesOf('movietweetings-10k.zip')).get('movies.dat') as TableSource;
    expect(films.preview.cells[0].every((id) => id.length === 7)).toBe(true);
  });
});
