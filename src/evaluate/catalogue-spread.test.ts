import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../base/random.ts';
import { NOT_FOUND } from '../compute/device.ts';
import { giniOf, spreadOf } from './catalogue-spread.ts';
import { jackknife } from './jackknife.ts';
import type { Lists } from './ranking.ts';

const LENGTH = 5;

function listsOf(all: readonly (readonly number[])[]): Lists {
  const items = new Uint32Array(all.length * LENGTH).fill(NOT_FOUND);
  all.forEach((list, q) => {
    items.set(list, q * LENGTH);
  });
  return { users: Uint32Array.from(all, (_, q) => q), length: LENGTH, items };
}

function timesListed(all: readonly (readonly number[])[], products: number): Float64Array {
  const times = new Float64Array(products);
  for (const item of all.flat()) times[item]++;
  return times;
}

/** Different products, those with small numbers the likelier the larger `bent`. */
function draw(random: Random, count: number, products: number, bent: number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(Math.floor(products * random.next() ** bent));
  return [...drawn];
}

test('the Gini coefficient goes from all alike to all in one', () => {
  expect(giniOf(Float64Array.of(3, 3, 3, 3))).toBe(0);
  expect(giniOf(Float64Array.of(0, 7, 0))).toBe(1);
  expect(giniOf(Float64Array.of(5))).toBe(0);
  expect(giniOf(Float64Array.of(0, 0))).toBeNull();
  // half the sum of all differences of two, over n − 1 times the sum: another way to the same figure
  const amounts = [4, 1, 0, 9, 2];
  let apart = 0;
  for (const a of amounts) for (const b of amounts) apart += Math.abs(a - b) / 2;
  expect(giniOf(Float64Array.from(amounts))).toBeCloseTo(apart / (4 * 16), 12);
});

test('leaving out every list by counting anew gives the same intervals', () => {
  const random = createRandom(4);
  const products = 30;
  // Some are short and some empty.
  const all = Array.from({ length: 25 }, (_, q) => draw(random, q % 6, products, 2));
  const others = all.map((_, q) => timesListed(all.toSpliced(q, 1), products));
  const times = timesListed(all, products);
  const share = (counts: Float64Array) => counts.filter((count) => count > 0).length / products;
  const { coverage, gini } = spreadOf(listsOf(all), products);
  const expected = {
    coverage: jackknife({
      figure: share(times),
      without: Float64Array.from(others, share),
      least: 0,
      most: 1,
      squared: 1 / products ** 2,
    }),
    gini: jackknife({
      figure: giniOf(times) ?? Number.NaN,
      without: Float64Array.from(others, (counts) => giniOf(counts) ?? Number.NaN),
      least: 0,
      most: 1,
    }),
  };
  expect(coverage.mean).toBe(expected.coverage.mean);
  expect(gini?.mean).toBe(expected.gini.mean);
  for (const end of ['low', 'high'] as const) {
    expect(coverage[end]).toBeCloseTo(expected.coverage[end], 12);
    expect(gini?.[end]).toBeCloseTo(expected.gini[end], 12);
  }
  expect(coverage.high - coverage.low).toBeGreaterThan(0.05);
});

test('has no doubt where every product is on many lists, and none to tell where nothing is listed', () => {
  const everything = Array.from({ length: 12 }, (_, q) => [0, 1, 2, 3, 4].map((item) => (item + q) % 5));
  expect(spreadOf(listsOf(everything), 5)).toEqual({
    coverage: { mean: 1, low: 1, high: 1 },
    gini: { mean: 0, low: 0, high: 0 },
  });
  expect(spreadOf(listsOf([[], [], []]), 5)).toEqual({ coverage: { mean: 0, low: 0, high: 0 }, gini: null });
  expect(spreadOf(listsOf([]), 0)).toEqual({ coverage: { mean: 0, low: 0, high: 0 }, gini: null });
  // A single list is no sample; nor is a single one with anything on it.
  expect(spreadOf(listsOf([[0, 1]]), 4).coverage).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  const { gini } = spreadOf(listsOf([[0, 1], []]), 4);
  expect(gini?.low).toBe(gini?.high);
});

describe('the intervals hold the mean of all samples', () => {
  const SAMPLES = 300;
  const PRODUCTS = 150;
  const ways: readonly (readonly [string, (random: Random) => number[]])[] = [
    ['tastes of all kinds', (random) => draw(random, LENGTH, PRODUCTS, 2)],
    [
      'four kinds of customers with things of their own',
      (random) => {
        const kind = random.integer(4) * 36;
        return draw(random, LENGTH, 36, 1.5).map((item) => kind + item);
      },
    ],
    [
      'bestsellers, but for those one has',
      (random) => {
        const had = new Set(draw(random, 8, PRODUCTS, 3));
        const left = Array.from({ length: PRODUCTS }, (_, item) => item).filter((item) => !had.has(item));
        return left.slice(0, LENGTH);
      },
    ],
  ];
  test.each(ways)('%s', (_, list) => {
    const random = createRandom(11);
    const samples = Array.from({ length: SAMPLES }, () =>
      spreadOf(listsOf(Array.from({ length: 60 }, () => list(random))), PRODUCTS),
    );
    for (const figures of [samples.map(({ coverage }) => coverage), samples.flatMap(({ gini }) => gini ?? [])]) {
      expect(figures).toHaveLength(SAMPLES);
      const truth = figures.reduce((sum, { mean }) => sum + mean, 0) / SAMPLES;
      const held = figures.filter(({ low, high }) => low <= truth && truth <= high).length / SAMPLES;
      // 300 samples leave ± 2.5 of 100.
      expect(held).toBeGreaterThan(0.92);
      // Nor so wide that they would say nothing: at most twice what they need.
      const deviation = Math.sqrt(figures.reduce((sum, { mean }) => sum + (mean - truth) ** 2, 0) / (SAMPLES - 1));
      const width = figures.reduce((sum, { low, high }) => sum + high - low, 0) / SAMPLES;
      expect(width / (2 * 1.96 * deviation)).toBeLessThan(2);
    }
  });
});
