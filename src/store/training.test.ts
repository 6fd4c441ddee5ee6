import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../base/error.ts';
import type { QueuedRun, RunSummary, TrainRequest } from '../worker/api/training.ts';

const fake = vi.hoisted(() => ({
  estimate: async (): Promise<number> => 0,
  /** What a training comes to; as if it had gone well where nothing is said. */
  train: null as ((request: TrainRequest) => Promise<Partial<RunSummary>>) | null,
  trained: [] as string[],
  kept: [] as string[],
}));
vi.mock('./engine.ts', () => ({
  engine: () => ({
    estimate: () => fake.estimate(),
    train: async (id: string, request: TrainRequest): Promise<RunSummary> => {
      fake.trained.push(`${request.model} ${request.preset}`);
      return { id, request, heads: ['choice'], ...(await fake.train?.(request)) } as RunSummary;
    },
    keepLine: async (line: readonly QueuedRun[]) => {
      fake.kept.push(
        line.map(({ request, within }) => `${request.model}${within === undefined ? '' : ` in ${within}`}`).join(),
      );
    },
    save: async () => undefined,
    stop: async () => undefined,
  }),
  refreshEngine: async () => undefined,
}));

// there is no page here: it is looked at all the time
vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined });

const { forgetRuns, restoreRuns, servingRun, stopEverything, stopTraining, train, useTraining } = await import(
  './training.ts'
);

beforeEach(() => {
  forgetRuns();
  fake.train = null;
  fake.trained = [];
  fake.kept = [];
});

describe('a run that follows by itself', () => {
  it('begins where it is done in time', async () => {
    fake.estimate = async () => 29;
    await train('neumf', 'quick', {}, 1, 30);
    expect(fake.trained).toEqual(['neumf quick']);
    expect(useTraining.getState().offers).toEqual([]);
  });

  it('is offered with its time where it is not, and taken back by a press', async () => {
    fake.estimate = async () => 130;
    await train('neumf', 'quick', {}, 1, 30);
    await train('mf', 'quick');
    expect(fake.trained).toEqual(['mf quick']);
    expect(useTraining.getState().offers).toMatchObject([
      { request: { model: 'neumf', preset: 'quick' }, seconds: 130 },
    ]);
    await train('neumf', 'quick');
    expect(fake.trained).toEqual(['mf quick', 'neumf quick']);
    expect(useTraining.getState().offers).toEqual([]);
  });

  it('is left to the training where it cannot be measured: that one knows what to do', async () => {
    fake.estimate = () => Promise.reject(new Error('lost'));
    await train('neumf', 'quick', {}, 1, 30);
    expect(fake.trained).toEqual(['neumf quick']);
  });

  it('does not begin when it was stopped while it was measured', async () => {
    fake.estimate = async () => {
      await stopTraining();
      return 1;
    };
    await train('neumf', 'quick', {}, 1, 30);
    expect(fake.trained).toEqual([]);
    expect(useTraining.getState().live).toBeNull();
    expect(useTraining.getState().offers).toHaveLength(1);
  });
});

describe('a training that is stopped before it has anything to keep', () => {
  const cancelled = () => Promise.reject(new AppError('cancelled'));

  it('leaves no run and no error, says so, and the next in line begins', async () => {
    await train('mf', 'quick');
    fake.train = ({ model }) => (model === 'ease' ? cancelled() : Promise.resolve({}));
    void train('ease', 'balanced');
    await train('popularity', 'balanced');
    expect(fake.trained).toEqual(['mf quick', 'ease balanced', 'popularity balanced']);
    const { runs, error, givenUp } = useTraining.getState();
    expect(runs.map(({ request }) => request.model)).toEqual(['mf', 'popularity']);
    expect(error).toBeNull();
    expect(givenUp).toEqual({ model: 'ease', left: 'nothing' });
  });

  it('says nothing where all trainings end for other data', async () => {
    fake.train = async () => {
      void stopEverything();
      return cancelled();
    };
    await train('ease', 'balanced');
    expect(useTraining.getState()).toMatchObject({ runs: [], error: null, givenUp: null });
  });

  it('with stars and without lists it stands among the runs and answers nothing', async () => {
    await train('popularity', 'balanced');
    fake.train = async () => ({ heads: ['taste'] });
    await train('itemNeighbours', 'balanced');
    const { runs, givenUp } = useTraining.getState();
    expect(runs.map(({ request }) => request.model)).toEqual(['popularity', 'itemNeighbours']);
    expect(givenUp).toEqual({ model: 'itemNeighbours', left: 'stars' });
    expect(servingRun(runs, runs[1].id)).toBe(runs[0]);
    expect(servingRun(runs.slice(1), null)).toBeNull();
  });
});

describe('the line', () => {
  it('is told whole whenever it changes, limits included', async () => {
    fake.estimate = async () => 1;
    void train('mf', 'quick');
    await train('neumf', 'quick', {}, 1, 30);
    expect(fake.kept).toEqual(['mf', 'mf,neumf in 30', 'neumf in 30', '']);
  });

  it('goes on after a reload in its order', async () => {
    fake.estimate = async () => 1000;
    const request = (model: 'mf' | 'neumf'): TrainRequest => ({ model, preset: 'best', settings: {}, seed: 1 });
    const line: QueuedRun[] = [
      { id: 'c', request: request('neumf') },
      { id: 'a', request: request('mf') },
      { id: 'b', request: request('neumf'), within: 30 },
    ];
    restoreRuns({ runs: [], line, unfinished: { id: 'c', epochs: [], epoch: 3 } });
    expect(useTraining.getState().resumedFrom).toBe(3);
    await vi.waitFor(() => expect(useTraining.getState().offers).toHaveLength(1));
    expect(fake.trained).toEqual(['neumf best', 'mf best']);
    expect(useTraining.getState().runs.map(({ id }) => id)).toEqual(['c', 'a']);
  });
});
