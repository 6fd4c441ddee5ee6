import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test, vi } from 'vitest';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { Tables } from './choose-rows.ts';
import { buildHeatmap } from './heatmap.ts';
import type { HeatmapRequest } from './heatmap-types.ts';
import { mostSimilar } from './most-similar.ts';
import { pairDetail } from './pair-detail.ts';
import { randomDense, ratingsFromDense, tableOf } from './small-data.testing.ts';

const device = createReferenceDevice();

const dense = [
  [5, 4, 0, 0, 1],
  [4, 5, 1, 0, 0],
  [5, 5, 0, 0, 0],
  [0, 1, 5, 4, 0],
  [1, 0, 4, 5, 0],
  [0, 0, 5, 5, 0],
];
const ratings = ratingsFromDense(dense);
const tables: Tables = {
  customers: tableOf(ratings.userIds),
  products: tableOf(
    ['Amélie', 'Brazil', 'Alien', 'Aliens', 'Heat'],
    [['Love'], ['Odd'], ['Space'], ['Space'], ['Odd']],
  ),
};
const ask = (request: Partial<HeatmapRequest>): HeatmapRequest => ({
  side: 'products',
  measure: 'cosine',
  size: 48,
  choose: { by: 'popularity' },
  ...request,
});

describe('the rows on the map', () => {
  test('are the most rated, and what nobody rated is never one', async () => {
    const result = await buildHeatmap(ratings, tables, ask({ size: 4 }), { device });
    expect([...result.rows].sort()).toEqual([0, 1, 2, 3]);
    const empty = ratingsFromDense(dense.map((row) => [...row, 0]));
    const more = { ...tables, products: tableOf([...tables.products.ids, 'Unseen']) };
    expect((await buildHeatmap(empty, more, ask({}), { device })).rows.length).toBe(5);
  });

  test('by category, on either side', async () => {
    const choose = { by: 'category', category: 'Space' } as const;
    const products = await buildHeatmap(ratings, tables, ask({ choose }), { device });
    expect([...products.labels].sort()).toEqual(['The Alien', 'The Aliens']);
    expect(products.values[1]).toBeCloseTo((20 + 20 + 25) / Math.sqrt(67 * 66), 6);
    const customers = await buildHeatmap(ratings, tables, ask({ side: 'customers', choose, size: 3 }), { device });
    expect([...customers.labels].sort()).toEqual(['The c3', 'The c4', 'The c5']);
  });

  test('by search, whatever the accents; one match or none is a picture of one row or none', async () => {
    const search = (query: string) =>
      buildHeatmap(ratings, tables, ask({ choose: { by: 'search', query } }), { device });
    expect([...(await search('ALIEN')).labels].sort()).toEqual(['The Alien', 'The Aliens']);
    const one = await search('amelie');
    expect([...one.labels]).toEqual(['The Amélie']);
    expect([...one.values]).toEqual([1]);
    const none = await search('nothing like it');
    expect(none).toMatchObject({ labels: [], groups: [], range: [0, 1] });
  });
});

test('labels, values and tree speak of the same order', async () => {
  const big = ratingsFromDense(randomDense(80, 40, 0.4, 2));
  const named: Tables = { customers: tableOf(big.userIds), products: tableOf(big.itemIds) };
  const result = await buildHeatmap(big, named, ask({ measure: 'pearson' }), { device });
  const n = result.rows.length;
  expect(n).toBe(40);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    expect(result.labels[i]).toBe(`The p${result.rows[i]}`);
    for (let j = 0; j < i; j++) {
      const detail = await pairDetail(big, named, 'products', 'pearson', result.rows[i], result.rows[j]);
      const value = result.values[i * n + j];
      expect(result.values[j * n + i]).toBe(value);
      if (Number.isNaN(value)) expect(detail.value).toBeNaN();
      else {
        expect(detail.value).toBeCloseTo(value, 5);
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  expect(result.range).toEqual([low, high]);
  expect(result.dendrogram.height.length).toBe(n - 1);
});

test('the pair behind a cell: counts, and the shared ones both are strongest in', async () => {
  const detail = await pairDetail(ratings, tables, 'products', 'jaccard', 0, 1);
  expect(detail).toMatchObject({ a: 'The Amélie', b: 'The Brazil', together: 3, onlyA: 1, onlyB: 1, value: 0.6 });
  expect(detail.shared).toEqual(['The c2', 'The c0', 'The c1']);
  const people = await pairDetail(ratings, tables, 'customers', 'cosine', 3, 5);
  expect(people).toMatchObject({ together: 2, onlyA: 1, onlyB: 0 });
  expect(people.shared).toEqual(['The Alien', 'The Aliens']);
  await expect(pairDetail(ratings, tables, 'products', 'cosine', 0, 99)).rejects.toThrow(RangeError);
});

test('most like one row: best first, never itself, nothing that has nothing to do with it', async () => {
  const similar = await mostSimilar(ratings, tables.products, 'products', 'cosine', 3, 10);
  expect(similar.map(({ label }) => label)).toEqual(['The Alien', 'The Amélie', 'The Brazil']);
  expect(similar[0].value).toBeCloseTo(65 / Math.sqrt(67 * 66), 6);
  expect(await mostSimilar(ratings, tables.products, 'products', 'cosine', 3, 1)).toHaveLength(1);
});

test.each(['cosine', 'pearson', 'model'] as const)(
  'most like one row by %s ends where nobody waits for it',
  async (measure) => {
    // More rows than are done between two looks at the clock, which here jumps by a second each time.
    const many = 9000;
    const wide = ratingsFromDense(Array.from({ length: many }, (_, row) => [1 + (row % 5), 5 - (row % 4)]));
    const vectors = { data: new Float32Array(many * 2).fill(1), factors: 2 };
    const abort = new AbortController();
    let now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
    try {
      const found = mostSimilar(wide, tableOf(wide.userIds), 'customers', measure, 3, 5, {
        vectors,
        signal: abort.signal,
      });
      abort.abort();
      await expect(found).rejects.toMatchObject({ code: 'cancelled' });
    } finally {
      clock.mockRestore();
    }
  },
);

const data = process.env['TASTEMAKER_DATA'] ?? join(import.meta.dirname, '../../../shared/datasets');
const movielens = join(data, 'ml-100k.zip');

describe.skipIf(!existsSync(movielens))(`on MovieLens 100K (skipped without ${'ml-100k.zip'})`, () => {
  const files = existsSync(movielens) ? unzipSync(readFileSync(movielens)) : {};
  const lines = (name: string) => {
    const bytes = Object.entries(files).find(([path]) => path.endsWith(name))?.[1] ?? new Uint8Array(0);
    return new TextDecoder('latin1').decode(bytes).split('\n').filter(Boolean);
  };
  const films = Array.from({ length: 1682 }, () => ({ title: '', genres: [] as string[] }));
  const genres = lines('u.genre').map((line) => line.split('|')[0]);
  for (const line of lines('u.item')) {
    const fields = line.split('|');
    films[Number(fields[0]) - 1] = {
      title: fields[1],
      genres: genres.filter((_, at) => fields[5 + at]?.trim() === '1'),
    };
  }
  const real = () => {
    const matrix = Array.from({ length: 943 }, () => new Array<number>(1682).fill(0));
    for (const line of lines('u.data')) {
      const [user, item, rating] = line.split('\t').map(Number);
      matrix[user - 1][item - 1] = rating;
    }
    const loaded = ratingsFromDense(matrix);
    const products = {
      ...tableOf(
        loaded.itemIds,
        films.map((film) => film.genres),
      ),
      titles: films.map((film) => film.title),
    };
    return { loaded, named: { customers: tableOf(loaded.userIds), products } satisfies Tables };
  };

  test('the other two of the trilogy are what is most like Star Wars, by every measure', async () => {
    const { loaded, named } = real();
    const starWars = films.findIndex((film) => film.title === 'Star Wars (1977)');
    for (const measure of ['cosine', 'adjustedCosine', 'pearson', 'jaccard'] as const) {
      const similar = await mostSimilar(loaded, named.products, 'products', measure, starWars, 10);
      const top = similar.map(({ label }) => label);
      expect(top).toContain('Empire Strikes Back, The (1980)');
      expect(top).toContain('Return of the Jedi (1983)');
    }
  });

  test('groups of films are in one piece, apart from each other, and named by what they are', async () => {
    const { loaded, named } = real();
    const result = await buildHeatmap(loaded, named, ask({ measure: 'pearson', size: 120 }), { device });
    expect(result.groups.length).toBeGreaterThanOrEqual(3);
    expect(result.groups.length).toBeLessThanOrEqual(9);
    let end = 0;
    for (const group of result.groups) {
      expect(group.from).toBeGreaterThanOrEqual(end);
      end = group.to;
      expect(group.members.every((name) => films.some((film) => film.title === name))).toBe(true);
    }
    expect(result.groups.some((group) => group.category !== null)).toBe(true);
  });
});
