import { describe, expect, it } from 'vitest';
import { pairsFromCsr } from '../base/sparse.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import { splitRatings } from '../data/split.ts';
import { markov } from '../models/markov.ts';
import { means } from '../models/means.ts';
import { mfChoice } from '../models/mf-choice.ts';
import { mfTaste } from '../models/mf-taste.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import { popularity } from '../models/popularity.ts';
import { planHead } from './head-plan.ts';
import { type PrivacyPriceRequest, priceOfPrivacy } from './price-of-privacy.ts';
import { INSIDE_SEED, pricedPart } from './priced-part.ts';

const device = createReferenceDevice();
const [USERS, ITEMS, SEED, HOLDOUT, K] = [60, 40, 6, 0.2, 5];
const planted = plantedRatings({ users: USERS, items: ITEMS, perUser: 16, noise: 0.5, seed: 4 });
/** No two of a customer's things on the same day. */
const ratings: Ratings = {
  ...planted,
  lastTime: () => Float64Array.from(planted.byUser.indices, (_, e) => 86_400_000 * ((e * 7919) % 9973)),
};
const price = (request: Partial<PrivacyPriceRequest> = {}) =>
  priceOfPrivacy({
    data: ratings,
    heads: () => ({
      taste: planHead(mfTaste, 'quick', { factors: 3, epochs: 4 }, 1),
      choice: planHead(mfChoice, 'quick', { factors: 4, epochs: 4 }, 1),
    }),
    device,
    seed: SEED,
    holdout: HOLDOUT,
    k: K,
    grid: [{ fewest: 5, most: 6 }],
    ...request,
  });
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the price of privacy', () => {
  it('is what counting says: bestsellers and averages of what was learned from, judged on everything', async () => {
    const result = await price({
      heads: () => ({ taste: planHead(means, 'quick', {}, 1), choice: planHead(popularity, 'quick', {}, 1) }),
    });
    // The same two cuts and the same protection by hand.
    const part = pricedPart(ratings, SEED, HOLDOUT);
    const { train, test } = splitRatings(part, { kind: 'per-customer', holdout: HOLDOUT, seed: SEED ^ INSIDE_SEED });
    const times = train.lastTime?.() ?? new Float64Array();
    const { users, items, values } = pairsFromCsr(train.byUser);
    const all = Array.from(users, (user, e) => ({ user, item: items[e], value: values[e], time: times[e] }));
    const latest = all.filter(
      (one) => all.filter((other) => other.user === one.user && other.time > one.time).length < 6,
    );
    expect(latest).toHaveLength(6 * USERS);
    const choosers = (entries: typeof all, item: number) =>
      entries.filter((one) => one.item === item && one.value >= 3).length;
    const learned = latest.filter(({ item }) => choosers(latest, item) >= 5);
    expect(learned.length).toBeLessThan(latest.length);
    const listed = new Set(learned.map(({ item }) => item));

    const liked = Array.from({ length: USERS }, () => new Set<number>());
    test.users.forEach((user, p) => {
      if (test.values[p] >= 3) liked[user].add(test.items[p]);
    });
    const tested = Array.from(liked.keys()).filter((user) => liked[user].size > 0);
    const recallOf = (entries: typeof all, may: (item: number) => boolean) =>
      tested.map((user) => {
        const had = new Set(all.filter((one) => one.user === user).map(({ item }) => item));
        const list = Array.from({ length: ITEMS }, (_, item) => item)
          .filter((item) => may(item) && !had.has(item))
          .sort((a, b) => choosers(entries, b) - choosers(entries, a) || a - b)
          .slice(0, K);
        return list.filter((item) => liked[user].has(item)).length / liked[user].size;
      });
    const [before, after] = [recallOf(all, () => true), recallOf(learned, (item) => listed.has(item))];
    expect(result.customers).toBe(tested.length);
    expect(result.none.recall.mean).toBeCloseTo(mean(before), 6);
    expect([result.none.entries, result.none.products]).toEqual([
      all.length,
      new Set(all.map(({ item }) => item)).size,
    ]);
    const [{ measured, error, settings }] = result.prices;
    expect([error, settings]).toEqual([null, { fewest: 5, most: 6 }]);
    expect(measured?.figures.recall.mean).toBeCloseTo(mean(after), 6);
    expect(measured?.recall.difference.mean).toBeCloseTo(mean(after) - mean(before), 6);
    expect(measured?.recall.worse).toBeCloseTo(mean(after.map((value, q) => (value < before[q] ? 1 : 0))), 6);
    expect([measured?.figures.entries, measured?.figures.products]).toEqual([learned.length, listed.size]);
    // Stars are judged on every held-out rating: of products that were left out too.
    const fitted = async (entries: typeof all) => {
      const pairs = {
        users: Uint32Array.from(entries, ({ user }) => user),
        items: Uint32Array.from(entries, ({ item }) => item),
        values: Float32Array.from(entries, ({ value }) => value),
      };
      const data = { ...ratingsOf(pairs, USERS, ITEMS), scale: train.scale };
      const { model } = await means.fit(data, means.defaults('quick', data), { device });
      const stars = await model.predict(test.users, test.items);
      return Math.sqrt(mean(Array.from(stars, (star, p) => (star - test.values[p]) ** 2)));
    };
    const errors = [await fitted(all), await fitted(learned)];
    expect(result.none.rmse).toBeCloseTo(errors[0], 4);
    expect(measured?.figures.rmse).toBeCloseTo(errors[1], 4);
    expect(measured?.rmse?.difference.mean).toBeCloseTo(errors[1] - errors[0], 4);
  });

  it('is measured for what changes something, told in order, and is the same when measured again', async () => {
    const shares: number[] = [];
    const grid = [
      { fewest: 2, most: null }, // everything is chosen by more
      { fewest: 9, most: null },
      { fewest: 0, most: 100 }, // nobody has as much
      { fewest: 0, most: 6 },
      { fewest: 9, most: 100 }, // the same as without the bound
      { fewest: 50, most: 6 }, // nothing is left
    ];
    const result = await price({ grid, tell: (share) => void shares.push(share) });
    expect(result.pointless).toEqual([grid[0], grid[2], grid[4]]);
    expect(result.prices.map(({ settings }) => settings)).toEqual([grid[1], grid[3], grid[5]]);
    expect(result.prices[2]).toMatchObject({ measured: null, error: { code: 'tooPrivate', params: { entries: 0 } } });
    expect(result.none.rmse).toBeGreaterThan(0);
    const [few, latest] = result.prices;
    expect(few.measured?.figures.entries).toBeLessThan(result.none.entries);
    expect(latest.measured?.figures.entries).toBe(6 * USERS);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(await price({ grid })).toEqual(result);
    // A setting is measured the same whatever stands beside it.
    expect((await price({ grid: [grid[3]] })).prices).toEqual([latest]);
  });

  it('goes without stars where there are none, and says of a setting what a model lacks for it', async () => {
    const choices = { ...ratings, ...ratingsOf(pairsFromCsr(ratings.byUser), USERS, ITEMS, 'implicit') };
    const listsOnly = () => ({ taste: null, choice: planHead(popularity, 'quick', {}, 1) });
    const { none, prices } = await price({ data: choices, heads: listsOnly });
    expect([none.rmse, prices[0].measured?.rmse]).toEqual([null, null]);
    const timed = { ...choices, lastTime: ratings.lastTime };
    const chain = () => ({ taste: null, choice: planHead(markov, 'quick', {}, 1) });
    const one = await price({ data: timed, heads: chain, grid: [{ fewest: 0, most: 1 }] });
    expect(one.none.recall.mean).toBeGreaterThan(0);
    expect(one.prices[0]).toMatchObject({ measured: null, error: { code: 'noSequences' } });
  });

  it('stops when asked, and has nothing to say where nobody can be tested', async () => {
    const stop = new AbortController();
    const asked = price({ signal: stop.signal, tell: () => stop.abort() });
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    const users = Uint32Array.from({ length: 30 }, (_, user) => user);
    const pairs = { users, items: users.map((user) => user % 6), values: new Float32Array(30).fill(1) };
    await expect(price({ data: ratingsOf(pairs, 30, 6, 'implicit') })).rejects.toMatchObject({ code: 'nothingToTest' });
  });
});
