import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import type { ImportResult } from './clean.ts';
import { importTables } from './clean.ts';
import { memoryTable } from './memory-table.testing.ts';
import { planOf } from './plan.testing.ts';
import type { Feedback, ImportPlan, Role } from './plan.ts';
import { toRatings } from './ratings.ts';
import { openTables } from './read/open.ts';

/** Files as dirty as they come: every kind of cell in every column, short, long and blank rows. */
const id = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c', '007', '7', ' a', '9,78E+12') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'N/A', ' ', 'NULL', '=1+1', 'x"y', 'line\nbreak', '\u0000', 'POST', '名'),
  },
  { weight: 1, arbitrary: fc.string() },
);
const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 5 }).map(String) },
  { weight: 2, arbitrary: fc.integer({ min: -4, max: 0 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'NaN', 'Infinity', '3,5', '1.000,5', '999', '-1', 'N/A', '£2', '1e400', '--'),
  },
);
const time = fc.constantFrom(
  '2020-01-01',
  '3/4/2020',
  '25/4/2020',
  '4/25/2020',
  '',
  'soon',
  '1363245118',
  '2020-01-02 10:00:00',
);
const order = fc.constantFrom('1', '2', '3', 'C1', 'C2', '', 'x');
const title = fc.constantFrom('Mug', 'Bag', 'POSTAGE', '?', '');

function rows(cells: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string[][]> {
  const whole = fc.tuple(...cells).map((row) => [...row]);
  const odd = fc.oneof(
    fc.constant<string[]>([]),
    whole.map((row) => row.slice(0, -1)),
    whole.map((row) => [...row, 'more']),
    whole.map((row) => row.map(() => ' ')),
  );
  return fc.array(fc.oneof({ weight: 9, arbitrary: whole }, { weight: 1, arbitrary: odd }), { maxLength: 120 });
}

const RATED: readonly Role[] = ['customer', 'product', 'rating', 'time'];
const SHOP: readonly Role[] = ['order', 'customer', 'product', 'quantity', 'time', 'price', 'title'];

async function importRows(
  table: string[][],
  roles: readonly Role[],
  feedback: Feedback,
  batchRows: number,
  more: Partial<ImportPlan> = {},
): Promise<ImportResult | AppError> {
  const source = memoryTable({ id: 'log', names: roles.map(String), rows: table, batchRows });
  try {
    return await importTables([source], planOf([{ source, roles }], feedback, more));
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Number of records in CSV text, quoted line breaks understood. */
function countRecords(csv: string): number {
  let quoted = false;
  let records = 0;
  for (let i = 0; i < csv.length; i++) {
    if (csv[i] === '"') quoted = !quoted;
    else if (csv[i] === '\n' && csv[i - 1] === '\r' && !quoted) records++;
  }
  return records;
}

function expectAccounted(result: ImportResult | AppError, read: number): void {
  if (result instanceof AppError) {
    expect(result.code).toBe('noRowsKept');
    return;
  }
  const { report, interactions, rejected } = result;
  expect(report.read).toBe(read);
  const { kept, merged, netted, blank, setAside } = report;
  expect(kept + merged + netted + blank + report.rejected + setAside).toBe(read);
  expect(report.kept).toBe(interactions.customer.length);
  const reasons = Object.values(report.reasons).reduce((sum, count) => sum + count, 0);
  expect(reasons).toBe(report.rejected);
  expect(rejected.count).toBe(report.rejected);
  // The file of rejected rows has a line for each, and its header.
  expect(countRecords([...rejected.csv()].join(''))).toBe(report.rejected + 1);
  for (const [codes, ids] of [
    [interactions.customer, interactions.customers.ids],
    [interactions.product, interactions.products.ids],
  ] as const) {
    // Every entity has a row and every row an entity; ids are different.
    expect(new Set(codes).size).toBe(ids.length);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.max(...codes)).toBe(ids.length - 1);
  }
}

describe('every row read is accounted for', () => {
  it('in ratings, with finite values and one row per pair', async () => {
    await fc.assert(
      fc.asyncProperty(rows([id, id, number, time]), fc.integer({ min: 1, max: 50 }), async (table, batchRows) => {
        const result = await importRows(table, RATED, 'explicit', batchRows);
        expectAccounted(result, table.length);
        if (result instanceof AppError) return;
        const { customer, product, value, customers, products } = result.interactions;
        expect(value?.every(Number.isFinite)).toBe(true);
        const pairs = new Set(Array.from(customer, (c, row) => c * products.ids.length + product[row]));
        expect(pairs.size).toBe(customer.length);
        const ratings = toRatings(result.interactions, { feedback: 'explicit' });
        expect(ratings.byUser.indices.length).toBe(pairs.size);
        expect(ratings.userIds).toBe(customers.ids);
      }),
      { numRuns: 150 },
    );
  });

  it('in purchases, and no more is taken back than was bought', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows([order, id, id, number, time, number, title]),
        fc.integer({ min: 1, max: 50 }),
        async (table, batchRows) => {
          const result = await importRows(table, SHOP, 'implicit', batchRows);
          expectAccounted(result, table.length);
          if (result instanceof AppError) return;
          expect(result.interactions.quantity?.every((units) => units > 0 && Number.isFinite(units))).toBe(true);
          const weights = toRatings(result.interactions, { feedback: 'implicit' }).byUser.values;
          expect(weights.every((weight) => weight >= 1)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('in a sample, which has whole customers or nothing of them', async () => {
    const customers = fc.integer({ min: 1, max: 40 }).map((c) => `c${c}`);
    await fc.assert(
      fc.asyncProperty(
        rows([customers, id, number, time]),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (table, sample) => {
          const all = await importRows(table, RATED, 'explicit', 50);
          const some = await importRows(table, RATED, 'explicit', 7, { sample });
          expectAccounted(some, table.length);
          if (all instanceof AppError || some instanceof AppError) return;
          const perCustomer = ({ interactions: { customer, customers } }: ImportResult) => {
            const counts = new Map<string, number>();
            for (const c of customer) counts.set(customers.ids[c], (counts.get(customers.ids[c]) ?? 0) + 1);
            return counts;
          };
          const whole = perCustomer(all);
          // A smaller range of ratings may be out of range among fewer rows, never a larger one.
          if (all.report.reasons.ratingOutOfRange || some.report.reasons.ratingOutOfRange) return;
          for (const [who, count] of perCustomer(some)) expect(count).toBe(whole.get(who));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('the same, whether read from text or from cells', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows([order, id, id, number, time, number, title]).filter((table) => table.length > 0),
        async (table) => {
          // What a text file cannot hold, or holds in another way: NULs, line ends in the middle, odd widths.
          const plain = table.filter(
            (row) => row.length === SHOP.length && row.every((cell) => !/[\0\r\n\ud800-\udfff]/.test(cell)),
          );
          if (plain.length === 0 || plain.every((row) => row.every((cell) => cell.trim() === ''))) return;
          const text = [SHOP.join(), ...plain.map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join())];
          const { tables } = await openTables([{ name: 'log.csv', blob: new Blob([text.join('\n')]) }]);
          const overrides = { separator: ',', quoted: true, hasHeader: true, encoding: 'utf-8' } as const;
          const [found] = tables;
          const source = { ...found, batches: (options: object) => found.batches({ ...options, overrides }) };
          const plan = planOf([{ source, roles: SHOP }], 'implicit', {});
          const [cells, bytes] = await Promise.all([
            importRows(plain, SHOP, 'implicit', 1000),
            importTables([source], plan).catch((error) => error as AppError),
          ]);
          if (cells instanceof AppError || bytes instanceof AppError) {
            expect((bytes as AppError).code).toBe((cells as AppError).code);
            return;
          }
          expect(bytes.interactions).toEqual(cells.interactions);
          expect(bytes.report).toEqual(cells.report);
          // Lines are counted with the header in one and are row numbers in the other; here both begin at 2.
          expect([...bytes.rejected.csv()].join('')).toBe([...cells.rejected.csv()].join(''));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('whatever the size of the batches', async () => {
    await fc.assert(
      fc.asyncProperty(rows([order, id, id, number, time, number, title]), async (table) => {
        const [one, many] = [
          await importRows(table, SHOP, 'implicit', 1),
          await importRows(table, SHOP, 'implicit', 1000),
        ];
        if (one instanceof AppError || many instanceof AppError)
          expect((one as AppError).code).toBe((many as AppError).code);
        else {
          expect(one.interactions).toEqual(many.interactions);
          expect(one.report).toEqual(many.report);
        }
      }),
      { numRuns: 50 },
    );
  });
});
