import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../../compute/reference/device.ts';
import type { Interval, Paired } from '../../evaluate/bootstrap.ts';
import type { ComparisonResult, EntrantResult, ListScores } from '../../evaluate/comparison-result.ts';
import type { EntrantPair } from '../../evaluate/entrant-pair.ts';
import { WITHOUT_GROUPS } from '../../evaluate/group-errors.ts';
import type { Comparison, EntrantRequest } from '../../worker/api/comparing.ts';
import { ownHeadsFor } from '../../worker/heads.ts';
import {
  againstLeader,
  ENTRANTS,
  figureOf,
  finerFor,
  headsShown,
  isChosenAtFirst,
  leadIn,
  learnsFromLess,
  linesOf,
  listsVerdict,
  notHere,
  notServed,
  rangeText,
  sortedBy,
  starsVerdict,
  takesPartAlways,
} from './quality-view.ts';

const about = (mean: number): Interval => ({ mean, low: mean - 0.01, high: mean + 0.01 });
const apart = (difference: number, p: number): Paired => ({
  difference: about(difference),
  p,
  better: 0.5,
  equal: 0.3,
  worse: 0.2,
});
/** A leader's pairs with all others. */
const ahead = (leader: string, others: Readonly<Record<string, Paired>>): EntrantPair[] =>
  Object.entries(others).flatMap(([id, paired]) => (id === leader ? [] : [{ first: leader, second: id, ...paired }]));

const EVERYONE = { customers: 105, undefined: 0, passed: 0 };

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
    exposure: {
      coverage: about(0.2),
      gini: null,
      novelty: null,
      popularityLift: null,
      diversity: null,
      serendipity: null,
    },
    byActivity: [
      { from: 0, to: 4, customers: 50, metrics: { ...metrics, recall: about(0.05) } },
      { from: 5, to: 19, customers: 5, metrics: { ...metrics, recall: about(0.01) } },
      { from: 20, to: 99, customers: 50, metrics },
    ],
    counts: { short: 0, empty: 0, auc: null, novelty: EVERYONE, popularityLift: EVERYONE, diversity: EVERYONE },
    byPopularity: [],
    byAttribute: [],
    byCategory: null,
    calibration: null,
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
      taste: { rmse: about(0.9), mae: about(0.7), ...WITHOUT_GROUPS },
    }),
    result('ease', { lists: listsOf(ease, apart(ease - 0.08, ease > 0.08 ? 0.001 : 0.4)) }),
    result('means', { taste: { rmse: about(0.95), mae: about(0.75), ...WITHOUT_GROUPS } }),
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
      ungrouped: [],
    },
    stopped: true,
    across: null,
    popularity: popular,
    entrants: results,
    best: {
      taste: null,
      lists: {
        id: ease > 0.2 ? 'ease' : 'mf',
        metric: 'recall',
        pairs: ahead(ease > 0.2 ? 'ease' : 'mf', { mf: apart(0.01, p), ease: apart(0.1, p) }),
      },
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

  it('have no figure where it is not defined', () => {
    const [popularity] = named(comparisonOf());
    expect(figureOf(popularity, 'novelty')).toBeNull();
    expect(figureOf(popularity, 'mae')).toBeNull();
    expect(figureOf(popularity, 'coverage')).toEqual(about(0.2));
    expect(figureOf(popularity, 'bytes')).toEqual({ mean: 1000, low: 1000, high: 1000 });
  });
});

describe('a figure and the ends of its interval', () => {
  const text = (value: number, finer: number) => value.toFixed(1 + finer);
  const finer = (...figures: readonly Interval[]) => finerFor(figures, text);
  const wide = { mean: 9.2, low: 9.1, high: 9.4 };
  const narrow = { mean: 0.9881, low: 0.9876, high: 0.9885 };

  it('have as many digits as tell them apart', () => {
    expect(finer(wide)).toBe(0);
    expect(finer(narrow)).toBe(3);
    // One end alone is as bad: 9.3, between 9.2 and 9.3.
    expect(finer({ mean: 9.26, low: 9.2, high: 9.31 })).toBe(1);
    // A figure that can be no more is its own end.
    expect(finer({ mean: 1, low: 0.9, high: 1 })).toBe(0);
  });

  it('have the same ones in a list, but for what nobody would read', () => {
    expect(finer(wide, narrow, wide)).toBe(3);
    expect(finer(wide, { mean: 9.28, low: 9.279999, high: 9.280001 }, { mean: 9.3, low: 9.3, high: 9.3 })).toBe(0);
  });

  it('are no range where they read alike', () => {
    const one = (value: number) => text(value, 0);
    expect(rangeText(wide, one)).toEqual({ low: '9.1', high: '9.4' });
    expect(rangeText(narrow, one)).toBeNull();
    expect(rangeText({ mean: 9.3, low: 9.3, high: 9.3 }, one)).toBeNull();
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

  it('names the best of those that chance may have put behind, though one between them is clearly behind', () => {
    const comparison = comparisonOf();
    const { entrants } = comparison.result;
    const other: Comparison = {
      ...comparison,
      request: { ...comparison.request, entrants: [...comparison.request.entrants, request('svd')] },
      result: {
        ...comparison.result,
        entrants: [...entrants, result('svd', { lists: listsOf(0.19, apart(0.11, 0.001)) })],
        best: {
          taste: null,
          lists: {
            id: 'ease',
            metric: 'recall',
            pairs: ahead('ease', { mf: apart(0.01, 0.01), svd: apart(0.02, 0.2) }),
          },
        },
      },
    };
    expect(listsVerdict(named(other), other)).toMatchObject({ kind: 'tie', other: { entrant: { id: 'svd' } } });
  });

  it('says so where nobody beats bestsellers', () => {
    const comparison = comparisonOf();
    const [popular] = comparison.result.entrants;
    const none: Comparison = {
      ...comparison,
      result: {
        ...comparison.result,
        entrants: [popular, result('ease', { lists: listsOf(0.081, apart(0.001, 0.6)) })],
        best: { taste: null, lists: { id: 'ease', metric: 'recall', pairs: [] } },
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

describe('who leads in a measure', () => {
  it('leads clearly where the next one’s interval stays below, and only in what lists find', () => {
    const ended = comparisonOf({ ease: 0.25 });
    const clear = named(ended);
    expect(leadIn(clear, 'ndcg', ended)).toMatchObject({ line: { entrant: { id: 'ease' } }, value: 0.25, clear: true });
    // 0.20 reaches up to 0.21
    const close = named(comparisonOf({ ease: 0.209 }));
    expect(leadIn(close, 'ndcg', ended)).toMatchObject({ line: { entrant: { id: 'ease' } }, clear: false });
    // The next one stays below; the one after it may be anywhere.
    const wide = clear.map((line) => {
      const { lists } = line.result ?? {};
      if (line.entrant.id !== 'popularity' || !line.result || !lists) return line;
      const metrics = { ...lists.metrics, ndcg: { mean: 0.08, low: 0, high: 0.3 } };
      return { ...line, result: { ...line.result, lists: { ...lists, metrics } } };
    });
    expect(leadIn(wide, 'ndcg', ended)).toMatchObject({ line: { entrant: { id: 'ease' } }, clear: false });
    expect(leadIn(clear, 'coverage', ended)).toBeNull();
    expect(leadIn(clear, 'auc', ended)).toBeNull();
  });

  it('is as sure as the paired test where there is one', () => {
    // Intervals that overlap, of customers who are hard for both: pair by pair there is no doubt.
    const sure = comparisonOf({ ease: 0.209 });
    expect(leadIn(named(sure), 'recall', sure)).toMatchObject({ line: { entrant: { id: 'ease' } }, clear: true });
    const doubtful = comparisonOf({ ease: 0.25, p: 0.3 });
    expect(leadIn(named(doubtful), 'recall', doubtful)).toMatchObject({ clear: false });
  });
});

describe('what is said of stars', () => {
  interface Stars {
    readonly mae: number;
    /** Against the leader by RMSE; null: it is the leader. */
    readonly p: number | null;
  }
  /** Who leads by RMSE is named by the one without a p. */
  const starsOf = (models: Readonly<Record<string, Stars>>): Comparison => {
    const comparison = comparisonOf();
    const all = Object.entries(models);
    const leader = all.find(([, { p }]) => p === null)?.[0] ?? '';
    return {
      ...comparison,
      request: { ...comparison.request, entrants: all.map(([id]) => request(id as EntrantRequest['model'])) },
      result: {
        ...comparison.result,
        entrants: all.map(([id, { mae }]) =>
          result(id, { taste: { rmse: about(1.2 * mae), mae: about(mae), ...WITHOUT_GROUPS } }),
        ),
        best: {
          lists: null,
          taste: {
            id: leader,
            metric: 'rmse',
            pairs: ahead(
              leader,
              Object.fromEntries(all.flatMap(([id, { p }]) => (p === null ? [] : [[id, apart(-0.01, p)]]))),
            ),
          },
        },
      },
    };
  };
  const said = (models: Readonly<Record<string, Stars>>) => {
    const comparison = starsOf(models);
    return starsVerdict(named(comparison), comparison);
  };

  it('names who guesses best, and holds it against averages', () => {
    expect(
      said({ mf: { mae: 0.7, p: null }, autorec: { mae: 0.72, p: 0.01 }, means: { mae: 0.75, p: 0.001 } }),
    ).toMatchObject({ kind: 'best', line: { entrant: { id: 'mf' } }, mae: 0.7, means: 0.75 });
  });

  it('names two where chance may have made the difference', () => {
    expect(
      said({ mf: { mae: 0.7, p: null }, autorec: { mae: 0.71, p: 0.3 }, means: { mae: 0.75, p: 0.001 } }),
    ).toMatchObject({ kind: 'tie', line: { entrant: { id: 'mf' } }, other: { entrant: { id: 'autorec' } }, mae: 0.7 });
    // 0.05 itself is not above it.
    expect(
      said({ mf: { mae: 0.7, p: null }, autorec: { mae: 0.71, p: 0.05 }, means: { mae: 0.75, p: 0.001 } }),
    ).toMatchObject({ kind: 'best' });
  });

  it('is sure of neither where one leads by plain misses and the other by squared ones', () => {
    expect(
      said({ mf: { mae: 0.7, p: 0.001 }, autorec: { mae: 0.71, p: null }, means: { mae: 0.75, p: 0.001 } }),
    ).toMatchObject({ kind: 'tie', line: { entrant: { id: 'mf' } }, other: { entrant: { id: 'autorec' } } });
  });

  it('says so where nobody is clearly better than averages', () => {
    expect(said({ mf: { mae: 0.7, p: null }, means: { mae: 0.71, p: 0.06 } })).toEqual({
      kind: 'noneBetter',
      means: 0.71,
    });
    expect(said({ mf: { mae: 0.72, p: 0.001 }, means: { mae: 0.71, p: null } })).toEqual({
      kind: 'noneBetter',
      means: 0.71,
    });
    // Better by plain misses, worse by squared ones.
    expect(said({ mf: { mae: 0.7, p: 0.001 }, means: { mae: 0.71, p: null } })).toMatchObject({ kind: 'noneBetter' });
  });

  it('goes without averages where there are none', () => {
    expect(said({ mf: { mae: 0.7, p: null }, autorec: { mae: 0.72, p: 0.01 } })).toMatchObject({
      kind: 'best',
      means: null,
    });
  });

  it('is nothing where nobody guesses any', () => {
    const comparison = comparisonOf();
    const lists = named(comparison).filter(({ entrant }) => entrant.id === 'ease');
    expect(starsVerdict(lists, comparison)).toBeNull();
  });
});

it('tells every line against the leader, from the line’s side', () => {
  const comparison = comparisonOf({ p: 0.003 });
  const lines = named(comparison);
  const of = (id: string, head: 'taste' | 'choice') => {
    const line = lines.find(({ entrant }) => entrant.id === id);
    return line && againstLeader(line, head, comparison);
  };
  // The leader is 0.01 ahead, between 0 and 0.02.
  expect(of('mf', 'choice')).toMatchObject({ measure: 'recall', p: 0.003 });
  expect(of('mf', 'choice')?.difference.mean).toBeCloseTo(-0.01, 10);
  expect(of('mf', 'choice')?.difference.low).toBeCloseTo(-0.02, 10);
  expect(of('mf', 'choice')?.difference.high).toBeCloseTo(0, 10);
  expect(of('popularity', 'choice')).toBeNull();
  expect(of('mf', 'taste')).toBeNull();
});

it('shows the heads somebody has figures of', () => {
  const lines = named(comparisonOf());
  expect(headsShown(lines)).toEqual(['choice', 'taste']);
  expect(headsShown(lines.filter(({ entrant }) => entrant.id === 'ease'))).toEqual(['choice']);
});

it('lets all but the slow ones take part at first, and those that need dates where there are any', () => {
  expect(new Set(ENTRANTS.map(({ id }) => id)).size).toBe(ENTRANTS.length);
  const waiting = (hasDates: boolean) =>
    ENTRANTS.filter((entrant) => !isChosenAtFirst(entrant, hasDates)).map(({ model }) => model);
  expect(waiting(true).sort()).toEqual(['bpr', 'neumf', 'vae']);
  expect(waiting(false).sort()).toEqual(['bpr', 'markov', 'neumf', 'trending', 'vae']);
});

it('has what every model is to beat take part always', () => {
  expect(ENTRANTS.filter(takesPartAlways).map(({ model }) => model)).toEqual(['means', 'popularity']);
});

it('says of nobody that they learn from everything who do not', () => {
  const devices = [createReferenceDevice(), {}];
  const less = ENTRANTS.filter((entrant) =>
    devices.some((device) => {
      const { taste, choice } = ownHeadsFor({ ...entrant, seed: 1 }, { feedback: 'explicit' }, device);
      return [taste, choice].some((plan) => plan && !plan.settled && !plan.refitsBeforeTest);
    }),
  );
  expect(less.length).toBeGreaterThan(0);
  expect(ENTRANTS.filter(learnsFromLess)).toEqual(less);
});

describe('who is not there', () => {
  const names = (entrants: readonly EntrantRequest[]) => entrants.map(({ model }) => model);
  const those = (...models: readonly string[]) => ENTRANTS.filter(({ model }) => models.includes(model));

  it('is nobody where there are stars and dates, whoever was unticked', () => {
    expect(notHere(those('ease'), 'explicit', true)).toEqual({ stars: [], dates: [] });
  });

  it('are those of stars alone, with purchases', () => {
    const { stars, dates } = notHere(those('ease', 'popularity'), 'implicit', true);
    expect(names(stars)).toEqual(['autorec', 'slopeOne', 'means']);
    expect(dates).toEqual([]);
  });

  it('are those that need dates, without any; who takes part all the same says so in a row', () => {
    expect(names(notHere(those('ease'), 'explicit', false).dates)).toEqual(['markov', 'trending']);
    expect(names(notHere(those('ease', 'trending'), 'explicit', false).dates)).toEqual(['markov']);
  });
});
