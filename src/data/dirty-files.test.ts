/** Files as people have them, from bytes to Interactions: proposed by the roles, cleaned, reported. */
import { describe, expect, it } from 'vitest';
import { type ImportResult, importTables } from './clean.ts';
import { keptRows } from './plan.testing.ts';
import type { ImportPlan } from './plan.ts';
import { assertLearnable, toRatings } from './ratings.ts';
import { openTables } from './read/open.ts';
import { proposePlan } from './roles.ts';
import type { TableSource } from './table.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

type NamedFile = readonly [name: string, bytes: Uint8Array | string];

async function open(...files: readonly NamedFile[]) {
  const { tables } = await openTables(
    files.map(([name, bytes]) => ({ name, blob: new Blob([bytes as Uint8Array<ArrayBuffer> | string]) })),
    {},
  );
  return { tables, plan: proposePlan(tables) };
}

async function take(...files: readonly NamedFile[]): Promise<ImportResult & { plan: ImportPlan }> {
  const { tables, plan } = await open(...files);
  return { ...(await importTables(tables, plan)), plan };
}

const roles = ({ tables }: ImportPlan) => tables[0].columns.map(({ role }) => role);
const warning = ({ report }: ImportResult, code: string) => report.warnings.find((one) => one.code === code)?.params;

/** Rows of people × things, `cells` gives what follows the two ids. */
function grid(
  people: number,
  things: number,
  cells: (person: number, thing: number) => string,
  separator = ',',
): string {
  const rows: string[] = [];
  for (let person = 0; person < people; person++) {
    for (let thing = 0; thing < things; thing++) {
      rows.push([`c${person}`, `p${thing}`, cells(person, thing)].join(separator));
    }
  }
  return `${rows.join('\n')}\n`;
}

const stars = (person: number, thing: number) => 1 + ((person * 7 + thing * 3) % 5);

describe('numbers as people write them', () => {
  it('decimal commas with semicolons between, thousands with dots', async () => {
    const text = `Kunde;Artikel;Menge;Preis\n${grid(20, 8, (p, t) => `${1 + ((p + t) % 4)};${t === 0 ? '1.234,50' : '3,5'}`, ';')}`;
    const { interactions, plan } = await take(['verkauf.csv', text]);
    expect(roles(plan)).toEqual(['customer', 'product', 'quantity', 'price']);
    expect(plan.decimalComma).toBe(true);
    expect(new Set(interactions.price)).toEqual(new Set([1234.5, 3.5]));
  });

  it('N/A, NaN and Infinity are no ratings; the rows are handed back and the scale does not see them', async () => {
    const odd = ['N/A', 'NaN', 'Infinity', '-Infinity', 'null', ''];
    const text = `user,item,rating\n${grid(20, 10, (p, t) => String(stars(p, t)))}${odd.map((cell, at) => `c1,q${at},${cell}`).join('\n')}\n`;
    const result = await take(['ratings.csv', text]);
    expect(result.report).toMatchObject({ read: 206, kept: 200, rejected: 6 });
    expect(Math.max(...(result.interactions.value ?? []))).toBe(5);
  });

  it('ids like 9,78E+12 are kept and warned of: different ones may have become the same', async () => {
    const text = `user;isbn;rating\n${grid(20, 10, (p, t) => String(stars(p, t)), ';').replaceAll('p3;', '9,78E+12;')}`;
    const result = await take(['books.csv', text]);
    expect(result.interactions.products.ids).toContain('9,78E+12');
    expect(warning(result, 'idsDamagedBySpreadsheet')).toEqual({ column: 'isbn', count: 20, example: '9,78E+12' });
  });
});

describe('dates', () => {
  // 2 September 2021, 00:00 or 14:05 UTC, as ten kinds of files say it.
  const day = Date.UTC(2021, 8, 2);
  const moment = Date.UTC(2021, 8, 2, 14, 5);
  it.each([
    ['2021-09-02', day],
    ['2021-09-02 14:05:00', moment],
    ['2021-09-02T14:05:00Z', moment],
    ['2021/09/02', day],
    ['02.09.2021', day],
    ['2 Sep 2021', day],
    ['September 2, 2021', day],
    ['20210902', day],
    [String(moment / 1000), moment],
    [String(moment), moment],
    ['2021年9月2日', day],
  ])('%s', async (text, expected) => {
    const cell = text.includes(',') ? `"${text}"` : text;
    const rows = grid(20, 6, (p, t) => `${stars(p, t)},${cell}`);
    const { interactions, plan } = await take(['dated.csv', `user,item,rating,date\n${rows}`]);
    expect(roles(plan)).toEqual(['customer', 'product', 'rating', 'time']);
    expect(new Set(interactions.time)).toEqual(new Set([expected]));
  });
});

describe('encodings', () => {
  it('Chinese as spreadsheets in China save it', async () => {
    // 用户,商品,评分 and 笔 in GBK
    const header = [0xd3, 0xc3, 0xbb, 0xa7, 0x2c, 0xc9, 0xcc, 0xc6, 0xb7, 0x2c, 0xc6, 0xc0, 0xb7, 0xd6, 0x0a];
    const pen = [0xb1, 0xca];
    const rows = [...utf8(grid(20, 10, (p, t) => String(stars(p, t))))].flatMap((byte) =>
      byte === 0x70 ? pen : [byte],
    );
    const { tables, plan } = await open(['评分.csv', new Uint8Array([...header, ...rows])]);
    expect(tables[0].dialect?.encoding).toBe('gb18030');
    expect(tables[0].preview.names).toEqual(['用户', '商品', '评分']);
    expect(roles(plan)).toEqual(['customer', 'product', 'rating']);
    const { interactions } = await importTables(tables, plan);
    expect(interactions.products.ids[3]).toBe('笔3');
  });

  it('two encodings in one file: read, counted, said', async () => {
    const good = `user,item,rating\n${grid(30, 10, (p, t) => String(stars(p, t))).replaceAll('p1,', 'Amélie,')}`;
    const latin = Uint8Array.from('c1,Señor,4\n', (letter) => letter.charCodeAt(0));
    const result = await take(['mixed.csv', new Uint8Array([...utf8(good), ...latin])]);
    expect(result.interactions.products.ids).toContain('Amélie');
    expect(result.interactions.products.ids).toContain('Señor');
    expect(warning(result, 'mixedEncodings')).toEqual({ count: 1 });
  });
});

describe('torn rows', () => {
  it('a field of a megabyte, an open quote, NULs and ragged rows cost their own rows only', async () => {
    const long = 'x'.repeat(1 << 20);
    const good = grid(30, 10, (p, t) => `${stars(p, t)},fine`);
    const bad = [`c1,p1,4,${long}`, 'c2,p2,5', 'c3,p3,4,note,more', 'c4,p\u00004,3,note', 'c5,p5,2,"never closed'];
    const result = await take([
      'torn.csv',
      `user,item,rating,note\n${good}${bad.join('\n')}\n${grid(1, 3, () => '5,fine').replaceAll('c0', 'last')}`,
    ]);
    const { read, kept, merged, netted, blank, rejected, reasons } = result.report;
    expect(kept + merged + netted + blank + rejected).toBe(read);
    expect(read).toBe(300 + 5 + 3);
    // A megabyte is no reason to lose a row that is whole.
    expect(reasons).toEqual({ tooFewFields: 1, tooManyFields: 1, binary: 1, unclosedQuote: 1 });
    expect(keptRows(result).filter((row) => row.startsWith('last'))).toHaveLength(3);
  });
});

describe('tables that do not belong together', () => {
  it('are read alone, and it is said', async () => {
    const ratings = `user,item,rating\n${grid(30, 10, (p, t) => String(stars(p, t)))}`;
    const others = `item,title\n${Array.from({ length: 40 }, (_, at) => `zz${at},Title number ${at}`).join('\n')}\n`;
    const { tables, plan } = await open(['ratings.csv', ratings], ['things.csv', others]);
    const used: ImportPlan = { ...plan, tables: plan.tables.map((table) => asProducts(table, tables)) };
    const result = await importTables(tables, used);
    expect(result.report.kept).toBe(300);
    expect(warning(result, 'joinNothing')).toEqual({ table: 'things.csv' });
  });
});

function asProducts(table: ImportPlan['tables'][number], tables: readonly TableSource[]): ImportPlan['tables'][number] {
  if (tables.find(({ id }) => id === table.source)?.name !== 'things.csv') return table;
  const as = (role: 'product' | 'title') => ({
    role,
    confidence: 1,
    reason: { code: 'setByPerson' as const, params: {} },
  });
  return { ...table, use: 'products', columns: [as('product'), as('title')] };
}

describe('little variety', () => {
  it('customers with a single rating are kept, and many of them are said', async () => {
    const singles = Array.from({ length: 60 }, (_, at) => `single${at},p${at % 10},${1 + (at % 5)}`).join('\n');
    const result = await take([
      'ratings.csv',
      `user,item,rating\n${grid(20, 10, (p, t) => String(stars(p, t)))}${singles}\n`,
    ]);
    expect(result.report.kept).toBe(260);
    expect(warning(result, 'oneRatingEach')).toEqual({ customers: 60 });
  });

  it('ratings that are all equal are said to be of no use', async () => {
    const { interactions, plan } = await take(['few.csv', `user,item,rating\n${grid(20, 10, () => '5')}`]);
    const ratings = toRatings(interactions, { feedback: plan.feedback.feedback });
    expect(() => assertLearnable(ratings)).toThrow(
      expect.objectContaining({ code: 'allRatingsEqual', params: { value: 5 } }),
    );
  });
});
