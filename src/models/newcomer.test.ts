import { describe, expect, it } from 'vitest';
import { createWasmDevice } from '../compute/wasm/device.ts';
import { randomChoices } from './choices.testing.ts';
import { chosenPairs } from './chosen-pairs.ts';
import { ease } from './ease.ts';
import { bestsellersOf, newcomerLister } from './newcomer.ts';
import type { History } from './recommender.ts';

const device = await createWasmDevice({ threads: 1, fused: false });
const ratings = randomChoices(70, 24, 3);
const chosen = chosenPairs(ratings);
const NONE = new Uint32Array();
const likes = (...items: number[]): History => ({
  items: Uint32Array.from(items),
  values: new Float32Array(items.length).fill(1),
});

/** z of a row, in plain loops. */
function standardized(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (value - mean) / deviation);
}

/** Shares of those who chose anything, and what of their differences is more than chance. */
function popularityByLoops(): { readonly z: number[]; readonly believed: number } {
  const choosers = Array.from({ length: 70 }, (_, u) => u).filter((u) => chosen.pointers[u + 1] > chosen.pointers[u]);
  const shares = Array.from(
    { length: 24 },
    (_, item) => chosen.indices.filter((i) => i === item).length / choosers.length,
  );
  const mean = shares.reduce((sum, share) => sum + share, 0) / 24;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / 24;
  const chance = shares.reduce((sum, share) => sum + (share * (1 - share)) / choosers.length, 0) / 24;
  return { z: standardized(shares), believed: Math.max(0, 1 - chance / variance) };
}

describe('lists for somebody new', () => {
  it('are the model and popularity, each standardized, the model by n / (n + 2)', async () => {
    const { model } = await ease.fit(ratings, ease.defaults('quick', ratings), { device });
    const lister = newcomerLister(model, bestsellersOf(chosen));
    const { z, believed } = popularityByLoops();
    expect(believed).toBeGreaterThan(0.2);
    expect(believed).toBeLessThan(1);
    for (const [history, weight] of [
      [likes(), 0],
      [likes(2), 1 / 3],
      [likes(2, 5), 1 / 2],
      [likes(1, 2, 5, 8, 9, 11), 3 / 4],
    ] as const) {
      const own = standardized(Array.from(model.scoresFrom(history)));
      const scores = lister.scoresFrom?.(history) ?? [];
      for (let item = 0; item < 24; item++) {
        expect(scores[item]).toBeCloseTo(
          weight * own[item] + (weight === 0 ? 1 : (1 - weight) * believed) * z[item],
          4,
        );
      }
      const best = Array.from(scores.keys())
        .filter((item) => item !== 4)
        .sort((a, b) => scores[b] - scores[a] || a - b);
      expect([...lister.topItemsFrom(history, 5, Uint32Array.of(4)).indices]).toEqual(best.slice(0, 5));
    }
    model.destroy();
  });

  it('have reasons that add up, popularity in the baseline', async () => {
    const { model } = await ease.fit(ratings, ease.defaults('quick', ratings), { device });
    const lister = newcomerLister(model, bestsellersOf(chosen));
    const history = likes(2, 5, 9);
    const scores = lister.scoresFrom?.(history) ?? [];
    for (let item = 0; item < 24; item++) {
      const reasons = lister.explain?.(history, item);
      if (!reasons) throw new TypeError('reasons');
      const { score, baseline, contributions } = reasons;
      expect(contributions.reduce((sum, { amount }) => sum + amount, baseline)).toBeCloseTo(score, 9);
      expect(score).toBeCloseTo(scores[item], 4);
      expect(contributions.map(({ item: cause }) => cause).sort((a, b) => a - b)).toEqual([2, 5, 9]);
    }
    model.destroy();
  });

  it('leave the model alone where nothing is more popular than chance makes it', () => {
    // 40 customers with one of four things each, ten apiece: every difference there is, is none
    const flat = { ...chosen, rows: 40, columns: 4, pointers: Uint32Array.from({ length: 41 }, (_, u) => u) };
    const indices = Uint32Array.from({ length: 40 }, (_, u) => u % 4);
    const popular = bestsellersOf({ ...flat, indices, values: new Float32Array(40).fill(1) });
    expect(popular.believed).toBe(0);
    const nobody = { ...flat, indices: NONE, pointers: new Uint32Array(41), values: new Float32Array() };
    expect([...bestsellersOf(nobody).scores]).toEqual([0, 0, 0, 0]);
    const own = {
      topItemsFrom: () => ({ indices: NONE, scores: new Float32Array() }),
      scoresFrom: () => Float32Array.of(1, 2, 3, 4),
    };
    const scores =
      newcomerLister(own, { ...popular, scores: Float32Array.of(9, -9, 9, -9) }).scoresFrom?.(likes(1)) ?? [];
    standardized([1, 2, 3, 4]).forEach((z, item) => {
      expect(scores[item]).toBeCloseTo(z / 3, 6);
    });
  });

  it('come from a model alone that tells no scores, and from the bestsellers before anything is known', () => {
    const popular = bestsellersOf(chosen);
    const lister = newcomerLister(
      { topItemsFrom: () => ({ indices: Uint32Array.of(7), scores: Float32Array.of(1) }) },
      popular,
    );
    expect([...lister.topItemsFrom(likes(3), 1, NONE).indices]).toEqual([7]);
    const most = popular.scores.indexOf(Math.max(...popular.scores));
    expect([...lister.topItemsFrom(likes(), 1, NONE).indices]).toEqual([most]);
    expect(lister.explain).toBeUndefined();
  });

  it('leaves one thing out of what the model says, popularity counting as before', () => {
    // A model in which a thing speaks for the next one, 2 for each, on top of 1 for all.
    const says = (items: readonly number[]) =>
      Array.from({ length: 24 }, (_, item) => 1 + (items.includes(item - 1) ? 2 : 0));
    const model = {
      topItemsFrom: () => ({ indices: NONE, scores: new Float32Array() }),
      scoresFrom: ({ items }: History) => Float32Array.from(says(Array.from(items))),
      scoresWithout: ({ items }: History, without: Uint32Array, asked: Uint32Array) =>
        Float32Array.from(
          Array.from(without, (thing) => {
            const scores = says(Array.from(items).filter((item) => item !== thing));
            return Array.from(asked, (item) => scores[item]);
          }).flat(),
        ),
    };
    const lister = newcomerLister(model, bestsellersOf(chosen));
    for (const [history, weight] of [
      [likes(2), 1 / 3],
      [likes(2, 5), 1 / 2],
    ] as const) {
      const all = says(Array.from(history.items));
      const mean = all.reduce((sum, score) => sum + score, 0) / 24;
      const deviation = Math.sqrt(all.reduce((sum, score) => sum + (score - mean) ** 2, 0) / 24);
      const asked = Uint32Array.of(3, 6, 9);
      const whole = lister.scoresFrom?.(history) ?? [];
      const left = lister.scoresWithout?.(history, Uint32Array.of(2), asked) ?? [];
      // Only the product that 2 speaks for falls, by what 2 says of it.
      expect(left).toHaveLength(3);
      expect(whole[3] - left[0]).toBeCloseTo((weight * 2) / deviation, 4);
      expect(whole[6] - left[1]).toBeCloseTo(0, 5);
      expect(whole[9] - left[2]).toBeCloseTo(0, 5);
    }
    expect(newcomerLister({ ...model, scoresWithout: undefined }, bestsellersOf(chosen)).scoresWithout).toBeUndefined();
  });
});
