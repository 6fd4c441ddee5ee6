import { describe, expect, it, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { findEntry } from '../base/sparse.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import { hasFixedSplit, ratingsFromPairs, readPairs } from './fixed-split.testing.ts';
import { madeUpRatings, rootMeanSquare } from './neumf-data.testing.ts';
import type { FitContext } from './recommender.ts';
import { slopeOne } from './slope-one.ts';
import { NOBODY, SlopeOneModel } from './slope-one-model.ts';

const { ratings, heldOut } = madeUpRatings(40, 30, 0.25, 11);
const device = {} as FitContext['device'];
const fit = async (of = ratings, minimumOverlap = 1) =>
  (await slopeOne.fit(of, { ...slopeOne.defaults('quick', of), minimumOverlap }, { device })).model;
const one = async (model: SlopeOneModel, user: number, item: number) =>
  (await model.predict(Uint32Array.of(user), Uint32Array.of(item)))[0];

/** Every pair, and some rows that are not there. */
const everyPair = {
  users: Uint32Array.from({ length: 41 * 31 }, (_, p) => Math.floor(p / 31)),
  items: Uint32Array.from({ length: 41 * 31 }, (_, p) => p % 31),
};

/** The formula over dense rows with gaps, one customer after another. */
function naive(user: number, item: number, minimumOverlap: number): number {
  const rating = (u: number, i: number) => {
    const e = findEntry(ratings.byUser, u, i);
    return e < 0 ? null : ratings.byUser.values[e];
  };
  const all = (count: number) => Array.from({ length: count }, (_, at) => at);
  const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const of = (values: (number | null)[]) => values.filter((value) => value !== null);
  const clip = (value: number) => Math.min(5, Math.max(1, value));

  const rated = user < 40 ? all(30).filter((j) => rating(user, j) !== null) : [];
  if (rated.length === 0) {
    const own = of(all(40).map((u) => rating(u, item)));
    return clip(own.length > 0 ? average(own) : average(Array.from(ratings.byUser.values)));
  }
  const differences: number[] = [];
  for (const other of rated) {
    if (other === item) continue;
    const both = of(
      all(40).map((u) => {
        const [x, y] = [rating(u, item), rating(u, other)];
        return x === null || y === null ? null : x - y;
      }),
    );
    if (both.length >= minimumOverlap) differences.push(average(both));
  }
  const own = average(of(rated.map((j) => rating(user, j))));
  return clip(own + (differences.length > 0 ? average(differences) : 0));
}

describe('Slope One', () => {
  it('solves the example of the paper', async () => {
    // Lemire & Maclachlan 2005, §1: user A gave 1 to item I and 1.5 to item J, user B gave 2 to I: 2 + (1.5 − 1) = 2.5 to J.
    const model = await fit(
      ratingsOf(
        { users: Uint32Array.of(0, 0, 1), items: Uint32Array.of(0, 1, 0), values: Float32Array.of(1, 1.5, 2) },
        2,
        2,
      ),
    );
    expect(await one(model, 1, 1)).toBe(2.5);
  });

  it('is the formula for every pair, with ratings that are known left out of their own prediction', async () => {
    for (const minimumOverlap of [1, 3]) {
      const predicted = await (await fit(ratings, minimumOverlap)).predict(everyPair.users, everyPair.items);
      for (let p = 0; p < predicted.length; p++) {
        expect(predicted[p]).toBeCloseTo(naive(everyPair.users[p], everyPair.items[p], minimumOverlap), 4);
      }
    }
  });

  it('keeps differences both ways round, and none of a thing with itself', async () => {
    const { deviations, itemMeans } = (await fit()).parts;
    const n = itemMeans.length;
    for (let i = 0; i < n; i++) {
      expect(deviations[i * n + i]).toBe(NOBODY);
      for (let j = i + 1; j < n; j++) {
        const there = deviations[i * n + j];
        expect(deviations[j * n + i]).toBe(there === NOBODY ? NOBODY : -there);
      }
    }
  });

  it('falls back on the mean of the customer, then on that of the thing', async () => {
    // Customer 0 gave 5 and 4 to things 0 and 1, customer 1 gave 2 to thing 2, customer 2 nothing; thing 3 is new.
    const apart = ratingsOf(
      { users: Uint32Array.of(0, 0, 1), items: Uint32Array.of(0, 1, 2), values: Float32Array.of(5, 4, 2) },
      3,
      4,
    );
    const model = await fit(apart);
    expect(await one(model, 0, 2)).toBe(4.5);
    expect(await one(model, 1, 3)).toBe(2);
    expect(await one(model, 2, 1)).toBe(4);
    expect(await one(model, 2, 3)).toBeCloseTo(11 / 3, 6);
    expect(await one(model, 0, 99)).toBe(4.5);
    expect(await one(model, 99, 0)).toBe(5);
  });

  it('gives the same bytes again, and from bytes the same predictions; damaged ones are refused', async () => {
    const model = await fit();
    const bytes = model.toBytes();
    expect(model.size()).toBe(bytes.length);
    expect((await fit()).toBytes()).toEqual(bytes);
    const back = SlopeOneModel.fromBytes(bytes);
    const { users, items } = everyPair;
    expect(await back.predict(users, items)).toEqual(await model.predict(users, items));
    const { parts } = model;
    const cut = new SlopeOneModel({ ...parts, itemMeans: parts.itemMeans.slice(1) });
    expect(() => SlopeOneModel.fromBytes(cut.toBytes())).toThrow(AppError);
    const wrong = { ...parts.rated, indices: parts.rated.indices.map((item) => item + 1) };
    expect(() => SlopeOneModel.fromBytes(new SlopeOneModel({ ...parts, rated: wrong }).toBytes())).toThrow(AppError);
    bytes[bytes.length - 2] ^= 0x10;
    expect(() => SlopeOneModel.fromBytes(bytes)).toThrow(AppError);
  });

  it('tells that it is too large instead of taking half a gigabyte', async () => {
    const wide = ratingsOf(
      { users: Uint32Array.of(0), items: Uint32Array.of(0), values: Float32Array.of(3) },
      1,
      15_000,
    );
    await expect(fit(wide)).rejects.toMatchObject({
      code: 'modelTooLarge',
      params: { model: 'slopeOne', neededMb: 859, mostMb: 512 },
    });
  });

  it('measures itself on what was held out', async () => {
    const validation: (number | null)[] = [];
    const { model } = await slopeOne.fit(ratings, slopeOne.defaults('quick', ratings), {
      device,
      validation: heldOut,
      onEpoch: (event) => void validation.push(event.validation),
    });
    const error = rootMeanSquare(await model.predict(heldOut.users, heldOut.items), heldOut);
    expect(validation).toHaveLength(1);
    expect(validation[0]).toBeCloseTo(error, 6);
  });
});

describe.skipIf(!hasFixedSplit('ml-100k'))('MovieLens 100K, fixed 90/10 (skipped without the data folder)', () => {
  test('has an RMSE between 0.935 and 0.945 with its own answer for things nobody rated', async () => {
    const held = readPairs('ml-100k', 'test');
    const model = await fit(ratingsFromPairs(readPairs('ml-100k', 'train'), 943, 1682));
    const error = rootMeanSquare(await model.predict(held.users, held.items), held);
    expect(error).toBeGreaterThan(0.935);
    expect(error).toBeLessThan(0.945);
  });
});
