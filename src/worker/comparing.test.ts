import { describe, expect, test, vi } from 'vitest';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { CompareEvent, CompareRequest, Comparison } from './api/comparing.ts';
import { createComparing } from './comparing.ts';
import type { Devices } from './devices.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';

const REQUEST: CompareRequest = {
  entrants: [
    { id: 'means', model: 'means', preset: 'balanced', settings: {} },
    { id: 'random', model: 'random', preset: 'balanced', settings: {} },
  ],
  split: 'per-customer',
  holdout: 0.1,
  seed: 2,
  length: 5,
};

async function compared(changes: Partial<CompareRequest>, stopIn?: number, device = createReferenceDevice()) {
  const rooms = openRooms();
  await rooms.take(ratingText());
  const comparing = createComparing(rooms.session, { current: async () => device } as unknown as Devices);
  const events: CompareEvent[] = [];
  const comparison: Comparison = await comparing.compare({ ...REQUEST, ...changes }, (event) => {
    events.push(event);
    if (event.kind === 'cut' && event.cut === stopIn) void comparing.stopComparing();
  });
  return { comparison, events, session: rooms.session };
}

describe('comparing for the page', () => {
  test('several cuts: each is announced, rows are those of the first, and the means are kept with the comparison', async () => {
    const { comparison, events, session } = await compared({ repeats: 3, sampled: { candidates: 6 } });
    const { result } = comparison;
    expect(events.filter(({ kind }) => kind === 'cut')).toEqual(
      [1, 2, 3].map((cut) => ({ kind: 'cut', cut, cuts: 3 })),
    );
    const rows = events.filter((event) => event.kind === 'entrant');
    expect(rows.filter(({ state }) => state === 'done').map(({ result: row }) => row)).toEqual(result.entrants);
    expect(result.across).toMatchObject({ kind: 'folds', asked: 3, done: 3, untested: 0 });
    expect(result.across?.entrants.map(({ id, figures }) => [id, figures.rmse?.cuts, figures.recall?.cuts])).toEqual([
      ['means', 3, undefined],
      ['random', undefined, 3],
    ]);
    expect(result.protocol.holdout).toBeCloseTo(1 / 3, 12);
    expect(result.protocol.sampled).toMatchObject({ drawn: true, candidates: 7 });
    expect(session.comparisons).toEqual([comparison]);
    expect(structuredClone(comparison)).toEqual(comparison);
  });

  test('one cut without a word about it; a stop in the second of three keeps the first', async () => {
    const once = await compared({});
    expect(once.comparison.result.across).toBeNull();
    expect(once.events.filter(({ kind }) => kind === 'cut')).toEqual([]);
    const stopped = await compared({ repeats: 3 }, 2);
    expect(stopped.comparison.result).toMatchObject({ stopped: true, across: null });
    expect(stopped.comparison.result.entrants.map(({ state }) => state)).toEqual(['done', 'done']);
  });

  test('by date there is one cut only', async () => {
    for (const split of ['time', 'time-per-customer', 'leave-one-out'] as const) {
      await expect(compared({ split, repeats: 2 })).rejects.toMatchObject({ code: 'cannotRepeat' });
    }
    const { comparison } = await compared({ split: 'time-per-customer' });
    expect(comparison.result.protocol).toMatchObject({ split: 'time-per-customer', testPairs: expect.any(Number) });
  });

  test('leaves a core to the page where the threads would take them all, whatever comes of it', async () => {
    for (const [threads, told] of [
      [3, []],
      [4, [false, true]],
    ] as const) {
      vi.stubGlobal('navigator', { hardwareConcurrency: 4 });
      const helping: boolean[] = [];
      const plain = createReferenceDevice();
      const device = { ...plain, info: { ...plain.info, threads }, setHelping: (on: boolean) => void helping.push(on) };
      await compared({}, undefined, device);
      expect(helping).toEqual(told);
      await expect(compared({ split: 'time', repeats: 2 }, undefined, device)).rejects.toThrow();
      expect(helping).toEqual([...told, ...told]);
    }
    vi.unstubAllGlobals();
  });
});
