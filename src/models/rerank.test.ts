import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { MultiDictionary } from '../data/interactions.ts';
import type { Ratings } from '../data/ratings.ts';
import { mixOf } from './category-mix.ts';
import { chosenTable, historyOf, randomChoices } from './choices.testing.ts';
import type { ScoredList } from './recommender.ts';
import { rerank, type Shelf, shelfOf } from './rerank.ts';

const table = (ids: readonly string[], categories: MultiDictionary | null = null) => ({
  ids,
  titles: null,
  categories,
  attributes: [],
});

/** Product rows with their categories. */
function categoriesOf(byProduct: readonly (readonly number[])[], names = 8): MultiDictionary {
  const pointers = new Uint32Array(byProduct.length + 1);
  byProduct.forEach((codes, row) => {
    pointers[row + 1] = pointers[row] + codes.length;
  });
  return {
    names: Array.from({ length: names }, (_, code) => `category ${code}`),
    pointers,
    codes: Uint32Array.from(byProduct.flat()),
  };
}

function withCategories(ratings: Ratings, byProduct: readonly (readonly number[])[]): Ratings {
  const products = table(ratings.itemIds, categoriesOf(byProduct));
  return { ...ratings, about: { customers: table(ratings.userIds), products } };
}

const list = (indices: readonly number[], scores: readonly number[]): ScoredList => ({
  indices: Uint32Array.from(indices),
  scores: Float32Array.from(scores),
});

/** A shelf whose similarities and counts are written out. */
function shelfWith(cosines: readonly (readonly number[])[], counts: readonly number[]): Shelf {
  const rows = cosines.map((row) => Float32Array.from(row));
  return {
    products: counts.length,
    cosines: { to: (product: number) => rows[product], counts: Uint32Array.from(counts) } as Shelf['cosines'],
    logPopularity: Float32Array.from(counts, (count) => Math.log(Math.max(1, count))),
    categories: null,
  };
}

describe('variety, by hand', () => {
  // a and b are nearly the same thing, c and d are others; scores scale to 1, 0.9, 0.5, 0
  const shelf = shelfWith(
    [
      [1, 0.9, 0.1, 0],
      [0.9, 1, 0.2, 0],
      [0.1, 0.2, 1, 0.6],
      [0, 0, 0.6, 1],
    ],
    [9, 9, 9, 9],
  );
  const pool = list([0, 1, 2, 3], [10, 9, 5, 0]);
  const order = (variety: number) =>
    Array.from(rerank({ pool, settings: { variety, niche: 0, ownMix: 0 }, shelf, mix: null }, 4));

  it('takes what is liked less where it is enough unlike what is listed', () => {
    expect(order(0)).toEqual([0, 1, 2, 3]);
    // second place at 0.4: b 0.6 · 0.9 − 0.4 · 0.9 = 0.18, c 0.6 · 0.5 − 0.4 · 0.1 = 0.26, d 0;
    // third: b 0.18, d 0 − 0.4 · 0.6 = −0.24
    expect(order(0.4)).toEqual([0, 2, 1, 3]);
    // at 0.6: b 0.36 − 0.54 = −0.18, c 0.2 − 0.06 = 0.14; then b −0.18 before d −0.36
    expect(order(0.6)).toEqual([0, 2, 1, 3]);
    // at 1 only the likeness counts: d 0; then b 0.9 and c 0.6
    expect(order(1)).toEqual([0, 3, 2, 1]);
  });

  it('looks at what stands first by a rule too', () => {
    const rest = list([1, 2, 3], [9, 5, 0]);
    const settings = { variety: 0.5, niche: 0, ownMix: 0 };
    // scaled 1, 5/9, 0; after a: b 0.5 − 0.45 = 0.05, c 0.278 − 0.05 = 0.228, d 0
    expect(Array.from(rerank({ pool: rest, first: Uint32Array.of(0), settings, shelf, mix: null }, 1))).toEqual([1]);
    expect(Array.from(rerank({ pool: rest, settings, shelf, mix: null }, 1))).toEqual([0]);
  });
});

describe('popular and niche, by hand', () => {
  // log counts scale to 1, 0.5, 0
  const shelf = shelfWith(
    [0, 1, 2].map(() => [0, 0, 0]),
    [100, 10, 1],
  );
  const pool = list([0, 1, 2], [4, 3, 2]);
  const order = (niche: number) =>
    Array.from(rerank({ pool, settings: { variety: 0, niche, ownMix: 0 }, shelf, mix: null }, 3));

  it('weighs the score against how many chose it', () => {
    expect(order(0)).toEqual([0, 1, 2]);
    expect(order(-1)).toEqual([0, 1, 2]);
    // at 1 all are 0 and the order stays; a little less keeps it, nothing more would turn it
    expect(order(0.9)).toEqual([0, 1, 2]);
    expect(order(1.1)).toEqual([2, 1, 0]);
  });

  it('brings forward what many chose', () => {
    const unpopularFirst = list([2, 1, 0], [4, 3.9, 2]);
    const settings = { variety: 0, niche: -0.6, ownMix: 0 };
    // 1, 0.95 + 0.3, 0 + 0.6
    expect(Array.from(rerank({ pool: unpopularFirst, settings, shelf, mix: null }, 3))).toEqual([1, 0, 2]);
  });
});

describe('against a greedy list worked out from the formula, candidate by candidate', () => {
  const [users, items] = [30, 40];
  const random = createRandom(5);
  const categories = Array.from({ length: items }, (_, item) =>
    item % 7 === 0 ? [] : [...new Set([random.integer(8), random.integer(8)])],
  );
  const ratings = withCategories(randomChoices(users, items, 8), categories);
  const chosen = chosenTable(ratings);
  const shelf = shelfOf(ratings);
  const counts = chosen[0].map((_, item) => chosen.reduce((sum, row) => sum + row[item], 0));
  const cosine = (a: number, b: number) => {
    const both = chosen.filter((row) => row[a] === 1 && row[b] === 1).length;
    return both === 0 ? 0 : both / Math.sqrt(counts[a] * counts[b]);
  };
  const scale = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return values.map((value) => (high > low ? (value - low) / (high - low) : 0));
  };

  /** p(g|u) and q(g|u) as the paper writes them, over all categories. */
  function mix(things: readonly number[], weights: readonly number[]): number[] {
    const own = things.map((thing, at) => ({ codes: categories[thing], weight: weights[at] }));
    const counted = own.filter(({ codes }) => codes.length > 0);
    const total = counted.reduce((sum, { weight }) => sum + weight, 0);
    return Array.from({ length: 8 }, (_, code) =>
      counted.reduce(
        (sum, { codes, weight }) => sum + (codes.includes(code) ? weight / codes.length / (total || 1) : 0),
        0,
      ),
    );
  }
  const divergence = (p: readonly number[], things: readonly number[]) => {
    const q = mix(
      things,
      things.map(() => 1),
    );
    return p.reduce((sum, own, code) => sum + (own > 0 ? own * Math.log(own / (0.99 * q[code] + 0.01 * own)) : 0), 0);
  };

  it.each([
    [0.5, 0, 0],
    [0, 0.6, 0],
    [0, 0, 0.5],
    [0.3, -0.4, 0.6],
    [0.7, 0.8, 0.2],
    [0, 0, 1],
  ])('variety %f, niche %f, own mix %f', (variety, niche, ownMix) => {
    for (const user of [1, 7, 19, 28]) {
      const order = createRandom(user).shuffle(Uint32Array.from({ length: items }, (_, item) => item));
      const indices = Array.from(order.subarray(0, 25));
      const scores = Array.from(indices, (_, at) => 3 - Math.sqrt(at) + 0.01 * random.next()).sort((a, b) => b - a);
      const pool = list(indices, scores);
      const history = historyOf(chosen, user);
      const p = mix(Array.from(history.items), Array.from(history.values));
      const found = rerank(
        { pool, settings: { variety, niche, ownMix }, shelf, mix: mixOf(history, categoriesOf(categories)) },
        12,
      );

      const s = scale(Array.from(pool.scores));
      const popularity = scale(indices.map((item) => Math.log(Math.max(1, counts[item]))));
      const places: number[] = [];
      for (let place = 0; place < 12; place++) {
        const listed = places.map((at) => indices[at]);
        const value = (at: number) => {
          const alike = Math.max(0, ...listed.map((item) => cosine(indices[at], item)));
          const relevance = (1 - variety) * (s[at] - niche * popularity[at]) - variety * alike;
          return (1 - ownMix) * relevance - ownMix * divergence(p, [...listed, indices[at]]);
        };
        const free = indices.map((_, at) => at).filter((at) => !places.includes(at));
        // What the code takes is as good as anything; rounding may make a tie of it.
        const best = Math.max(...free.map(value));
        expect(value(found[place])).toBeGreaterThan(best - 1e-6);
        places.push(found[place]);
      }
      expect(new Set(found).size).toBe(12);
    }
  });

  it('leaves the order of the pool where all is neutral, ties included', () => {
    const pool = list([9, 3, 30, 2, 17], [2, 2, 2, 1, 1]);
    const neutral = { variety: 0, niche: 0, ownMix: 0 };
    expect(Array.from(rerank({ pool, settings: neutral, shelf, mix: null }, 5))).toEqual([0, 1, 2, 3, 4]);
  });

  it('has nothing to keep to for somebody without a mix, and gives nothing up for it', () => {
    const pool = list([9, 3, 30, 2, 17], [5, 4, 3, 2, 1]);
    const settings = { variety: 0.4, niche: 0.3, ownMix: 0.75 };
    const without = rerank({ pool, settings, shelf, mix: null }, 5);
    expect(without).toEqual(rerank({ pool, settings: { ...settings, ownMix: 0 }, shelf, mix: null }, 5));
    expect(mixOf({ items: Uint32Array.of(0, 7), values: Float32Array.of(1, 1) }, categoriesOf(categories))).toBeNull();
    expect(mixOf({ items: new Uint32Array(), values: new Float32Array() }, categoriesOf(categories))).toBeNull();
  });

  it('is finite and whole for pools of nothing, of one thing, of equal scores and of scores without end', () => {
    const settings = { variety: 0.6, niche: 1, ownMix: 0.5 };
    const mix = mixOf(historyOf(chosen, 3), categoriesOf(categories));
    const places = (pool: ScoredList) => Array.from(rerank({ pool, settings, shelf, mix }, 10)).sort((a, b) => a - b);
    expect(places(list([], []))).toEqual([]);
    expect(places(list([4], [1]))).toEqual([0]);
    expect(places(list([4, 5, 6], [1, 1, 1]))).toEqual([0, 1, 2]);
    expect(places(list([4, 5, 6], [1, 0.5, Number.NEGATIVE_INFINITY]))).toEqual([0, 1, 2]);
  });

  it('does not change its first places when the list becomes longer', () => {
    const pool = list(
      Array.from({ length: items }, (_, item) => (item * 7) % items),
      Array.from({ length: items }, (_, at) => 1 / (1 + at)),
    );
    const input = {
      pool,
      settings: { variety: 0.5, niche: 0.4, ownMix: 0.4 },
      shelf,
      mix: mixOf(historyOf(chosen, 3), categoriesOf(categories)),
    };
    expect(rerank(input, 30).subarray(0, 10)).toEqual(rerank(input, 10));
  });
});
