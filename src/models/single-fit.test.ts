import { afterEach, describe, expect, test, vi } from 'vitest';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { ChoiceModel, EpochEvent, FitContext, FitProgress, Model } from './recommender.ts';
import { fitOnce, recallOn, type SingleFitPlan } from './single-fit.ts';
import { errorOn } from './single-fit-taste.ts';

afterEach(() => void vi.restoreAllMocks());

const model = () =>
  ({ name: 'means', head: 'taste', toBytes: () => new Uint8Array(), destroy: vi.fn() }) satisfies Model;
const device = {} as FitContext['device'];
const pairs = { users: Uint32Array.of(0), items: Uint32Array.of(0), values: Float32Array.of(4) };

/** A clock that only moves when told to. */
function stoppedClock() {
  const clock = { now: 1000 };
  vi.spyOn(performance, 'now').mockImplementation(() => clock.now);
  return clock;
}

function planOf(changes: Partial<SingleFitPlan<Model>> = {}): SingleFitPlan<Model> {
  return {
    model: 'means',
    head: 'taste',
    entries: 30,
    fit: async () => ({ model: model(), trainLoss: async () => 0.5 }),
    figureOn: () => null,
    ...changes,
  };
}

describe('fitOnce', () => {
  test('times the arithmetic and nothing else: no pause, no measuring', async () => {
    const clock = stoppedClock();
    const events: EpochEvent[] = [];
    const plan = planOf({
      async fit(work) {
        clock.now += 10;
        await work.turn();
        clock.now += 5;
        return {
          model: model(),
          async trainLoss() {
            clock.now += 100;
            return 0.75;
          },
        };
      },
      figureOn: (given) =>
        given
          ? async () => {
              clock.now += 500;
              return given === pairs ? 0.9 : 0.8;
            }
          : null,
    });
    const gate = async () => {
      clock.now += 7000;
    };
    const test = { ...pairs };
    const onEpoch = (event: EpochEvent) => void events.push(event);
    const fitted = await fitOnce(plan, { device, validation: pairs, test, gate, onEpoch });
    expect(fitted).toMatchObject({ epochs: 1, fitMs: 15, stoppedEarly: false });
    expect(events).toEqual([
      {
        model: 'means',
        head: 'taste',
        epoch: 1,
        epochs: 1,
        trainLoss: 0.75,
        validation: 0.9,
        test: 0.8,
        seconds: 0.015,
        ratingsPerSecond: 2000,
      },
    ]);
  });

  test('without validation there is none in the event, and no test', async () => {
    const events: EpochEvent[] = [];
    await fitOnce(planOf(), { device, onEpoch: (event) => void events.push(event) });
    expect(events).toHaveLength(1);
    expect(events[0].validation).toBeNull();
    expect(events[0]).not.toHaveProperty('test');
  });

  test('tells shares that grow from 0 to 1, of the whole whether or not it is measured', async () => {
    const plan = planOf({
      async fit({ tell }) {
        for (const share of [0, 0.5, 1]) tell(share);
        return {
          model: model(),
          async trainLoss(tellLoss) {
            tellLoss(1);
            return 1;
          },
        };
      },
      figureOn: (given) =>
        given
          ? async (_, tell) => {
              tell?.(0.5);
              tell?.(1);
              return 1;
            }
          : null,
    });
    const shares = async (context: Partial<FitContext>) => {
      const told: FitProgress[] = [];
      await fitOnce(plan, {
        device,
        validation: pairs,
        onProgress: (progress) => void told.push(progress),
        ...context,
      });
      for (const { epoch, epochs } of told) expect({ epoch, epochs }).toEqual({ epoch: 1, epochs: 1 });
      return told.map(({ share }) => Math.round(1000 * share) / 1000);
    };
    expect(await shares({})).toEqual([0, 0, 0.5, 1, 1]);
    expect(await shares({ onEpoch: () => undefined })).toEqual([0, 0, 0.4, 0.8, 0.8, 0.85, 0.925, 1, 1]);
  });

  test('measures nothing where nobody listens', async () => {
    const figureOn = vi.fn(() => null);
    const trainLoss = vi.fn(async () => 1);
    const fit = async () => ({ model: model(), trainLoss });
    await fitOnce(planOf({ fit, figureOn }), { device, validation: pairs });
    expect(figureOn).not.toHaveBeenCalled();
    expect(trainLoss).not.toHaveBeenCalled();
  });

  test('is due for a turn after 25 ms of work, and then again after as much', async () => {
    const clock = stoppedClock();
    const due: boolean[] = [];
    const plan = planOf({
      async fit(work) {
        for (const ms of [0, 24, 1]) {
          clock.now += ms;
          due.push(work.due());
        }
        await work.turn();
        due.push(work.due());
        return { model: model(), trainLoss: async () => 1 };
      },
    });
    await fitOnce(plan, { device });
    expect(due).toEqual([false, false, true, false]);
  });

  test('a pause holds the arithmetic back, also in the middle', async () => {
    const steps: string[] = [];
    const lifts: (() => void)[] = [];
    const gate = () => new Promise<void>((resolve) => void lifts.push(resolve));
    const plan = planOf({
      async fit(work) {
        steps.push('first half');
        await work.turn();
        steps.push('second half');
        return { model: model(), trainLoss: async () => 1 };
      },
    });
    const fit = fitOnce(plan, { device, gate });
    await vi.waitFor(() => expect(lifts).toHaveLength(1));
    expect(steps).toEqual([]);
    lifts[0]();
    await vi.waitFor(() => expect(lifts).toHaveLength(2));
    expect(steps).toEqual(['first half']);
    lifts[1]();
    await fit;
    expect(steps).toEqual(['first half', 'second half']);
  });

  test('a stopped fit finishes and leaves no checkpoint: there is nothing before its one step', async () => {
    const onCheckpoint = vi.fn();
    const fitted = await fitOnce(planOf(), { device, signal: AbortSignal.abort(), onCheckpoint });
    expect(fitted.stoppedEarly).toBe(false);
    expect(fitted.model.name).toBe('means');
    expect(onCheckpoint).not.toHaveBeenCalled();
  });

  test('cancelled before its arithmetic, while it is paused for example, it does not begin', async () => {
    const cancel = new AbortController();
    const fit = vi.fn(planOf().fit);
    const gate = async () => cancel.abort();
    await expect(fitOnce(planOf({ fit }), { device, gate, cancel: cancel.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(fit).not.toHaveBeenCalled();
  });

  test('a cancelled fit rejects at its next turn, and hands its signal on to devices', async () => {
    const cancel = new AbortController();
    const steps: string[] = [];
    const fit: SingleFitPlan<Model>['fit'] = async (work) => {
      expect(work.signal).toBe(cancel.signal);
      await work.turn();
      steps.push('first half');
      cancel.abort();
      await work.turn();
      steps.push('second half');
      return { model: model(), trainLoss: async () => 1 };
    };
    const fitting = fitOnce(planOf({ fit }), { device, cancel: cancel.signal });
    await expect(fitting).rejects.toMatchObject({ code: 'cancelled' });
    expect(steps).toEqual(['first half']);
  });

  test('a model that cannot be measured is destroyed', async () => {
    const made = model();
    const fit = async () => ({ model: made, trainLoss: async () => 1 });
    const figureOn = () => async () => Promise.reject(new Error('gone'));
    const fitting = fitOnce(planOf({ fit, figureOn }), { device, validation: pairs, onEpoch: () => undefined });
    await expect(fitting).rejects.toThrow('gone');
    expect(made.destroy).toHaveBeenCalledOnce();
  });
});

test('errorOn is the root of the mean squared error over all pairs, in blocks too', async () => {
  // 5,000 pairs, off by 1 in the first 4,000 and by 3 in the rest: √((4,000 · 1 + 1,000 · 9) / 5,000)
  const count = 5000;
  const users = Uint32Array.from({ length: count }, (_, p) => p);
  const held = { users, items: users, values: new Float32Array(count).fill(2) };
  const told: number[] = [];
  const predict = async (asked: Uint32Array) => Float32Array.from(asked, (user) => (user < 4000 ? 3 : 5));
  const figure = errorOn(held);
  const error = await figure?.({ ...model(), predict } as never, (share) => void told.push(share));
  expect(error).toBeCloseTo(Math.sqrt(13_000 / 5000), 12);
  expect(told).toEqual([0.4, 0.8, 1]);
  expect(errorOn({ users: users.slice(0, 0), items: users.slice(0, 0), values: held.values.slice(0, 0) })).toBeNull();
  expect(errorOn(undefined)).toBeNull();
});

test('recallOn counts hits among all that is relevant, per customer', async () => {
  // Customer 0 would choose 2 and 3 (the 1-star 4 is no choice) and is shown 2: 1/2; customer 1 is shown what was held out: 1.
  const ratings = ratingsOf(
    { users: Uint32Array.of(0, 1), items: Uint32Array.of(0, 1), values: Float32Array.of(5, 5) },
    2,
    6,
  );
  const held = {
    users: Uint32Array.of(0, 0, 0, 1),
    items: Uint32Array.of(2, 3, 4, 5),
    values: Float32Array.of(5, 4, 1, 3),
  };
  const lists: Pick<ChoiceModel, 'topItemsForMany'> = {
    async topItemsForMany(users, count, exclude) {
      expect(Array.from(exclude.indices)).toEqual([0, 1]);
      const indices = new Uint32Array(users.length * count).fill(0xffffffff);
      for (let q = 0; q < users.length; q++) indices.set(users[q] === 0 ? [1, 2] : [5], q * count);
      return { indices, scores: new Float32Array(indices.length) };
    },
  };
  expect(await recallOn(ratings, held)?.(lists as ChoiceModel)).toBeCloseTo(0.75, 12);
  expect(recallOn(ratings, undefined)).toBeNull();
});
