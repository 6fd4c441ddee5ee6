import { describe, expect, it } from 'vitest';
import { importTables } from './clean.ts';
import { memoryTable } from './memory-table.testing.ts';
import { importLog, keptRows, planOf, rejectedLines } from './plan.testing.ts';
import type { Role } from './plan.ts';
import type { TableSource } from './table.ts';

const RATED: readonly Role[] = ['customer', 'product', 'rating'];
const DATED: readonly Role[] = ['customer', 'product', 'rating', 'time'];
const SHOP: readonly Role[] = ['order', 'customer', 'product', 'quantity', 'time', 'title'];

describe('ratings', () => {
  it('gives every row exactly one fate', async () => {
    const result = await importLog(
      RATED,
      [
        'ann,a,5',
        'ann,b,4',
        '',
        'bob,a,3',
        ',a,3',
        'bob,,3',
        'bob,b,',
        'bob,b,many',
        'bob,c,N/A',
        'bob,d',
        'bob,d,1,1',
        'ann,a,5',
      ],
      'explicit',
    );
    expect(keptRows(result)).toEqual(['ann a 5', 'ann b 4', 'bob a 3']);
    expect(result.report).toMatchObject({ read: 12, kept: 3, merged: 1, netted: 0, blank: 1, rejected: 7 });
    expect(result.report.reasons).toEqual({
      noCustomer: 1,
      noProduct: 1,
      noRating: 2,
      ratingNotANumber: 1,
      tooFewFields: 1,
      tooManyFields: 1,
    });
  });

  it('keeps the latest of several ratings, whatever their order in the file', async () => {
    const result = await importLog(
      DATED,
      [
        'ann,a,5,2020-01-02',
        'ann,a,1,2020-01-03',
        'ann,a,3,2020-01-01',
        'bob,a,2,',
        'bob,a,4,2020-01-01',
        'eve,a,1,2020-01-01',
        'eve,a,2,2020-01-01',
      ],
      'explicit',
    );
    expect(keptRows(result).sort()).toEqual(['ann a 1', 'bob a 4', 'eve a 2']);
    expect(result.report.merged).toBe(4);
    expect(result.report.warnings).toContainEqual({ code: 'conflictsResolved', params: { count: 3, rule: 'latest' } });
    expect(result.report.warnings).toContainEqual({ code: 'timesUnreadable', params: { count: 1, example: '' } });
  });

  it('takes the mean where there is no time, and calls copies no conflict', async () => {
    const result = await importLog(
      RATED,
      ['ann,a,5', 'ann,a,2', 'ann,b,4', 'ann,b,4', 'ann,a,2', 'bob,a,1'],
      'explicit',
    );
    expect(keptRows(result)).toEqual(['ann a 3', 'ann b 4', 'bob a 1']);
    expect(result.report.merged).toBe(3);
    expect(result.report.warnings).toContainEqual({ code: 'conflictsResolved', params: { count: 1, rule: 'mean' } });
  });

  it('rejects a rating far off the scale and hands it back as it stood', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `c${i % 6},p${i % 5},${1 + (i % 5)}`);
    const result = await importLog(RATED, [...lines, 'c9,p1,55.0', 'c9,p2,-1'], 'explicit');
    expect(result.report.reasons).toEqual({ ratingOutOfRange: 2 });
    expect(rejectedLines(result)).toEqual([
      'line,reason,customer0,product1,rating2',
      '32,ratingOutOfRange,c9,p1,55.0',
      '33,ratingOutOfRange,c9,p2,-1',
    ]);
  });

  it('leaves scales alone that use all they have', async () => {
    const signs = await importLog(RATED, ['a,x,-1', 'b,x,1', 'a,y,1', 'b,y,-1'], 'explicit');
    expect(signs.report.rejected).toBe(0);
    const percent = await importLog(RATED, ['a,x,100', 'b,x,35', 'a,y,0', 'b,y,80'], 'explicit');
    expect(percent.report.rejected).toBe(0);
  });

  it('keeps ids as they are and warns of those a spreadsheet has damaged', async () => {
    const result = await importLog(
      RATED,
      ['007,0120735,5', '7,120735,4', ' 007 ,9\u00a0,3', '7,9.78E+12,3'],
      'explicit',
    );
    expect(result.interactions.customers.ids).toEqual(['007', '7']);
    expect(result.interactions.products.ids).toEqual(['0120735', '120735', '9', '9.78E+12']);
    expect(result.report.warnings).toContainEqual({
      code: 'idsDamagedBySpreadsheet',
      params: { column: 'product1', count: 1, example: '9.78E+12' },
    });
  });

  it('says so when nothing can be kept or a column is missing', async () => {
    await expect(importLog(RATED, [',a,3', 'b,,2'], 'explicit')).rejects.toMatchObject({
      code: 'noRowsKept',
      params: { rejected: 2 },
    });
    await expect(importLog(['customer', 'product'], ['a,b'], 'explicit')).rejects.toMatchObject({
      code: 'columnMissing',
      params: { role: 'rating' },
    });
    await expect(importTables([], planOf([], 'explicit'))).rejects.toMatchObject({ code: 'noLogTable' });
  });

  it('says how much was written in another encoding, in the log and in what describes it', async () => {
    const source = memoryTable({
      id: 'log',
      names: ['user', 'item', 'rating'],
      rows: [
        ['ann', 'a', '5'],
        ['bob', 'b', '3'],
      ],
    });
    const things = memoryTable({ id: 'things', names: ['item', 'title'], rows: [['a', 'Amélie']] });
    const strange = (table: TableSource, mended: number): TableSource => ({
      ...table,
      async *batches(options) {
        for await (const batch of table.batches(options)) yield { ...batch, mended };
      },
    });
    const plan = planOf(
      [
        { source, roles: RATED },
        { source: things, use: 'products', roles: ['product', 'title'] },
      ],
      'explicit',
    );
    const { report } = await importTables([strange(source, 2), strange(things, 1)], plan);
    expect(report.warnings).toContainEqual({ code: 'mixedEncodings', params: { count: 3 } });
    const clean = await importTables([source, things], plan);
    expect(clean.report.warnings.map(({ code }) => code)).not.toContain('mixedEncodings');
  });

  it('says how far the cleaning is', async () => {
    const rows = Array.from({ length: 5000 }, (_, at) => [`c${at % 2500}`, `p${at % 7}`, '3']);
    const source = memoryTable({ id: 'log', names: ['c', 'p', 'r'], rows });
    const heard: (readonly [number, number | null])[] = [];
    await importTables([source], planOf([{ source, roles: RATED }], 'explicit'), {
      onProgress: ({ step, done, total }) => {
        if (step === 'cleaning') heard.push([done, total]);
      },
    });
    // at the start, and before the customers number 0, 1024 and 2048 of two rows each
    expect(heard).toEqual([
      [0, null],
      [0, 5000],
      [2048, 5000],
      [4096, 5000],
    ]);
  });

  it('stops when asked to', async () => {
    const source = memoryTable({ id: 'log', names: ['c', 'p', 'r'], rows: [['a', 'b', '3']] });
    const plan = planOf([{ source, roles: RATED }], 'explicit');
    await expect(importTables([source], plan, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('purchases', () => {
  it('takes cancellations off the purchases before them, latest first', async () => {
    const result = await importLog(
      SHOP,
      [
        '1,ann,10A,4,2020-01-01,Mug',
        '2,ann,10A,3,2020-01-02,Mug',
        'C3,ann,10A,-5,2020-01-03,Mug', // all of order 2, two of order 1
        '4,ann,10A,1,2020-01-04,Mug',
        '5,bob,10A,2,2020-01-05,Mug',
        'C6,bob,10A,-2,2020-01-04,Mug', // before the purchase: cancels nothing
        'C7,bob,22B,-1,2020-01-06,Bag', // never bought
        '8,eve,22B,1,2020-01-01,Bag',
        'C9,eve,22B,-1,2020-01-02,Bag',
      ],
      'implicit',
    );
    expect(keptRows(result)).toEqual(['ann 10A 2', 'ann 10A 1', 'bob 10A 2']);
    expect(result.report).toMatchObject({ read: 9, kept: 3, netted: 4, rejected: 2 });
    expect(result.report.reasons).toEqual({ cancelsNothing: 2 });
    expect(rejectedLines(result).slice(1)).toEqual([
      '7,cancelsNothing,C6,bob,10A,-2,2020-01-04,Mug',
      '8,cancelsNothing,C7,bob,22B,-1,2020-01-06,Bag',
    ]);
  });

  it('merges rows equal in every column, and only those', async () => {
    const row = '1,ann,10A,4,2020-01-01,Mug';
    const result = await importLog(
      SHOP,
      [row, row, '1,ann,10A,4,2020-01-01,Cup', '1,ann,10A,3,2020-01-01,Mug', row],
      'implicit',
    );
    expect(result.report).toMatchObject({ kept: 3, merged: 2 });
  });

  it('counts repeats where the log has neither orders nor times', async () => {
    const result = await importLog(['customer', 'product'], ['ann,a', 'ann,a', 'bob,a'], 'implicit');
    expect(result.report).toMatchObject({ kept: 3, merged: 0 });
    expect(result.interactions.quantity).toBeNull();
  });

  it('rejects zero and unreadable quantities, services and rows without customer', async () => {
    const goods = Array.from({ length: 40 }, (_, i) => `${i},c${i % 5},${100 + (i % 7)},1,2020-01-01,Thing ${i % 7}`);
    const result = await importLog(
      SHOP,
      [
        ...goods,
        '90,c1,100,0,2020-01-01,Thing 0',
        '91,c1,100,two,2020-01-01,Thing 0',
        '92,c1,POST,1,2020-01-01,POSTAGE',
        '93,c1,C2,1,2020-01-01,Carriage',
        '94,,100,1,2020-01-01,Thing 0',
      ],
      'implicit',
    );
    expect(result.report.reasons).toEqual({ zeroQuantity: 1, quantityNotANumber: 1, notAProduct: 2, noCustomer: 1 });
    expect(result.report.kept).toBe(40);
  });

  it('keeps products without digits where no code has any', async () => {
    const result = await importLog(SHOP, ['1,ann,MUG,1,2020-01-01,Mug', '2,bob,BAG,1,2020-01-01,Bag'], 'implicit');
    expect(result.report.kept).toBe(2);
  });

  it('takes events that return something as cancellations', async () => {
    const roles: Role[] = ['customer', 'product', 'event', 'time'];
    const result = await importLog(
      roles,
      ['ann,a,purchase,2020-01-01', 'ann,a,refund,2020-01-02', 'ann,b,purchase,2020-01-03', 'bob,a,view,2020-01-01'],
      'implicit',
    );
    expect(keptRows(result)).toEqual(['ann b 1', 'bob a 1']);
    expect(result.report.netted).toBe(2);
    expect(result.interactions.event?.names).toEqual(['purchase', 'view']);
  });

  it('keeps orders, prices, times and the title said most often', async () => {
    const roles: Role[] = ['order', 'customer', 'product', 'quantity', 'time', 'price', 'title', 'attribute'];
    const result = await importLog(
      roles,
      [
        '1,ann,10,2,13/01/2020 08:30,£2.50,Mug,France',
        '1,ann,11,1,13/01/2020 08:30,3,Bag,France',
        '2,bob,10,1,02/01/2020,2.5,damaged?,Spain',
        '3,eve,10,1,03/01/2020,2.5,Mug,Spain',
      ],
      'implicit',
    );
    const { order, price, time, products, customers } = result.interactions;
    expect(order).toEqual({ names: ['1', '2', '3'], codes: Uint32Array.of(0, 0, 1, 2) });
    expect(Array.from(price ?? [])).toEqual([2.5, 3, 2.5, 2.5]);
    // the column shows day first, so 02/01 is the second of January although the plan said otherwise
    expect(Array.from(time ?? [], (t) => new Date(t).toISOString().slice(0, 16))).toEqual([
      '2020-01-13T08:30',
      '2020-01-13T08:30',
      '2020-01-02T00:00',
      '2020-01-03T00:00',
    ]);
    expect(products.titles).toEqual(['Mug', 'Bag']);
    expect(customers.attributes).toEqual([
      { name: 'attribute7', values: { names: ['France', 'Spain'], codes: Uint32Array.of(0, 1, 1) } },
    ]);
  });

  it('says which order of day and month it assumed', async () => {
    const result = await importLog(['customer', 'product', 'time'], ['ann,a,3/4/2020', 'bob,a,5/6/2020'], 'implicit');
    expect(result.report.warnings.find(({ code }) => code === 'dateOrderAssumed')?.params['order']).toBe('monthFirst');
  });
});

describe('joining', () => {
  const log = memoryTable({
    id: 'log',
    names: ['c', 'p', 'r'],
    rows: [
      ['1', '10', '5'],
      ['2', '20', '3'],
      ['1', '20', '4'],
    ],
  });

  it('adds titles, categories and attributes from other tables', async () => {
    const things = memoryTable({
      id: 'things',
      names: ['id', 'title', 'genres', 'year'],
      rows: [
        ['10', 'Ten', 'War|Love', '1999.0'],
        ['20', 'Twenty', '(no genres listed)', '2000.0'],
        ['30', 'Thirty', 'War', '2001.0'],
      ],
    });
    const people = memoryTable({
      id: 'people',
      names: ['id', 'city'],
      rows: [
        ['2', 'Rome'],
        ['1', 'Oslo'],
      ],
    });
    const plan = planOf(
      [
        { source: log, roles: RATED },
        { source: things, use: 'products', roles: ['product', 'title', 'category', 'attribute'] },
        { source: people, use: 'customers', roles: ['customer', 'attribute'] },
      ],
      'explicit',
    );
    const { interactions, report } = await importTables([log, things, people], plan);
    expect(interactions.products.titles).toEqual(['Ten', 'Twenty']);
    expect(interactions.products.categories).toEqual({
      names: ['War', 'Love'],
      pointers: Uint32Array.of(0, 2, 2),
      codes: Uint32Array.of(0, 1),
    });
    expect(interactions.products.attributes[0].values.names).toEqual(['1999', '2000']);
    expect(interactions.customers.attributes[0].values).toEqual({
      names: ['Oslo', 'Rome'],
      codes: Uint32Array.of(0, 1),
    });
    expect(report.warnings.map(({ code }) => code)).toEqual(['oneRatingEach']);
  });

  it('finds ids that lost their zeros or gained a ".0", and says when a table joins nothing', async () => {
    const loose = memoryTable({
      id: 'loose',
      names: ['id', 'title'],
      rows: [
        ['010.0', 'Ten'],
        ['020.0', 'Twenty'],
      ],
    });
    const other = memoryTable({
      id: 'other',
      names: ['id', 'title'],
      rows: [
        ['x', 'X'],
        ['y', 'Y'],
      ],
    });
    const planFor = (source: typeof loose) =>
      planOf(
        [
          { source: log, roles: RATED },
          { source, use: 'products', roles: ['product', 'title'] },
        ],
        'explicit',
      );
    const joined = await importTables([log, loose], planFor(loose));
    expect(joined.interactions.products.titles).toEqual(['Ten', 'Twenty']);
    const not = await importTables([log, other], planFor(other));
    expect(not.interactions.products.titles).toEqual(['', '']);
    expect(not.report.warnings).toContainEqual({ code: 'joinNothing', params: { table: 'other' } });
  });

  it('names flag columns after the table that lists them', async () => {
    const flags = memoryTable({
      id: 'flags',
      names: ['', '', '', '', ''],
      rows: [
        ['10', 'Ten', '0', '1', '1'],
        ['20', 'Twenty', '1', '0', '0'],
        ['30', 'Thirty', '0', '1', '0'],
      ],
    });
    const genres = memoryTable({
      id: 'genres',
      names: ['', ''],
      rows: [
        ['Action', '0'],
        ['Love', '1'],
        ['War', '2'],
      ],
    });
    const plan = planOf(
      [
        { source: log, roles: RATED },
        { source: flags, use: 'products', roles: ['product', 'title', 'category', 'category', 'category'] },
        { source: genres, use: 'unused', roles: ['ignore', 'ignore'] },
      ],
      'explicit',
    );
    const { interactions } = await importTables([log, flags, genres], plan);
    const { names, codes, pointers } = interactions.products.categories ?? { names: [], codes: [], pointers: [] };
    const of = (row: number) => Array.from(codes.slice(pointers[row], pointers[row + 1]), (code) => names[code]);
    expect([of(0), of(1)]).toEqual([['Love', 'War'], ['Action']]);
  });
});

it('writes the rejected rows so that a spreadsheet runs none of them', async () => {
  const result = await importLog(RATED, ['=cmd(),,5', 'ann,b,4', '"a",,-3', '@x,,+1'], 'explicit');
  expect(rejectedLines(result)).toEqual([
    'line,reason,customer0,product1,rating2',
    `2,noProduct,"'=cmd()",,5`,
    '4,noProduct,"""a""",,-3',
    `5,noProduct,"'@x",,+1`,
  ]);
});
