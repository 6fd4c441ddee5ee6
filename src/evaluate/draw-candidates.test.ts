import { describe, expect, test } from 'vitest';
import { pairsFromCsr } from '../base/sparse.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import { splitRatings } from '../data/split.ts';
import { randomChoices } from '../models/choices.testing.ts';
import { drawCandidates } from './draw-candidates.ts';
import { testedCustomers } from './list-metrics.ts';

describe('drawn candidates', () => {
  const ratings = randomChoices(60, 40, 2);
  const split = splitRatings(ratings, { kind: 'per-customer', holdout: 0.3, seed: 1 });
  const { choices } = testedCustomers(split.test, split.train);
  const everything = pairsFromCsr(ratings.byUser);
  const has = (user: number) => everything.items.filter((_, p) => everything.users[p] === user);

  test('one held-out choice each and products the customer has nowhere, none twice', async () => {
    for (const count of [1, 5, 12]) {
      const drawn = await drawCandidates(split, choices, count, 3);
      expect(drawn.users).toEqual(choices.users);
      expect(drawn.skipped).toBe(0);
      drawn.users.forEach((user, q) => {
        expect(choices.items.subarray(choices.pointers[q], choices.pointers[q + 1])).toContain(drawn.held[q]);
        const theirs = [...drawn.items.subarray(drawn.pointers[q], drawn.pointers[q + 1])];
        expect(theirs).toHaveLength(Math.min(count, 40 - has(user).length));
        expect(new Set(theirs).size).toBe(theirs.length);
        expect(theirs.filter((item) => has(user).includes(item))).toEqual([]);
      });
    }
  });

  test('where fewer are left, all of them', async () => {
    const drawn = await drawCandidates(split, choices, 99, 3);
    drawn.users.forEach((user, q) => {
      const free = Array.from({ length: 40 }, (_, item) => item).filter((item) => !has(user).includes(item));
      expect([...drawn.items.subarray(drawn.pointers[q], drawn.pointers[q + 1])].sort((a, b) => a - b)).toEqual(free);
    });
  });

  test('every free product is as likely, both ways of drawing; and every held-out choice', async () => {
    // one customer of a hundred products: the first 20 or 90 are theirs, 3 of them held out
    for (const owned of [20, 90]) {
      const users = new Uint32Array(owned);
      const items = Uint32Array.from({ length: owned }, (_, item) => item);
      const one = ratingsOf({ users, items, values: new Float32Array(owned).fill(1) }, 1, 100, 'implicit');
      const train = ratingsOf(
        { users: users.slice(3), items: items.slice(3), values: new Float32Array(owned - 3).fill(1) },
        1,
        100,
        'implicit',
      );
      const held = { users: users.slice(0, 3), items: items.slice(0, 3), values: new Float32Array(3).fill(1) };
      const { choices: theirs } = testedCustomers(held, train);
      const times = new Map<number, number>();
      const heldTimes = [0, 0, 0];
      const rounds = 3000;
      for (let seed = 0; seed < rounds; seed++) {
        const drawn = await drawCandidates({ train, test: held }, theirs, 4, seed);
        heldTimes[drawn.held[0]]++;
        for (const item of drawn.items) times.set(item, (times.get(item) ?? 0) + 1);
      }
      const free = one.byUser.columns - owned;
      const expected = (4 * rounds) / free;
      expect([...times.keys()].every((item) => item >= owned)).toBe(true);
      expect(times.size).toBe(free);
      // chi-squared, its 0.1 % point under 80 and 10 less one degrees: 124 and 27.9
      const chi = [...times.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      expect(chi).toBeLessThan(owned === 20 ? 124 : 27.9);
      for (const count of heldTimes) expect(Math.abs(count - rounds / 3)).toBeLessThan(110);
    }
  });

  test('whoever has everything has no candidates: counted', async () => {
    const full = ratingsOf(
      {
        users: Uint32Array.of(0, 0, 0, 1, 1),
        items: Uint32Array.of(0, 1, 2, 0, 1),
        values: new Float32Array(5).fill(1),
      },
      2,
      3,
      'implicit',
    );
    const cut = splitRatings(full, { kind: 'leave-one-out', holdout: 0, seed: 1 });
    const drawn = await drawCandidates(cut, testedCustomers(cut.test, cut.train).choices, 9, 1);
    expect(drawn).toMatchObject({ skipped: 1, users: Uint32Array.of(1), items: Uint32Array.of(2) });
  });

  test('seeded, and what is no number of candidates', async () => {
    const first = await drawCandidates(split, choices, 5, 3);
    expect(await drawCandidates(split, choices, 5, 3)).toEqual(first);
    expect(await drawCandidates(split, choices, 5, 4)).not.toEqual(first);
    await expect(drawCandidates(split, choices, 0, 3)).rejects.toThrow(RangeError);
    await expect(drawCandidates(split, choices, 2.5, 3)).rejects.toThrow(RangeError);
  });
});
