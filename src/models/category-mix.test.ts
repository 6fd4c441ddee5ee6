import { describe, expect, it } from 'vitest';
import type { MultiDictionary } from '../data/interactions.ts';
import { ListMix, mixOf } from './category-mix.ts';

// 0 crime, 1 love, 2 space. a: crime; b: crime and love; c: love; d: space; e: nothing
const categories: MultiDictionary = {
  names: ['crime', 'love', 'space'],
  pointers: Uint32Array.of(0, 1, 3, 4, 5, 5),
  codes: Uint32Array.of(0, 0, 1, 1, 2),
};
const [a, b, c, d, e] = [0, 1, 2, 3, 4];
const history = (items: readonly number[], values: readonly number[]) => ({
  items: Uint32Array.from(items),
  values: Float32Array.from(values),
});

describe('the mix of a history', () => {
  it('shares a thing among its categories and weighs it by how strongly it was chosen', () => {
    // a 2 → crime 2; b 1 → crime ½, love ½; e has none: of 3
    const mix = mixOf(history([a, b, e], [2, 1, 5]), categories);
    expect(Array.from(mix?.codes ?? [])).toEqual([0, 1]);
    expect(mix?.shares[0]).toBeCloseTo(2.5 / 3, 12);
    expect(mix?.shares[1]).toBeCloseTo(0.5 / 3, 12);
  });

  it('is none of what has no category, and of nothing', () => {
    expect(mixOf(history([e], [1]), categories)).toBeNull();
    expect(mixOf(history([a], [0]), categories)).toBeNull();
    expect(mixOf(history([], []), categories)).toBeNull();
  });
});

describe('how far a list is from it', () => {
  // seven in ten crime, three in ten love (Steck's example with other names)
  const own = { codes: Uint32Array.of(0, 1), shares: Float64Array.of(0.7, 0.3) };

  it('is Kullback and Leibler’s, smoothed: by hand', () => {
    const list = new ListMix(own, categories);
    // nothing listed: log 100
    expect(list.divergence()).toBeCloseTo(Math.log(100), 12);
    list.add(a);
    // q̃ = 0.99 · 1 + 0.01 · 0.7, and 0.01 · 0.3
    const crimeOnly = 0.7 * Math.log(0.7 / 0.997) + 0.3 * Math.log(0.3 / 0.003);
    expect(list.divergence()).toBeCloseTo(crimeOnly, 12);
    // with c half and half: q̃ = 0.502 and 0.498
    const half = 0.7 * Math.log(0.7 / 0.502) + 0.3 * Math.log(0.3 / 0.498);
    expect(list.divergenceWith(c)).toBeCloseTo(half, 12);
    // with d half is lost to a category they never chose: 0.502 and 0.003
    const lost = 0.7 * Math.log(0.7 / 0.502) + 0.3 * Math.log(0.3 / 0.003);
    expect(list.divergenceWith(d)).toBeCloseTo(lost, 12);
    // e says nothing
    expect(list.divergenceWith(e)).toBeCloseTo(crimeOnly, 12);
    list.add(e);
    list.add(c);
    expect(list.divergence()).toBeCloseTo(half, 12);
  });

  it('is 0 for a list in the same proportions, and what it was told to become', () => {
    const list = new ListMix({ codes: Uint32Array.of(0, 1), shares: Float64Array.of(0.75, 0.25) }, categories);
    list.add(a);
    const foreseen = list.divergenceWith(b);
    list.add(b);
    // a and b: three quarters crime, one quarter love
    expect(list.divergence()).toBeCloseTo(0, 12);
    expect(foreseen).toBeCloseTo(0, 12);
  });
});
