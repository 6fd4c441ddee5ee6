import { expect, test } from 'vitest';
import type { Comparison } from './api/comparing.ts';
import { keptComparison } from './kept-comparison.ts';

const lists = { counts: {}, byAttribute: [] };
const kept = (result: object) => ({ request: {}, result, madeAt: 1 }) as unknown as Comparison;

test('what an earlier version kept without the figures of today is left out', () => {
  const today = kept({ protocol: { ungrouped: [] }, across: null, entrants: [{ lists: null }, { lists }] });
  expect(keptComparison(today)).toBe(today);
  expect(keptComparison(null)).toBeNull();
  for (const older of [
    { protocol: {}, across: null, entrants: [] },
    { protocol: { ungrouped: [] }, entrants: [{ lists }] },
    { protocol: { ungrouped: [] }, across: null, entrants: [{ lists: { byAttribute: [] } }] },
    { protocol: { ungrouped: [] }, across: null },
    {},
  ]) {
    expect(keptComparison(kept(older))).toBeNull();
  }
});
