import { expect, test } from 'vitest';
import type { Comparison } from './api/comparing.ts';
import { MOST_COMPARISONS } from './api/kept-comparisons.ts';
import { keptComparison, keptComparisons } from './kept-comparison.ts';

const lists = { counts: {}, byAttribute: [], exposure: { coverage: { mean: 0.5, low: 0.4, high: 0.6 } } };
const taste = { rmse: {}, mae: {}, byActivity: [] };
const best = { taste: null, lists: { id: 'ease', metric: 'recall', pairs: [] } };
const kept = (result: object) => ({ request: {}, result, madeAt: 1 }) as unknown as Comparison;

test('what an earlier version kept without the figures of today is left out', () => {
  const today = kept({
    protocol: { ungrouped: [] },
    best,
    across: null,
    entrants: [
      { taste: null, lists: null },
      { taste, lists },
    ],
  });
  expect(keptComparison(today)).toBe(today);
  expect(keptComparison(null)).toBeNull();
  for (const older of [
    { protocol: { ungrouped: [] }, across: null, entrants: [] },
    { protocol: { ungrouped: [] }, best: { ...best, taste: { id: 'mf', versus: {} } }, across: null, entrants: [] },
    {
      protocol: { ungrouped: [] },
      best,
      across: { best: { taste: null, lists: { id: 'ease', versus: {} } } },
      entrants: [],
    },
    { protocol: {}, best, across: null, entrants: [] },
    { protocol: { ungrouped: [] }, best, entrants: [{ lists }] },
    { protocol: { ungrouped: [] }, best, across: null, entrants: [{ lists: { byAttribute: [] } }] },
    // What lists show once had no intervals.
    {
      protocol: { ungrouped: [] },
      best,
      across: null,
      entrants: [{ lists }, { lists: { ...lists, exposure: { coverage: 0.5 } } }],
    },
    // Of stars it was once not said for whom they work.
    {
      protocol: { ungrouped: [] },
      best,
      across: null,
      entrants: [
        { taste: null, lists },
        { taste: { rmse: {}, mae: {} }, lists: null },
      ],
    },
    { protocol: { ungrouped: [] }, best, across: null },
    {},
  ]) {
    expect(keptComparison(kept(older))).toBeNull();
  }
});

test('several come back newest first, those of today; a project of before there were several has its one', () => {
  const today = (madeAt: number) => ({
    ...kept({ protocol: { ungrouped: [] }, best, across: null, entrants: [{ lists }] }),
    madeAt,
  });
  expect(keptComparisons({ comparison: null })).toEqual([]);
  const one = today(9);
  expect(keptComparisons({ comparison: one })).toEqual([one]);
  const times = keptComparisons({ comparison: one, earlier: [today(8), kept({}), today(7)] }).map(
    ({ madeAt }) => madeAt,
  );
  expect(times).toEqual([9, 8, 7]);
  // The newest may be the one that is of an earlier version.
  expect(keptComparisons({ comparison: kept({}), earlier: [today(8)] }).map(({ madeAt }) => madeAt)).toEqual([8]);
  const many = Array.from({ length: 9 }, (_, at) => today(at));
  expect(keptComparisons({ comparison: one, earlier: many })).toHaveLength(MOST_COMPARISONS);
});
