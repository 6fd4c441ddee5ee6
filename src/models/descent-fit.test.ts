import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import { type DescentPlan, fitByDescent } from './descent-fit.ts';
import type { Checkpoint, EpochEvent, FitContext, FitProgress } from './recommender.ts';

/** A descent whose state is just the number of sweeps, with a validation curve written by hand. */
function countingPlan(curve: readonly number[], changes: Partial<DescentPlan> = {}): DescentPlan {
  return {
    model: 'mf',
    head: 'taste',
    epochs: curve.length,
    patience: 2,
    entries: 10,
    better: 'lower',
    start: async (from) => {
      let sweeps = from ? from['sweeps'][0] : 0;
      return {
        sweep: async () => 1 / ++sweeps,
        state: async () => ({ sweeps: Float32Array.of(sweeps) }),
        destroy() {},
      };
    },
    validate: async (state) => curve[state['sweeps'][0] - 1],
    test: null,
    ...changes,
  };
}

function collect() {
  const events: EpochEvent[] = [];
  const checkpoints: Checkpoint[] = [];
  const context = {
    device: {} as FitContext['device'],
    onEpoch: (event: EpochEvent) => void events.push(event),
    onCheckpoint: (checkpoint: Checkpoint) => void checkpoints.push(checkpoint),
  };
  return { events, checkpoints, context };
}

describe('fitByDescent', () => {
  test('ends when patience is over and gives the best epoch, not the last', async () => {
    const { events, checkpoints, context } = collect();
    const outcome = await fitByDescent(countingPlan([0.9, 0.8, 0.85, 0.82, 0.1]), context);
    expect(events.map((event) => event.validation)).toEqual([0.9, 0.8, 0.85, 0.82]);
    expect(outcome).toMatchObject({ epochs: 2, validation: 0.8, stoppedEarly: true });
    expect(outcome.state['sweeps'][0]).toBe(2);
    expect(checkpoints.map((checkpoint) => checkpoint.epoch)).toEqual([1, 2, 3, 4]);
  });

  test('recall gets better upwards', async () => {
    const outcome = await fitByDescent(countingPlan([0.1, 0.3, 0.2], { better: 'higher' }), collect().context);
    expect(outcome.epochs).toBe(2);
  });

  test('epochs before the first that may be judged are shown, and neither best nor worse than anything', async () => {
    const { events, context } = collect();
    const outcome = await fitByDescent(countingPlan([0.1, 0.1, 0.1, 0.9, 0.8], { judgedFrom: 4 }), context);
    expect(events.map((event) => event.validation)).toEqual([0.1, 0.1, 0.1, 0.9, 0.8]);
    expect(outcome).toMatchObject({ epochs: 5, validation: 0.8, stoppedEarly: false });
  });

  test('without validation it runs to the end and keeps the last epoch', async () => {
    const outcome = await fitByDescent(countingPlan([1, 1, 1], { validate: null }), collect().context);
    expect(outcome).toMatchObject({ epochs: 3, validation: null, stoppedEarly: false });
  });

  test('a stop in the middle keeps the best so far; a stop at once still gives one epoch', async () => {
    const controller = new AbortController();
    const { events, context } = collect();
    const stopping = {
      ...context,
      signal: controller.signal,
      onEpoch: (event: EpochEvent) => {
        events.push(event);
        if (event.epoch === 3) controller.abort();
      },
    };
    const plan = countingPlan([0.9, 0.7, 0.8, 0.1, 0.1], { patience: 9 });
    const outcome = await fitByDescent(plan, stopping);
    expect(outcome).toMatchObject({ epochs: 2, stoppedEarly: true });
    expect(events).toHaveLength(3);

    const atOnce = await fitByDescent(plan, { ...collect().context, signal: AbortSignal.abort() });
    expect(atOnce.epochs).toBe(1);
  });

  test('a pause holds the next epoch back until it is lifted', async () => {
    const { events, context } = collect();
    let lift: () => void = () => {};
    let waiting: () => void = () => {};
    const paused = new Promise<void>((resolve) => {
      waiting = resolve;
    });
    const gate = async () => {
      if (events.length !== 1) return;
      waiting();
      await new Promise<void>((resolve) => {
        lift = resolve;
      });
    };
    const fit = fitByDescent(countingPlan([3, 2, 1]), { ...context, gate });
    await paused;
    expect(events).toHaveLength(1);
    lift();
    expect((await fit).epochs).toBe(3);
  });

  test('continued from any checkpoint it ends as if never interrupted, patience included', async () => {
    const curve = [0.9, 0.8, 0.85, 0.82, 0.1];
    const { checkpoints, context } = collect();
    const whole = await fitByDescent(countingPlan(curve), context);
    for (const resumeFrom of checkpoints) {
      const { fitMs: _, ...rest } = await fitByDescent(countingPlan(curve), { ...collect().context, resumeFrom });
      const { fitMs: __, ...expected } = whole;
      expect(rest).toEqual(expected);
    }
  });

  test('the time of a fit that goes on is that of all its parts, without what was not arithmetic', async () => {
    vi.useFakeTimers();
    const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
    const plan = countingPlan([0.9, 0.8, 0.7, 0.6], {
      start: async (from) => {
        let sweeps = from ? from['sweeps'][0] : 0;
        await wait(50);
        return {
          sweep: async () => {
            await wait(1000);
            return 1 / ++sweeps;
          },
          state: async () => ({ sweeps: Float32Array.of(sweeps) }),
          destroy() {},
        };
      },
      validate: async (state) => {
        await wait(7000);
        return 1 / state['sweeps'][0];
      },
    });
    try {
      const { checkpoints, context } = collect();
      expect((await fitByDescent(plan, context)).fitMs).toBe(4050);
      expect(checkpoints.map(({ fitMs }) => fitMs)).toEqual([1050, 2050, 3050, 4050]);
      const [, resumeFrom] = checkpoints;
      // Set up once more, and the two epochs that were left.
      expect((await fitByDescent(plan, { ...collect().context, resumeFrom })).fitMs).toBe(4100);
    } finally {
      vi.useRealTimers();
    }
  });

  test('where nobody judges, states are taken a while apart, and the last one always', async () => {
    vi.useFakeTimers();
    try {
      let [taken, sweeps] = [0, 0];
      const plan = countingPlan([9, 8, 7, 6, 5, 4, 3], {
        validate: null,
        wholeEpochs: true,
        start: async (from) => {
          sweeps = from ? from['sweeps'][0] : 0;
          return {
            sweep: async () => {
              await vi.advanceTimersByTimeAsync(90);
              return 1 / ++sweeps;
            },
            state: async () => {
              taken++;
              return { sweeps: Float32Array.of(sweeps) };
            },
            destroy() {},
          };
        },
      });
      const { checkpoints, events, context } = collect();
      const outcome = await fitByDescent(plan, context);
      expect(events).toHaveLength(7);
      expect(checkpoints.map(({ epoch, state }) => [epoch, state['sweeps'][0]])).toEqual([
        [3, 3],
        [6, 6],
      ]);
      expect(outcome).toMatchObject({ epochs: 7, state: { sweeps: Float32Array.of(7) } });
      expect(taken).toBe(3);
      const continued = await fitByDescent(plan, { ...collect().context, resumeFrom: checkpoints[0] });
      expect(continued).toMatchObject({ epochs: 7, state: { sweeps: Float32Array.of(7) } });

      const stop = new AbortController();
      const onEpoch = ({ epoch }: EpochEvent) => epoch === 2 && stop.abort();
      const stopped = await fitByDescent(plan, { ...context, onEpoch, signal: stop.signal });
      expect(stopped).toMatchObject({ epochs: 2, state: { sweeps: Float32Array.of(2) }, stoppedEarly: true });
    } finally {
      vi.useRealTimers();
    }
  });

  test('progress grows from 0 to 1, and is told within an epoch and while it is judged', async () => {
    const { context } = collect();
    const told: FitProgress[] = [];
    let open = 0;
    const tellsInHalves = (tell: Tell) => {
      for (const share of [0.5, 1]) tell(share);
    };
    const plan = countingPlan([0.9, 0.8, 0.7, 0.6], {
      start: async () => ({
        sweep: async (tell) => {
          tellsInHalves(tell);
          return 1 / ++open;
        },
        state: async () => ({ sweeps: Float32Array.of(open) }),
        destroy() {},
      }),
      validate: async (state, tell) => {
        tellsInHalves(tell);
        return 1 / state['sweeps'][0];
      },
    });
    await fitByDescent(plan, { ...context, onProgress: (progress) => void told.push(progress) });
    const shares = told.map(({ share }) => share);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
    // Half a sweep, a whole one, half its judgement, all of it; of every epoch.
    const within = shares.filter((share) => share > 0.25 && share < 0.5);
    expect(within.map((share) => Number(share.toFixed(4)))).toEqual([0.3625, 0.475, 0.4875]);
    expect(told.filter(({ share }) => share < 0.25).every(({ epoch, epochs }) => epoch === 1 && epochs === 4)).toBe(
      true,
    );
    expect(told.at(-1)?.epoch).toBe(4);
  });

  test('a loss that is no number is trainingDiverged, and the session is freed', async () => {
    let freed = 0;
    const plan = countingPlan([1], {
      start: async () => ({
        sweep: async () => Number.NaN,
        state: async () => ({}),
        destroy: () => void freed++,
      }),
    });
    await expect(fitByDescent(plan, collect().context)).rejects.toMatchObject({ code: 'trainingDiverged' });
    expect(freed).toBe(1);
  });

  test('a lost device passes through after the last checkpoint was delivered', async () => {
    const { checkpoints, context } = collect();
    let sweeps = 0;
    const plan = countingPlan([3, 2, 1], {
      start: async () => ({
        sweep: async () => {
          if (++sweeps === 3) throw new AppError('deviceLost', { device: 'webgpu' });
          return 1;
        },
        state: async () => ({ sweeps: Float32Array.of(sweeps) }),
        destroy() {},
      }),
    });
    await expect(fitByDescent(plan, context)).rejects.toMatchObject({ code: 'deviceLost' });
    expect(checkpoints.at(-1)?.epoch).toBe(2);
  });
});
