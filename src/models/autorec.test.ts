import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { createWasmDevice } from '../compute/wasm/device.ts';
import { type AutoRecOptions, autorec } from './autorec.ts';
import { AutoRecModel } from './autorec-model.ts';
import { fitBiases } from './baselines.ts';
import { hasFixedSplit, ratingsFromPairs, readPairs } from './fixed-split.testing.ts';
import { madeUpRatings, rootMeanSquare } from './neumf-data.testing.ts';
import type { Checkpoint, EpochEvent, FitContext } from './recommender.ts';

const { ratings, heldOut } = madeUpRatings(80, 50, 0.35, 3);
const device = await createWasmDevice();

const options: AutoRecOptions = {
  ...autorec.defaults('quick', ratings),
  hidden: 16,
  batchItems: 16,
  epochs: 4,
  learningRate: 0.02,
};

const fit = (context: Partial<FitContext> = {}, changes: Partial<AutoRecOptions> = {}) =>
  autorec.fit(ratings, { ...options, ...changes }, { device, ...context });

describe('AutoRec', () => {
  it('is as wide as the preset says, and narrower where so many customers would fill the memory', () => {
    const of = (rows: number) => ({ ...ratings, byUser: { ...ratings.byUser, rows } });
    expect(autorec.defaults('best', of(6040)).hidden).toBe(400);
    expect(autorec.defaults('best', of(160_000)).hidden).toBe(104);
    expect(autorec.defaults('quick', of(10_000_000)).hidden).toBe(8);
  });

  it('learns what averages cannot know', async () => {
    const events: EpochEvent[] = [];
    const { model, epochs } = await fit(
      { test: heldOut, onEpoch: (event) => events.push(event) },
      { epochs: 40, decay: 0.95 },
    );
    const error = rootMeanSquare(await model.predict(heldOut.users, heldOut.items), heldOut);
    const ofMeans = rootMeanSquare(await fitBiases(ratings).predict(heldOut.users, heldOut.items), heldOut);
    expect(error).toBeLessThan(0.9 * ofMeans);
    expect(epochs).toBe(40);
    expect(events.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect(events[0]).toMatchObject({ model: 'autorec', head: 'taste', epochs: 40, validation: null });
    expect(events[39].trainLoss).toBeLessThan(events[0].trainLoss);
    expect(events[39].test).toBeCloseTo(error, 6);
  });

  it('gives the same bits for the same seed and others for another', async () => {
    const bytes = async (seed: number) => (await fit({}, { epochs: 2, seed })).model.toBytes();
    const first = await bytes(1);
    expect(await bytes(1)).toEqual(first);
    expect(await bytes(2)).not.toEqual(first);
  });

  it('predicts on another device what it predicts here', async () => {
    const here = await fit({ validation: heldOut });
    const there = await fit({ device: createReferenceDevice(), validation: heldOut });
    expect(there.epochs).toBe(here.epochs);
    const [a, b] = [here.model, there.model].map((model) => model.predict(heldOut.users, heldOut.items));
    const expected = await b;
    expect(Math.max(...(await a).map((value, p) => Math.abs(value - expected[p])))).toBeLessThan(0.01);
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
    const { epochs, stoppedEarly, model } = await fit(
      { validation: heldOut, onEpoch: (event) => events.push(event) },
      { epochs: 80, patience: 2, learningRate: 0.05, decay: 1, encoderReg: 0, decoderReg: 0 },
    );
    expect(stoppedEarly).toBe(true);
    const figures = events.map(({ validation }) => validation as number);
    expect(figures.indexOf(Math.min(...figures)) + 1).toBe(epochs);
    expect(events).toHaveLength(epochs + 2);
    const kept = rootMeanSquare(await model.predict(heldOut.users, heldOut.items), heldOut);
    expect(kept).toBeCloseTo(Math.min(...figures), 6);
  });

  it('is the same on stars of any width', async () => {
    const wide = {
      ...ratings,
      scale: { min: 10, max: 90, step: 20 },
      byUser: { ...ratings.byUser, values: ratings.byUser.values.map((value) => 20 * value - 10) },
      byItem: { ...ratings.byItem, values: ratings.byItem.values.map((value) => 20 * value - 10) },
    };
    const narrow = await (await fit()).model.predict(heldOut.users, heldOut.items);
    const { model } = await autorec.fit(wide, options, { device });
    const stretched = await model.predict(heldOut.users, heldOut.items);
    expect(Math.max(...narrow.map((value, p) => Math.abs(20 * value - 10 - stretched[p])))).toBeLessThan(0.02);
  });

  it('rounds the hidden layer up to what devices compute with', async () => {
    const { model } = await fit({}, { epochs: 1, hidden: 5 });
    expect(model.parts.hidden).toBe(8);
    expect(model.parts.codes).toHaveLength(50 * 8);
  });

  it('comes back from bytes with the same predictions, and refuses damaged ones', async () => {
    const { model } = await fit({}, { epochs: 1 });
    const bytes = model.toBytes();
    const back = AutoRecModel.fromBytes(bytes);
    expect(await back.predict(heldOut.users, heldOut.items)).toEqual(await model.predict(heldOut.users, heldOut.items));
    const broken = bytes.slice();
    broken[bytes.length - 3] ^= 0x40;
    expect(() => AutoRecModel.fromBytes(broken)).toThrow(AppError);
    const cut = new AutoRecModel({ ...model.parts, codes: model.parts.codes.slice(4) }).toBytes();
    expect(() => AutoRecModel.fromBytes(cut)).toThrow(AppError);
  });

  it('refuses data without a rating', async () => {
    const none = { pointers: new Uint32Array(3), indices: new Uint32Array(0), values: new Float32Array(0) };
    const empty = { ...ratings, byUser: { rows: 2, columns: 2, ...none }, byItem: { rows: 2, columns: 2, ...none } };
    await expect(autorec.fit(empty, options, { device })).rejects.toMatchObject({ code: 'tooFewRatings' });
  });
});

describe.skipIf(!hasFixedSplit('ml-100k'))('on MovieLens 100K (data beside the repository)', () => {
  it('reaches a test RMSE under 0.915 with the quick preset', async () => {
    const test = readPairs('ml-100k', 'test');
    const all = ratingsFromPairs(readPairs('ml-100k', 'train'), 943, 1682);
    const { model } = await autorec.fit(all, autorec.defaults('quick', all), { device });
    expect(rootMeanSquare(await model.predict(test.users, test.items), test)).toBeLessThan(0.915);
  }, 240_000);
});
