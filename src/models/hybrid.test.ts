import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { createWasmDevice } from '../compute/wasm/device.ts';
import { splitRatings } from '../data/split.ts';
import { ease } from './ease.ts';
import { validationRecall } from './held-out.ts';
import { hybrid } from './hybrid.ts';
import { blend, HybridModel, standardOf } from './hybrid-model.ts';
import { mfChoice } from './mf-choice.ts';
import { plantedRatings } from './planted.testing.ts';
import type { EpochEvent } from './recommender.ts';

const device = await createWasmDevice({ threads: 1, fused: false });
const ratings = plantedRatings({ users: 80, items: 40, perUser: 14, noise: 0.3, seed: 2 });
const options = { ...hybrid.defaults('quick', ratings), lambda: 20, factors: 8, epochs: 4, seed: 3 };

describe('standardizing', () => {
  it('takes the mean off and divides by the deviation', () => {
    // 1, 2, 3, 4: mean 2.5, variance ((1.5² + 0.5²) · 2) / 4 = 1.25
    expect(standardOf(Float32Array.of(1, 2, 3, 4))).toEqual({ mean: 2.5, deviation: Math.sqrt(1.25) });
    expect(standardOf(Float32Array.of(1, Number.NEGATIVE_INFINITY, 3)).mean).toBe(2);
    expect(standardOf(Float32Array.of(7, 7, 7))).toEqual({ mean: 7, deviation: 1 });
  });

  it('adds by weight, what one leaves out being average to it', () => {
    const first = Float32Array.of(1, 3, Number.NEGATIVE_INFINITY);
    const second = Float32Array.of(10, 30, 20);
    // first: z = −1, 1, 0; second: mean 20, deviation √(200/3) = 8.165: z = −1.2247, 1.2247, 0
    const blended = blend(first, second, 0.25);
    expect(blended[0]).toBeCloseTo(-0.25 - 0.75 * 1.224745, 5);
    expect(blended[1]).toBeCloseTo(0.25 + 0.75 * 1.224745, 5);
    expect(blended[2]).toBeCloseTo(0, 6);
  });
});

describe('the blend', () => {
  it('is the parts it is made of, fitted by themselves', async () => {
    const { model } = await hybrid.fit(ratings, { ...options, share: 0.3 }, { device });
    const first = await ease.fit(ratings, { ...ease.defaults('balanced', ratings), lambda: 20, seed: 3 }, { device });
    const mf = { ...mfChoice.defaults('balanced', ratings), factors: 8, epochs: 4, seed: 3 };
    const second = await mfChoice.fit(ratings, mf, { device });
    const users = Uint32Array.of(0, 7, 3);
    const [a, b] = [await first.model.scoresForMany(users), await second.model.scoresForMany(users)];
    const products = ratings.byUser.columns;
    const scores = await model.scoresForMany(users);
    for (let q = 0; q < users.length; q++) {
      const [from, to] = [q * products, (q + 1) * products];
      const expected = blend(a.slice(from, to), b.slice(from, to), 0.3);
      for (let item = 0; item < products; item++) expect(scores[from + item]).toBeCloseTo(expected[item], 4);
    }
    const lists = await model.topItemsForMany(users, 5, {
      pointers: Uint32Array.of(0, 0, 2, 2),
      indices: Uint32Array.of(1, 4),
    });
    const row = scores.subarray(products, 2 * products);
    const best = Array.from({ length: products }, (_, item) => item)
      .filter((item) => item !== 1 && item !== 4)
      .sort((x, y) => row[y] - row[x] || x - y);
    expect([...lists.indices.subarray(5, 10)]).toEqual(best.slice(0, 5));
    for (const one of [model, first.model, second.model]) one.destroy();
  });

  it('chooses its weight on validation, keeps it for the fit on more, and never looks at validation again', async () => {
    const { train, test } = splitRatings(ratings, { kind: 'per-customer', holdout: 0.2, seed: 5 });
    const events: EpochEvent[] = [];
    const fitted = await hybrid.fit(train, options, {
      device,
      validation: test,
      onEpoch: (event) => events.push(event),
    });
    expect(fitted.model.share).toBeGreaterThanOrEqual(0);
    expect(fitted.model.share).toBeLessThanOrEqual(1);
    expect(events.every(({ model, head }) => model === 'hybrid' && head === 'choice')).toBe(true);
    expect(events.length).toBeGreaterThan(0);
    const again = await hybrid.fit(ratings, hybrid.refitOptions!(options, fitted), { device });
    expect(again.model.share).toBe(fitted.model.share);
    fitted.model.destroy();
    again.model.destroy();
  });

  it('chooses the weight that finds the most on validation', async () => {
    const { train, test } = splitRatings(ratings, { kind: 'per-customer', holdout: 0.2, seed: 5 });
    const { model } = await hybrid.fit(train, options, { device, validation: test });
    const recall = validationRecall(train, test);
    if (!recall) throw new TypeError('nothing to validate on');
    const found = (one: HybridModel) => recall((users, count, exclude) => one.topItemsForMany(users, count, exclude));
    const best = await found(model);
    const others: number[] = [];
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const other = await hybrid.fit(train, { ...options, share, epochs: 4 }, { device, validation: test });
      others.push(await found(other.model));
      other.model.destroy();
    }
    expect(new Set(others).size).toBeGreaterThan(1);
    expect(best).toBeGreaterThanOrEqual(Math.max(...others) - 1e-9);
    model.destroy();
  });

  it('has reasons that add up to its scores, for anybody with a history', async () => {
    const { model } = await hybrid.fit(ratings, { ...options, share: 0.4 }, { device });
    const history = { items: Uint32Array.of(0, 2, 5), values: Float32Array.of(1, 2, 1) };
    const scores = model.scoresFrom(history);
    for (const item of [1, 3, 8]) {
      const { score, baseline, contributions } = model.explain(history, item);
      expect(contributions.reduce((sum, { amount }) => sum + amount, baseline)).toBeCloseTo(score, 6);
      expect(score).toBeCloseTo(scores[item], 3);
      expect(contributions.map(({ item: cause }) => cause).sort()).toEqual([0, 2, 5]);
    }
    const list = model.topItemsFrom(history, 4, Uint32Array.of(0, 2, 5));
    expect(list.scores[0]).toBe(Math.max(...scores.filter((_, item) => ![0, 2, 5].includes(item))));
    model.destroy();
  });

  it('comes back from its bytes, and not from damaged ones', async () => {
    const { model } = await hybrid.fit(ratings, { ...options, share: 0.4 }, { device });
    const bytes = model.toBytes();
    expect(model.size()).toBe(bytes.length);
    const back = HybridModel.fromBytes(bytes, device);
    expect(back.share).toBe(0.4);
    const users = Uint32Array.of(1, 2);
    expect(await back.scoresForMany(users)).toEqual(await model.scoresForMany(users));
    for (const at of [0, 40, bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at] ^= 0x40;
      expect(() => HybridModel.fromBytes(damaged, device)).toThrow(AppError);
    }
    expect(() => HybridModel.fromBytes(bytes.subarray(0, 9), device)).toThrow(AppError);
    model.destroy();
    back.destroy();
  });
});
