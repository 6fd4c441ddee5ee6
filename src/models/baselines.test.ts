import { describe, expect, test } from 'vitest';
import { ratingsOf } from '../data/ratings.testing.ts';
import { fitBiases, fitItemMeans, fitPopularity } from './baselines.ts';
import { hasFixedSplit, ratingsFromPairs, readPairs } from './fixed-split.testing.ts';

const ratings = ratingsOf(
  {
    users: Uint32Array.of(0, 0, 1, 1, 2),
    items: Uint32Array.of(0, 1, 0, 2, 0),
    values: Float32Array.of(5, 3, 4, 2, 2),
  },
  4,
  4,
  'explicit',
);

test('biases satisfy their own equations once they have settled', async () => {
  // 10 rounds settle this small system: each bias is the shrunken mean of what the others leave
  const model = fitBiases(ratings);
  const one = async (user: number, item: number) =>
    (await model.predict(Uint32Array.of(user), Uint32Array.of(item)))[0];
  const mean = 16 / 5;
  const userBias = await Promise.all([0, 1, 2].map(async (user) => (await one(user, 3)) - mean));
  const itemBias = await Promise.all([0, 1, 2].map(async (item) => (await one(3, item)) - mean));
  expect(await one(3, 3)).toBeCloseTo(mean, 6);
  expect(userBias[0]).toBeCloseTo((5 - mean - itemBias[0] + 3 - mean - itemBias[1]) / 17, 6);
  expect(userBias[2]).toBeCloseTo((2 - mean - itemBias[0]) / 16, 6);
  expect(itemBias[0]).toBeCloseTo((5 + 4 + 2 - 3 * mean - userBias[0] - userBias[1] - userBias[2]) / 13, 5);
});

test('item means, and the overall mean where nobody rated', async () => {
  const predicted = await fitItemMeans(ratings).predict(Uint32Array.of(2, 2, 3), Uint32Array.of(0, 2, 3));
  expect(predicted[0]).toBeCloseTo(11 / 3, 6);
  expect(predicted[1]).toBe(2);
  expect(predicted[2]).toBeCloseTo(16 / 5, 6);
});

test('popularity counts choices, not dislikes, and leaves out what was seen', async () => {
  const lists = await fitPopularity(ratings).topItemsForMany(Uint32Array.of(3, 0), 3, {
    pointers: Uint32Array.of(0, 0, 2),
    indices: Uint32Array.of(0, 1),
  });
  // product 0 was chosen twice (the 2 is a dislike), product 1 once, 2 and 3 never
  expect(Array.from(lists.indices)).toEqual([0, 1, 2, 2, 3, 0xffffffff]);
});

describe.skipIf(!hasFixedSplit('ml-100k'))('MovieLens 100K, fixed 90/10 (skipped without the data folder)', () => {
  test('means with shrinkage land where Surprise does (0.944 over five folds of 80/20)', async () => {
    const test_ = readPairs('ml-100k', 'test');
    const train = ratingsFromPairs(readPairs('ml-100k', 'train'), 943, 1682);
    const predicted = await fitBiases(train).predict(test_.users, test_.items);
    let squares = 0;
    for (let p = 0; p < predicted.length; p++) squares += (predicted[p] - test_.values[p]) ** 2;
    expect(Math.sqrt(squares / predicted.length)).toBeGreaterThan(0.925);
    expect(Math.sqrt(squares / predicted.length)).toBeLessThan(0.95);
  });
});
