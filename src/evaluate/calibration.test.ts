import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { NOT_FOUND } from '../compute/device.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import { createResamples } from './bootstrap.ts';
import { type Calibration, calibrationOf, type MeasuredCalibration } from './calibration.ts';
import { fitIsotonic, isotonicValue } from './isotonic.ts';
import type { ScoredLists } from './ranking.ts';

interface Suggestion {
  readonly score: number;
  readonly chosen: boolean;
}

/** One list a customer: product p stands at place p, and is held out where it is chosen; 99 is held out and never listed. */
function judged(rows: readonly (readonly Suggestion[])[], seed = 1): Promise<Calibration> {
  const length = Math.max(...rows.map((row) => row.length));
  const lists: ScoredLists = {
    users: Uint32Array.from(rows, (_, q) => q),
    length,
    items: Uint32Array.from(rows.flatMap((row) => Array.from({ length }, (_, p) => (p < row.length ? p : NOT_FOUND)))),
    scores: Float32Array.from(
      rows.flatMap((row) => Array.from({ length }, (_, p) => row[p]?.score ?? Number.NEGATIVE_INFINITY)),
    ),
  };
  const held = rows.map((row) => [...row.flatMap(({ chosen }, p) => (chosen ? [p] : [])), 99]);
  let end = 0;
  const choices: HeldOutChoices = {
    users: lists.users,
    pointers: Uint32Array.from([0, ...held.map(({ length }) => (end += length))]),
    items: Uint32Array.from(held.flat()),
  };
  return calibrationOf(lists, choices, createResamples(seed, 200));
}

async function measured(rows: readonly (readonly Suggestion[])[], seed?: number): Promise<MeasuredCalibration> {
  const calibration = await judged(rows, seed);
  if (calibration.kind !== 'measured') throw new Error(JSON.stringify(calibration));
  return calibration;
}

/** So many customers with the same list: every half learns the same, so everything can be worked out by hand. */
const times = (customers: number, row: readonly Suggestion[]) => Array.from({ length: customers }, () => row);
const suggestion = (score: number, chosen: 0 | 1): Suggestion => ({ score, chosen: chosen === 1 });

describe('by hand', () => {
  test('three of four chosen at score 3, one of four at score 1', async () => {
    const high = [1, 1, 1, 0].map((chosen) => suggestion(3, chosen as 0 | 1));
    const low = [0, 0, 1, 0].map((chosen) => suggestion(1, chosen as 0 | 1));
    const { bins, ...figures } = await measured(times(20, [...high, ...low]));
    // forecasts ¾ and ¼: (¼)² in three of four cases, (¾)² in one, so 3/16; the base rate ½ misses by ¼
    expect(figures).toEqual({
      kind: 'measured',
      suggestions: 160,
      hits: 80,
      unscored: 0,
      passed: 0,
      brier: 3 / 16,
      baseBrier: 1 / 4,
      skill: { mean: 1 / 4, low: 1 / 4, high: 1 / 4 },
      error: 0,
    });
    expect(bins.map(({ forecast, observed, count }) => [forecast, observed, count])).toEqual([
      [1 / 4, 1 / 4, 80],
      [3 / 4, 3 / 4, 80],
    ]);
    // Wilson of 20 and of 60 of 80, SciPy's binomtest
    expect(bins[0].low).toBeCloseTo(0.1680623185754238, 12);
    expect(bins[1].high).toBeCloseTo(0.8319376814245761, 12);
  });

  test('a score that says everything, one that says nothing, one that says the opposite', async () => {
    const row = (scores: readonly number[]) => scores.map((score, p) => suggestion(score, p < 2 ? 1 : 0));
    expect(await measured(times(50, row([5, 4, 1, 0])))).toMatchObject({ brier: 0, error: 0, skill: { mean: 1 } });
    const flat = await measured(times(50, row([2, 2, 2, 2])));
    expect(flat).toMatchObject({ brier: 1 / 4, baseBrier: 1 / 4, error: 0, skill: { mean: 0, low: 0, high: 0 } });
    expect(flat.bins).toHaveLength(1);
    expect((await measured(times(50, row([0, 1, 4, 5])))).skill.mean).toBe(0);
  });

  test('empty places are no suggestions; what has no number for a score is counted and left out', async () => {
    const row = [
      suggestion(2, 1),
      suggestion(1, 0),
      suggestion(Number.NaN, 1),
      suggestion(Number.POSITIVE_INFINITY, 0),
    ];
    const rows = times(60, row).map((one, q) => (q % 2 === 0 ? one : one.slice(0, 2)));
    expect(await measured(rows)).toMatchObject({ suggestions: 120, hits: 60, unscored: 60, brier: 0 });
  });
});

test('too few hits, too few misses, and hits all in one half: said, with how many it takes', async () => {
  const rare = times(49, [suggestion(2, 1), suggestion(1, 0), suggestion(0, 0)]);
  expect(await judged(rare)).toEqual({
    kind: 'tooFew',
    suggestions: 147,
    hits: 49,
    unscored: 0,
    passed: 0,
    needed: 50,
  });
  expect(await judged(times(60, [suggestion(2, 1)]))).toMatchObject({ kind: 'tooFew', hits: 60 });
  expect(await judged(times(60, [suggestion(2, 0)]))).toMatchObject({ kind: 'tooFew', hits: 0 });
  const one = Array.from({ length: 60 }, () => suggestion(1, 1));
  expect(await judged([one, one.map(() => suggestion(1, 0))])).toMatchObject({ kind: 'tooFew', hits: 60 });
});

test('nothing is judged on what it was fitted on: noise has no skill, though it would have some on itself', async () => {
  const random = createRandom(3);
  let [flattered, honest] = [0, 0];
  const rounds = 20;
  for (let round = 0; round < rounds; round++) {
    const rows = Array.from({ length: 50 }, () =>
      Array.from({ length: 5 }, () => ({ score: Math.fround(random.next()), chosen: random.next() < 0.4 })),
    );
    const all = rows.flat();
    const own = fitIsotonic(
      Float32Array.from(all, ({ score }) => score),
      Float32Array.from(
        all.filter(({ chosen }) => chosen),
        ({ score }) => score,
      ),
    );
    const rate = all.filter(({ chosen }) => chosen).length / all.length;
    const brier = (forecast: (score: number) => number) =>
      all.reduce((sum, { score, chosen }) => sum + (forecast(score) - Number(chosen)) ** 2, 0) / all.length;
    flattered += 1 - brier((score) => isotonicValue(own, score)) / brier(() => rate);
    honest += (await measured(rows, round)).skill.mean;
  }
  expect(flattered / rounds).toBeGreaterThan(0.005);
  expect(honest / rounds).toBeLessThan(0);
});

test('each half is forecast with the other one: where all scores are alike, what was observed in one is forecast of the other', async () => {
  const random = createRandom(17);
  const rows = Array.from({ length: 150 }, () => [{ score: 1, chosen: random.next() < 0.5 }]);
  const { bins, brier, baseBrier } = await measured(rows);
  expect(bins.map(({ count }) => count)).toEqual([75, 75]);
  const [low, high] = bins;
  expect(low.observed).not.toBe(high.observed);
  expect(low.forecast).toBeCloseTo(high.observed, 12);
  expect(high.forecast).toBeCloseTo(low.observed, 12);
  // p(1 − p) within each half, and the square of how far the two are apart
  const [p, q] = [low.observed, high.observed];
  expect(brier).toBeCloseTo((p * (1 - p) + q * (1 - q)) / 2 + (p - q) ** 2, 12);
  expect(baseBrier).toBeCloseTo(brier, 12);
});

test('a score whose odds are known: forecasts come near them, bins are of one size and their shares inside their intervals', async () => {
  const random = createRandom(11);
  // the chance of being chosen is the square of the score
  const rows = Array.from({ length: 1500 }, () =>
    Array.from({ length: 10 }, () => {
      const score = Math.fround(random.next());
      return { score, chosen: random.next() < score * score };
    }),
  );
  const { bins, brier, baseBrier, error, skill, suggestions } = await measured(rows);
  expect(suggestions).toBe(15_000);
  // E p(1 − p) with p = s²: 1/3 − 1/5; the base rate 1/3 misses by 2/9
  expect(brier).toBeCloseTo(1 / 3 - 1 / 5, 2);
  expect(baseBrier).toBeCloseTo(2 / 9, 2);
  expect(skill.low).toBeLessThan(0.4);
  expect(skill.high).toBeGreaterThan(0.4 - 0.02);
  expect(error).toBeLessThan(0.02);
  expect(bins.length).toBeGreaterThan(7);
  expect(bins.length).toBeLessThanOrEqual(10);
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(15_000);
  expect(bins.reduce((sum, { count, observed }) => sum + count * observed, 0)).toBeCloseTo(
    rows.flat().filter(({ chosen }) => chosen).length,
    6,
  );
  bins.forEach(({ forecast, observed, low, high }, b) => {
    if (b > 0) expect(forecast).toBeGreaterThan(bins[b - 1].forecast);
    expect(low).toBeLessThanOrEqual(observed);
    expect(high).toBeGreaterThanOrEqual(observed);
  });
  const gap = bins.reduce(
    (sum, { forecast, observed, count }) => sum + (count / 15_000) * Math.abs(forecast - observed),
    0,
  );
  expect(error).toBeCloseTo(gap, 12);
});

test('seeded: the same again, in other halves for another seed; a single suggestion is no mistake', async () => {
  const random = createRandom(5);
  const rows = Array.from({ length: 80 }, () =>
    Array.from({ length: 5 }, () => ({ score: random.integer(9), chosen: random.next() < 0.4 })),
  );
  expect(await judged(rows, 4)).toEqual(await judged(rows, 4));
  expect(await judged(rows, 4)).not.toEqual(await judged(rows, 5));
  const lists: ScoredLists = {
    users: Uint32Array.of(0),
    length: 1,
    items: Uint32Array.of(0),
    scores: Float32Array.of(1),
  };
  const none: HeldOutChoices = { users: Uint32Array.of(0), pointers: Uint32Array.of(0, 1), items: Uint32Array.of(0) };
  expect(await calibrationOf(lists, none, createResamples(1))).toMatchObject({ kind: 'tooFew', hits: 1 });
});
