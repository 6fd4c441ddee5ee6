import { describe, expect, test } from 'vitest';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import { createResamples } from './bootstrap.ts';
import { LIST_METRICS, type PerCustomer } from './list-metrics.ts';
import type { Lists } from './ranking.ts';
import { popularityBands, qualityByActivity, recallByPopularity } from './segments.ts';
import { trainingChoices } from './training-choices.ts';

describe('by activity', () => {
  /** Customer u chose `choices[u]` of 120 products and disliked two more. */
  const trainOf = (choices: readonly number[]) => {
    const rows = choices.flatMap((count, user) =>
      Array.from({ length: count + 2 }, (_, item) => ({ user, item, value: item < count ? 5 : 1 })),
    );
    return trainingChoices(
      ratingsOf(
        {
          users: Uint32Array.from(rows, ({ user }) => user),
          items: Uint32Array.from(rows, ({ item }) => item),
          values: Float32Array.from(rows, ({ value }) => value),
        },
        choices.length,
        120,
      ),
    );
  };
  const figuresOf = (values: readonly number[]): PerCustomer =>
    Object.fromEntries(
      LIST_METRICS.map((metric, m) => [metric, Float32Array.from(values, (value) => value * (m + 1))]),
    ) as unknown as PerCustomer;

  test('groups by choices, dislikes not counted, at the boundaries', async () => {
    const users = Uint32Array.of(0, 1, 2, 3, 4, 5);
    const training = trainOf([4, 5, 19, 20, 99, 100]);
    const groups = await qualityByActivity(figuresOf([1, 2, 4, 8, 16, 32]), users, training, createResamples(1));
    expect(groups.map(({ from, to, customers }) => [from, to, customers])).toEqual([
      [0, 4, 1],
      [5, 19, 2],
      [20, 99, 2],
      [100, null, 1],
    ]);
    groups.forEach(({ metrics }, g) => {
      LIST_METRICS.forEach((metric, m) => {
        expect(metrics[metric].mean).toBeCloseTo((m + 1) * [1, 3, 12, 32][g], 5);
      });
    });
    expect(groups[1].metrics.hitRate).toMatchObject({ low: 2, high: 4 });
  });

  test('only tested customers count, and groups without one are left out', async () => {
    const training = trainOf([0, 30, 119 - 2, 7, 25]);
    const groups = await qualityByActivity(figuresOf([10, 20]), Uint32Array.of(1, 4), training, createResamples(1));
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ from: 20, to: 99, customers: 2 });
    expect(groups[0].metrics.hitRate.mean).toBe(15);
  });
});

describe('by popularity', () => {
  test('head, middle and tail at half and eight tenths of the choices', () => {
    // of 10: 6 already takes the half; 2 more are in the middle when 6 are behind; then 8 are
    expect(Array.from(popularityBands(Uint32Array.of(1, 6, 0, 2, 1)))).toEqual([2, 0, 2, 1, 2]);
    // of 10: two threes are before the half, one more begins at 6, the last at 9
    expect(Array.from(popularityBands(Uint32Array.of(3, 3, 3, 1)))).toEqual([0, 0, 1, 2]);
    // 28 of 35 are exactly eight tenths: what comes then is tail
    expect(Array.from(popularityBands(Uint32Array.of(20, 8, 7)))).toEqual([0, 1, 2]);
    expect(Array.from(popularityBands(Uint32Array.of(0, 0)))).toEqual([2, 2]);
  });

  const users = Uint32Array.of(3, 4, 9);
  // products 0, 1 head, 2, 3 middle, 4, 5 tail
  const bands = Uint8Array.of(0, 0, 1, 1, 2, 2);
  const choices: HeldOutChoices = {
    users,
    pointers: Uint32Array.of(0, 3, 5, 6),
    items: Uint32Array.of(0, 1, 4, 0, 5, 5),
  };
  const lists: Lists = { users, length: 2, items: Uint32Array.of(1, 4, 2, 0, 3, 1) };

  test('recall within each band, over the customers who have something of it', async () => {
    const groups = await recallByPopularity(lists, choices, bands, createResamples(1));
    // head: 1 of 2 and 1 of 1; tail: 1 of 1, 0 of 1, 0 of 1; nobody had anything of the middle
    expect(groups.map(({ band, products, customers, relevant }) => [band, products, customers, relevant])).toEqual([
      ['head', 2, 2, 3],
      ['tail', 2, 3, 3],
    ]);
    expect(groups[0].recall.mean).toBeCloseTo((1 / 2 + 1) / 2, 10);
    expect(groups[1].recall.mean).toBeCloseTo((1 + 0 + 0) / 3, 10);
  });
});
