import { describe, expect, it, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { findEntry } from '../base/sparse.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import { alternatingMeans, fitBiases } from './baselines.ts';
import { hasFixedSplit, ratingsFromPairs, readPairs } from './fixed-split.testing.ts';
import { itemNeighboursTaste, type NeighboursTasteOptions, userNeighboursTaste } from './neighbours-taste.ts';
import { NeighboursTasteModel } from './neighbours-taste-model.ts';
import { madeUpRatings, rootMeanSquare } from './neumf-data.testing.ts';
import type { EpochEvent, FitContext } from './recommender.ts';

const USERS = 40;
const ITEMS = 30;
const { ratings, heldOut } = madeUpRatings(USERS, ITEMS, 0.3, 23);
const device = {} as FitContext['device'];
const BOTH = [userNeighboursTaste, itemNeighboursTaste];
const defaults = itemNeighboursTaste.defaults('quick', ratings);
const all = (count: number) => Array.from({ length: count }, (_, at) => at);
/** Every pair, and one row of each side that is not there. */
const everyPair = {
  users: Uint32Array.from({ length: (USERS + 1) * (ITEMS + 1) }, (_, p) => Math.floor(p / (ITEMS + 1))),
  items: Uint32Array.from({ length: (USERS + 1) * (ITEMS + 1) }, (_, p) => p % (ITEMS + 1)),
};

/** The formula with sorted lists, from the similarities of the fitted model (which have a test of their own). */
function naive(model: NeighboursTasteModel, options: NeighboursTasteOptions, user: number, item: number): number {
  const { mean, userBias, itemBias } = alternatingMeans(ratings);
  const baseline = (u: number, i: number) => mean + (userBias[u] ?? 0) + (itemBias[i] ?? 0);
  const rating = (u: number, i: number) => {
    const e = findEntry(ratings.byUser, u, i);
    return e < 0 ? null : ratings.byUser.values[e];
  };
  const clip = (value: number) => Math.min(5, Math.max(1, value));
  if (user >= USERS || item >= ITEMS) return clip(baseline(user, item));
  const byCustomers = model.name === 'userNeighbours';
  const n = byCustomers ? USERS : ITEMS;
  const candidates = all(n)
    .map((other) => {
      const [u, i] = byCustomers ? [other, item] : [user, other];
      const value = rating(u, i);
      const similarity = model.parts.similarity[(byCustomers ? user : item) * n + other];
      return value === null ? null : { similarity, residual: value - baseline(u, i), other };
    })
    .filter((candidate) => candidate !== null)
    .filter(({ similarity, other }) => similarity > 0 && other !== (byCustomers ? user : item))
    .sort((a, b) => b.similarity - a.similarity || a.other - b.other)
    .slice(0, options.neighbours);
  if (candidates.length < Math.max(1, options.minimumNeighbours)) return clip(baseline(user, item));
  const weights = candidates.reduce((sum, { similarity }) => sum + similarity, 0);
  const weighted = candidates.reduce((sum, { similarity, residual }) => sum + similarity * residual, 0);
  return clip(baseline(user, item) + weighted / weights);
}

describe.each(BOTH)('$name for ratings', (recommender) => {
  it('is averages plus what the nearest think, for every pair', async () => {
    for (const changes of [
      {},
      // ties are the rule with mean squared differences over few co-ratings
      { similarity: 'msd', neighbours: 3 },
      { similarity: 'jaccard', neighbours: 4, minimumNeighbours: 3 },
      { similarity: 'pearson', neighbours: 2, minimumOverlap: 2, minimumNeighbours: 2 },
    ] as const) {
      const options = { ...defaults, ...changes };
      const { model } = await recommender.fit(ratings, options, { device });
      const predicted = await model.predict(everyPair.users, everyPair.items);
      for (let p = 0; p < predicted.length; p++) {
        expect(predicted[p]).toBeCloseTo(naive(model, options, everyPair.users[p], everyPair.items[p]), 4);
      }
    }
  });

  it('learns what averages cannot know', async () => {
    const events: EpochEvent[] = [];
    const onEpoch = (event: EpochEvent) => void events.push(event);
    const { model } = await recommender.fit(ratings, defaults, { device, validation: heldOut, onEpoch });
    const error = rootMeanSquare(await model.predict(heldOut.users, heldOut.items), heldOut);
    const ofMeans = rootMeanSquare(await fitBiases(ratings).predict(heldOut.users, heldOut.items), heldOut);
    expect(error).toBeLessThan(0.9 * ofMeans);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ model: recommender.name, head: 'taste', epoch: 1, epochs: 1 });
    expect(events[0].validation).toBeCloseTo(error, 6);
  });

  it('does not let a rating speak for itself', async () => {
    // The only rating of the only thing anybody else has rated: its prediction is the averages'.
    const lonely = ratingsOf({ users: Uint32Array.of(0), items: Uint32Array.of(0), values: Float32Array.of(5) }, 2, 2);
    const { model } = await recommender.fit(lonely, { ...defaults, similarity: 'msd' }, { device });
    const { mean, userBias, itemBias } = alternatingMeans(lonely);
    const predicted = await model.predict(Uint32Array.of(0), Uint32Array.of(0));
    expect(predicted[0]).toBeCloseTo(Math.min(5, mean + userBias[0] + itemBias[0]), 6);
  });

  it('gives the same bytes again, and from bytes the same predictions; damaged ones are refused', async () => {
    const { model } = await recommender.fit(ratings, defaults, { device });
    const bytes = model.toBytes();
    expect(model.size()).toBe(bytes.length);
    expect((await recommender.fit(ratings, defaults, { device })).model.toBytes()).toEqual(bytes);
    const back = NeighboursTasteModel.fromBytes(model.name, bytes);
    const { users, items } = everyPair;
    expect(await back.predict(users, items)).toEqual(await model.predict(users, items));
    const other = model.name === 'userNeighbours' ? 'itemNeighbours' : 'userNeighbours';
    expect(() => NeighboursTasteModel.fromBytes(other, bytes)).toThrow(AppError);
    const { parts } = model;
    const { indices, columns } = parts.residuals;
    for (const wrong of [
      { ...parts, userBias: parts.userBias.slice(1) },
      { ...parts, residuals: { ...parts.residuals, indices: indices.map((row) => row + columns) } },
      { ...parts, residuals: { ...parts.residuals, values: parts.residuals.values.slice(1) } },
    ]) {
      const packed = new NeighboursTasteModel(model.name, wrong).toBytes();
      expect(() => NeighboursTasteModel.fromBytes(model.name, packed)).toThrow(AppError);
    }
    bytes[bytes.length - 2] ^= 0x10;
    expect(() => NeighboursTasteModel.fromBytes(model.name, bytes)).toThrow(AppError);
  });

  it('tells that it is too large instead of taking half a gigabyte, and asks for a neighbour', async () => {
    const pair = { users: Uint32Array.of(0), items: Uint32Array.of(0), values: Float32Array.of(3) };
    await expect(recommender.fit(ratingsOf(pair, 12_000, 12_000), defaults, { device })).rejects.toMatchObject({
      code: 'modelTooLarge',
      params: { model: recommender.name, neededMb: 550, mostMb: 512 },
    });
    await expect(recommender.fit(ratings, { ...defaults, neighbours: 0 }, { device })).rejects.toThrow(RangeError);
  });
});

describe.skipIf(!hasFixedSplit('ml-100k'))('MovieLens 100K, fixed 90/10 (skipped without the data folder)', () => {
  test.each(BOTH)('$name with correlations over what averages leave beats averages by far', async (recommender) => {
    const held = readPairs('ml-100k', 'test');
    const train = ratingsFromPairs(readPairs('ml-100k', 'train'), 943, 1682);
    const { model } = await recommender.fit(train, recommender.defaults('quick', train), { device });
    const error = rootMeanSquare(await model.predict(held.users, held.items), held);
    expect(error).toBeGreaterThan(0.905);
    expect(error).toBeLessThan(0.92);
  });
});
