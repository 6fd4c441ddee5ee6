import { expect, test } from 'vitest';
import { numpyPermutation, surpriseFolds } from './numpy-permutation.ts';

test('is the order numpy gives', () => {
  // numpy.random.RandomState(0).permutation(10) and RandomState(42).permutation(10), as numpy 1.x and 2.x print them
  expect([...numpyPermutation(0, 10)]).toEqual([2, 8, 4, 9, 1, 6, 7, 3, 0, 5]);
  expect([...numpyPermutation(42, 10)]).toEqual([8, 1, 5, 0, 7, 2, 9, 4, 3, 6]);
});

test('goes past the first block of random words without repeating anything', () => {
  const order = numpyPermutation(7, 5000);
  expect(new Set(order).size).toBe(5000);
});

test('folds share nothing, hold everything, and differ by one at most', () => {
  const folds = surpriseFolds(0, 103, 5);
  expect(folds.map(({ length }) => length)).toEqual([21, 21, 21, 20, 20]);
  expect(new Set(folds.flatMap((fold) => [...fold])).size).toBe(103);
});
