import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { packUnfinished, type UnfinishedRun, unpackUnfinished } from './unfinished.ts';

const run: UnfinishedRun<{ model: string }> = {
  id: 'run-1',
  request: { model: 'mf' },
  ratings: 123,
  epochs: [],
  checkpoint: {
    model: 'mf',
    head: 'taste',
    epoch: 3,
    state: { users: Float32Array.from([1, 2, 3]), items: Float32Array.from([4]) },
    best: { epoch: 2, validation: 0.9, state: { users: Float32Array.from([5, 6, 7]) } },
    fitMs: 1234.5,
  },
};

it('comes back as it went, and what is trained on meanwhile does not show in it', () => {
  const trained = Float32Array.from([1, 2, 3]);
  const bytes = packUnfinished({ ...run, checkpoint: { ...run.checkpoint, state: { users: trained } } });
  trained.fill(9);
  const back = unpackUnfinished<{ model: string }>(bytes);
  expect(back.checkpoint.state).toEqual({ users: Float32Array.from([1, 2, 3]) });
  expect({ ...back, checkpoint: { ...back.checkpoint, state: run.checkpoint.state } }).toEqual(run);
});

it('refuses what no training wrote', () => {
  const spoilt: object[] = [
    { ...run, checkpoint: null },
    { ...run, id: 7 },
    { ...run, checkpoint: { ...run.checkpoint, epoch: 0 } },
    { ...run, checkpoint: { ...run.checkpoint, head: 'other' } },
    { ...run, checkpoint: { ...run.checkpoint, fitMs: -1 } },
    { ...run, checkpoint: { ...run.checkpoint, state: { users: Float32Array.from([Number.NaN]) } } },
    { ...run, checkpoint: { ...run.checkpoint, best: { epoch: 9, validation: 1, state: {} } } },
  ];
  for (const one of spoilt) {
    const bytes = packUnfinished(one as UnfinishedRun<object>);
    expect(() => unpackUnfinished(bytes)).toThrow(AppError);
  }
});

it('never throws anything but projectDamaged for a file cut short or changed', () => {
  const whole = packUnfinished(run);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
      const bytes = cut ? whole.slice(0, at) : whole.slice();
      if (!cut) bytes[at] = byte;
      try {
        unpackUnfinished(bytes);
      } catch (thrown) {
        expect((thrown as AppError).code).toBe('projectDamaged');
      }
    }),
  );
});
