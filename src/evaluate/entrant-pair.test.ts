import { expect, test } from 'vitest';
import { type EntrantPair, pairOf } from './entrant-pair.ts';

const pairs: readonly EntrantPair[] = [
  {
    first: 'ease',
    second: 'mf',
    difference: { mean: 0.02, low: -0.01, high: 0.05 },
    p: 0.2,
    better: 0.4,
    equal: 0.3,
    worse: 0.3,
  },
  {
    first: 'ease',
    second: 'twin',
    difference: { mean: 0, low: 0, high: 0 },
    p: 1,
    better: 0,
    equal: 1,
    worse: 0,
  },
];

test('a pair is read from either side', () => {
  expect(pairOf(pairs, 'ease', 'mf')).toEqual({
    difference: { mean: 0.02, low: -0.01, high: 0.05 },
    p: 0.2,
    better: 0.4,
    equal: 0.3,
    worse: 0.3,
  });
  expect(pairOf(pairs, 'mf', 'ease')).toEqual({
    difference: { mean: -0.02, low: -0.05, high: 0.01 },
    p: 0.2,
    better: 0.3,
    equal: 0.3,
    worse: 0.4,
  });
});

test('no difference has no sign, from either side', () => {
  expect(pairOf(pairs, 'twin', 'ease')).toEqual(pairOf(pairs, 'ease', 'twin'));
});

test('who was not compared is in no pair', () => {
  expect(pairOf(pairs, 'mf', 'twin')).toBeNull();
  expect(pairOf(pairs, 'ease', 'ease')).toBeNull();
  expect(pairOf([], 'ease', 'mf')).toBeNull();
});
