import { expect, it } from 'vitest';
import type { ListCounts, ListScores } from '../../evaluate/comparison-result.ts';
import type { Defined } from '../../evaluate/defined.ts';
import { countsOf } from './measure-counts.ts';
import { ENTRANTS, type Line } from './quality-view.ts';

const defined = (customers: number, missing = 0, passed = 0): Defined => ({ customers, undefined: missing, passed });
const EVERYONE = defined(100);

/** A line of which only the counts are looked at. */
function line(at: number, counts: Partial<ListCounts>): Line {
  const lists = {
    counts: {
      short: 0,
      empty: 0,
      auc: null,
      novelty: EVERYONE,
      popularityLift: EVERYONE,
      diversity: EVERYONE,
      ...counts,
    },
  } as unknown as ListScores;
  const entrant = ENTRANTS[at];
  return {
    entrant,
    state: 'done',
    result: { id: entrant.id, state: 'done', error: null, fitMs: 1, bytes: 1, leftOut: 0, taste: null, lists },
  };
}

it('has what lists find for every tested customer, and says which lists are short', () => {
  const [whole, few, fewer] = [line(0, {}), line(1, { short: 4, empty: 1 }), line(2, { short: 9 })];
  expect(countsOf([whole, few, fewer], 'recall', 100)).toEqual({
    mean: { fewest: 100, most: 100 },
    undefined: 0,
    passed: 0,
    short: [
      { line: fewer, customers: 9, empty: 0 },
      { line: few, customers: 4, empty: 1 },
    ],
  });
});

it('names the lines a measure is undefined for some in, the most first', () => {
  const lines = [line(0, {}), line(1, { novelty: defined(97, 3) }), line(2, { novelty: defined(88, 12) })];
  expect(countsOf(lines, 'novelty', 100)).toMatchObject({
    mean: { fewest: 88, most: 100 },
    undefined: [
      { line: lines[2], customers: 12 },
      { line: lines[1], customers: 3 },
    ],
  });
  // Only novelty was undefined.
  expect(countsOf(lines, 'diversity', 100)).toMatchObject({ mean: { fewest: 100, most: 100 }, undefined: 0 });
});

it('is one number where it is undefined for as many in every line', () => {
  const lift = { popularityLift: defined(95, 5) };
  expect(countsOf([line(0, lift), line(1, lift)], 'popularityLift', 100).undefined).toBe(5);
});

it('counts who was not looked at, and passes over lines without the measure', () => {
  const lines = [line(0, { auc: defined(40, 2, 58) }), line(1, { auc: null })];
  expect(countsOf(lines, 'auc', 100)).toMatchObject({
    mean: { fewest: 40, most: 40 },
    undefined: [{ line: lines[0], customers: 2 }],
    passed: 58,
  });
});

it('is no mean where all lists are counted together', () => {
  for (const measure of ['coverage', 'gini', 'serendipity'] as const) {
    expect(countsOf([line(0, {})], measure, 100)).toMatchObject({ mean: null, undefined: 0, passed: 0 });
  }
});
