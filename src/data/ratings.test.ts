import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nnz, pairsFromCsr } from '../base/sparse.ts';
import { importLog } from './plan.testing.ts';
import type { Role } from './plan.ts';
import { assertLearnable, choiceWeight, choiceWeights, type Ratings, toRatings } from './ratings.ts';
import { SPLIT_KINDS, splitByPairs, splitRatings } from './split.ts';

const DATED: readonly Role[] = ['customer', 'product', 'rating', 'time'];

function entries(matrix: Ratings['byUser'], ratings: Ratings): string[] {
  const { users, items, values } = pairsFromCsr(matrix);
  return Array.from(
    users,
    (u, p) => `${ratings.userIds[u]} ${ratings.itemIds[items[p]]} ${Number(values[p].toFixed(4))}`,
  );
}

async function stars(lines: readonly string[], roles: readonly Role[] = DATED): Promise<Ratings> {
  return toRatings((await importLog(roles, lines, 'explicit')).interactions, { feedback: 'explicit' });
}

describe('toRatings', () => {
  it('puts ratings by customer and by product, with times and the scale', async () => {
    const ratings = await stars(['ann,b,5,2020-01-02', 'bob,a,3.5,2020-01-03', 'ann,a,1,2020-01-01']);
    expect(entries(ratings.byUser, ratings)).toEqual(['ann b 5', 'ann a 1', 'bob a 3.5']);
    expect(Array.from(ratings.byItem.pointers)).toEqual([0, 1, 3]);
    expect(Array.from(ratings.byItem.values)).toEqual([5, 1, 3.5]);
    expect(Array.from(ratings.lastTime?.() ?? [], (t) => new Date(t).getUTCDate())).toEqual([2, 1, 3]);
    expect(ratings.scale).toEqual({ min: 1, max: 5, step: 1.5 });
    expect(ratings.rule.minRating).toBe(3);
  });

  it('adds up purchases by event and quantity', async () => {
    const roles: Role[] = ['customer', 'product', 'event', 'quantity', 'time'];
    const lines = [
      'ann,a,view,1,2020-01-05',
      'ann,a,purchase,3,2020-01-01',
      'ann,b,other,0.5,2020-01-01',
      'bob,a,cart,1,2020-01-01',
    ];
    const { interactions } = await importLog(roles, lines, 'implicit');
    const ratings = toRatings(interactions, { feedback: 'implicit' });
    const bought = Number((1 + 5 * (1 + Math.log(3))).toFixed(4));
    expect(entries(ratings.byUser, ratings)).toEqual([`ann a ${bought}`, 'ann b 1', 'bob a 3']);
    expect(ratings.lastTime?.()[0]).toBe(Date.UTC(2020, 0, 5));
    expect(ratings.scale).toBeNull();
    const flat = toRatings(interactions, { feedback: 'implicit', rule: { eventWeights: {} } });
    expect(entries(flat.byUser, flat)[2]).toBe('bob a 1');
  });

  it('calls a mean of conflicting ratings no mark of the scale', async () => {
    const lines = Array.from({ length: 4000 }, (_, i) => `c${i % 80},p${Math.floor(i / 80)},${1 + (i % 5)}`);
    const ratings = await stars([...lines, 'c0,p0,2'], ['customer', 'product', 'rating']);
    expect(Array.from(ratings.byUser.values)).toContain(1.5);
    expect(ratings.scale).toEqual({ min: 1, max: 5, step: 1 });
  });
});

describe('choices', () => {
  it('weighs ratings from the middle of the scale up', async () => {
    const ratings = await stars(['ann,a,1,', 'ann,b,3,', 'ann,c,4,', 'ann,d,5,', 'bob,a,2,']);
    const choices = choiceWeights(ratings);
    expect(entries(choices, ratings)).toEqual(['ann b 1', 'ann c 1.5', 'ann d 2']);
    expect(Array.from(choices.pointers)).toEqual([0, 3, 3]);
    expect(entries(choiceWeights(ratings, { minRating: 5 }), ratings)).toEqual(['ann d 1']);
    expect(choiceWeight(2.9, ratings)).toBe(0);
  });
});

describe('assertLearnable', () => {
  it.each([
    [['ann,a,1,', 'ann,b,2,'], 'oneCustomer'],
    [['ann,a,1,', 'bob,a,2,'], 'oneProduct'],
    [['ann,a,5,', 'bob,b,5,'], 'allRatingsEqual'],
    [['ann,a,1,', 'bob,b,5,'], 'tooFewRatings'],
  ])('%j: %s', async (lines, code) => {
    const ratings = await stars(lines);
    expect(() => assertLearnable(ratings)).toThrow(expect.objectContaining({ code }));
  });
});

/** Twelve customers with one to twelve ratings, times ascending with the product. */
function ladder(): Promise<Ratings> {
  const lines: string[] = [];
  for (let c = 1; c <= 12; c++)
    for (let p = 0; p < c; p++) lines.push(`c${c},p${p},${1 + ((c * p) % 5)},2020-01-${10 + p}`);
  return stars(lines);
}

describe('splitRatings', () => {
  it('loses nothing, keeps nothing twice and says the same thing for the same seed', async () => {
    const ratings = await ladder();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SPLIT_KINDS),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        async (kind, holdout, seed) => {
          const { train, test } = splitRatings(ratings, { kind, holdout, seed });
          expect(train.userIds).toBe(ratings.userIds);
          expect(nnz(train.byUser) + test.users.length).toBe(nnz(ratings.byUser));
          const held = Array.from(
            test.users,
            (u, p) => `${ratings.userIds[u]} ${ratings.itemIds[test.items[p]]} ${test.values[p]}`,
          );
          expect([...entries(train.byUser, ratings), ...held].sort()).toEqual(entries(ratings.byUser, ratings).sort());
          expect(nnz(train.byItem)).toBe(nnz(train.byUser));
          const times = train.lastTime?.();
          expect(times?.length).toBe(nnz(train.byUser));
          const again = splitRatings(ratings, { kind, holdout, seed });
          expect(again.train.lastTime?.()).toEqual(times);
          expect({ ...again, train: { ...again.train, lastTime: null } }).toEqual({
            train: { ...train, lastTime: null },
            test,
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds out the share asked for, of all or of each customer', async () => {
    const ratings = await ladder();
    expect(splitRatings(ratings, { kind: 'random', holdout: 0.1, seed: 1 }).test.users.length).toBe(8); // of 78
    const { test } = splitRatings(ratings, { kind: 'per-customer', holdout: 0.25, seed: 1 });
    const perCustomer = ratings.userIds.map((_, u) => test.users.filter((user) => user === u).length);
    expect(perCustomer).toEqual([0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]); // round(n / 4), n = 1 … 12
    const everything = splitRatings(ratings, { kind: 'per-customer', holdout: 1, seed: 1 });
    expect(
      everything.train.byUser.pointers.slice(1).every((end, u) => end - everything.train.byUser.pointers[u] === 1),
    ).toBe(true);
  });

  it('leaves out the latest of each customer, and the latest of all', async () => {
    const ratings = await ladder();
    const one = splitRatings(ratings, { kind: 'leave-one-out', holdout: 0, seed: 1 }).test;
    expect(Array.from(one.users, (u, p) => `${ratings.userIds[u]} ${ratings.itemIds[one.items[p]]}`)).toEqual(
      Array.from({ length: 11 }, (_, at) => `c${at + 2} p${at + 1}`),
    );
    const late = splitRatings(ratings, { kind: 'time', holdout: 3 / 78, seed: 1 }).test;
    expect(Array.from(late.items, (i) => ratings.itemIds[i]).sort()).toEqual(['p10', 'p10', 'p11']);
  });

  it('leaves out the latest share of each customer, rounded, never all, and nothing without a time', async () => {
    const ratings = await ladder();
    const held = splitRatings(ratings, { kind: 'time-per-customer', holdout: 0.25, seed: 1 }).test;
    // round(n / 4) of the n products p0 … p(n − 1), which came in this order
    const latest = Array.from({ length: 12 }, (_, at) => at + 1).flatMap((n) =>
      Array.from({ length: Math.round(n / 4) }, (_, back) => `c${n} p${n - 1 - back}`),
    );
    const named = Array.from(held.users, (u, p) => `${ratings.userIds[u]} ${ratings.itemIds[held.items[p]]}`);
    expect(named.sort()).toEqual(latest.sort());
    const all = splitRatings(ratings, { kind: 'time-per-customer', holdout: 1, seed: 1 });
    expect(nnz(all.train.byUser)).toBe(12);
    expect(Array.from(all.train.byUser.indices, (item) => ratings.itemIds[item])).toEqual(Array(12).fill('p0'));

    const dated = await stars([
      'ann,a,1,',
      'ann,b,3,2020-01-05',
      'ann,c,2,2020-01-02',
      'ann,d,5,',
      'bob,a,4,',
      'bob,b,2,',
    ]);
    const heldOf = (holdout: number) => {
      const { users, items } = splitRatings(dated, { kind: 'time-per-customer', holdout, seed: 1 }).test;
      return Array.from(users, (u, p) => `${dated.userIds[u]} ${dated.itemIds[items[p]]}`);
    };
    expect(heldOf(0.25)).toEqual(['ann b']);
    // three of four wanted, two have a time; bob has none
    expect(heldOf(0.75)).toEqual(['ann b', 'ann c']);
  });

  it('refuses a split by time without times, and a share that is none', async () => {
    const ratings = await stars(['ann,a,1', 'bob,b,5'], ['customer', 'product', 'rating']);
    for (const kind of ['time', 'time-per-customer'] as const) {
      expect(() => splitRatings(ratings, { kind, holdout: 0.1, seed: 1 })).toThrow(
        expect.objectContaining({ code: 'columnMissing', params: { role: 'time' } }),
      );
    }
    expect(() => splitRatings(ratings, { kind: 'random', holdout: 1.5, seed: 1 })).toThrow(RangeError);
  });

  it('makes the scale of the training part from the training part', async () => {
    const ratings = await stars([
      'ann,a,1,2020-01-01',
      'ann,b,3,2020-01-02',
      'bob,a,2,2020-01-01',
      'bob,b,5,2020-01-09',
    ]);
    expect(splitRatings(ratings, { kind: 'time', holdout: 0.25, seed: 1 }).train.scale).toEqual({
      min: 1,
      max: 3,
      step: 1,
    });
  });
});

describe('splitByPairs', () => {
  it('takes the published test file out of the training part', async () => {
    const all = await stars(['ann,a,1,', 'ann,b,3,', 'bob,a,2,', 'bob,b,5,']);
    const test = await stars(['bob,b,5,', 'ann,a,1,', 'eve,a,1,']);
    const split = splitByPairs(all, test);
    expect(entries(split.train.byUser, all)).toEqual(['ann b 3', 'bob a 2']);
    expect(
      Array.from(
        split.test.users,
        (u, p) => `${all.userIds[u]} ${all.itemIds[split.test.items[p]]} ${split.test.values[p]}`,
      ),
    ).toEqual(['bob b 5', 'ann a 1']);
  });
});
