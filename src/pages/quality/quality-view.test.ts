import { describe, expect, it } from 'vitest';
import type { Interval, Paired } from '../../evaluate/bootstrap.ts';
import type { ComparisonResult, EntrantResult, ListScores } from '../../evaluate/comparison-result.ts';
import type { Comparison, EntrantRequest } from '../../worker/api.ts';
import {
  bestOf,
  ENTRANTS,
  figureOf,
  headsShown,
  isChosenAtFirst,
  linesOf,
  listsVerdict,
  notServed,
  sortedBy,
  starsVerdict,
} from './quality-view.ts';

const about = (mean: number): Interval => ({ mean, low: mean - 0.01, high: mean + 0.01 });
const apart = (difference: number, p: number): Paired => ({
  difference: about(difference),
  p,
  better: 0.5,
  equal: 0.3,
  worse: 0.2,
});

function listsOf(found: number, versus: Paired | null): ListScores {
  const metrics = {
    hitRate: about(found),
    precision: about(found),
    recall: about(found),
    ndcg: about(found),
    averagePrecision: about(found),
    reciprocalRank: about(found),
  };
  return {
    metrics,
    auc: null,
    exposure: { coverage: 0.2, gini: null, novelty: null, popularityLift: null, diversity: null, serendipity: null },
    byActivity: [
      { from: 0, to: 4, customers: 50, metrics: { ...metrics, recall: about(0.05) } },
      { from: 5, to: 19, customers: 5, metrics: { ...metrics, recall: about(0.01) } },
      { from: 20, to: 99, customers: 50, metrics },
    ],
    byPopularity: [],
    sampled: null,
    versus: versus && { popularity: versus },
  };
}

const result = (id: string, parts: Partial<EntrantResult>): EntrantResult => ({
  id,
  state: 'done',
  error: null,
  fitMs: 100,
  bytes: 1000,
  leftOut: 0,
  taste: null,
  lists: null,
  ...parts,
});

const request = (model: EntrantRequest['model']): EntrantRequest => ({
  id: model,
  model,
  preset: 'balanced',
  settings: {},
});

/** EASE 0.21, factorization 0.20, bestsellers 0.08; averages and factorization guess stars. */
function comparisonOf({ p = 0.001, ease = 0.21 } = {}): Comparison {
  const popular = listsOf(0.08, null);
  const results = [
    result('popularity', { lists: popular, fitMs: 1 }),
    result('mf', {
      lists: listsOf(0.2, apart(0.12, 0.001)),
      taste: { rmse: about(0.9), mae: about(0.7) },
    }),
    result('ease', { lists: listsOf(ease, apart(ease - 0.08, ease > 0.08 ? 0.001 : 0.4)) }),
    result('means', { taste: { rmse: about(0.95), mae: about(0.75) } }),
    result('slopeOne', { state: 'failed', error: { code: 'modelTooLarge', params: {} } }),
    result('random', { state: 'waiting' }),
  ];
  const made: ComparisonResult = {
    protocol: {
      split: 'per-customer',
      holdout: 0.1,
      seed: 1,
      k: 10,
      customers: 105,
      skipped: 0,
      trainPairs: 1000,
      testPairs: 100,
      sampled: null,
    },
    stopped: true,
    popularity: popular,
    entrants: results,
    best: {
      taste: null,
      lists: { id: ease > 0.2 ? 'ease' : 'mf', metric: 'recall', versus: { mf: apart(0.01, p), ease: apart(0.1, p) } },
    },
  };
  return {
    request: {
      entrants: results.map(({ id }) => request(id as EntrantRequest['model'])),
      split: 'per-customer',
      holdout: 0.1,
      seed: 1,
      length: 10,
    },
    result: made,
    madeAt: 1,
  };
}

const named = (comparison: Comparison) => linesOf(null, {}, comparison);

describe('the lines', () => {
  it('of a comparison that ended are those that came to an end', () => {
    expect(named(comparisonOf()).map(({ entrant, state }) => [entrant.id, state])).toEqual([
      ['popularity', 'done'],
      ['mf', 'done'],
      ['ease', 'done'],
      ['means', 'done'],
      ['slopeOne', 'failed'],
    ]);
  });

  it('of one under way are all that were asked for, as far as they are', () => {
    const { request: asked } = comparisonOf();
    const live = { mf: { state: 'running', result: null }, popularity: { state: 'done', result: null } } as const;
    expect(linesOf(asked, live, null).map(({ state }) => state)).toEqual([
      'done',
      'running',
      'waiting',
      'waiting',
      'waiting',
      'waiting',
    ]);
  });

  it('are put in the order of a column, the best first and those without a figure last', () => {
    const lines = named(comparisonOf());
    const order = (column: Parameters<typeof sortedBy>[1]) => sortedBy(lines, column).map(({ entrant }) => entrant.id);
    expect(order('recall').slice(0, 3)).toEqual(['ease', 'mf', 'popularity']);
    expect(order('mae').slice(0, 2)).toEqual(['mf', 'means']);
    expect(order('fit')[0]).toBe('popularity');
  });

  it('crown nobody for being quick, small or random', () => {
    const lines = named(comparisonOf());
    expect(bestOf(lines, 'recall')?.entrant.id).toBe('ease');
    expect(bestOf(lines, 'mae')?.entrant.id).toBe('mf');
    for (const column of ['fit', 'bytes', 'novelty', 'coverage'] as const) expect(bestOf(lines, column)).toBeNull();
  });

  it('have no figure where it is not defined', () => {
    const [popularity] = named(comparisonOf());
    expect(figureOf(popularity, 'novelty')).toBeNull();
    expect(figureOf(popularity, 'mae')).toBeNull();
    expect(figureOf(popularity, 'coverage')).toEqual({ mean: 0.2, low: 0.2, high: 0.2 });
  });
});

describe('what is said of lists', () => {
  it('names the leader where chance does not explain it', () => {
    const comparison = comparisonOf();
    expect(listsVerdict(named(comparison), comparison)).toMatchObject({
      kind: 'best',
      line: { entrant: { id: 'ease' } },
      found: 0.21,
      popular: 0.08,
    });
  });

  it('names two where it may', () => {
    const comparison = comparisonOf({ p: 0.3 });
    expect(listsVerdict(named(comparison), comparison)).toMatchObject({
      kind: 'tie',
      line: { entrant: { id: 'ease' } },
      other: { entrant: { id: 'mf' } },
    });
  });

  it('says so where nobody beats bestsellers', () => {
    const comparison = comparisonOf();
    const [popular] = comparison.result.entrants;
    const none: Comparison = {
      ...comparison,
      result: {
        ...comparison.result,
        entrants: [popular, result('ease', { lists: listsOf(0.081, apart(0.001, 0.6)) })],
        best: { taste: null, lists: { id: 'ease', metric: 'recall', versus: {} } },
      },
    };
    expect(listsVerdict(named(none), none)).toEqual({ kind: 'noneBetter', popular: 0.08 });
  });

  it('names groups that are served no better than by bestsellers, but for tiny ones', () => {
    const comparison = comparisonOf();
    const ease = named(comparison).find(({ entrant }) => entrant.id === 'ease');
    // bestsellers: 0.05 and 0.01 as well in the first two groups, the second of five people
    expect(ease && notServed(ease, comparison).map(({ from }) => from)).toEqual([0]);
  });
});

describe('what is said of stars', () => {
  it('holds the best guess against averages', () => {
    expect(starsVerdict(named(comparisonOf()))).toMatchObject({
      line: { entrant: { id: 'mf' } },
      mae: 0.7,
      means: 0.75,
    });
  });

  it('is nothing where nobody guesses any', () => {
    expect(starsVerdict(named(comparisonOf()).filter(({ entrant }) => entrant.id === 'ease'))).toBeNull();
  });
});

it('shows the heads somebody has figures of', () => {
  const lines = named(comparisonOf());
  expect(headsShown(lines)).toEqual(['choice', 'taste']);
  expect(headsShown(lines.filter(({ entrant }) => entrant.id === 'ease'))).toEqual(['choice']);
});

it('lets eleven take part at first, each under a name of its own', () => {
  expect(new Set(ENTRANTS.map(({ id }) => id)).size).toBe(ENTRANTS.length);
  expect(ENTRANTS.filter(isChosenAtFirst)).toHaveLength(11);
});
