import { expect, test } from 'vitest';
import { createPacer } from '../base/pacer.ts';
import { createRandom } from '../base/random.ts';
import type { Pairs } from '../base/sparse.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import { raterFeatures } from './rater-features.ts';

const device = createReferenceDevice();
const USERS = 120;
const ITEMS = 60;

/** Customers of each half rate things of their own half four times out of five; the last thing is rated by nobody. */
function halves(stars: (user: number, item: number) => number): Ratings {
  const random = createRandom(3);
  const pairs: { users: number[]; items: number[]; values: number[] } = { users: [], items: [], values: [] };
  for (let user = 0; user < USERS; user++) {
    for (let item = 0; item < ITEMS - 1; item++) {
      const own = user % 2 === item % 2;
      if (random.next() > (own ? 0.4 : 0.1)) continue;
      pairs.users.push(user);
      pairs.items.push(item);
      pairs.values.push(stars(user, item));
    }
  }
  const arrays: Pairs = {
    users: Uint32Array.from(pairs.users),
    items: Uint32Array.from(pairs.items),
    values: Float32Array.from(pairs.values),
  };
  return ratingsOf(arrays, USERS, ITEMS, 'explicit');
}

const featuresOf = (ratings: Ratings, directions: number) =>
  raterFeatures(ratings, directions, 1, device, createPacer());

test('things that the same customers rate lie on the same side, whatever the stars', async () => {
  const random = createRandom(5);
  const found = await featuresOf(
    halves(() => 1 + random.integer(5)),
    3,
  );
  const { data, columns } = found!;
  expect(columns).toBe(4);
  expect(data).toHaveLength(ITEMS * columns);
  const side = Math.sign(data[0]);
  for (let item = 0; item < ITEMS - 1; item++) {
    expect(Math.sign(data[item * columns])).toBe(item % 2 === 0 ? side : -side);
  }
  expect(
    await featuresOf(
      halves(() => 3),
      3,
    ),
  ).toEqual(found);
});

test('the last column grows with the number of raters; all have mean 0 and variance 1', async () => {
  const ratings = halves(() => 3);
  const { data, columns } = (await featuresOf(ratings, 2))!;
  const column = (at: number) => Array.from({ length: ITEMS }, (_, item) => data[item * columns + at]);
  for (let at = 0; at < columns - 1; at++) {
    const values = column(at);
    expect(values.reduce((sum, x) => sum + x, 0) / ITEMS).toBeCloseTo(0, 5);
    expect(values.reduce((sum, x) => sum + x * x, 0) / ITEMS).toBeCloseTo(1, 4);
  }
  const { pointers } = ratings.byItem;
  const raters = Array.from({ length: ITEMS }, (_, item) => pointers[item + 1] - pointers[item]);
  const byRaters = raters.map((_, item) => item).sort((a, b) => raters[a] - raters[b]);
  const counted = column(columns - 1);
  for (let at = 1; at < ITEMS; at++) expect(counted[byRaters[at]]).toBeGreaterThanOrEqual(counted[byRaters[at - 1]]);
  // nobody rated it: no outlier takes the rows of the others with it
  expect(counted[ITEMS - 1]).toBe(-5);
  expect(data.every((x) => Math.abs(x) <= 5)).toBe(true);
});

test('few products, or none asked for: nothing to learn from', async () => {
  const ratings = halves(() => 3);
  expect(await featuresOf(ratings, 0)).toBeNull();
  // ten products a direction
  expect((await featuresOf(ratings, 50))?.columns).toBe(ITEMS / 10 + 1);
  const few = ratingsOf(
    { users: Uint32Array.of(0), items: Uint32Array.of(1), values: Float32Array.of(3) },
    2,
    9,
    'explicit',
  );
  expect(await featuresOf(few, 16)).toBeNull();
});

test('columns that say nothing are zeros', async () => {
  // one and the same rater everywhere: no direction but the first, and equal counts
  const items = Uint32Array.from({ length: 40 }, (_, item) => item);
  const pairs = { users: new Uint32Array(40), items, values: new Float32Array(40).fill(3) };
  const { data, columns } = (await featuresOf(ratingsOf(pairs, 1, 40, 'explicit'), 4))!;
  expect(columns).toBe(1);
  expect([...data]).toEqual(new Array(40).fill(0));
});
