import { describe, expect, it } from 'vitest';
import { type SearchedSetting, searchedNames } from '../../evaluate/search-spaces.ts';
import type { Candidate, TuningCheck, TuningResult } from '../../evaluate/tuning-result.ts';
import { english } from '../../i18n/en.ts';
import type { RunSummary, TrainRequest } from '../../worker/api/training.ts';
import type { Tuning } from '../../worker/api/tuning.ts';
import {
  adoptionOf,
  decimalsOf,
  findingOf,
  isWorthTraining,
  pictureOf,
  searchableOn,
  settingsFound,
} from './tuning-view.ts';

const settings: readonly SearchedSetting[] = [
  { name: 'factors', low: 10, high: 1000, scale: 'log', step: 1, value: 100 },
  { name: 'weightPower', low: 0, high: 2, scale: 'linear', step: 0, value: 0.5 },
];
const candidate = (id: number, figure: number | null, changes: Partial<Candidate> = {}): Candidate => ({
  id,
  settings: { factors: 100, weightPower: 0.5 },
  state: figure === null ? 'failed' : 'finished',
  epochs: 9,
  figure,
  error: null,
  ...changes,
});
const versus = (low: number, high: number) => ({
  difference: { mean: (low + high) / 2, low, high },
  p: 0.01,
  better: 0.4,
  equal: 0.4,
  worse: 0.2,
});
const interval = (mean: number) => ({ mean, low: mean - 0.01, high: mean + 0.01 });
const check = (changes: Partial<TuningCheck> = {}): TuningCheck => ({
  customers: 100,
  defaults: interval(0.216),
  best: interval(0.224),
  versus: versus(0.002, 0.014),
  ...changes,
});
const tuning = (result: Partial<TuningResult> = {}): Tuning => ({
  request: { model: 'mf', head: 'choice', preset: 'balanced', seconds: 60, seed: 1 },
  madeAt: 0,
  result: {
    model: 'mf',
    head: 'choice',
    metric: 'recall',
    seed: 1,
    settings,
    rungs: [3, 9],
    candidates: [candidate(0, 0.2), candidate(1, 0.23, { settings: { factors: 50, weightPower: 0.25 } })],
    best: 1,
    seconds: 58,
    stopped: false,
    check: check(),
    ...result,
  },
});

it('what may be searched has a name and a sentence, and nothing else has', () => {
  const names = [...searchedNames()].sort();
  expect(Object.keys(english.tuning.setting).sort()).toEqual(names);
  expect(Object.keys(english.tuning.meaning).sort()).toEqual(names);
});

it('models are offered with the heads they have something to search in, lists first', () => {
  const explicit = new Map(searchableOn('explicit').map(({ model, heads }) => [model, heads]));
  expect(explicit.get('mf')).toEqual(['choice', 'taste']);
  expect(explicit.get('autorec')).toEqual(['taste']);
  expect(explicit.get('ease')).toEqual(['choice']);
  expect(explicit.has('popularity')).toBe(false);
  const implicit = new Map(searchableOn('implicit').map(({ model, heads }) => [model, heads]));
  expect(implicit.get('mf')).toEqual(['choice']);
  expect(implicit.has('autorec')).toBe(false);
});

it('a value has as many decimals as its three digits need', () => {
  expect([90, 4.5, 0.3, 0.0135, 180.83, 1000, 3.281, 0, 1e-9].map(decimalsOf)).toEqual([0, 1, 1, 4, 0, 0, 2, 0, 5]);
});

describe('pictureOf', () => {
  it('puts the best figure on top of its axis, whichever way is better, and orders by it', () => {
    const candidates = [candidate(0, 0.2), candidate(1, 0.3), candidate(2, 0.25), candidate(3, null)];
    const lists = pictureOf(settings, candidates, 'recall');
    expect(lists.range).toEqual({ worse: 0.2, better: 0.3 });
    expect(lists.lines.map(({ candidate: { id }, role }) => [id, role])).toEqual([
      [1, 'best'],
      [2, 'plain'],
      [0, 'defaults'],
      [3, 'dropped'],
    ]);
    const tops = lists.lines.map(({ shares }) => shares[2]);
    expect(tops[0]).toBe(1);
    expect(tops[1]).toBeCloseTo(0.5, 12);
    expect(tops.slice(2)).toEqual([0, null]);
    expect(lists.lines.map(({ rank }) => rank)).toEqual([1, 0.5, 0, 0]);

    const stars = pictureOf(settings, candidates, 'mae');
    expect(stars.range).toEqual({ worse: 0.3, better: 0.2 });
    expect(stars.lines.map(({ candidate: { id }, role }) => [id, role])).toEqual([
      [0, 'best'],
      [2, 'plain'],
      [1, 'plain'],
      [3, 'dropped'],
    ]);
    expect(stars.lines[0].shares[2]).toBe(1);
  });

  it('places settings on their own scales', () => {
    const { lines } = pictureOf(settings, [candidate(0, 0.2)], 'recall');
    // 100 is in the middle between 10 and 1,000, 0.5 a quarter of the way to 2
    expect(lines[0].shares[0]).toBeCloseTo(0.5, 12);
    expect(lines[0].shares[1]).toBeCloseTo(0.25, 12);
  });

  it('has nothing to draw a figure of before there is one', () => {
    const running = candidate(0, null, { state: 'running' });
    expect(pictureOf(settings, [running], 'recall')).toMatchObject({ range: null, lines: [{ role: 'defaults' }] });
    expect(pictureOf(settings, [], 'recall')).toEqual({ range: null, lines: [] });
  });
});

describe('findingOf', () => {
  it('claims what the test part says, where it is beyond doubt', () => {
    expect(findingOf(tuning())).toEqual({ kind: 'lists', found: 0.224, usual: 0.216 });
    const stars = { metric: 'mae', check: check({ versus: versus(-0.02, -0.001) }) } as const;
    expect(findingOf(tuning(stars))).toEqual({ kind: 'stars', found: 0.224, usual: 0.216 });
  });

  it('claims nothing otherwise', () => {
    expect(findingOf(tuning({ check: check({ versus: versus(-0.001, 0.01) }) }))).toEqual({ kind: 'same' });
    expect(findingOf(tuning({ best: 0, check: check({ versus: null }) }))).toEqual({ kind: 'same' });
    expect(findingOf(tuning({ best: 0, candidates: [candidate(0, 0.2)] }))).toEqual({ kind: 'onlyDefaults' });
  });

  it('says so where it was stopped, or where the check or the defaults failed', () => {
    const unchecked = { check: null, stopped: true };
    expect(findingOf(tuning(unchecked))).toEqual({ kind: 'stoppedBetter', found: 0.23, usual: 0.2 });
    expect(findingOf(tuning({ ...unchecked, best: 0 }))).toEqual({ kind: 'stoppedSame' });
    expect(findingOf(tuning({ check: null }))).toEqual({ kind: 'uncheckedBetter', found: 0.23, usual: 0.2 });
    const failed = [candidate(0, null), candidate(1, 0.23)];
    expect(findingOf(tuning({ candidates: failed, check: check({ defaults: null, versus: null }) }))).toEqual({
      kind: 'noDefaults',
      found: 0.224,
    });
    expect(findingOf(tuning({ ...unchecked, candidates: failed }))).toEqual({
      kind: 'noDefaultsUnchecked',
      found: 0.23,
    });
  });
});

it('what was found is worth a training where the test part does not speak against it', () => {
  expect(isWorthTraining(tuning())).toBe(true);
  expect(isWorthTraining(tuning({ check: null }))).toBe(true);
  expect(isWorthTraining(tuning({ best: 0 }))).toBe(false);
  expect(isWorthTraining(tuning({ check: check({ versus: versus(-0.02, 0.001) }) }))).toBe(false);
  expect(isWorthTraining(tuning({ metric: 'mae', check: check({ versus: versus(-0.02, 0.001) }) }))).toBe(true);
});

describe('adoption', () => {
  const found = { 'choice.factors': 50, 'choice.weightPower': 0.25 };
  const request = (changes: Partial<TrainRequest> = {}): TrainRequest => ({
    model: 'mf',
    preset: 'balanced',
    settings: found,
    seed: 1,
    ...changes,
  });

  it('is of what was found, by head and name; the defaults are nothing to adopt', () => {
    expect(settingsFound(tuning())).toEqual(found);
    expect(settingsFound(tuning({ best: 0 }))).toBeNull();
  });

  it('knows runs with the same settings, and only those', () => {
    const runs = (...requests: TrainRequest[]) => requests.map((one) => ({ request: one }) as RunSummary);
    expect(adoptionOf(tuning(), [], [])).toBe('none');
    expect(adoptionOf(tuning(), runs(request()), [])).toBe('done');
    expect(adoptionOf(tuning(), runs(request()), [request()])).toBe('underWay');
    // What was trained under other privacy settings is another model.
    const careful = { fewest: 5, most: null };
    expect(adoptionOf(tuning(), runs(request()), [], careful)).toBe('none');
    expect(adoptionOf(tuning(), runs({ ...request(), privacy: careful }), [], careful)).toBe('done');
    expect(adoptionOf(tuning(), runs({ ...request(), privacy: careful }), [])).toBe('none');
    const others = [
      request({ settings: {} }),
      request({ settings: { ...found, 'choice.reg': 1 } }),
      request({ settings: { ...found, 'choice.factors': 51 } }),
      request({ model: 'ease' }),
      request({ preset: 'best' }),
    ];
    expect(adoptionOf(tuning(), runs(...others), others)).toBe('none');
    expect(adoptionOf(tuning({ best: 0 }), runs(request()), [])).toBe('none');
  });
});
