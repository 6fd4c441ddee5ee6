/** Made-up ratings for tests of recommenders that look at choices alone, and what they come to, counted in plain loops. */
import { createRandom } from '../base/random.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import type { History } from './recommender.ts';

/**
 * Stars from 1 to 5, product 0 most and the last one least often rated; 3 and more are choices. Customer 0 likes
 * nothing, and nobody likes the last product.
 */
export function randomChoices(users: number, items: number, seed: number): Ratings {
  const random = createRandom(seed);
  const pairs = { users: [] as number[], items: [] as number[], values: [] as number[] };
  for (let user = 0; user < users; user++) {
    for (let item = 0; item < items; item++) {
      if (random.next() > 0.6 - (0.45 * item) / items) continue;
      const stars = 1 + random.integer(5);
      pairs.users.push(user);
      pairs.items.push(item);
      pairs.values.push(user === 0 || item === items - 1 ? Math.min(2, stars) : stars);
    }
  }
  return ratingsOf(
    {
      users: Uint32Array.from(pairs.users),
      items: Uint32Array.from(pairs.items),
      values: Float32Array.from(pairs.values),
    },
    users,
    items,
  );
}

/** customers × products: 1 where the rating is 3 or more. */
export function chosenTable({ byUser }: Ratings): number[][] {
  return Array.from({ length: byUser.rows }, (_, user) => {
    const row = new Array<number>(byUser.columns).fill(0);
    for (let e = byUser.pointers[user]; e < byUser.pointers[user + 1]; e++) {
      if (byUser.values[e] >= 3) row[byUser.indices[e]] = 1;
    }
    return row;
  });
}

/** What a customer of the table chose, each choice weighing something. */
export function historyOf(table: readonly (readonly number[])[], user: number): History {
  const items = table[user].flatMap((value, item) => (value === 1 ? [item] : []));
  return { items: Uint32Array.from(items), values: Float32Array.from(items, (_, at) => 1 + at / 4) };
}

/** Products by how many customers chose them, ties to the lower row. */
export function byPopularity(table: readonly (readonly number[])[]): number[] {
  const counts = table[0].map((_, item) => table.reduce((sum, row) => sum + row[item], 0));
  return counts.map((_, item) => item).sort((a, b) => counts[b] - counts[a] || a - b);
}

/** Of a row of scores: products best first, ties as in `order`, some left out. */
export function sortedList(scores: ArrayLike<number>, order: readonly number[], exclude: readonly number[]): number[] {
  const place = new Map(order.map((item, at) => [item, at]));
  return order
    .filter((item) => !exclude.includes(item))
    .sort((a, b) => scores[b] - scores[a] || (place.get(a) ?? 0) - (place.get(b) ?? 0));
}
