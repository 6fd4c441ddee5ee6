import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fingerprint } from '../data/fingerprint.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Checkpoint } from '../models/recommender.ts';
import type { SideFile } from '../storage/opfs.ts';
import { packUnfinished } from '../storage/unfinished.ts';
import type { QueuedRun, TrainRequest } from './api/training.ts';
import { RunKeeper, type SideFiles } from './run-keeper.ts';

const ratingsOf = (value: number) =>
  ({
    byUser: {
      rows: 1,
      pointers: Uint32Array.of(0, 1),
      indices: Uint32Array.of(0),
      values: Float32Array.of(value),
    },
  }) as unknown as Ratings;
const RATINGS = ratingsOf(4);
const request = (model: 'mf' | 'neumf'): TrainRequest => ({ model, preset: 'quick', settings: {}, seed: 1 });
const queued = (id: string, model: 'mf' | 'neumf' = 'mf'): QueuedRun => ({ id, request: request(model) });
const checkpoint: Checkpoint = {
  model: 'mf',
  head: 'taste',
  epoch: 2,
  state: { users: Float32Array.of(1) },
  best: null,
};

/** What a disk would hold: it outlives the keeper, as a disk outlives a tab. */
let disk: Map<SideFile, Uint8Array<ArrayBuffer>>;
const visit = () =>
  new RunKeeper({
    read: async (name) => disk.get(name) ?? null,
    write: async (name, bytes) => void disk.set(name, bytes),
    erase: async (name) => void disk.delete(name),
  } satisfies SideFiles);
const ids = (line: readonly QueuedRun[]) => line.map(({ id }) => id);
const leaveCheckpoint = (id: string) =>
  disk.set(
    'run.bin',
    packUnfinished({ id, request: request('mf'), ratings: fingerprint(RATINGS), epochs: [], checkpoint }),
  );

beforeEach(() => {
  disk = new Map();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe('the line', () => {
  it('comes back whole and in its order, with and without a checkpoint of the first', async () => {
    await visit().keepLine(RATINGS, [queued('c', 'neumf'), queued('a'), queued('b')]);
    const without = await visit().find(RATINGS, []);
    expect(without).toEqual({ line: [queued('c', 'neumf'), queued('a'), queued('b')], unfinished: null });
    leaveCheckpoint('c');
    const keeper = visit();
    const left = await keeper.find(RATINGS, []);
    expect(ids(left.line)).toEqual(['c', 'a', 'b']);
    expect(left.unfinished?.checkpoint).toEqual(checkpoint);
    expect(keeper.begin('a')).toBeNull();
  });

  it('a finished run stays until it is saved: a tab closed in between costs nothing', async () => {
    const keeper = visit();
    await keeper.keepLine(RATINGS, [queued('a'), queued('b')]);
    keeper.begin('a');
    // The page counts it as done before the project with it is written.
    await keeper.keepLine(RATINGS, [queued('b')]);
    expect(ids((await visit().find(RATINGS, [])).line)).toEqual(['a', 'b']);
    await keeper.drop('a');
    expect(ids((await visit().find(RATINGS, [])).line)).toEqual(['b']);
    await keeper.keepLine(RATINGS, []);
    expect(disk.has('line.json')).toBe(false);
  });

  it('leaves out what the saved project holds already', async () => {
    await visit().keepLine(RATINGS, [queued('a'), queued('b')]);
    expect(ids((await visit().find(RATINGS, ['a'])).line)).toEqual(['b']);
  });

  it('means nothing on other data', async () => {
    const keeper = visit();
    await keeper.keepLine(RATINGS, [queued('a')]);
    keeper.begin('a');
    leaveCheckpoint('a');
    expect(await visit().find(ratingsOf(5), [])).toEqual({ line: [], unfinished: null });
    expect(disk.size).toBe(0);
    // Nor in the visit in which the data changes.
    await keeper.keepLine(ratingsOf(5), [queued('b')]);
    expect(ids((await visit().find(ratingsOf(5), [])).line)).toEqual(['b']);
  });

  it('puts a checkpoint whose run it does not know in front', async () => {
    await visit().keepLine(RATINGS, [queued('b')]);
    leaveCheckpoint('a');
    expect(ids((await visit().find(RATINGS, [])).line)).toEqual(['a', 'b']);
  });

  it('a damaged file costs what is in it and nothing else', async () => {
    await visit().keepLine(RATINGS, [queued('a')]);
    leaveCheckpoint('a');
    disk.set('line.json', Uint8Array.of(1, 2, 3));
    expect(ids((await visit().find(RATINGS, [])).line)).toEqual(['a']);
    disk.set('run.bin', Uint8Array.of(1, 2, 3));
    expect(ids((await visit().find(RATINGS, [])).line)).toEqual(['a']);
  });
});

describe('a run that brings the tab down', () => {
  it('is given back twice; then the others go on without it', async () => {
    await visit().keepLine(RATINGS, [queued('bad'), queued('b')]);
    leaveCheckpoint('bad');
    expect(ids((await visit().find(RATINGS, [])).line)).toEqual(['bad', 'b']);
    expect(ids((await visit().find(RATINGS, [])).line)).toEqual(['bad', 'b']);
    const third = await visit().find(RATINGS, []);
    expect(third).toEqual({ line: [queued('b')], unfinished: null });
    expect(disk.has('run.bin')).toBe(false);
    expect(ids((await visit().find(RATINGS, [])).line)).toEqual(['b']);
  });

  it('is not counted when it got further, or when another is first', async () => {
    for (let reload = 0; reload < 5; reload++) {
      const keeper = visit();
      if (reload === 0) await keeper.keepLine(RATINGS, [queued('slow'), queued('b')]);
      else expect(ids((await keeper.find(RATINGS, [])).line)).toEqual(['slow', 'b']);
      keeper.begin('slow');
      await vi.advanceTimersByTimeAsync(2100);
      keeper.offer('slow', request('mf'), RATINGS, [], checkpoint);
      await keeper.keepLine(RATINGS, [queued('slow'), queued('b')]);
      await keeper.drop('nobody');
    }
  });
});
