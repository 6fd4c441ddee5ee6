import { describe, expect, it, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { pairsFromCsr } from '../base/sparse.ts';
import { hasFixedSplit, ratingsFromPairs, readPairs } from './fixed-split.testing.ts';
import { means } from './means.ts';
import { MeansModel } from './means-model.ts';
import { madeUpRatings, rootMeanSquare } from './neumf-data.testing.ts';
import type { EpochEvent, FitContext } from './recommender.ts';

const { ratings, heldOut } = madeUpRatings(40, 30, 0.3, 5);
const device = {} as FitContext['device'];
const one = async (model: MeansModel, user: number, item: number) =>
  (await model.predict(Uint32Array.of(user), Uint32Array.of(item)))[0];

/** The same averages over a list of ratings, without matrices. */
function naiveMeans(itemShrinkage: number, userShrinkage: number, rounds: number) {
  const { users, items, values } = pairsFromCsr(ratings.byUser);
  const list = Array.from(values, (value, p) => ({ user: users[p], item: items[p], value }));
  const mean = list.reduce((sum, { value }) => sum + value, 0) / list.length;
  let userBias = new Array<number>(40).fill(0);
  let itemBias = new Array<number>(30).fill(0);
  for (let round = 0; round < rounds; round++) {
    itemBias = itemBias.map((_, item) => {
      const own = list.filter((rating) => rating.item === item);
      return (
        own.reduce((sum, { user, value }) => sum + value - mean - userBias[user], 0) / (itemShrinkage + own.length)
      );
    });
    userBias = userBias.map((_, user) => {
      const own = list.filter((rating) => rating.user === user);
      return (
        own.reduce((sum, { item, value }) => sum + value - mean - itemBias[item], 0) / (userShrinkage + own.length)
      );
    });
  }
  return (user: number, item: number) => Math.min(5, Math.max(1, mean + userBias[user] + itemBias[item]));
}

describe('averages', () => {
  it('are what alternating least squares gives, with any shrinkage and number of rounds', async () => {
    for (const options of [
      means.defaults('quick', ratings),
      { itemShrinkage: 2, userShrinkage: 5, rounds: 3, epochs: 1, seed: 1 },
    ]) {
      const { model } = await means.fit(ratings, options, { device });
      const expected = naiveMeans(options.itemShrinkage, options.userShrinkage, options.rounds);
      const predicted = await model.predict(heldOut.users, heldOut.items);
      predicted.forEach((value, p) => void expect(value).toBeCloseTo(expected(heldOut.users[p], heldOut.items[p]), 5));
    }
  });

  it('know half of the answer for a row they have never seen, and the overall mean without either', async () => {
    const empty = { ...ratings.byUser, rows: 41, pointers: Uint32Array.of(...ratings.byUser.pointers, 0) };
    empty.pointers[41] = empty.pointers[40];
    const options = { ...means.defaults('quick', ratings), userShrinkage: 0 };
    const { model } = await means.fit({ ...ratings, byUser: empty }, options, { device });
    const { mean, itemBias, userBias } = model.parts;
    expect(userBias[40]).toBe(0);
    for (const user of [40, 41, 999]) expect(await one(model, user, 3)).toBeCloseTo(mean + itemBias[3], 5);
    expect(await one(model, 2, 30)).toBeCloseTo(mean + userBias[2], 5);
    expect(await one(model, 999, 999)).toBeCloseTo(mean, 5);
  });

  it('are one epoch with the error on what was held out', async () => {
    const events: EpochEvent[] = [];
    const onEpoch = (event: EpochEvent) => void events.push(event);
    const options = means.defaults('best', ratings);
    const { model, epochs } = await means.fit(ratings, options, { device, validation: heldOut, onEpoch });
    const error = rootMeanSquare(await model.predict(heldOut.users, heldOut.items), heldOut);
    const all = pairsFromCsr(ratings.byUser);
    const trainError = rootMeanSquare(await model.predict(all.users, all.items), all);
    expect(epochs).toBe(1);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ model: 'means', head: 'taste', epoch: 1, epochs: 1 });
    expect(events[0].validation).toBeCloseTo(error, 6);
    expect(events[0].trainLoss).toBeCloseTo(trainError, 6);
  });

  it('come back from bytes with the same predictions, and refuse damaged ones', async () => {
    const { model } = await means.fit(ratings, means.defaults('quick', ratings), { device });
    const bytes = model.toBytes();
    const back = MeansModel.fromBytes(bytes);
    expect(await back.predict(heldOut.users, heldOut.items)).toEqual(await model.predict(heldOut.users, heldOut.items));
    bytes[bytes.length - 2] ^= 0x10;
    expect(() => MeansModel.fromBytes(bytes)).toThrow(AppError);
  });

  it('refuse what cannot be averaged', async () => {
    const options = means.defaults('quick', ratings);
    const none = ratingsFromPairs(
      { users: new Uint32Array(), items: new Uint32Array(), values: new Float32Array() },
      2,
      2,
    );
    await expect(means.fit(none, options, { device })).rejects.toMatchObject({ code: 'tooFewRatings' });
    await expect(means.fit({ ...ratings, scale: null }, options, { device })).rejects.toThrow(TypeError);
    await expect(means.fit(ratings, { ...options, itemShrinkage: -1 }, { device })).rejects.toThrow(RangeError);
  });
});

describe.skipIf(!hasFixedSplit('ml-100k'))('MovieLens 100K, fixed 90/10 (skipped without the data folder)', () => {
  test('land where Surprise does (0.944 over five folds of 80/20)', async () => {
    const held = readPairs('ml-100k', 'test');
    const train = ratingsFromPairs(readPairs('ml-100k', 'train'), 943, 1682);
    const { model } = await means.fit(train, means.defaults('quick', train), { device });
    const error = rootMeanSquare(await model.predict(held.users, held.items), held);
    expect(error).toBeGreaterThan(0.925);
    expect(error).toBeLessThan(0.95);
  });
});
