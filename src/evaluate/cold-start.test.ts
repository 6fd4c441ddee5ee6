import { describe, expect, it, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { findEntry, nnz, pairsFromCsr } from '../base/sparse.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { EntityTable } from '../data/interactions.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import { ease } from '../models/ease.ts';
import { hybrid } from '../models/hybrid.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import { popularity } from '../models/popularity.ts';
import { randomLists } from '../models/random-lists.ts';
import type { ChoiceModel } from '../models/recommender.ts';
import { cutColdCustomers, cutColdProducts, replyOf } from './cold-slices.ts';
import { measureColdCustomers, measureColdProducts } from './cold-start.ts';
import { type HeadPlan, planHead } from './head-plan.ts';

const device = createReferenceDevice();
const [USERS, ITEMS] = [90, 40];
const ratings = plantedRatings({ users: USERS, items: ITEMS, perUser: 16, noise: 0.5, seed: 4 });
const plain = (): HeadPlan<ChoiceModel> => planHead(ease, 'quick', {}, 1);

/** Everything the fits were given and became. */
function traced(plan: HeadPlan<ChoiceModel>, traces: unknown[]): HeadPlan<ChoiceModel> {
  const note = (data: Ratings, bytes: Uint8Array) => traces.push([data.byUser, data.byItem, data.scale, bytes]);
  return {
    ...plan,
    async choose(data, context, epochs) {
      const fitted = await plan.choose(data, context, epochs);
      note(data, fitted.model.toBytes());
      return fitted;
    },
    async again(data, context, chosen) {
      const fitted = await plan.again(data, context, chosen);
      note(data, fitted.model.toBytes());
      return fitted;
    },
  };
}

/** The same data with other values in some rows. */
function revalued(rows: ReadonlySet<number>, change: (value: number) => number): Ratings {
  const all = pairsFromCsr(ratings.byUser);
  return ratingsOf(
    { ...all, values: all.values.map((v, p) => (rows.has(all.users[p]) ? change(v) : v)) },
    USERS,
    ITEMS,
  );
}

describe('new customers', () => {
  const cut = cutColdCustomers(ratings, 3);

  it('leave training whole; what they know and what is to be found share nothing and make up all they had', () => {
    expect(cut.users.length + cut.skipped).toBe(9);
    cut.users.forEach((user, q) => {
      expect(cut.train.byUser.pointers[user + 1]).toBe(cut.train.byUser.pointers[user]);
      const known = cut.known.indices.subarray(cut.known.pointers[q], cut.known.pointers[q + 1]);
      const hidden = cut.hidden.items.subarray(cut.hidden.pointers[q], cut.hidden.pointers[q + 1]);
      const row = ratings.byUser.indices.subarray(ratings.byUser.pointers[user], ratings.byUser.pointers[user + 1]);
      // a quarter of 16 is hidden, and of that the liked are to be found
      expect(known).toHaveLength(12);
      expect(hidden.length).toBeGreaterThan(0);
      for (const item of hidden) {
        expect(known).not.toContain(item);
        expect(row).toContain(item);
        expect(ratings.byUser.values[findEntry(ratings.byUser, user, item)]).toBeGreaterThanOrEqual(3);
        // they cannot answer about what is to be found
        expect(replyOf(cut, q, item)).toBe('unknown');
      }
      for (const item of known) {
        const value = ratings.byUser.values[findEntry(ratings.byUser, user, item)];
        expect(replyOf(cut, q, item)).toBe(value >= 3 ? 'liked' : 'disliked');
      }
    });
    const others = Array.from({ length: USERS }, (_, user) => user).filter(
      (user) => cut.train.byUser.pointers[user + 1] > cut.train.byUser.pointers[user],
    );
    expect(others).toHaveLength(81);
  });

  it('find more after three answers than from bestsellers where tastes are planted, and the same every time', async () => {
    const many = plantedRatings({ users: 500, items: 60, perUser: 40, noise: 0.3, seed: 7 });
    const measure = () => measureColdCustomers({ data: many, seed: 2, device, plan: plain() });
    const result = await measure();
    expect(result.customers).toBeGreaterThan(30);
    const [none, , , three] = result.steps;
    expect(result.steps.map(({ questions }) => questions)).toEqual([0, 1, 2, 3]);
    expect(three.recall.mean).toBeGreaterThan(1.3 * none.recall.mean);
    expect(three.times).toBeCloseTo(three.recall.mean / none.recall.mean, 12);
    expect(three.versus?.p).toBeLessThan(0.05);
    expect(result.everything.recall.mean).toBeGreaterThan(three.recall.mean);
    expect(result.answered).toBeGreaterThanOrEqual(result.liked);
    expect(await measure()).toEqual(result);
  });

  it('get the bestsellers before the first question: their recall, counted in plain loops', async () => {
    const { steps, customers } = await measureColdCustomers({ data: ratings, seed: 3, device, plan: plain() });
    const { train, hidden, users } = cut;
    const counts = Array.from({ length: ITEMS }, (_, item) => {
      let count = 0;
      for (let e = train.byUser.pointers[0]; e < nnz(train.byUser); e++) {
        if (train.byUser.indices[e] === item && train.byUser.values[e] >= 3) count++;
      }
      return count;
    });
    const best = counts.map((_, item) => item).sort((a, b) => counts[b] - counts[a] || a - b);
    const recalls = Array.from(users, (_, q) => {
      const wanted = hidden.items.subarray(hidden.pointers[q], hidden.pointers[q + 1]);
      return best.slice(0, 10).filter((item) => wanted.includes(item)).length / wanted.length;
    });
    expect(customers).toBe(users.length);
    expect(steps[0].recall.mean).toBeCloseTo(recalls.reduce((sum, one) => sum + one, 0) / recalls.length, 6);
  });

  it('reach no fit with anything of theirs: absurd ratings in their rows change no bit of it', async () => {
    const run = async (data: Ratings) => {
      const traces: unknown[] = [];
      await measureColdCustomers({ data, seed: 3, device, plan: traced(plain(), traces) });
      return traces;
    };
    const before = await run(ratings);
    expect(before.length).toBeGreaterThan(0);
    const rows = new Set(cut.users);
    expect(await run(revalued(rows, (value) => (value >= 3 ? 1000 : -1000)))).toEqual(before);
    // and the traces would notice
    expect(await run(revalued(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), (value) => 6 - value))).not.toEqual(before);
  });

  it('are asked by what others said alone: turning what is to be found into dislikes changes no question', async () => {
    const rows = new Set(cut.users);
    const hidden = new Set(
      Array.from(cut.users).flatMap((user, q) =>
        Array.from(
          cut.hidden.items.subarray(cut.hidden.pointers[q], cut.hidden.pointers[q + 1] - 1),
          (item) => user * ITEMS + item,
        ),
      ),
    );
    const all = pairsFromCsr(ratings.byUser);
    const values = all.values.map((v, p) =>
      rows.has(all.users[p]) && hidden.has(all.users[p] * ITEMS + all.items[p]) ? 1 : v,
    );
    const other = ratingsOf({ ...all, values }, USERS, ITEMS);
    const [a, b] = [
      await measureColdCustomers({ data: ratings, seed: 3, device, plan: plain() }),
      await measureColdCustomers({ data: other, seed: 3, device, plan: plain() }),
    ];
    expect([b.first, b.answered, b.liked, b.customers]).toEqual([a.first, a.answered, a.liked, a.customers]);
    expect(b.steps[3].recall.mean).not.toBe(a.steps[3].recall.mean);
  });

  it('are refused where nobody did enough, and stop at once when told to', async () => {
    const few = ratingsOf(
      {
        users: Uint32Array.from({ length: 12 }, (_, p) => Math.floor(p / 2)),
        items: Uint32Array.from({ length: 12 }, (_, p) => (p + Math.floor(p / 2)) % 4),
        values: Float32Array.from({ length: 12 }, (_, p) => 1 + (p % 5)),
      },
      6,
      4,
    );
    await expect(measureColdCustomers({ data: few, seed: 1, device, plan: plain() })).rejects.toMatchObject({
      code: 'nothingToTest',
    });
    const stop = AbortSignal.abort();
    await expect(
      measureColdCustomers({ data: ratings, seed: 1, device, plan: plain(), hooks: { signal: stop } }),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('new products', () => {
  const kinds: EntityTable = {
    ids: Array.from({ length: ITEMS }, (_, item) => `i${item}`),
    titles: Array.from({ length: ITEMS }, (_, item) => `${item < ITEMS / 2 ? 'garden' : 'space'} no ${item % 5}`),
    categories: null,
    attributes: [],
  };
  const told: Ratings = {
    ...ratings,
    about: { products: kinds, customers: { ids: [], titles: null, categories: null, attributes: [] } },
  };
  const small = { factors: 4, epochs: 3, lambda: 20 };

  it('have no choice left in training; theirs and others’ held-out choices are kept apart', () => {
    const { train, order, products, cold, warm } = cutColdProducts(ratings, 5);
    expect(products).toHaveLength(4);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: ITEMS }, (_, item) => item));
    for (const item of products) expect(train.byItem.pointers[item + 1]).toBe(train.byItem.pointers[item]);
    expect(cold.items.every((item) => products.includes(item))).toBe(true);
    expect(warm.items.some((item) => products.includes(item))).toBe(false);
    const was = new Set(Array.from(products, (item) => order[item]));
    const liked = pairsFromCsr(ratings.byUser);
    const expected = liked.items.filter((item, p) => was.has(item) && liked.values[p] >= 3).length;
    expect(cold.items).toHaveLength(expected);
    cold.users.forEach((user, q) => {
      for (const item of cold.items.subarray(cold.pointers[q], cold.pointers[q + 1])) {
        const entry = findEntry(ratings.byUser, user, order[item]);
        expect(ratings.byUser.values[entry]).toBeGreaterThanOrEqual(3);
      }
    });
  });

  it('are found by content and by nothing else; an entrant that fails says so and the others go on', async () => {
    const failing: HeadPlan<ChoiceModel> = planHead(ease, 'quick', {}, 1);
    const shares: number[] = [];
    const result = await measureColdProducts({
      data: told,
      seed: 5,
      device,
      entrants: [
        { id: 'popularity', plan: planHead(popularity, 'quick', {}, 1) },
        { id: 'random', plan: planHead(randomLists, 'quick', {}, 1) },
        {
          id: 'fails',
          plan: { ...failing, choose: () => Promise.reject(new AppError('tooFewRatings', { count: 0, needed: 1 })) },
        },
        { id: 'without', plan: planHead(hybrid, 'quick', { ...small, coldAtMost: -1 }, 1) },
        { id: 'with', plan: planHead(hybrid, 'quick', { ...small, coldTrust: 1 }, 1) },
      ],
      hooks: { tell: (share) => shares.push(share) },
    });
    const row = (id: string) => result.entrants.find((one) => one.id === id);
    expect(result.products).toBe(4);
    expect(row('fails')?.error?.code).toBe('tooFewRatings');
    expect(row('popularity')?.everything?.recall.mean).toBe(0);
    expect(row('with')?.everything?.recall.mean ?? 0).toBeGreaterThan(row('without')?.everything?.recall.mean ?? 1);
    expect(row('with')?.warm).not.toBeNull();
    // lists of ten hold all four new products: everybody is given all of them
    for (const id of ['popularity', 'random', 'with']) expect(row(id)?.among?.recall.mean).toBe(1);
    expect(shares.every((share, at) => at === 0 || share >= shares[at - 1])).toBe(true);
    expect(shares.at(-1)).toBe(1);
  });

  test('reach no fit with anything of theirs', async () => {
    const { products: rows, order } = cutColdProducts(told, 5);
    const products = Array.from(rows, (item) => order[item]);
    const all = pairsFromCsr(told.byUser);
    const values = all.values.map((v, p) => (products.includes(all.items[p]) ? (v >= 3 ? 5 : 1) : v));
    const changed = { ...ratingsOf({ ...all, values }, USERS, ITEMS), about: told.about };
    const run = async (data: Ratings) => {
      const traces: unknown[] = [];
      const plan = traced(planHead(hybrid, 'quick', small, 1), traces);
      await measureColdProducts({ data, seed: 5, device, entrants: [{ id: 'one', plan }] });
      return traces;
    };
    const before = await run(told);
    expect(before.length).toBeGreaterThan(1);
    expect(await run(changed)).toEqual(before);
  });
});
