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

it('takes pairs out of the training part that the data holds as well', () => {
  const data = ratingsFromPairs({
    users: Uint32Array.of(0, 0, 1),
    items: Uint32Array.of(0, 1, 1),
    values: Float32Array.of(5, 3, 1),
  });
  const split = publishedSplit(data, { customers: ['u0', 'u1'], products: ['i1', 'i0'], values: [3, 4] });
  expect(split.moved).toBe(1);
  expect(split.unknown).toBe(0);
  expect([...split.train.byUser.pointers]).toEqual([0, 1, 2]);
  expect([...split.train.byUser.values]).toEqual([5, 1]);
  // The smallest and largest mark of what remains.
  expect(split.train.scale).toMatchObject({ min: 1, max: 5 });
  expect([...split.test.values]).toEqual([3, 4]);
});
