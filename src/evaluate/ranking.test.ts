import { expect, test } from 'vitest';
import { ratingsOf } from '../data/ratings.testing.ts';
import { groupChoices, sampleChoices } from '../models/held-out.ts';
import { rankAll } from './ranking.ts';

const train = ratingsOf(
  { users: Uint32Array.of(0, 0, 1, 2), items: Uint32Array.of(0, 1, 5, 2), values: Float32Array.of(5, 1, 4, 3) },
  4,
  6,
  'explicit',
);
const test_ = {
  users: Uint32Array.of(1, 0, 0, 2, 3, 0),
  items: Uint32Array.of(0, 4, 2, 3, 1, 3),
  values: Float32Array.of(3, 5, 4, 2, 1, 2),
};

test('only choices count, customers without one are left out', () => {
  const choices = groupChoices(test_, 3);
  expect(Array.from(choices.users)).toEqual([0, 1]);
  expect(Array.from(choices.pointers)).toEqual([0, 2, 3]);
  expect(Array.from(choices.items)).toEqual([2, 4, 0]);
});

test('a sample keeps whole customers', () => {
  const sample = sampleChoices(groupChoices(test_, 1), 2);
  expect(Array.from(sample.users)).toEqual([0, 2]);
  expect(Array.from(sample.pointers)).toEqual([0, 3, 4]);
  expect(Array.from(sample.items)).toEqual([2, 3, 4, 3]);
});

test('full ranking without what was seen, disliked things included, by hand', async () => {
  const asked: number[][] = [];
  const model = {
    async topItemsForMany(users: Uint32Array, count: number, exclude: { pointers: Uint32Array; indices: Uint32Array }) {
      users.forEach((user, q) => {
        asked.push([user, ...exclude.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1])]);
      });
      expect(count).toBe(2);
      // customer 0 is shown 4 (relevant) and 5; customer 1 is shown 1 and 0 (relevant, second place)
      return { indices: Uint32Array.of(4, 5, 1, 0), scores: new Float32Array(4) };
    },
  };
  const figures = await rankAll(model, train, groupChoices(test_, 3), 2);
  expect(asked).toEqual([
    [0, 0, 1],
    [1, 5],
  ]);
  expect(figures.customers).toBe(2);
  expect(figures.recall).toBeCloseTo((1 / 2 + 1) / 2, 12);
  expect(figures.precision).toBeCloseTo(1 / 2, 12);
  expect(figures.ndcg).toBeCloseTo((1 / (1 + 1 / Math.log2(3)) + 1 / Math.log2(3)) / 2, 12);
  expect(figures.hitRate).toBe(1);
  expect(figures.hits).toBe(1);
  expect(figures.randomHits).toBeCloseTo(((2 * 2) / 4 + (2 * 1) / 5) / 2, 12);
});
