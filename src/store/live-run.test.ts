import { expect, it } from 'vitest';
import type { EpochEvent, Head } from '../models/recommender.ts';
import { afterEvent, type LiveState } from './live-run.ts';

const epoch = (head: Head, number: number): EpochEvent => ({
  model: 'mf',
  head,
  epoch: number,
  epochs: 5,
  trainLoss: 1,
  validation: 1,
  seconds: 1,
  ratingsPerSecond: 1,
});
const start: LiveState = {
  live: {
    id: 'a',
    request: { model: 'mf', preset: 'quick', settings: {}, seed: 1 },
    phase: 'taste',
    epochs: [epoch('taste', 1), epoch('taste', 2)],
    paused: false,
    baseline: null,
  },
  progress: null,
  deviceChange: null,
  economy: null,
};

it('a model made smaller begins its epochs anew, those of the other head stay', () => {
  const choosing = afterEvent(start, { kind: 'epochs', run: 'a', epochs: [epoch('choice', 1)] });
  const economy = { kind: 'smaller', head: 'choice', name: 'factors', value: 16 } as const;
  const after = afterEvent(choosing, { kind: 'economy', run: 'a', economy });
  expect(after.economy).toEqual(economy);
  expect(after.live?.epochs).toEqual([epoch('taste', 1), epoch('taste', 2)]);
  const notRefitted = { kind: 'notRefitted', head: 'taste' } as const;
  expect(afterEvent(after, { kind: 'economy', run: 'a', economy: notRefitted }).live?.epochs).toHaveLength(2);
});

it('progress lies beside the run, which stays the same; it is gone when the run is done', () => {
  const progress = { work: 'learning', head: 'taste', share: 0.4, epoch: 2, epochs: 5 } as const;
  const during = afterEvent(start, { kind: 'progress', run: 'a', progress });
  expect(during.progress).toEqual(progress);
  expect(during.live).toBe(start.live);
  expect(afterEvent(during, { kind: 'phase', run: 'a', phase: 'scoring' }).progress).toEqual(progress);
  expect(afterEvent(during, { kind: 'phase', run: 'a', phase: 'done' }).progress).toBeNull();
});

it('events of a run that is over change nothing', () => {
  expect(afterEvent(start, { kind: 'phase', run: 'b', phase: 'done' })).toBe(start);
  expect(afterEvent({ ...start, live: null }, { kind: 'phase', run: 'a', phase: 'done' }).live).toBeNull();
});
