import { expect, it } from 'vitest';
import type { Tuning } from './api/tuning.ts';
import { keptTuning } from './kept-tuning.ts';

const interval = { mean: 0.2, low: 0.1, high: 0.3 };
const tuning: Tuning = {
  request: { model: 'ease', head: 'choice', preset: 'balanced', seconds: 10, seed: 1 },
  madeAt: 5,
  result: {
    model: 'ease',
    head: 'choice',
    metric: 'recall',
    seed: 1,
    settings: [{ name: 'lambda', low: 10, high: 1000, scale: 'log', step: 0, value: 100 }],
    rungs: [1],
    candidates: [
      { id: 0, settings: { lambda: 100 }, state: 'finished', epochs: 1, figure: 0.2, error: null },
      { id: 1, settings: { lambda: 300 }, state: 'failed', epochs: 0, figure: null, error: 'trainingDiverged' },
      { id: 2, settings: { lambda: 200 }, state: 'finished', epochs: 1, figure: 0.21, error: null },
    ],
    best: 2,
    seconds: 9,
    stopped: false,
    check: {
      customers: 50,
      defaults: interval,
      best: interval,
      versus: { difference: interval, p: 0.04, better: 0.3, equal: 0.5, worse: 0.2 },
    },
  },
};

/** The same with something else at a path. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(tuning) as unknown as Record<string | number, unknown>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  at[path[path.length - 1]] = value;
  return copy;
}

it('a search comes back as it was, stopped and unchecked ones too', () => {
  expect(keptTuning(structuredClone(tuning))).toEqual(tuning);
  for (const check of [null, { customers: 1, defaults: null, best: interval, versus: null }]) {
    const other = changed(['result', 'check'], check);
    expect(keptTuning(other)).toEqual(other);
  }
});

it('is believed whole or not at all', () => {
  for (const nothing of [undefined, null, 7, 'x', [], {}]) expect(keptTuning(nothing)).toBeNull();
  const wrong: readonly (readonly [readonly (string | number)[], unknown])[] = [
    [['madeAt'], 'now'],
    [['request'], null],
    [['request', 'model'], 'deepthought'],
    [['request', 'preset'], 'huge'],
    [['request', 'head'], 'taste'],
    [['request', 'seconds'], Number.NaN],
    [['result', 'model'], 'mf'],
    [['result', 'metric'], 'ndcg'],
    [['result', 'best'], 1],
    [['result', 'best'], 7],
    [['result', 'best'], 0.5],
    [['result', 'stopped'], 'no'],
    [
      ['result', 'rungs'],
      [1, null],
    ],
    [['result', 'settings', 0, 'name'], 'constructor'],
    [['result', 'settings', 0, 'low'], '10'],
    [['result', 'settings', 0, 'scale'], 'cubic'],
    [['result', 'candidates'], {}],
    [['result', 'candidates', 1], null],
    [['result', 'candidates', 2, 'id'], 5],
    [['result', 'candidates', 2, 'state'], 'running'],
    [['result', 'candidates', 2, 'figure'], undefined],
    [['result', 'candidates', 2, 'settings'], {}],
    [['result', 'candidates', 2, 'settings', 'lambda'], Number.POSITIVE_INFINITY],
    [['result', 'check', 'best'], null],
    [['result', 'check', 'versus', 'difference', 'low'], 'a'],
  ];
  for (const [path, value] of wrong)
    expect({ path, kept: keptTuning(changed(path, value)) }).toEqual({ path, kept: null });
});
