import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairsFromCsr, transpose } from '../base/sparse.ts';
import { isPrivacy, NO_PRIVACY, type PrivacySettings, protect, samePrivacy, unlistedBy } from './protect.ts';
import { ratingsOf } from './ratings.testing.ts';
import type { Ratings } from './ratings.ts';

interface Entry {
  readonly user: number;
  readonly item: number;
  readonly value?: number;
  /** null: not known. */
  readonly time?: number | null;
}

function made(entries: readonly Entry[], users: number, items: number, feedback: Ratings['feedback'] = 'explicit') {
  const sorted = [...entries].sort((a, b) => a.user - b.user || a.item - b.item);
  const pairs = {
    users: Uint32Array.from(sorted, ({ user }) => user),
    items: Uint32Array.from(sorted, ({ item }) => item),
    values: Float32Array.from(sorted, ({ value = 4 }) => value),
  };
  const times = Float64Array.from(sorted, ({ time }) => time ?? Number.NaN);
  const timed = entries.some(({ time }) => time !== undefined);
  return { ...ratingsOf(pairs, users, items, feedback), lastTime: timed ? () => times : null };
}

/** "user item" of every entry. */
const kept = (ratings: Ratings) => {
  const { users, items } = pairsFromCsr(ratings.byUser);
  return Array.from(users, (user, p) => `${user} ${items[p]}`);
};

describe('privacy settings', () => {
  it('that protect nothing give the very same ratings', () => {
    const ratings = made([{ user: 0, item: 0 }], 2, 3);
    for (const settings of [NO_PRIVACY, { fewest: 1, most: null }, { fewest: 0, most: 1 }]) {
      const { ratings: left, unlisted } = protect(ratings, settings);
      expect(left).toBe(ratings);
      expect(unlisted).toHaveLength(0);
    }
    expect(protect(ratings, NO_PRIVACY).left).toEqual({ products: 1, entries: 1 });
  });

  it('leave out products that too few chose, disliking not being choosing, and say which are not to be listed', () => {
    // product 0: three like it; 1: two like it; 2: two like it and two do not; 3: three dislike it; 4: nobody has it
    const ratings = made(
      [
        ...[0, 1, 2].map((user) => ({ user, item: 0 })),
        ...[0, 1].map((user) => ({ user, item: 1 })),
        ...[0, 1, 2, 3].map((user) => ({ user, item: 2, value: user < 2 ? 5 : 1 })),
        ...[1, 2, 3].map((user) => ({ user, item: 3, value: 2 })),
      ],
      4,
      5,
    );
    const { ratings: left, unlisted, left: counts } = protect(ratings, { fewest: 3, most: null });
    expect(kept(left)).toEqual(['0 0', '1 0', '2 0']);
    expect([...unlisted]).toEqual([1, 2, 3]);
    expect(counts).toEqual({ products: 1, entries: 3 });
    expect(left.byItem).toEqual(transpose(left.byUser));
    // ends of the scale are found anew, ids and rows stay
    expect(left.scale).toEqual({ min: 4, max: 4, step: 1 });
    expect([left.userIds, left.itemIds]).toEqual([ratings.userIds, ratings.itemIds]);
    expect([left.byUser.rows, left.byUser.columns]).toEqual([4, 5]);
    // exactly as many as asked for is enough
    expect([...protect(ratings, { fewest: 2, most: null }).unlisted]).toEqual([3]);
  });

  it('keep the latest of each customer, what has no time being the earliest, times with their entries', () => {
    const ratings = made(
      [
        { user: 0, item: 0, time: 30 },
        { user: 0, item: 1, time: 10 },
        { user: 0, item: 2, time: 20 },
        { user: 1, item: 0, time: null },
        { user: 1, item: 1, time: 5 },
        { user: 1, item: 3, time: null },
        { user: 2, item: 3, time: 1 },
      ],
      3,
      4,
    );
    const two = protect(ratings, { fewest: 0, most: 2 });
    expect(kept(two.ratings).slice(0, 2)).toEqual(['0 0', '0 2']);
    expect(kept(two.ratings)).toContain('1 1');
    expect(kept(two.ratings)).toContain('2 3');
    expect(two.left.entries).toBe(5);
    expect(Array.from(two.ratings.lastTime?.() ?? []).slice(0, 2)).toEqual([30, 20]);
    expect(two.unlisted).toHaveLength(0);
    expect(kept(protect(ratings, { fewest: 0, most: 1 }).ratings)).toEqual(['0 0', '1 1', '2 3']);
  });

  it('draw among what is equally late: the same for the same data, not always the first, and each as often', () => {
    const [users, items] = [3000, 10];
    const all = Array.from({ length: users * items }, (_, p) => ({ user: Math.floor(p / items), item: p % items }));
    const ratings = made(all, users, items, 'implicit');
    const { ratings: left } = protect(ratings, { fewest: 0, most: 3 });
    expect(kept(protect(ratings, { fewest: 0, most: 3 }).ratings)).toEqual(kept(left));
    for (let user = 0; user < users; user++) {
      expect(left.byUser.pointers[user + 1] - left.byUser.pointers[user]).toBe(3);
    }
    // binomial, 3000 × 0.3: five deviations are 126
    for (let item = 0; item < items; item++) {
      const count = left.byItem.pointers[item + 1] - left.byItem.pointers[item];
      expect(Math.abs(count - 900)).toBeLessThan(126);
    }
    // the same with one time for everything
    expect(
      kept(
        protect(
          made(
            all.map((one) => ({ ...one, time: 7 })),
            users,
            items,
          ),
          { fewest: 0, most: 3 },
        ).ratings,
      ),
    ).toEqual(kept(left));
  });

  it('bound customers first: a product is counted on what stayed of it', () => {
    // both have 0 and 1; of customer 0 only the later 1 stays
    const ratings = made(
      [
        { user: 0, item: 0, time: 1 },
        { user: 0, item: 1, time: 2 },
        { user: 1, item: 0, time: 4 },
        { user: 1, item: 1, time: 3 },
        { user: 2, item: 1, time: 1 },
      ],
      3,
      2,
    );
    expect(kept(protect(ratings, { fewest: 2, most: null }).ratings)).toHaveLength(5);
    const { ratings: left, unlisted } = protect(ratings, { fewest: 2, most: 1 });
    expect(kept(left)).toEqual(['0 1', '2 1']);
    expect([...unlisted]).toEqual([0]);
  });

  it('leave nothing where there is nothing, and what nobody chose is not kept from lists', () => {
    const empty = protect(made([], 3, 2), { fewest: 5, most: 1 });
    expect(empty.left).toEqual({ products: 0, entries: 0 });
    expect(empty.unlisted).toHaveLength(0);
  });

  it('hold for any data, as counting in plain sets says', () => {
    const entry = fc.record({
      user: fc.integer({ min: 0, max: 5 }),
      item: fc.integer({ min: 0, max: 6 }),
      value: fc.integer({ min: 1, max: 5 }),
      time: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
    });
    const entries = fc.uniqueArray(entry, { selector: ({ user, item }) => user * 10 + item, maxLength: 30 });
    fc.assert(
      fc.property(
        entries,
        fc.integer({ min: 0, max: 4 }),
        fc.option(fc.integer({ min: 1, max: 5 })),
        (all, fewest, most) => {
          const ratings = made(all, 6, 7);
          const { ratings: left, unlisted, left: counts } = protect(ratings, { fewest, most });
          expect(unlistedBy(ratings, { fewest, most })).toEqual(unlisted);
          const stays = new Set(kept(left));
          const named = ({ user, item }: Entry) => `${user} ${item}`;
          expect(counts.entries).toBe(stays.size);
          for (const one of stays) expect(all.map(named)).toContain(one);
          const values = pairsFromCsr(left.byUser);
          values.users.forEach((user, p) => {
            const before = all.find((one) => one.user === user && one.item === values.items[p]);
            expect(values.values[p]).toBe(before?.value);
            if (left.lastTime) expect(left.lastTime()[p]).toBe(before?.time ?? Number.NaN);
          });
          for (let user = 0; user < 6; user++) {
            const own = all.filter((one) => one.user === user && !unlisted.includes(one.item));
            const staying = own.filter((one) => stays.has(named(one)));
            expect(staying.length).toBeLessThanOrEqual(most ?? Number.POSITIVE_INFINITY);
            if (most === null) expect(staying).toHaveLength(own.length);
            // nothing that went is later than what stayed
            const [oldest] = staying.map(({ time }) => time ?? -1).sort((a, b) => a - b);
            for (const one of own) if (!stays.has(named(one))) expect(one.time ?? -1).toBeLessThanOrEqual(oldest ?? 9);
          }
          for (let item = 0; item < 7; item++) {
            const choosers = all.filter((one) => one.item === item && one.value >= 3 && stays.has(named(one))).length;
            if (unlisted.includes(item)) expect(all.some((one) => one.item === item)).toBe(true);
            if (choosers > 0 && fewest > 1) expect(choosers).toBeGreaterThanOrEqual(fewest);
            if (unlisted.includes(item)) expect(choosers).toBe(0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that cannot be followed are refused, and read back none is believed that is not sound', () => {
    const ratings = made([{ user: 0, item: 0 }], 1, 1);
    const bad: unknown[] = [
      { fewest: -1, most: null },
      { fewest: 0, most: 0 },
      { fewest: 2.5, most: null },
      { fewest: Number.NaN, most: null },
      { fewest: 3 },
      { most: null },
      null,
      'all',
    ];
    for (const settings of bad) {
      expect(isPrivacy(settings)).toBe(false);
      expect(() => protect(ratings, settings as PrivacySettings)).toThrow(RangeError);
    }
    expect(isPrivacy({ fewest: 5, most: 20 })).toBe(true);
    expect(samePrivacy(NO_PRIVACY, { fewest: 1, most: null })).toBe(true);
    expect(samePrivacy({ fewest: 5, most: null }, { fewest: 5, most: 50 })).toBe(false);
  });
});
