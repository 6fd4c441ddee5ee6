import { expect, it } from 'vitest';
import { ratingsFromPairs } from '../models/fixed-split.testing.ts';
import { publishedSplit } from './published-split.ts';

it('finds the rows of a published test part, and gives those it alone knows rows of their own', () => {
  const train = ratingsFromPairs({
    users: Uint32Array.of(0, 0, 1),
    items: Uint32Array.of(0, 1, 1),
    values: Float32Array.of(5, 3, 1),
  });
  const split = publishedSplit(train, {
    customers: ['u1', 'newcomer', 'u0', 'newcomer'],
    products: ['i0', 'i1', 'novelty', 'novelty'],
    values: [4, 2, 3, 5],
  });
  expect(split.train.userIds).toEqual(['u0', 'u1', 'newcomer']);
  expect(split.train.itemIds).toEqual(['i0', 'i1', 'novelty']);
  expect([...split.test.users]).toEqual([1, 2, 0, 2]);
  expect([...split.test.items]).toEqual([0, 1, 2, 2]);
  expect([...split.test.values]).toEqual([4, 2, 3, 5]);
  expect(split.unknown).toBe(3);
  const { byUser, byItem } = split.train;
  expect([byUser.rows, byUser.columns, byItem.rows, byItem.columns]).toEqual([3, 3, 3, 3]);
  expect([...byUser.pointers]).toEqual([0, 2, 3, 3]);
  expect([...byItem.pointers]).toEqual([0, 1, 3, 3]);
  expect([...byUser.values]).toEqual([5, 3, 1]);
});
