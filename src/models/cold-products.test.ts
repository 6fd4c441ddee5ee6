import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { createWasmDevice } from '../compute/wasm/device.ts';
import type { EntityTable } from '../data/interactions.ts';
import type { Ratings } from '../data/ratings.ts';
import { splitByMask } from '../data/split.ts';
import { coldProductsOf, scoreCold } from './cold-products.ts';
import { hybrid } from './hybrid.ts';
import { HybridModel } from './hybrid-model.ts';
import { plantedRatings } from './planted.testing.ts';
import { contentVectors } from './text-features.ts';

const device = await createWasmDevice({ threads: 1, fused: false });
const PRODUCTS = 40;
const COLD = [3, 11, 25, 38];
const KINDS = ['garden', 'space'];

/** Titles of two kinds; the last product has a word nothing else has. */
const products: EntityTable = {
  ids: Array.from({ length: PRODUCTS }, (_, item) => `i${item}`),
  titles: Array.from({ length: PRODUCTS }, (_, item) =>
    item === 38 ? 'Zyx' : `${KINDS[item < PRODUCTS / 2 ? 0 : 1]} ${['lamp', 'chair', 'table', 'cup'][item % 4]}`,
  ),
  categories: null,
  attributes: [],
};
const customers: EntityTable = { ids: [], titles: null, categories: null, attributes: [] };
const whole = plantedRatings({ users: 80, items: PRODUCTS, perUser: 14, noise: 0.3, seed: 2 });
const { train } = splitByMask(
  whole,
  Uint8Array.from(whole.byUser.indices, (item) => (COLD.includes(item) ? 1 : 0)),
);
const ratings: Ratings = { ...train, about: { customers, products } };
const options = { ...hybrid.defaults('quick', train), lambda: 20, factors: 6, epochs: 4, seed: 3, share: 0.4 };
const everybody = Uint32Array.from({ length: 80 }, (_, user) => user);

/** Cosine of every two products from their vectors, in plain loops. */
async function cosines(): Promise<number[][]> {
  const vectors = await contentVectors(products);
  if (!vectors) throw new TypeError('vectors');
  const dense = Array.from({ length: PRODUCTS }, (_, item) => {
    const row = new Array<number>(vectors.columns).fill(0);
    for (let e = vectors.pointers[item]; e < vectors.pointers[item + 1]; e++)
      row[vectors.indices[e]] = vectors.values[e];
    return row;
  });
  return dense.map((a) => dense.map((b) => a.reduce((sum, value, t) => sum + value * b[t], 0)));
}

describe('a blend with products nobody has chosen', () => {
  it('scores them by the ten they are most like, in plain loops; all else keeps its score', async () => {
    const { model } = await hybrid.fit(ratings, { ...options, coldTrust: 0.6 }, { device });
    const plain = await hybrid.fit(train, options, { device });
    const [scores, own] = [await model.scoresForMany(everybody), await plain.model.scoresForMany(everybody)];
    const near = await cosines();
    // 38 is like nothing: it keeps its own score
    expect(model.coldProducts).toBe(3);
    for (const user of [0, 7, 41]) {
      const z = own.subarray(user * PRODUCTS, (user + 1) * PRODUCTS);
      for (let item = 0; item < PRODUCTS; item++) {
        const score = scores[user * PRODUCTS + item];
        if (!COLD.includes(item) || item === 38) {
          expect(score).toBe(z[item]);
          continue;
        }
        const like = Array.from({ length: PRODUCTS }, (_, other) => other)
          .filter((other) => !COLD.includes(other) && near[item][other] > 0)
          .sort((a, b) => near[item][b] - near[item][a] || a - b)
          .slice(0, 10);
        const sum = like.reduce((total, other) => total + near[item][other], 0);
        const mean = like.reduce((total, other) => total + near[item][other] * z[other], 0) / sum;
        expect(score).toBeCloseTo(0.6 * mean, 4);
      }
    }
    model.destroy();
    plain.model.destroy();
  });

  it('has reasons of cold products that add up to their scores', async () => {
    const { model } = await hybrid.fit(ratings, options, { device });
    const history = { items: Uint32Array.of(0, 2, 5), values: Float32Array.of(1, 2, 1) };
    const scores = model.scoresFrom(history);
    for (const item of [...COLD, 8]) {
      const { score, baseline, contributions } = model.explain(history, item);
      expect(contributions.reduce((sum, { amount }) => sum + amount, baseline)).toBeCloseTo(score, 6);
      expect(score).toBeCloseTo(scores[item], 3);
    }
    // who likes the first kind is shown new things of it before new things of the other
    expect(scores[3]).toBeGreaterThan(scores[25]);
    model.destroy();
  });

  it('is the same blend to the last bit where nothing is said of products, nothing is cold, or it is turned off', async () => {
    const bytes = async (data: Ratings, changes: object = {}) => {
      const { model } = await hybrid.fit(data, { ...options, ...changes }, { device });
      const packed = model.toBytes();
      const scores = await model.scoresForMany(everybody);
      model.destroy();
      return { packed, scores };
    };
    const plain = await bytes(train);
    const blank = { customers, products: { ...products, titles: products.ids.map(() => '') } };
    expect(await bytes({ ...train, about: blank })).toEqual(plain);
    expect(await bytes(ratings, { coldAtMost: -1 })).toEqual(plain);
    expect(new TextDecoder().decode(plain.packed)).toContain('hybrid/1');
    // with a choice of everything nothing is cold
    expect(await bytes({ ...whole, about: ratings.about })).toEqual(await bytes(whole));
    expect((await bytes(ratings)).scores).not.toEqual(plain.scores);
  });

  it('comes back from its bytes, and not from damaged ones', async () => {
    const { model } = await hybrid.fit(ratings, options, { device });
    const bytes = model.toBytes();
    const back = HybridModel.fromBytes(bytes, device);
    expect(back.coldProducts).toBe(3);
    expect(await back.scoresForMany(everybody)).toEqual(await model.scoresForMany(everybody));
    expect(back.toBytes()).toEqual(bytes);
    for (const at of [0, 40, 150, bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at] ^= 0x40;
      expect(() => HybridModel.fromBytes(damaged, device)).toThrow(AppError);
    }
    for (const length of [0, 3, 9, 40]) {
      expect(() => HybridModel.fromBytes(bytes.subarray(0, length), device)).toThrow(AppError);
    }
    model.destroy();
    back.destroy();
  });
});

describe('cold products', () => {
  it('are those with at most so many choices, and their neighbours are not cold', async () => {
    const cold = await coldProductsOf(ratings, { coldAtMost: 0, coldTrust: 0.5 });
    if (!cold) throw new TypeError('cold products');
    expect([...cold.items]).toEqual([3, 11, 25]);
    expect(Array.from(cold.near.indices).some((item) => COLD.includes(item))).toBe(false);
    for (let row = 0; row < 3; row++) {
      const weights = cold.near.values.subarray(cold.near.pointers[row], cold.near.pointers[row + 1]);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
    const ones = new Float32Array(PRODUCTS).fill(1);
    scoreCold(ones, cold);
    expect(ones[3]).toBeCloseTo(0.5, 5);
    expect(ones[4]).toBe(1);
    expect(await coldProductsOf(train, { coldAtMost: 0, coldTrust: 0.5 })).toBeNull();
  });
});
