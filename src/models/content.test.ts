import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createRandom } from '../base/random.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { tableOf } from './about.testing.ts';
import { byPopularity, chosenTable, historyOf, randomChoices, sortedList } from './choices.testing.ts';
import { content } from './content.ts';
import { historiesOf } from './held-out.ts';
import { ItemWeightsModel } from './item-weights-model.ts';

const USERS = 40;
const ITEMS = 22;
/** Has no title at all. */
const UNTITLED = 5;
const device = createReferenceDevice();
const random = createRandom(9);
const words = Array.from({ length: ITEMS }, (_, item) =>
  item === UNTITLED ? [] : Array.from({ length: 3 }, () => `w${random.integer(9)}`),
);
const about = {
  customers: tableOf(Array.from({ length: USERS }, () => ({}))),
  products: tableOf(words.map((own) => ({ title: own.join(' ') }))),
};
const ratings: Ratings = { ...randomChoices(USERS, ITEMS, 7), about };
const table = chosenTable(ratings);
const order = byPopularity(table);
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);

/** tf · ln(n / df) of every word, written out densely; cosine of two products. */
const vocabulary = [...new Set(words.flat())];
const told = words.filter((own) => own.length > 0).length;
const dense = words.map((own) =>
  vocabulary.map((word) => {
    const df = words.filter((other) => other.includes(word)).length;
    return df < 2 ? 0 : own.filter((one) => one === word).length * Math.log(told / df);
  }),
);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * b[at], 0);
const cosine = (a: number, b: number) => dot(dense[a], dense[b]) / Math.hypot(...dense[a]) / Math.hypot(...dense[b]);

/** (1 + choosers)^fame of a product. */
const factor = (item: number, fame: number) => (1 + table.reduce((sum, own) => sum + own[item], 0)) ** fame;

/** By product: Σ cos over the history among the k nearest, times its fame; −Infinity without a title. */
function scoresByHand(own: readonly number[], k: number, fame: number): number[] {
  return words.map((_, item) => {
    if (item === UNTITLED) return Number.NEGATIVE_INFINITY;
    const rounded = (other: number) => Math.round(cosine(item, other) * 1e6);
    const near = order
      .filter((other) => other !== item && other !== UNTITLED && rounded(other) > 0)
      .sort((a, b) => rounded(b) - rounded(a))
      .slice(0, k);
    return factor(item, fame) * near.reduce((sum, other) => sum + own[other] * cosine(item, other), 0);
  });
}

describe('by description', () => {
  test.each([
    [1, 0],
    [4, 0],
    [100, 0],
    [4, 0.5],
  ])('scores and lists are what the words give, k = %i, fame = %f', async (k, fame) => {
    const { model } = await content.fit(ratings, { k, fame, epochs: 1, seed: 1 }, { device });
    const exclude = historiesOf(ratings.byUser, everybody);
    const scores = await model.scoresForMany(everybody);
    const { indices } = await model.topItemsForMany(everybody, 6, exclude);
    for (const user of everybody) {
      // Customer 0 likes nothing and gets popularity.
      if (user === 0) continue;
      const expected = scoresByHand(table[user], k, fame);
      expected.forEach((score, item) => {
        if (item === UNTITLED) expect(scores[user * ITEMS + item]).toBe(Number.NEGATIVE_INFINITY);
        else expect(scores[user * ITEMS + item]).toBeCloseTo(score, 5);
      });
      const own = [...exclude.indices.subarray(exclude.pointers[user], exclude.pointers[user + 1]), UNTITLED];
      const rounded = expected.map((score) => Math.round(score * 1e5));
      const list = [...indices.subarray(user * 6, user * 6 + 6)].filter((item) => item < ITEMS);
      const best = sortedList(rounded, order, own).slice(0, 6);
      expect(list.map((item) => rounded[item])).toEqual(best.map((item) => rounded[item]));
      expect(list.filter((item) => own.includes(item))).toEqual([]);
    }
    expect([...indices.subarray(0, 3)]).toEqual(
      order
        .filter((item) => item !== UNTITLED && !ratings.byUser.indices.subarray(0, exclude.pointers[1]).includes(item))
        .slice(0, 3),
    );
    expect(model.leftOut).toBe(1);
  });

  test('a score is the sum of its reasons, for anybody', async () => {
    const options = content.defaults('balanced', ratings);
    const { fame } = options;
    const { model } = await content.fit(ratings, options, { device });
    const history = historyOf(table, 9);
    const list = model.topItemsFrom(history, 4, history.items);
    list.indices.forEach((item, place) => {
      const { score, baseline, contributions } = model.explain(history, item);
      expect(score).toBeCloseTo(list.scores[place], 5);
      expect(baseline).toBe(0);
      expect(contributions.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(score, 6);
      for (const { item: other, amount } of contributions) {
        if (amount > 0) expect(amount).toBeCloseTo(factor(item, fame) * cosine(item, other), 5);
      }
    });
  });

  test('what nobody has chosen is suggested to who chose its like', async () => {
    const titles = ['red tea mug', 'green tea mug', 'oak chair', 'oak table', 'oak stool', 'red tea cup'];
    const products = tableOf(titles.map((title) => ({ title })));
    const { model } = await content.fit(
      { ...randomChoices(20, 6, 3), about: { ...about, products } },
      { k: 2, fame: 0, epochs: 1, seed: 1 },
      { device },
    );
    // Nobody likes the last product (`randomChoices`); it has "red" and "tea" from the first.
    const { indices } = model.topItemsFrom(
      { items: Uint32Array.of(0), values: Float32Array.of(1) },
      2,
      Uint32Array.of(0),
    );
    expect([...indices].sort()).toEqual([1, 5]);
  });

  test('comes back from its bytes, damage is noticed; nothing held out is asked', async () => {
    const { model } = await content.fit(ratings, content.defaults('balanced', ratings), { device });
    const bytes = model.toBytes();
    const back = ItemWeightsModel.fromBytes(bytes, device);
    expect(back.name).toBe('content');
    expect(back.toBytes()).toEqual(bytes);
    expect(await back.scoresForMany(everybody)).toEqual(await model.scoresForMany(everybody));
    expect(() => ItemWeightsModel.fromBytes(bytes.subarray(0, bytes.length - 4), device)).toThrow(AppError);
    const harsher = ratings.byUser.values.map((value) => (value < 3 ? 3 - value : value));
    const other = { ...ratings, byUser: { ...ratings.byUser, values: harsher } };
    const again = await content.fit(other, content.defaults('balanced', other), { device });
    expect(again.model.toBytes()).toEqual(bytes);
  });

  test('nothing to go by is said so; nonsense is refused', async () => {
    const options = content.defaults('balanced', ratings);
    const silent = { ...about, products: tableOf(words.map(() => ({}))) };
    await expect(content.fit({ ...ratings, about: silent }, options, { device })).rejects.toMatchObject({
      code: 'noDescriptions',
    });
    await expect(content.fit({ ...ratings, about: undefined }, options, { device })).rejects.toMatchObject({
      code: 'noDescriptions',
    });
    const disliked = { ...ratings, rule: { ...ratings.rule, minRating: 6 } };
    await expect(content.fit(disliked, options, { device })).rejects.toMatchObject({ code: 'tooFewRatings' });
    expect(() => content.fit(ratings, { ...options, k: 0 }, { device })).toThrow(RangeError);
  });
});
