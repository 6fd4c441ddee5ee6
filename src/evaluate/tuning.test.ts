import { afterEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../base/error.ts';
import { findEntry, pairsFromCsr } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import { splitRatings } from '../data/split.ts';
import { ease } from '../models/ease.ts';
import { mfChoice } from '../models/mf-choice.ts';
import { mfTaste } from '../models/mf-taste.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import type { Checkpoint, FitContext, Fitted, TasteModel } from '../models/recommender.ts';
import { planHead } from './head-plan.ts';
import { runTrial } from './protocol.ts';
import type { SearchSpace, Tunable } from './search-spaces.ts';
import { tunable } from './search-spaces.ts';
import { runTuning, type TuningRequest } from './tuning.ts';
import { bestOf, type Candidate, type TuningResult, verdictOf } from './tuning-result.ts';

const device = createReferenceDevice();
const ratings = plantedRatings({ users: 60, items: 30, perUser: 15, noise: 0.4, seed: 5 });

/** How far off the fake is after 3, 9 and 27 epochs; an error is what its fit throws. */
type Course = readonly (number | Error)[];
const RUNGS = [3, 9, 27];

interface Fit {
  readonly id: number;
  readonly epochs: number;
  readonly from: number;
}

/** A recommender that is off by exactly what its course says: the defaults' is the first, then one for each candidate. */
function fake(
  courses: readonly Course[],
  on: { fit?: (fit: Fit, context: FitContext) => void | Promise<void>; bytes?: number; epochs?: number } = {},
) {
  const fits: Fit[] = [];
  let plans = 0;
  const { byUser } = ratings;
  const modelOff = (by: number): TasteModel => ({
    name: 'means',
    head: 'taste',
    async predict(users, items) {
      return Float32Array.from(users, (user, p) => byUser.values[findEntry(byUser, user, items[p])] + by);
    },
    toBytes: () => new Uint8Array(1),
    destroy() {},
  });
  const space: SearchSpace = {
    settings: [{ name: 'x', low: 0, high: 1, scale: 'linear', step: 0, value: 0.5 }],
    epochs: on.epochs ?? 27,
    byEpochs: true,
  };
  const it: Tunable<TasteModel> = {
    name: 'means',
    head: 'taste',
    space: () => space,
    plan() {
      const id = plans++;
      const course = courses[id % courses.length];
      const fitted = (epochs: number): Fitted<TasteModel> => {
        const off = course[RUNGS.indexOf(epochs)];
        if (off instanceof Error) throw off;
        return { model: modelOff(off), epochs, fitMs: 0, stoppedEarly: false };
      };
      return {
        name: 'means',
        head: 'taste',
        refitsBeforeTest: false,
        settled: false,
        async choose(_, context, epochs = space.epochs) {
          const fit = { id, epochs, from: context.resumeFrom?.epoch ?? 0 };
          fits.push(fit);
          await on.fit?.(fit, context);
          const made = fitted(epochs);
          const state = { all: { byteLength: on.bytes ?? 8 } as Float32Array };
          context.onCheckpoint?.({
            model: 'means',
            head: 'taste',
            epoch: epochs,
            state,
            best: { epoch: epochs, validation: 0, state },
          } as Checkpoint);
          return made;
        },
        again: async () => fitted(space.epochs),
        seconds: async () => 0,
        decided: () => ({}),
        shrink: () => null,
      };
    },
  };
  return { tunable: it, fits };
}

const request = (changes: Partial<TuningRequest> & Pick<TuningRequest, 'tunable'>): TuningRequest => ({
  data: ratings,
  split: 'random',
  holdout: 0.2,
  seed: 3,
  budget: 60,
  device,
  ...changes,
});
const off = (figure: number): Course => [figure, figure, figure];
const states = ({ candidates }: TuningResult) => candidates.map(({ state }) => state);

/** A clock that stands still but for what the test adds to it, ms. */
function stoppedClock() {
  const clock = { now: 0 };
  vi.spyOn(performance, 'now').mockImplementation(() => clock.now);
  return clock;
}
afterEach(() => void vi.restoreAllMocks());

describe('a bracket worked by hand', () => {
  const courses: readonly Course[] = [
    [0.9, 0.7, 0.5],
    off(0.8),
    [0.6, 0.55, 0.1],
    off(0.7),
    [0.6, 0.45, 0.2],
    off(0.95),
    off(0.85),
    off(0.75),
    [0.65, 0.4, 0.3],
    off(0.9),
  ];

  test('a third goes on at each rung from where it stood, of equals both before the rest, the defaults always', async () => {
    const { tunable: it, fits } = fake(courses);
    const seen: Candidate[] = [];
    const result = await runTuning(
      request({ tunable: it, candidates: 9, hooks: { onCandidate: (candidate) => void seen.push(candidate) } }),
    );
    expect(result.rungs).toEqual(RUNGS);
    expect(fits.map(({ id, epochs, from }) => [id, epochs, from])).toEqual([
      [0, 3, 0],
      [0, 9, 3],
      [0, 27, 9],
      ...Array.from({ length: 9 }, (_, at) => [at + 1, 3, 0]),
      // 0.60, 0.60 and 0.65 are the best three of nine
      [2, 9, 3],
      [4, 9, 3],
      [8, 9, 3],
      // 0.40 is the best of three
      [8, 27, 9],
      // the check goes on from the end of what was found, and of the defaults
      [8, 27, 27],
      [0, 27, 27],
    ]);
    expect(result.best).toBe(8);
    expect(result.candidates[8].figure).toBeCloseTo(0.3, 6);
    expect(result.candidates.map(({ epochs }) => epochs)).toEqual([27, 3, 9, 3, 9, 3, 3, 3, 27, 3]);
    expect(states(result)).toEqual([
      'finished',
      'dropped',
      'dropped',
      'dropped',
      'dropped',
      'dropped',
      'dropped',
      'dropped',
      'finished',
      'dropped',
    ]);
    expect(seen.filter(({ id }) => id === 8).map(({ state }) => state)).toEqual([
      'running',
      'waiting',
      'promoted',
      'running',
      'waiting',
      'promoted',
      'running',
      'finished',
    ]);
    // everybody is off by as much everywhere: the test part says what validation said, beyond doubt
    expect(result.check?.best.mean).toBeCloseTo(0.3, 6);
    expect(result.check?.defaults?.mean).toBeCloseTo(0.5, 6);
    expect(result.check?.versus?.difference.mean).toBeCloseTo(-0.2, 6);
    expect(result.check?.versus?.better).toBe(1);
    expect(verdictOf(result)).toBe('better');
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('it is never worse than the defaults: where nothing is better they are the best, and scored once', async () => {
    const { tunable: it, fits } = fake([off(0.5), off(0.5), off(0.6), off(0.7)]);
    const result = await runTuning(request({ tunable: it, candidates: 3 }));
    expect(result.best).toBe(0);
    expect(verdictOf(result)).toBe('same');
    expect(result.check?.versus).toBeNull();
    expect(result.check?.best).toEqual(result.check?.defaults);
    expect(fits.filter(({ from }) => from === 27)).toEqual([{ id: 0, epochs: 27, from: 27 }]);
  });

  test('a difference that chance may have made is none', async () => {
    const interval = { mean: 0, low: 0, high: 0 };
    const check = (low: number, high: number, p: number) => ({
      metric: 'recall' as const,
      best: 4,
      check: {
        customers: 9,
        defaults: interval,
        best: interval,
        versus: { difference: { mean: 0.01, low, high }, p, better: 0.5, equal: 0, worse: 0.5 },
      },
    });
    expect(verdictOf(check(0.001, 0.02, 0.01))).toBe('better');
    expect(verdictOf(check(-0.001, 0.02, 0.01))).toBe('same');
    expect(verdictOf(check(0.001, 0.02, 0.06))).toBe('same');
    expect(verdictOf({ ...check(0.001, 0.02, 0.01), metric: 'mae' })).toBe('same');
    expect(verdictOf({ ...check(-0.02, -0.001, 0.01), metric: 'mae' })).toBe('better');
    expect(verdictOf({ metric: 'recall', best: 4, check: null })).toBe('unchecked');
  });
});

describe('candidates that fail', () => {
  const diverged = () => new AppError('trainingDiverged', { model: 'means' });

  test('are dropped and counted, the others go on among themselves', async () => {
    const { tunable: it } = fake([off(0.5), [diverged()], off(0.4), [new RangeError('lambda')], [0.3, diverged()]]);
    const result = await runTuning(request({ tunable: it, candidates: 4 }));
    expect(states(result)).toEqual(['finished', 'failed', 'dropped', 'failed', 'failed']);
    expect(result.candidates.map(({ error }) => error !== null)).toEqual([false, true, false, true, true]);
    // 0.4 after three epochs is the best figure that anybody had
    expect(result.best).toBe(2);
  });

  test('may be the defaults: what is found then stands alone', async () => {
    const { tunable: it } = fake([[diverged()], off(0.4), off(0.6), off(0.7)]);
    const result = await runTuning(request({ tunable: it, candidates: 3 }));
    expect(result.best).toBe(1);
    expect(result.check).toMatchObject({ defaults: null, versus: null });
    expect(result.check?.best.mean).toBeCloseTo(0.4, 6);
  });

  test('all of them: says how many, or what is wrong with the data; a mistake of ours is thrown as it is', async () => {
    const failing = (error: Error) => runTuning(request({ tunable: fake([[error]]).tunable, candidates: 4 }));
    await expect(failing(diverged())).rejects.toMatchObject({ code: 'searchFailed', params: { tried: 5 } });
    const few = new AppError('tooFewRatings', { count: 0, needed: 1 });
    await expect(failing(few)).rejects.toBe(few);
    await expect(failing(new TypeError('oops'))).rejects.toThrow('oops');
  });

  test('no figure at all is a failure too', async () => {
    const { tunable: it } = fake([off(0.5), off(Number.NaN), off(0.4)]);
    const result = await runTuning(request({ tunable: it, candidates: 2 }));
    expect(states(result)).toEqual(['finished', 'failed', 'finished']);
  });
});

describe('the budget', () => {
  /** Every epoch takes a second, and nothing else any time. */
  const run = async (budget: number, slow: (id: number) => number = () => 1) => {
    const clock = stoppedClock();
    const { tunable: it, fits } = fake([off(0.5)], {
      fit: ({ id, epochs, from }) => {
        clock.now += 1000 * (epochs - from) * slow(id);
      },
    });
    const result = await runTuning(request({ tunable: it, budget }));
    return { result, fits };
  };

  test('is used for as many as can be brought to an end in it', async () => {
    // The defaults take 27 s. n candidates: 3n s, then ⌊n / 3⌋ · 6 s, then ⌊⌊n / 3⌋ / 3⌋ (or one) · 18 s.
    // 90 s: n = 9 → 27 + 18 + 18 = 63 and all of it; n = 10 would be 66.
    const { result } = await run(90);
    expect(result.candidates).toHaveLength(1 + 9);
    expect(result.seconds).toBe(90);
    // 89 s: n = 8 → 24 + 12 + 18 = 54 ≤ 62, n = 9 → 63 > 62.
    expect((await run(89)).result.candidates).toHaveLength(1 + 8);
  });

  test('that is too short for anybody leaves the defaults, honestly', async () => {
    const { result } = await run(5);
    expect(result.candidates).toHaveLength(1);
    expect(result.best).toBe(0);
    expect(result.check?.best.mean).toBeCloseTo(0.5, 6);
  });

  test('is exceeded by one fit at the most, also where candidates are slower than the defaults', async () => {
    for (const budget of [60, 120, 240, 480]) {
      for (const slow of [2, 5]) {
        const { result } = await run(budget, (id) => (id % 3 === 0 && id > 0 ? slow : 1));
        expect(result.seconds).toBeLessThanOrEqual(budget + 27 * slow);
        expect(result.candidates.length).toBeGreaterThan(1);
      }
    }
  });

  test('has an end of candidates; pauses take none of it', async () => {
    expect((await run(1e6)).result.candidates).toHaveLength(1 + 27);
    const clock = stoppedClock();
    const { tunable: it } = fake([off(0.5)], {
      fit: ({ epochs, from }) => {
        clock.now += 1000 * (epochs - from);
      },
    });
    const gate = async () => {
      clock.now += 50_000;
    };
    const result = await runTuning(request({ tunable: it, budget: 90, hooks: { gate } }));
    expect(result.candidates).toHaveLength(1 + 9);
    expect(result.seconds).toBe(90);
  });
});

describe('a stop', () => {
  test('keeps what was found and leaves the test part alone', async () => {
    const stop = new AbortController();
    const { tunable: it, fits } = fake([off(0.5), off(0.4), off(0.3)], {
      fit: ({ id }) => {
        if (id === 2) stop.abort();
      },
    });
    const result = await runTuning(request({ tunable: it, candidates: 9, hooks: { signal: stop.signal } }));
    expect(result).toMatchObject({ stopped: true, check: null, best: 1 });
    // the figure of a fit that was cut short is nobody's
    expect(result.candidates.map(({ figure }) => figure !== null)).toEqual([true, true, false]);
    expect(states(result)).toEqual(['finished', 'unfinished', 'unfinished']);
    expect(fits).toHaveLength(5);
    expect(verdictOf(result)).toBe('unchecked');
  });

  test('before anything was found is a cancellation', async () => {
    const { tunable: it } = fake([off(0.5)]);
    const signal = AbortSignal.abort();
    await expect(runTuning(request({ tunable: it, hooks: { signal } }))).rejects.toMatchObject({ code: 'cancelled' });
  });
});

test('a device that is lost is replaced and the fit goes on from its last checkpoint', async () => {
  const other = { ...device } as ComputeDevice;
  let lost = false;
  const places: ComputeDevice[] = [];
  const { tunable: it, fits } = fake([off(0.5), off(0.4)], {
    fit: ({ id, epochs }, context) => {
      places.push(context.device);
      if (id !== 0 || epochs !== 9 || lost) return;
      lost = true;
      throw new AppError('deviceLost', { device: 'webgpu' });
    },
  });
  const nextDevice = async () => other;
  const result = await runTuning(request({ tunable: it, candidates: 1, hooks: { nextDevice } }));
  expect(fits.slice(0, 4).map(({ epochs, from }) => [epochs, from])).toEqual([
    [3, 0],
    [9, 3],
    [9, 3],
    [27, 9],
  ]);
  expect(places.slice(2).every((place) => place === other)).toBe(true);
  expect(states(result)).toEqual(['finished', 'finished']);
  const gone = fake([off(0.5)], {
    fit: () => {
      throw new AppError('deviceLost', { device: 'webgpu' });
    },
  });
  await expect(runTuning(request({ tunable: gone.tunable }))).rejects.toMatchObject({ code: 'deviceLost' });
});

test('where checkpoints take too much room the worse ones are let go, and what goes on without one begins anew', async () => {
  // 200 MB each: the best one alone has room
  const { tunable: it, fits } = fake([off(0.9), ...[0.5, 0.3, 0.4, 0.8, 0.8, 0.8].map(off)], { bytes: 200e6 });
  await runTuning(request({ tunable: it, candidates: 6 }));
  const later = fits.filter(({ id, epochs }) => id > 0 && epochs === 9);
  expect(later.map(({ id, from }) => [id, from])).toEqual([
    [2, 3],
    [3, 0],
  ]);
});

test('without anything held out there is nothing to search by', async () => {
  const { byUser } = ratings;
  const pairs = pairsFromCsr(byUser);
  // nobody likes anything
  const disliked = ratingsOf({ ...pairs, values: pairs.values.map((value) => 1 + value / 5) }, 60, 30);
  const it = tunable(ease, 'quick', 1);
  if (!it) throw new TypeError('no space');
  await expect(runTuning(request({ data: disliked, tunable: it }))).rejects.toMatchObject({ code: 'nothingToTest' });
});

describe('with real recommenders', () => {
  const data = plantedRatings({ users: 80, items: 40, perUser: 20, noise: 1.2, seed: 8 });
  /** So that there are two rungs: 3 epochs and 9. */
  const mfLists: typeof mfChoice = {
    ...mfChoice,
    defaults: (preset, given) => ({ ...mfChoice.defaults(preset, given), factors: 8, epochs: 9 }),
  };
  const of = (recommender: 'ease' | 'choice' | 'taste') => {
    const it =
      recommender === 'ease'
        ? tunable(ease, 'quick', 3)
        : recommender === 'choice'
          ? tunable(mfLists, 'quick', 3)
          : tunable(mfTaste, 'quick', 3);
    if (!it) throw new TypeError('no space');
    return it;
  };

  test('the same request gives the same search; another seed other candidates', async () => {
    const once = await runTuning(request({ data, tunable: of('choice'), candidates: 6 }));
    const again = await runTuning(request({ data, tunable: of('choice'), candidates: 6 }));
    expect({ ...again, seconds: 0 }).toEqual({ ...once, seconds: 0 });
    const other = await runTuning(request({ data, tunable: of('choice'), candidates: 6, seed: 4 }));
    expect(other.candidates[1].settings).not.toEqual(once.candidates[1].settings);
    expect(once.candidates).toHaveLength(7);
    expect(once.rungs).toEqual([3, 9]);
    const best = bestOf(once.candidates, 'recall');
    expect(best?.id).toBe(once.best);
    expect(best?.figure).toBeGreaterThanOrEqual(once.candidates[0].figure ?? 1);
  });

  test('figures are those of a training with the same settings: recall and typical error on the same test part', async () => {
    for (const head of ['choice', 'taste', 'ease'] as const) {
      const it = of(head);
      const result = await runTuning(request({ data, tunable: it as Tunable<TasteModel>, candidates: 9 }));
      const trialOf = async (settings: Readonly<Record<string, number>>) => {
        const { figures } = await runTrial({
          data,
          split: 'random',
          holdout: 0.2,
          seed: 3,
          taste: head === 'taste' ? planHead(mfTaste, 'quick', settings, 3) : null,
          choice:
            head === 'choice'
              ? planHead(mfLists, 'quick', settings, 3)
              : head === 'ease'
                ? planHead(ease, 'quick', settings, 3)
                : null,
          device,
          serve: false,
        });
        return head === 'taste' ? figures.mae : figures.recall10;
      };
      expect(result.check?.defaults?.mean).toBeCloseTo((await trialOf({})) ?? Number.NaN, 5);
      const found = await trialOf(result.best === 0 ? {} : result.candidates[result.best].settings);
      expect(result.check?.best.mean).toBeCloseTo(found ?? Number.NaN, 5);
    }
  });

  test('candidates are judged on the validation part alone, as counting by hand shows', async () => {
    const it = tunable(ease, 'quick', 3);
    if (!it) throw new TypeError('no space');
    const result = await runTuning(request({ data, tunable: it, candidates: 2 }));
    const { train } = splitRatings(data, { kind: 'random', holdout: 0.2, seed: 3 });
    const inner = splitRatings(train, { kind: 'random', holdout: 0.2, seed: 3 ^ 0x5eed });
    for (const { settings, figure } of result.candidates) {
      const { model } = await planHead(ease, 'quick', settings, 3).choose(inner.train, { device });
      const recalls: number[] = [];
      for (let user = 0; user < 80; user++) {
        const { pointers, indices } = inner.train.byUser;
        const list = await model.topItems(user, 10, indices.subarray(pointers[user], pointers[user + 1]));
        const held = [...inner.test.users.keys()].filter(
          (p) => inner.test.users[p] === user && inner.test.values[p] >= 3,
        );
        if (held.length > 0) {
          recalls.push(held.filter((p) => list.indices.includes(inner.test.items[p])).length / held.length);
        }
      }
      expect(figure).toBeCloseTo(recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length, 6);
    }
  });
});
