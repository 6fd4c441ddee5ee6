import { existsSync, openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ImportResult, importTables } from './clean.ts';
import type { ImportPlan, Role } from './plan.ts';
import { type Ratings, toRatings } from './ratings.ts';
import { openTables } from './read/open.ts';
import { proposePlan } from './roles.ts';
import type { TableSource } from './table.ts';
import { wordsFor } from './words.ts';

/** Real data as published, dropped as it was downloaded; counts are those the publishers state or that were counted apart from this code. */
const folder = process.env['TASTEMAKER_DATA'] ?? fileURLToPath(new URL('../../../shared/datasets', import.meta.url));

interface Imported extends ImportResult {
  readonly tables: readonly TableSource[];
  readonly plan: ImportPlan;
  readonly ratings: Ratings;
}

async function drop(file: string): Promise<Imported> {
  const { tables } = await openTables([{ name: file, blob: await openAsBlob(join(folder, file)) }]);
  const plan = proposePlan(tables);
  const result = await importTables(tables, plan);
  return { ...result, tables, plan, ratings: toRatings(result.interactions, { feedback: plan.feedback.feedback }) };
}

function rolesOf({ plan }: Imported, name: string): Role[] {
  return plan.tables.find(({ source }) => source.endsWith(name))?.columns.map(({ role }) => role) ?? [];
}

function use({ plan }: Imported, name: string): string | undefined {
  return plan.tables.find(({ source }) => source.endsWith(name))?.use;
}

function histogram({ ratings }: Imported): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of ratings.byUser.values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function size({ interactions, report }: Imported): number[] {
  expect(report.kept + report.merged + report.netted + report.blank + report.rejected).toBe(report.read);
  return [report.read, interactions.customers.ids.length, interactions.products.ids.length];
}

function titleOf({ interactions }: Imported, id: string): string | undefined {
  return interactions.products.titles?.[interactions.products.ids.indexOf(id)];
}

const there = existsSync(join(folder, 'ml-100k.zip'));

describe.skipIf(!there)(`real data in ${there ? 'the data folder' : 'TASTEMAKER_DATA (missing: skipped)'}`, () => {
  it('MovieLens 100K', async () => {
    const data = await drop('ml-100k.zip');
    expect(size(data)).toEqual([100_000, 943, 1682]);
    expect(histogram(data)).toEqual({ 1: 6110, 2: 11370, 3: 27145, 4: 34174, 5: 21201 });
    expect(rolesOf(data, 'u.data')).toEqual(['customer', 'product', 'rating', 'time']);
    expect([use(data, 'u.item'), use(data, 'u.user'), use(data, 'u1.base'), use(data, 'ua.test')]).toEqual([
      'products',
      'customers',
      'unused',
      'unused',
    ]);
    expect(data.plan.certain).toBe(true);
    expect(titleOf(data, '1')).toBe('Toy Story (1995)');
    const { categories } = data.interactions.products;
    // the nineteenth genre is "unknown", which says that there is none
    expect(categories?.names.length).toBe(18);
    const toyStory = data.interactions.products.ids.indexOf('1');
    const codes = categories?.codes.slice(categories.pointers[toyStory], categories.pointers[toyStory + 1]) ?? [];
    expect(Array.from(codes, (code) => categories?.names[code]).sort()).toEqual(['Animation', "Children's", 'Comedy']);
    expect(wordsFor('ml-100k.zip', data.tables, data.plan)).toEqual({ thing: 'film', person: 'viewer' });
    expect(data.report.warnings).toEqual([]);
  });

  it('MovieLens latest small', async () => {
    const data = await drop('ml-latest-small.zip');
    expect(size(data)).toEqual([100_836, 610, 9724]);
    expect(data.ratings.scale).toEqual({ min: 0.5, max: 5, step: 0.5 });
    expect(titleOf(data, '11')).toBe('American President, The (1995)');
    expect([use(data, 'tags.csv'), use(data, 'links.csv')]).toEqual(['unused', 'unused']);
    expect(data.plan.certain).toBe(true);
  });

  it('MovieLens 1M', async () => {
    const data = await drop('ml-1m.zip');
    expect(size(data)).toEqual([1_000_209, 6040, 3706]);
    expect(histogram(data)).toEqual({ 1: 56174, 2: 107557, 3: 261197, 4: 348971, 5: 226310 });
    expect(data.plan.certain).toBe(true);
    expect(titleOf(data, '1')).toBe('Toy Story (1995)');
    expect(data.interactions.customers.attributes.length).toBe(3);
  });

  it('the split of the NCF paper', async () => {
    const data = await drop('ncf-ml-1m.zip');
    expect(size(data)).toEqual([994_169 + 6040, 6040, 3706]);
    expect([use(data, '.train.rating'), use(data, '.test.rating'), use(data, '.negative')]).toEqual([
      'log',
      'log',
      'unused',
    ]);
  });

  it('goodbooks', async () => {
    const data = await drop('goodbooks-sample.zip');
    expect(size(data)).toEqual([298_176, 2672, 9990]);
    const titles = data.plan.tables.find(({ source }) => source.endsWith('books.csv'));
    expect(titles?.columns.findIndex(({ role }) => role === 'product')).toBe(0);
    expect(titleOf(data, '1')).toBe('The Hunger Games (The Hunger Games, #1)');
    expect(data.interactions.products.attributes.map(({ name }) => name)).toEqual([
      'authors',
      'original_publication_year',
      'language_code',
    ]);
    expect(wordsFor('', data.tables, data.plan)).toEqual({ thing: 'book', person: 'reader' });
  });

  it('MovieTweetings', async () => {
    const data = await drop('movietweetings-10k.zip');
    expect(size(data)).toEqual([10_000, 3794, 3096]);
    expect(titleOf(data, '0120735')).toBe('Lock, Stock and Two Smoking Barrels (1998)');
    expect(data.plan.certain).toBe(true);
  });

  it('FilmTrust', async () => {
    const data = await drop('filmtrust.zip');
    expect(size(data)).toEqual([35_497, 1508, 2071]);
    expect(data.report.merged).toBe(3);
    expect(data.report.warnings[0]).toEqual({ code: 'conflictsResolved', params: { count: 2, rule: 'mean' } });
    expect(data.ratings.scale).toEqual({ min: 0.5, max: 4, step: 0.5 });
  });

  it('Last.fm', async () => {
    const data = await drop('lastfm-hetrec2011.zip');
    expect(size(data)).toEqual([92_834, 1892, 17_632]);
    expect(data.plan.feedback).toMatchObject({ feedback: 'implicit', reason: { code: 'counts' } });
    expect(data.interactions.quantity?.reduce((max, plays) => Math.max(max, plays), 0)).toBe(352_698);
    expect(titleOf(data, '51')).toBe('Duran Duran');
    expect(wordsFor('', data.tables, data.plan)).toEqual({ thing: 'artist', person: 'listener' });
  });

  it('Online Retail', async () => {
    const data = await drop('online-retail.zip');
    const { report, interactions } = data;
    expect(rolesOf(data, '.csv')).toEqual([
      'order',
      'product',
      'title',
      'quantity',
      'time',
      'price',
      'customer',
      'attribute',
    ]);
    expect(data.plan).toMatchObject({
      certain: true,
      feedback: { feedback: 'implicit', reason: { code: 'quantities' } },
    });
    // The same rules written a second time in another language gave these figures.
    expect(size(data)).toEqual([541_909, 4324, 3644]);
    expect(report).toMatchObject({ kept: 388_335, merged: 5220, netted: 10_222, blank: 0, rejected: 138_132 });
    expect(report.reasons).toEqual({ noCustomer: 135_080, notAProduct: 2000, cancelsNothing: 1052 });
    expect(interactions.quantity?.reduce((sum, units) => sum + units, 0)).toBe(4_906_619);
    expect(data.ratings.byUser.indices.length).toBe(264_686);
    const unmatched = [...data.rejected.csv()]
      .join('')
      .split('\r\n')
      .filter((line) => line.includes('cancelsNothing'));
    expect(unmatched.length).toBe(1052);
    expect(unmatched.every((line) => /^\d+,cancelsNothing,C\d+,/.test(line))).toBe(true);
    expect(interactions.products.ids).not.toContain('POST');
    expect(titleOf(data, '85123A')).toBe('WHITE HANGING HEART T-LIGHT HOLDER');
    expect(interactions.customers.attributes[0].name).toBe('Country');
    expect(wordsFor('online-retail.zip', data.tables, data.plan)).toEqual({ thing: 'product', person: 'customer' });
  });
});

it('the samples in the product are read without a question', async () => {
  const samples = fileURLToPath(new URL('../../public/samples', import.meta.url));
  const open = async (...files: string[]) => {
    const inputs = files.map(async (file) => ({ name: file, blob: await openAsBlob(join(samples, file)) }));
    const { tables } = await openTables(await Promise.all(inputs));
    return { tables, plan: proposePlan(tables) };
  };
  const shop = await open('gift-shop/online-retail.csv.gz');
  expect(shop.plan.certain).toBe(true);
  const books = await open('books/ratings.csv.gz', 'books/books.csv.gz');
  expect(books.plan.certain).toBe(true);
  const { interactions, report } = await importTables(books.tables, books.plan);
  expect(report.kept).toBe(298_176);
  expect(interactions.products.titles?.every((title) => title !== '')).toBe(true);
  expect(interactions.products.attributes.map(({ name }) => name)).toEqual(['authors', 'year']);
});
