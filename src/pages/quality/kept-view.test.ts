import { expect, test } from 'vitest';
import type { CompareRequest, Comparison } from '../../worker/api/comparing.ts';
import { keptLines } from './kept-view.ts';

const MINUTE = 60_000;

function made(madeAt: number, request: Partial<CompareRequest>, result: object = {}): Comparison {
  const entrants = [{ state: 'done' }, { state: 'failed' }, { state: 'waiting' }];
  return {
    madeAt,
    request: { split: 'per-customer', ...request },
    result: { entrants, protocol: { holdout: 0.1 }, across: null, ...result },
  } as unknown as Comparison;
}

test('a line says when, how many were compared, and what was held back', () => {
  expect(keptLines([made(5 * MINUTE, { split: 'random' }, { protocol: { holdout: 0.3 } })], true)).toEqual([
    { madeAt: 5 * MINUTE, toTheSecond: false, models: 2, file: null, part: 'random', share: 0.3, cuts: 1 },
  ]);
  // Without dates nothing is the latest.
  expect(keptLines([made(0, { split: 'leave-one-out' })], false)[0].part).toBe('leave-one-out-undated');
  expect(keptLines([made(0, { split: 'leave-one-out' })], true)[0].part).toBe('leave-one-out');
  expect(keptLines([made(0, { testFile: { id: 'a', name: 'test.csv' } })], true)[0].file).toBe('test.csv');
  // Of cuts those that were made.
  expect(keptLines([made(0, { repeats: 5 }, { across: { asked: 5, done: 3 } })], true)[0].cuts).toBe(3);
});

test('two of the same minute are told apart by their seconds', () => {
  const lines = keptLines([made(7 * MINUTE + 2, {}), made(7 * MINUTE + 1, {}), made(6 * MINUTE + 59_999, {})], true);
  expect(lines.map(({ toTheSecond }) => toTheSecond)).toEqual([true, true, false]);
});
