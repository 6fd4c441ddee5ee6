import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { hostOf } from '../compute/tfjs/hosts.testing.ts';
import { openTfjs } from '../compute/tfjs.ts';
import { hasFixedSplit, ratingsFromPairs, readPairs } from './fixed-split.testing.ts';
import { madeUpRatings, rootMeanSquare } from './neumf-data.testing.ts';
import { NeuMfTasteModel, neumfTaste } from './neumf-taste.ts';
import type { Checkpoint, EpochEvent, FitContext } from './recommender.ts';

const { ratings, heldOut } = madeUpRatings(80, 60, 0.3, 5);
const options = {
  ...neumfTaste.defaults('quick', ratings),
  epochs: 4,
  embedding: 8,
  batchSize: 128,
  learningRate: 0.02,
  decay: 0.9,
};
const device = hostOf('wasm');
const fit = (context: Partial<FitContext> = {}, changes: Partial<typeof options> = {}) =>
  neumfTaste.fit(ratings, { ...options, ...changes }, { device, ...context });

describe('NeuMF for ratings', () => {
  it('learns: training and held-out error fall, below what the mean alone gives', async () => {
    const events: EpochEvent[] = [];
    const { model, epochs } = await fit({ test: heldOut, onEpoch: (event) => events.push(event) });
    expect(events.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(epochs).toBe(4);
    const losses = events.map(({ trainLoss }) => trainLoss);
    expect([...losses].sort((a, b) => b - a)).toEqual(losses);
    const mean = ratings.byUser.values.reduce((sum, value) => sum + value, 0) / ratings.byUser.values.length;
    const meanOnly = rootMeanSquare(
      heldOut.values.map(() => mean),
      heldOut,
    );
    const error = rootMeanSquare(await model.predict(heldOut.users, heldOut.items), heldOut);
    expect(error).toBeLessThan(0.85 * meanOnly);
    expect(events.at(-1)?.test).toBeCloseTo(error, 6);
  });

  it('gives the same bits for the same seed and others for another', async () => {
    const bytes = async (seed: number) => (await fit({}, { epochs: 2, seed })).model.toBytes();
    const first = await bytes(1);
    expect(await bytes(1)).toEqual(first);
    expect(await bytes(2)).not.toEqual(first);
  });

  it('continued from a checkpoint is bit for bit the fit that was never interrupted', async () => {
    const checkpoints: Checkpoint[] = [];
    const whole = await fit({ validation: heldOut, onCheckpoint: (checkpoint) => checkpoints.push(checkpoint) });
    const rest = await fit({ validation: heldOut, resumeFrom: structuredClone(checkpoints[1]) });
    expect(checkpoints.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(rest.model.toBytes()).toEqual(whole.model.toBytes());
  });

  it('stops when validation no longer gets better, and keeps the best', async () => {
    const events: EpochEvent[] = [];
    const { epochs, stoppedEarly } = await fit(
      { validation: heldOut, onEpoch: (event) => events.push(event) },
      { epochs: 60, patience: 2, learningRate: 0.05, productRegularization: 0, towerRegularization: 0, decay: 1 },
    );
    expect(stoppedEarly).toBe(true);
    const figures = events.map(({ validation }) => validation!);
    expect(figures.indexOf(Math.min(...figures)) + 1).toBe(epochs);
    expect(events).toHaveLength(epochs + 2);
  });

  it('tells how far it is after every batch', async () => {
    const shares: number[] = [];
    await fit({ onProgress: ({ share }) => shares.push(share) }, { epochs: 2 });
    const batches = Math.ceil(ratings.byUser.indices.length / options.batchSize);
    expect(batches).toBeGreaterThan(3);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(new Set(shares).size).toBe(2 * batches + 1);
  });

  it('stopped in the middle of an epoch keeps the whole epochs before it', async () => {
    const stop = new AbortController();
    let toldInThird = 0;
    const stopped = await fit({
      onProgress: ({ epoch }) => {
        if (epoch === 3 && ++toldInThird === 2) stop.abort();
      },
      signal: stop.signal,
    });
    expect(toldInThird).toBe(2);
    expect(stopped.epochs).toBe(2);
    expect(stopped.model.toBytes()).toEqual((await fit({}, { epochs: 2 })).model.toBytes());
  });

  it('stopped in its first epoch still leaves a model', async () => {
    const stop = new AbortController();
    stop.abort();
    const { model, epochs } = await fit({ signal: stop.signal });
    expect(epochs).toBe(1);
    const predicted = await model.predict(heldOut.users, heldOut.items);
    expect(predicted.every((value) => value >= 1 && value <= 5)).toBe(true);
  });

  it('leaves no tensor behind', async () => {
    const runtime = await openTfjs(device);
    const before = runtime.tf.memory().numTensors;
    await fit({ validation: heldOut });
    expect(runtime.tf.memory().numTensors).toBe(before);
    runtime.destroy();
  });

  it('comes back from bytes with the same predictions, and refuses damaged ones', async () => {
    const { model } = await fit({}, { epochs: 1 });
    const bytes = model.toBytes();
    const back = NeuMfTasteModel.fromBytes(bytes);
    expect(await back.predict(heldOut.users, heldOut.items)).toEqual(await model.predict(heldOut.users, heldOut.items));
    const broken = bytes.slice();
    broken[bytes.length - 3] ^= 0x40;
    expect(() => NeuMfTasteModel.fromBytes(broken)).toThrow(AppError);
  });

  it('says deviceLost when the device goes away, after delivering the checkpoints before', async () => {
    let lose: (error: AppError) => void = () => {};
    const lost = new Promise<AppError>((resolve) => {
      lose = resolve;
    });
    const delivered: number[] = [];
    const fitting = fit(
      {
        device: { ...hostOf('wasm'), lost },
        onCheckpoint: ({ epoch }) => {
          delivered.push(epoch);
          if (epoch === 2) lose(new AppError('deviceLost', { device: 'wasm' }));
        },
      },
      {},
    );
    await expect(fitting).rejects.toMatchObject({ code: 'deviceLost' });
    expect(delivered).toEqual([1, 2]);
  });
});

describe.skipIf(!hasFixedSplit('ml-100k'))('on MovieLens 100K (data beside the repository)', () => {
  it('reaches a test RMSE under 0.930 within three epochs', async () => {
    const test = readPairs('ml-100k', 'test');
    const all = ratingsFromPairs(readPairs('ml-100k', 'train'), 943, 1682);
    const quick = { ...neumfTaste.defaults('balanced', all), epochs: 3 };
    const { model } = await neumfTaste.fit(all, quick, { device });
    expect(rootMeanSquare(await model.predict(test.users, test.items), test)).toBeLessThan(0.93);
  }, 240_000);

  it.skipIf(!process.env['SLOW'])(
    'reaches 0.915 with the balanced preset, its epochs chosen by validation',
    async () => {
      const test = readPairs('ml-100k', 'test');
      const all = ratingsFromPairs(readPairs('ml-100k', 'train'), 943, 1682);
      const { model } = await neumfTaste.fit(all, { ...neumfTaste.defaults('balanced', all), epochs: 7 }, { device });
      expect(rootMeanSquare(await model.predict(test.users, test.items), test)).toBeLessThan(0.915);
    },
  );
});
