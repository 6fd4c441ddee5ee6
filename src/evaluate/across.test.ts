import { describe, expect, test } from 'vitest';
import { acrossCuts, acrossFigure, acrossPaired } from './across.ts';
import type { Interval } from './bootstrap.ts';
import type { ComparisonResult, EntrantResult } from './comparison-result.ts';
import { WITHOUT_GROUPS } from './group-errors.ts';

describe('one figure over the cuts', () => {
  test('Nadeau & Bengio by hand: three cuts, a test part a quarter of the training part', () => {
    const figure = acrossFigure([0.1, 0.2, 0.3], 0.25);
    expect(figure.cuts).toBe(3);
    expect(figure.mean).toBeCloseTo(0.2, 12);
    expect(figure.deviation).toBeCloseTo(0.1, 12);
    // s √(1/3 + 1/4) = 0.0763763, times 4.302653, the t of two degrees
    expect(figure.low).toBeCloseTo(0.2 - 0.328621, 5);
    expect(figure.high).toBeCloseTo(0.2 + 0.328621, 5);
  });

  test('ten folds: the ninth part more than a plain interval would leave √(1/10 + 1/9) / √(1/10) times as wide', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    const [folds, plain] = [acrossFigure(values, 1 / 9), acrossFigure(values, 0)];
    const width = ({ low, high }: typeof folds) => (high ?? 0) - (low ?? 0);
    expect(width(folds) / width(plain)).toBeCloseTo(Math.sqrt(1 / 10 + 1 / 9) / Math.sqrt(1 / 10), 10);
    // the plain one: 3.9 ± 2.262157 · 2.469818 / √10
    expect(width(plain) / 2).toBeCloseTo((2.262157163 * Math.sqrt(54.9 / 9)) / Math.sqrt(10), 6);
  });

  test('a single cut has no interval, cuts that agree a narrow one, none is refused', () => {
    expect(acrossFigure([0.4], 0.1)).toEqual({ cuts: 1, mean: 0.4, deviation: null, low: null, high: null });
    expect(acrossFigure([0.5, 0.5], 0.1)).toEqual({ cuts: 2, mean: 0.5, deviation: 0, low: 0.5, high: 0.5 });
    expect(() => acrossFigure([], 0.1)).toThrow(RangeError);
  });

  test('the corrected t-test: with two degrees its p has a closed form', () => {
    const { difference, p } = acrossPaired([0.1, 0.2, 0.3], 0.25);
    const t = 0.2 / (0.1 * Math.sqrt(1 / 3 + 1 / 4));
    expect(difference.mean).toBeCloseTo(0.2, 12);
    expect(p).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 10);
    expect(acrossPaired([0.1, -0.1], 0.25).p).toBe(1);
    expect(acrossPaired([0.1], 0.25).p).toBeNull();
  });
});

describe('cuts together', () => {
  const at = (mean: number): Interval => ({ mean, low: mean, high: mean });
  const row = (id: string, recall: number | null, rmse: number | null): EntrantResult => ({
    id,
    state: recall === null && rmse === null ? 'failed' : 'done',
    error: null,
    fitMs: 10,
    bytes: 1,
    leftOut: 0,
    taste: rmse === null ? null : { rmse: at(rmse), mae: at(rmse / 2), ...WITHOUT_GROUPS },
    lists:
      recall === null
        ? null
        : ({
            metrics: Object.fromEntries(
              ['hitRate', 'precision', 'recall', 'ndcg', 'averagePrecision', 'reciprocalRank'].map((metric) => [
                metric,
                at(recall),
              ]),
            ),
            auc: null,
            exposure: {
              coverage: at(0.5),
              gini: null,
              novelty: null,
              popularityLift: null,
              diversity: null,
              serendipity: recall > 0.25 ? at(0.1) : null,
            },
            sampled: null,
          } as unknown as EntrantResult['lists']),
  });
  const cut = (...entrants: readonly EntrantResult[]) =>
    ({ protocol: { trainPairs: 80, testPairs: 20 }, popularity: null, entrants }) as unknown as ComparisonResult;
  const how = { kind: 'folds', asked: 3, untested: 0 } as const;

  test('means by entrant, leaders by mean, differences cut by cut; what a cut has not is not a zero', () => {
    const made = acrossCuts(
      [
        cut(row('a', 0.3, 0.9), row('b', 0.2, null), row('c', 0.9, null)),
        cut(row('a', 0.2, 0.8), row('b', 0.25, null), row('c', null, null)),
        cut(row('a', 0.4, 1), row('b', 0.3, null), row('c', 0.9, null)),
      ],
      how,
    );
    expect(made).toMatchObject({ kind: 'folds', asked: 3, done: 3, untested: 0, ratio: 0.25, popularity: null });
    const [a, b, c] = made.entrants.map(({ figures }) => figures);
    expect(a.recall).toMatchObject({ cuts: 3 });
    expect(a.recall?.mean).toBeCloseTo(0.3, 12);
    expect(a.rmse?.mean).toBeCloseTo(0.9, 12);
    expect(a.serendipity).toMatchObject({ cuts: 2, mean: 0.1 });
    expect(b.rmse).toBeUndefined();
    expect(b.auc).toBeUndefined();
    expect(c.recall).toMatchObject({ cuts: 2, mean: 0.9 });
    // c was not there in every cut: the hard one would be missing
    expect(made.best.lists).toMatchObject({ id: 'a', metric: 'recall' });
    const pairs = made.best.lists?.pairs ?? [];
    expect(pairs.map(({ first, second, difference }) => [first, second, difference.cuts])).toEqual([
      ['a', 'b', 3],
      ['a', 'c', 2],
      ['b', 'c', 2],
    ]);
    expect(pairs[0].difference.mean).toBeCloseTo((0.1 - 0.05 + 0.1) / 3, 12);
    expect(pairs[1].difference.mean).toBeCloseTo(-0.55, 12);
    expect(pairs[2].difference.mean).toBeCloseTo((-0.7 - 0.6) / 2, 12);
    expect(pairs[2]).toEqual({ first: 'b', second: 'c', ...acrossPaired([0.2 - 0.9, 0.3 - 0.9], 0.25) });
    expect(made.best.taste).toEqual({ id: 'a', metric: 'rmse', pairs: [] });
  });

  test('an entrant that is waiting in a cut leaves that cut undone', () => {
    const waiting: EntrantResult = { ...row('b', null, null), state: 'waiting' };
    const made = acrossCuts([cut(row('a', 0.3, null), row('b', 0.2, null)), cut(row('a', 0.2, null), waiting)], how);
    expect(made.done).toBe(1);
    expect(made.entrants[1].figures.recall).toMatchObject({ cuts: 1, deviation: null });
    expect(made.entrants[0].figures.recall).toMatchObject({ cuts: 2 });
  });
});
