import { describe, expect, it } from 'vitest';
import type { Interval } from '../../evaluate/bootstrap.ts';
import type { EntrantResult, Leader, ListScores } from '../../evaluate/comparison-result.ts';
import { WITHOUT_GROUPS } from '../../evaluate/group-errors.ts';
import type { Comparison } from '../../worker/api/comparing.ts';
import { crownsOf } from './crowns.ts';
import { type Column, ENTRANTS, type Line } from './quality-view.ts';

type Figures = Partial<Record<'recall' | 'ndcg' | 'rmse' | 'mae', number>>;

const at = (mean: number): Interval => ({ mean, low: mean, high: mean });

/** A line of which only some figures are looked at. */
function line(place: number, { recall, ndcg, rmse, mae }: Figures): Line {
  const entrant = ENTRANTS[place];
  const lists =
    recall === undefined
      ? null
      : ({
          metrics: { recall: at(recall), ndcg: at(ndcg ?? 0) },
          exposure: { coverage: at(0.5), novelty: at(recall) },
        } as unknown as ListScores);
  const taste = rmse === undefined || mae === undefined ? null : { rmse: at(rmse), mae: at(mae), ...WITHOUT_GROUPS };
  const result: EntrantResult = {
    id: entrant.id,
    state: 'done',
    error: null,
    fitMs: 1,
    bytes: 1,
    leftOut: 0,
    taste,
    lists,
  };
  return { entrant, state: 'done', result };
}

/** A leader with how often chance would set others as far behind it. */
function leader(metric: Leader['metric'], { entrant }: Line, others: readonly (readonly [Line, number])[]): Leader {
  return {
    id: entrant.id,
    metric,
    pairs: others.map(([other, p]) => ({
      first: other.entrant.id,
      second: entrant.id,
      difference: at(-0.01),
      p,
      better: 0.3,
      equal: 0.3,
      worse: 0.4,
    })),
  };
}

const led = (lists: Leader | null, taste: Leader | null = null) =>
  ({ result: { best: { lists, taste } } }) as unknown as Comparison;
const percent = (value: number) => `${(100 * value).toFixed(1)}%`;

function crowned(lines: readonly Line[], column: Column, comparison: Comparison) {
  const crowns = crownsOf(lines, column, comparison, percent);
  return crowns && { kind: crowns.kind, ids: crowns.lines.map(({ entrant }) => entrant.id) };
}

const ids = (...lines: readonly Line[]) => lines.map(({ entrant }) => entrant.id);

describe('a column in which differences are tested', () => {
  const [first, close, behind, failed] = [
    line(0, { recall: 0.21, ndcg: 0.3 }),
    line(1, { recall: 0.2, ndcg: 0.3 }),
    line(2, { recall: 0.205, ndcg: 0.1 }),
    line(3, {}),
  ];
  // In the order of another column, as somebody may have sorted them.
  const lines = [failed, behind, close, first];

  it('has one that is best where chance does not explain its lead', () => {
    const comparison = led(
      leader('recall', first, [
        [close, 0.01],
        [behind, 0.05],
      ]),
    );
    expect(crowned(lines, 'recall', comparison)).toEqual({ kind: 'alone', ids: ids(first) });
  });

  it('crowns everybody who may be as good, though one between them is clearly behind', () => {
    const comparison = led(
      leader('recall', first, [
        [close, 0.051],
        [behind, 0.001],
      ]),
    );
    expect(crowned(lines, 'recall', comparison)).toEqual({ kind: 'doubt', ids: ids(first, close) });
  });

  it('goes by the test and not by what is shown', () => {
    const [one, two] = [line(0, { recall: 0.2101 }), line(1, { recall: 0.21 })];
    expect(crowned([two, one], 'recall', led(leader('recall', one, [[two, 0.001]])))).toEqual({
      kind: 'alone',
      ids: ids(one),
    });
    // Of two that are exactly as good either may have been taken for the leader.
    const [same, other] = [line(0, { recall: 0.21 }), line(1, { recall: 0.21 })];
    expect(crowned([same, other], 'recall', led(leader('recall', other, [[same, 1]])))).toEqual({
      kind: 'doubt',
      ids: ids(other, same),
    });
  });

  it('is tested in its own figure alone', () => {
    const candidates = led(
      leader('hitRate', first, [
        [close, 0.6],
        [behind, 0.6],
      ]),
    );
    expect(crowned(lines, 'recall', candidates)).toEqual({ kind: 'alone', ids: ids(first) });
    const comparison = led(
      leader('recall', first, [
        [close, 0.6],
        [behind, 0.6],
      ]),
    );
    expect(crowned(lines, 'ndcg', comparison)).toEqual({ kind: 'same', ids: ids(close, first) });
  });
});

describe('stars, which are tested by their squared misses', () => {
  const [sharp, near, far] = [
    line(0, { rmse: 0.9, mae: 0.7 }),
    line(1, { rmse: 0.91, mae: 0.71 }),
    line(2, { rmse: 0.95, mae: 0.75 }),
  ];
  const lines = [far, near, sharp];

  it('say the same of plain misses where the leader is the same', () => {
    const comparison = led(
      null,
      leader('rmse', sharp, [
        [near, 0.2],
        [far, 0.001],
      ]),
    );
    for (const column of ['rmse', 'mae'] as const) {
      expect(crowned(lines, column, comparison)).toEqual({ kind: 'doubt', ids: ids(sharp, near) });
    }
  });

  it('leave it open where another one leads in plain misses', () => {
    const plain = line(3, { rmse: 0.92, mae: 0.69 });
    const comparison = led(
      null,
      leader('rmse', sharp, [
        [near, 0.2],
        [far, 0.001],
        [plain, 0.3],
      ]),
    );
    expect(crowned([plain, ...lines], 'mae', comparison)).toEqual({
      kind: 'split',
      ids: ids(plain, sharp, near),
    });
    // Though the test is sure that it is worse by squared ones.
    const clear = led(
      null,
      leader('rmse', sharp, [
        [near, 0.01],
        [far, 0.001],
        [plain, 0.001],
      ]),
    );
    expect(crowned([plain, ...lines], 'mae', clear)).toEqual({ kind: 'split', ids: ids(plain, sharp) });
    expect(crowned([plain, ...lines], 'rmse', comparison)).toEqual({ kind: 'doubt', ids: ids(sharp, near, plain) });
  });
});

describe('a column without a test', () => {
  it('shares the crown among those who show the same figure', () => {
    const lines = [line(0, { recall: 0.1, ndcg: 0.26441 }), line(1, { recall: 0.1, ndcg: 0.26436 })];
    expect(crowned(lines, 'ndcg', led(null))).toEqual({ kind: 'same', ids: ids(...lines) });
    const apart = [lines[0], line(1, { recall: 0.1, ndcg: 0.263 })];
    expect(crowned(apart, 'ndcg', led(null))).toEqual({ kind: 'alone', ids: ids(lines[0]) });
  });

  it('crowns nobody for being quick, small or random, nor where nobody has a figure', () => {
    const lines = [line(0, { recall: 0.2 }), line(1, { recall: 0.1 })];
    for (const column of ['fit', 'bytes', 'novelty', 'coverage', 'mae'] as const) {
      expect(crownsOf(lines, column, led(null), percent)).toBeNull();
    }
  });
});
