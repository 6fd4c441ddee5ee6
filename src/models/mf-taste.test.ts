import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { mfTaste } from './mf-taste.ts';
import { MfTasteModel } from './mf-taste-model.ts';
import { plantedRatings, splitOff } from './planted.testing.ts';
import type { Checkpoint, History } from './recommender.ts';

const device = createReferenceDevice();
const { ratings, held } = splitOff(plantedRatings({ users: 80, items: 50, perUser: 20, noise: 0.4, seed: 4 }), 5);
const options = { ...mfTaste.defaults('balanced', ratings), factors: 4, factorBase: 1, epochs: 6, seed: 9 };

const historyOf = ({ byUser }: Ratings, user: number): History => ({
  items: byUser.indices.slice(byUser.pointers[user], byUser.pointers[user + 1]),
  values: byUser.values.slice(byUser.pointers[user], byUser.pointers[user + 1]),
});

describe('fit', () => {
  test('same seed, same bytes; another seed, another model', async () => {
    const bytes = async (seed: number) =>
      (await mfTaste.fit(ratings, { ...options, seed }, { device })).model.toBytes();
    expect(await bytes(1)).toEqual(await bytes(1));
    expect(await bytes(1)).not.toEqual(await bytes(2));
  });

  test('continued from every checkpoint it is the uninterrupted model bit for bit', async () => {
    const checkpoints: Checkpoint[] = [];
    const validation = held;
    const whole = await mfTaste.fit(ratings, options, {
      device,
      validation,
      onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
    });
    expect(checkpoints.length).toBeGreaterThan(3);
    for (const resumeFrom of checkpoints) {
      const continued = await mfTaste.fit(ratings, options, { device, validation, resumeFrom });
      expect(continued.model.toBytes()).toEqual(whole.model.toBytes());
      expect(continued.epochs).toBe(whole.epochs);
    }
  });

  test('finds a planted structure: far better than means on held-out ratings', async () => {
    const { model } = await mfTaste.fit(ratings, options, { device, validation: held });
    const predicted = await model.predict(held.users, held.items);
    let squares = 0;
    let spread = 0;
    const mean = held.values.reduce((sum, value) => sum + value, 0) / held.values.length;
    for (let p = 0; p < predicted.length; p++) {
      squares += (predicted[p] - held.values[p]) ** 2;
      spread += (held.values[p] - mean) ** 2;
      expect(predicted[p]).toBeGreaterThanOrEqual(1);
      expect(predicted[p]).toBeLessThanOrEqual(5);
    }
    expect(squares).toBeLessThan(0.5 * spread);
  });

  test('ratings on another scale give the same fit, scaled', async () => {
    const wide: Ratings = {
      ...ratings,
      byUser: { ...ratings.byUser, values: ratings.byUser.values.map((value) => value * 2) },
      byItem: { ...ratings.byItem, values: ratings.byItem.values.map((value) => value * 2) },
      scale: { min: 2, max: 10, step: 2 },
    };
    const narrow = await mfTaste.fit(ratings, mfTaste.defaults('quick', ratings), { device });
    const doubled = await mfTaste.fit(wide, mfTaste.defaults('quick', wide), { device });
    const expected = await narrow.model.predict(held.users, held.items);
    const actual = await doubled.model.predict(held.users, held.items);
    for (let p = 0; p < expected.length; p++) expect(actual[p]).toBeCloseTo(2 * expected[p], 3);
  });

  test('nothing to learn from, and data without a scale, are refused', async () => {
    const none = plantedRatings({ users: 3, items: 3, perUser: 0, noise: 0, seed: 1 });
    await expect(mfTaste.fit(none, options, { device })).rejects.toMatchObject({ code: 'tooFewRatings' });
    await expect(mfTaste.fit({ ...ratings, scale: null }, options, { device })).rejects.toThrow(TypeError);
  });
});

describe('a customer solved exactly', async () => {
  const { model } = await mfTaste.fit(ratings, options, { device, validation: held });
  const history = historyOf(ratings, 7);

  /** The ridge objective of one customer, written down from its definition. */
  function objective(bias: number, vector: Float32Array, { items, values }: History): number {
    const n = items.length;
    let sum =
      (options.biasBase + options.biasPerRating * n) * bias ** 2 +
      (options.factorBase + options.factorPerRating * n) * vector.reduce((total, x) => total + x * x, 0);
    const parts = baselines();
    for (let e = 0; e < n; e++) {
      let product = 0;
      for (let f = 0; f < 4; f++) product += vector[f] * model.itemVectors.data[items[e] * 4 + f];
      sum += (values[e] - parts[items[e]] - bias - product) ** 2;
    }
    return sum;
  }

  /** μ + b_i of every thing: what an empty history is predicted before clipping. */
  function baselines(): Float64Array {
    return Float64Array.from(
      { length: 50 },
      (_, item) => model.explain({ items: new Uint32Array(), values: new Float32Array() }, item).baseline,
    );
  }

  test('no small change of the solution lowers the objective', () => {
    const who = model.foldIn(history);
    const least = objective(who.bias, who.vector, history);
    for (const step of [1e-2, -1e-2]) {
      expect(objective(who.bias + step, who.vector, history)).toBeGreaterThan(least);
      for (let f = 0; f < 4; f++) {
        const moved = who.vector.slice();
        moved[f] += step;
        expect(objective(who.bias, moved, history)).toBeGreaterThan(least);
      }
    }
  });

  test('reasons add up to the score, and the score is the folded-in prediction', () => {
    const items = Uint32Array.from({ length: 50 }, (_, item) => item);
    const stars = model.predictFor(model.foldIn(history), items);
    for (const item of items) {
      const { score, baseline, contributions } = model.explain(history, item);
      const sum = contributions.reduce((total, { amount }) => total + amount, baseline);
      expect(sum).toBeCloseTo(score, 9);
      expect(Math.min(5, Math.max(1, score))).toBeCloseTo(stars[item], 5);
      expect(contributions).toHaveLength(history.items.length);
      for (let c = 1; c < contributions.length; c++) {
        expect(contributions[c].amount).toBeLessThanOrEqual(contributions[c - 1].amount);
      }
    }
  });

  test('a contribution is what changing that one rating changes', () => {
    const item = 3;
    const before = model.explain(history, item);
    const changed = { ...history, values: history.values.slice() };
    changed.values[2] += 1;
    const gain = model.explain(changed, item).score - before.score;
    const amount = before.contributions.find((one) => one.item === history.items[2])?.amount ?? Number.NaN;
    const residual = history.values[2] - baselines()[history.items[2]];
    expect(amount).toBeCloseTo(gain * residual, 6);
  });

  test('somebody unknown gets the baseline, and a wider interval than somebody known', () => {
    const nobody = { items: new Uint32Array(), values: new Float32Array() };
    const { vector, bias } = model.foldIn(nobody);
    expect(bias).toBe(0);
    expect(vector.every((x) => x === 0)).toBe(true);
    expect(model.ratingInterval(nobody, 3)).toBeGreaterThan(model.ratingInterval(history, 3));
    expect(model.ratingInterval(history, 3)).toBeGreaterThan(1.645 * Math.sqrt(model.noiseVariance));
  });

  test('an unknown thing is a programming mistake', () => {
    expect(() => model.explain(history, 50)).toThrow(RangeError);
    expect(() => model.foldIn({ items: Uint32Array.of(99), values: Float32Array.of(3) })).toThrow(RangeError);
  });

  test('comes back from its bytes with the same answers; damage is noticed', async () => {
    const bytes = model.toBytes();
    const back = MfTasteModel.fromBytes(bytes);
    expect(await back.predict(held.users, held.items)).toEqual(await model.predict(held.users, held.items));
    expect(back.explain(history, 5)).toEqual(model.explain(history, 5));
    expect(back.ratingInterval(history, 5)).toBe(model.ratingInterval(history, 5));
    const damaged = bytes.slice();
    damaged[damaged.length - 5] ^= 1;
    expect(() => MfTasteModel.fromBytes(damaged)).toThrow(AppError);
  });
});
