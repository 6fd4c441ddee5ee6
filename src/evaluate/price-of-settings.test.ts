import { describe, expect, it } from 'vitest';
import { pairsFromCsr } from '../base/sparse.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import { splitRatings } from '../data/split.ts';
import { mfChoice } from '../models/mf-choice.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import { popularity } from '../models/popularity.ts';
import { NEUTRAL, POSITIONS } from '../models/rerank-settings.ts';
import { planHead } from './head-plan.ts';
import { openPricing, type PricingRequest } from './price-of-settings.ts';
import { INSIDE_SEED, pricedPart } from './priced-part.ts';

const device = createReferenceDevice();
const [USERS, ITEMS, SEED] = [60, 40, 6];
const table = (ids: readonly string[]) => ({ ids, titles: null, categories: null, attributes: [] });

/** Four categories in turn. */
function categorized(ratings: Ratings): Ratings {
  const rows = Uint32Array.from({ length: ratings.itemIds.length }, (_, row) => row);
  const categories = {
    names: ['a', 'b', 'c', 'd'],
    pointers: Uint32Array.from({ length: rows.length + 1 }, (_, row) => row),
    codes: rows.map((row) => row % 4),
  };
  return {
    ...ratings,
    about: { customers: table(ratings.userIds), products: { ...table(ratings.itemIds), categories } },
  };
}

const ratings = categorized(plantedRatings({ users: USERS, items: ITEMS, perUser: 16, noise: 0.5, seed: 4 }));
const open = (request: Partial<PricingRequest> = {}) =>
  openPricing({
    data: ratings,
    plan: planHead(mfChoice, 'quick', { factors: 4, epochs: 4 }, 1),
    device,
    seed: SEED,
    holdout: 0.2,
    k: 5,
    ...request,
  });

describe('the price of settings', () => {
  it('is what counting says: the most popular things for everybody', async () => {
    const pricing = await open({ plan: planHead(popularity, 'quick', {}, 1) });
    // The same two cuts by hand.
    const part = pricedPart(ratings, SEED, 0.2);
    const { train, test } = splitRatings(part, { kind: 'per-customer', holdout: 0.2, seed: SEED ^ INSIDE_SEED });
    const rows = (data: Ratings, least: number) => {
      const { users, items, values } = pairsFromCsr(data.byUser);
      const sets = Array.from({ length: USERS }, () => new Set<number>());
      users.forEach((user, p) => {
        if (values[p] >= least) sets[user].add(items[p]);
      });
      return sets;
    };
    const [known, chosen] = [rows(train, 0), rows(train, 3)];
    const liked = Array.from({ length: USERS }, () => new Set<number>());
    test.users.forEach((user, p) => {
      if (test.values[p] >= 3) liked[user].add(test.items[p]);
    });
    const tested = Array.from(liked.keys()).filter((user) => liked[user].size > 0);
    const count = Array.from({ length: ITEMS }, (_, item) => chosen.filter((row) => row.has(item)).length);
    const lists = tested.map((user) =>
      Array.from(count.keys())
        .filter((item) => !known[user].has(item))
        .sort((a, b) => count[b] - count[a] || a - b)
        .slice(0, 5),
    );
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const hits = (list: readonly number[], user: number) => list.filter((item) => liked[user].has(item)).length;

    const { neutral } = pricing;
    expect(neutral.recall.mean).toBeCloseTo(
      mean(lists.map((list, q) => hits(list, tested[q]) / liked[tested[q]].size)),
      6,
    );
    expect(neutral.shown).toBe(new Set(lists.flat()).size);
    expect(neutral.coverage).toBe(new Set(lists.flat()).size / ITEMS);
    expect(neutral.popularity).toBeCloseTo(mean(lists.map((list) => mean(list.map((item) => count[item])))), 9);
    const cosine = (a: number, b: number) =>
      chosen.filter((row) => row.has(a) && row.has(b)).length / (Math.sqrt(count[a] * count[b]) || 1);
    const apart = lists.map((list) => mean(list.flatMap((a, at) => list.slice(0, at).map((b) => 1 - cosine(a, b)))));
    expect(neutral.diversity).toBeCloseTo(mean(apart), 6);
    const gap = lists.flatMap((list, q) => {
      const own = [0, 1, 2, 3].map((code) => {
        const items = pairsFromCsr(train.byUser);
        // choice weights 1, 1.5 and 2 for 3, 4 and 5 stars
        let [sum, all] = [0, 0];
        items.users.forEach((user, p) => {
          if (user !== tested[q] || items.values[p] < 3) return;
          const weight = 1 + (items.values[p] - 3) / 2;
          all += weight;
          if (items.items[p] % 4 === code) sum += weight;
        });
        return all === 0 ? Number.NaN : sum / all;
      });
      if (own.some(Number.isNaN)) return [];
      const listed = [0, 1, 2, 3].map((code) => list.filter((item) => item % 4 === code).length / list.length);
      return [own.reduce((sum, p, g) => sum + (p > 0 ? p * Math.log(p / (0.99 * listed[g] + 0.01 * p)) : 0), 0)];
    });
    expect(neutral.categoryGap).toBeCloseTo(mean(gap), 9);

    // Never suggesting what stands first in every list costs exactly its hits.
    const never = [0, 1, 2].map((at) => Array.from(count.keys()).sort((a, b) => count[b] - count[a] || a - b)[at]);
    const without = tested.map((user) =>
      Array.from(count.keys())
        .filter((item) => !known[user].has(item) && !never.includes(item))
        .sort((a, b) => count[b] - count[a] || a - b)
        .slice(0, 5),
    );
    const price = await pricing.price({ ...NEUTRAL, rules: { ...NEUTRAL.rules, never } });
    const recallOf = (all: readonly (readonly number[])[]) =>
      mean(all.map((list, q) => hits(list, tested[q]) / liked[tested[q]].size));
    expect(price.figures.recall.mean).toBeCloseTo(recallOf(without), 6);
    expect(price.difference.difference.mean).toBeCloseTo(recallOf(without) - recallOf(lists), 6);
    pricing.destroy();
  });

  it('has every position of every slider, moves what each is for, and is 0 for nothing', async () => {
    const pricing = await open();
    const shares: number[] = [];
    const { curves, neutral, customers, k } = await pricing.curves((share) => shares.push(share));
    expect(k).toBe(5);
    expect(customers).toBeGreaterThan(20);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    for (const slider of ['variety', 'niche', 'ownMix'] as const) {
      const positions = POSITIONS[slider].filter((position) => position !== 0);
      expect(curves[slider].map(({ settings }) => settings[slider])).toEqual(positions);
    }
    const last = (slider: 'variety' | 'niche' | 'ownMix') => curves[slider].at(-1)?.figures;
    expect(last('variety')?.diversity).toBeGreaterThan(neutral.diversity ?? 0);
    expect(last('niche')?.popularity).toBeLessThan(neutral.popularity ?? 0);
    expect(curves.niche[0].figures.popularity).toBeGreaterThan(neutral.popularity ?? 0);
    expect(last('ownMix')?.categoryGap).toBeLessThan(neutral.categoryGap ?? 0);

    const nothing = await pricing.price(NEUTRAL);
    expect(nothing.figures).toEqual(neutral);
    expect(nothing.difference.difference).toEqual({ mean: 0, low: 0, high: 0 });
    // Asked for alone, a position costs what the curve says.
    expect(await pricing.price({ ...NEUTRAL, variety: 0.55 })).toEqual(
      curves.variety.find(({ settings }) => settings.variety === 0.55),
    );
    pricing.destroy();
  });

  it('has no own mix without categories, and nothing to say where nobody can be tested', async () => {
    const { about: _, ...plain } = ratings;
    const pricing = await open({ data: plain });
    const { curves, neutral } = await pricing.curves();
    expect(curves.ownMix).toEqual([]);
    expect(neutral.categoryGap).toBeNull();
    pricing.destroy();
    // one choice each: nothing can be held out
    const users = Uint32Array.from({ length: 30 }, (_, user) => user);
    const once = ratingsOf(
      { users, items: users.map((user) => user % 6), values: new Float32Array(30).fill(1) },
      30,
      6,
      'implicit',
    );
    await expect(open({ data: once })).rejects.toMatchObject({ code: 'nothingToTest' });
  });

  it('stops when asked, and lets its model go', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(open({ signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
    const pricing = await open();
    await expect(pricing.curves(undefined, stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
    pricing.destroy();
  });
});
