import { expect, test } from 'vitest';
import type { EntrantState } from '../../evaluate/comparison-result.ts';
import type { Comparison } from './comparing.ts';
import { MOST_COMPARISONS, withComparison, withoutComparison } from './kept-comparisons.ts';

const made = (madeAt: number, ...states: EntrantState[]) =>
  ({ madeAt, result: { entrants: states.map((state) => ({ state })) } }) as unknown as Comparison;
const times = (comparisons: readonly Comparison[]) => comparisons.map(({ madeAt }) => madeAt);

test('the newest is first, and the oldest goes when there are too many', () => {
  let kept: readonly Comparison[] = [];
  for (let at = 1; at <= MOST_COMPARISONS + 2; at++) kept = withComparison(kept, made(at, 'done'));
  expect(times(kept)).toEqual([7, 6, 5, 4, 3]);
});

test('one that was stopped in the middle is kept, one that was stopped before anything was done is not', () => {
  const kept = [made(1, 'done')];
  expect(times(withComparison(kept, made(2, 'done', 'waiting')))).toEqual([2, 1]);
  expect(times(withComparison(kept, made(2, 'failed', 'waiting')))).toEqual([2, 1]);
  expect(withComparison(kept, made(2, 'waiting', 'waiting'))).toBe(kept);
});

test('any of them can be let go', () => {
  const kept = [made(3, 'done'), made(2, 'done'), made(1, 'done')];
  expect(times(withoutComparison(kept, 2))).toEqual([3, 1]);
  expect(times(withoutComparison(kept, 9))).toEqual([3, 2, 1]);
});
