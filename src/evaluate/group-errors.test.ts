import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import { bootstrap, createResamples } from './bootstrap.ts';
import { errorsByGroup, type RatingGroups, ratingGroups } from './group-errors.ts';
import { type GroupKey, NO_GROUP } from './groupings.ts';
import { errorsByCustomer } from './rating-errors.ts';

const key = (value: string | null): GroupKey => ({ value, range: null, pooled: value === null ? 2 : 0 });
const ungrouped: RatingGroups = {
  rows: new Uint32Array(0),
  activity: new Uint8Array(0),
  bands: new Uint8Array(0),
  attributes: [],
  ungrouped: [],
};

describe('groups are told by the training part', () => {
  /** Customer u rated `counts[u]` of 120 products, every second one low. */
  const trainOf = (counts: readonly number[]): Ratings => {
    const rows = counts.flatMap((count, user) =>
      Array.from({ length: count }, (_, item) => ({ user, item, value: item % 2 === 0 ? 5 : 1 })),
    );
    return ratingsOf(
      {
        users: Uint32Array.from(rows, ({ user }) => user),
        items: Uint32Array.from(rows, ({ item }) => item),
        values: Float32Array.from(rows, ({ value }) => value),
      },
      counts.length,
      120,
    );
  };

  test('activity by ratings, low ones counted, at the boundaries; those without a held-out rating are nobody', () => {
    const train = trainOf([0, 4, 5, 19, 20, 99, 100, 7]);
    // Customer 7 is not tested; the order of the pairs is any.
    const groups = ratingGroups(train, { users: Uint32Array.of(6, 0, 1, 1, 5, 2, 3, 4, 6) });
    expect(Array.from(groups.activity)).toEqual([0, 0, 1, 1, 2, 2, 3]);
    expect(Array.from(groups.rows)).toEqual([6, 0, 1, 1, 5, 2, 3, 4, 6]);
    expect(groups.attributes).toEqual([]);
    expect(groups.ungrouped).toEqual([]);
  });

  test('bands are those of lists: by what was chosen, low ratings not counted', () => {
    const rated = [
      // item 0: six choices; item 1: three choices; item 2: one; item 3: nine low ratings, no choice
      ...Array.from({ length: 6 }, (_, user) => ({ user, item: 0, value: 5 })),
      ...Array.from({ length: 3 }, (_, user) => ({ user, item: 1, value: 4 })),
      { user: 0, item: 2, value: 5 },
      ...Array.from({ length: 9 }, (_, user) => ({ user, item: 3, value: 1 })),
    ];
    const train = ratingsOf(
      {
        users: Uint32Array.from(rated, ({ user }) => user),
        items: Uint32Array.from(rated, ({ item }) => item),
        values: Float32Array.from(rated, ({ value }) => value),
      },
      9,
      4,
    );
    expect(Array.from(ratingGroups(train, { users: Uint32Array.of(1) }).bands)).toEqual([0, 1, 2, 2]);
  });

  test('what tells the tested customers apart, and what does not', () => {
    const customers = 60;
    const train = trainOf(Array.from({ length: customers }, () => 3));
    const attribute = (name: string, names: string[], codes: number[]) => ({
      name,
      values: { names, codes: Int32Array.from(codes) },
    });
    const everybody = Array.from({ length: customers }, (_, user) => user);
    const about = {
      customers: {
        attributes: [
          attribute(
            'region',
            ['north', 'south'],
            everybody.map((user) => user % 2),
          ),
          attribute(
            'plan',
            ['basic'],
            everybody.map(() => 0),
          ),
        ],
      },
      products: { categories: null },
    };
    const groups = ratingGroups({ ...train, about } as unknown as Ratings, { users: Uint32Array.from(everybody) });
    expect(groups.attributes.map(({ attribute: name, keys }) => [name, keys.map(({ value }) => value)])).toEqual([
      ['region', ['north', 'south']],
    ]);
    expect(groups.ungrouped).toEqual([{ attribute: 'plan', why: 'oneValue' }]);
  });
});

describe('errors by group', () => {
  // Four customers; |misses|: of customer 0: 1, 2; of 3: 0.5; of 5: 0, 1, 0.5; of 8: 2.
  const held = {
    users: Uint32Array.of(3, 0, 5, 5, 0, 8, 5),
    items: Uint32Array.of(0, 1, 0, 2, 2, 1, 1),
    values: Float32Array.of(4, 3, 2, 5, 3, 3, 1),
  };
  const predicted = [3.5, 4, 2, 4, 1, 5, 1.5];
  const groups: RatingGroups = {
    ...ungrouped,
    rows: Uint32Array.of(1, 0, 2, 2, 0, 3, 2),
    // customers 0 and 5 are of the second group, 3 of the last, 8 of the first; nobody of the third
    activity: Uint8Array.of(1, 3, 1, 0),
    // products 0, 3 head, 1 tail, 2 middle
    bands: Uint8Array.of(0, 2, 1, 0),
  };
  const judge = (of: RatingGroups) =>
    errorsByGroup(predicted, held, errorsByCustomer(predicted, held), of, createResamples(1));

  test('by activity: sums over ratings, not means over customers; groups of nobody are left out', async () => {
    const { byActivity } = await judge(groups);
    expect(byActivity.map(({ from, to, customers, ratings }) => [from, to, customers, ratings])).toEqual([
      [0, 4, 1, 1],
      [5, 19, 2, 5],
      [100, null, 1, 1],
    ]);
    expect(byActivity.map(({ mae }) => mae.mean)).toEqual([2, (1 + 2 + 0 + 1 + 0.5) / 5, 0.5]);
    // Of two customers: 1.5 each of two ratings and 0.5 each of three; draws are of one, of the other, or of both.
    expect(byActivity[1].mae.low).toBeCloseTo(0.5, 12);
    expect(byActivity[1].mae.high).toBeCloseTo(1.5, 12);
    expect(byActivity[0].mae).toEqual({ mean: 2, low: 2, high: 2 });
  });

  test('by popularity: a customer has a part in every band they rated, and none in the others', async () => {
    const { byPopularity } = await judge(groups);
    expect(byPopularity.map(({ band, products, customers, ratings }) => [band, products, customers, ratings])).toEqual([
      ['head', 2, 2, 2],
      ['middle', 1, 2, 2],
      ['tail', 1, 3, 3],
    ]);
    expect(byPopularity.map(({ mae }) => mae.mean)).toEqual([(0.5 + 0) / 2, (1 + 2) / 2, (1 + 2 + 0.5) / 3]);
    const all = byPopularity.reduce((sum, { mae, ratings }) => sum + mae.mean * ratings, 0);
    expect(all / 7).toBeCloseTo((1 + 2 + 0.5 + 0 + 1 + 0.5 + 2) / 7, 12);
    const nobodys = await judge({ ...groups, bands: Uint8Array.of(0, 2, 2, 0) });
    expect(nobodys.byPopularity.map(({ band }) => band)).toEqual(['head', 'tail']);
  });

  test('by attribute: differences from everybody else, those of no group included; the worst is one value', async () => {
    const attribute = { attribute: 'region', unknown: 1, tooFew: 2 };
    const made = await judge({
      ...groups,
      attributes: [
        { ...attribute, keys: [key('north'), key('south')], of: Uint8Array.of(0, NO_GROUP, 0, 1) },
        { ...attribute, keys: [key('a'), key('b'), key(null)], of: Uint8Array.of(0, 1, 1, 2) },
      ],
    });
    const [region, other] = made.byAttribute;
    expect(region).toMatchObject({ attribute: 'region', unknown: 1, tooFew: 2, worst: { group: 1, certain: false } });
    expect(region.groups.map(({ value, customers, ratings, mae }) => [value, customers, ratings, mae.mean])).toEqual([
      ['north', 2, 5, 0.9],
      ['south', 1, 1, 2],
    ]);
    expect(region.groups[0].difference?.mean).toBeCloseTo(0.9 - (0.5 + 2) / 2, 12);
    // how one customer differs says nothing of the group
    expect(region.groups[1].difference).toBeNull();
    // b: (0.5 + 0 + 1 + 0.5) / 4; what was put together (2) is further off than a (1.5) and yet nobody to be called worst
    expect(other.groups.map(({ mae }) => mae.mean)).toEqual([1.5, 0.5, 2]);
    expect(other.worst.group).toBe(0);
  });
});

/** Customers of two groups, each with one to six ratings whose misses are drawn about `miss(group)` and their own bias. */
async function drawn(groups: number, each: number, miss: (group: number) => number, seed: number, rounds = 200) {
  const random = createRandom(seed);
  const of = Uint8Array.from({ length: groups * each }, (_, user) => user % groups);
  const users: number[] = [];
  const misses: number[] = [];
  of.forEach((group, user) => {
    const bias = 0.2 * random.normal();
    for (let left = 1 + random.integer(6); left > 0; left--) {
      users.push(user);
      misses.push(miss(group) + bias + 0.4 * random.normal());
    }
  });
  const held = {
    users: Uint32Array.from(users),
    items: new Uint32Array(users.length),
    values: new Float32Array(users.length),
  };
  const resamples = createResamples(seed, rounds);
  const errors = errorsByCustomer(misses, held);
  const keys = Array.from({ length: groups }, (_, group) => key(`group ${group}`));
  const made = await errorsByGroup(
    misses,
    held,
    errors,
    {
      ...ungrouped,
      rows: held.users,
      activity: new Uint8Array(of.length),
      bands: new Uint8Array(1),
      attributes: [{ attribute: 'group', keys, of, unknown: 0, tooFew: 0 }],
    },
    resamples,
  );
  return { made, errors, of, resamples };
}

describe('how sure the errors are', () => {
  test('intervals are those of the bootstrap over customers, the mean within; everybody is one band and one group', async () => {
    const { made, errors, of, resamples } = await drawn(3, 60, () => 0.7, 4, 1000);
    const figure = (within: (row: number) => boolean) => ({
      sums: errors.absolute.map((sum, row) => (within(row) ? sum : 0)),
      counts: errors.counts.map((count, row) => (within(row) ? count : 0)),
    });
    const wanted = await bootstrap(
      [figure(() => true), ...[0, 1, 2].map((g) => figure((row) => of[row] === g))],
      resamples,
    );
    const got = [made.byActivity[0], ...made.byAttribute[0].groups].map(({ mae }) => mae);
    got.forEach(({ mean, low, high }, at) => {
      expect(mean).toBeCloseTo(wanted[at]?.mean ?? Number.NaN, 10);
      expect(low).toBeCloseTo(wanted[at]?.low ?? Number.NaN, 10);
      expect(high).toBeCloseTo(wanted[at]?.high ?? Number.NaN, 10);
      expect(low).toBeLessThan(mean);
      expect(high).toBeGreaterThan(mean);
    });
    expect(made.byPopularity[0].mae).toEqual(made.byActivity[0].mae);
  });

  test('a group that is guessed worse is told from chance, by more than a star too', async () => {
    const { made } = await drawn(6, 40, (group) => (group === 3 ? 2.5 : 0.6), 1);
    const [{ worst, groups }] = made.byAttribute;
    expect(worst).toEqual({ group: 3, certain: true });
    expect(groups[3].difference?.high).toBeGreaterThan(1.5);
  });

  test.each([
    [6, 40],
    [12, 20],
  ])('%i groups of %i, all guessed alike: the worst is hardly ever called certain', async (groups, each) => {
    const rounds = 100;
    let wrong = 0;
    for (let round = 0; round < rounds; round++) {
      const { made } = await drawn(groups, each, () => 0.7, 100 + round);
      if (made.byAttribute[0].worst.certain) wrong++;
    }
    expect(wrong / rounds).toBeLessThanOrEqual(0.06);
  });
});
