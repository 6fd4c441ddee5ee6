/** Small made-up ratings with a structure to learn: two tastes, and products that suit one or the other. */
import { createRandom } from '../base/random.ts';
import type { Pairs } from '../base/sparse.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';

export interface MadeUp {
  readonly ratings: Ratings;
  /** Pairs that are not in `ratings`. */
  readonly heldOut: Pairs;
}

/** Every customer rates about `share` of all products, a tenth of that held out. */
export function madeUpRatings(users: number, items: number, share: number, seed: number): MadeUp {
  const random = createRandom(seed);
  const level = Array.from({ length: items }, () => random.normal() * 0.4);
  const rows: { user: number; item: number; value: number; held: boolean }[] = [];
  for (let user = 0; user < users; user++) {
    const taste = user % 2 === 0 ? 1 : -1;
    for (let item = 0; item < items; item++) {
      const suits = item % 2 === 0 ? 1 : -1;
      if (random.next() > share * (1 + 0.5 * taste * suits)) continue;
      const value = Math.min(
        5,
        Math.max(1, Math.round(3.3 + level[item] + 0.9 * taste * suits + random.normal() * 0.5)),
      );
      rows.push({ user, item, value, held: random.next() < 0.1 });
    }
  }
  const pairs = (held: boolean): Pairs => {
    const chosen = rows.filter((row) => row.held === held);
    return {
      users: Uint32Array.from(chosen, ({ user }) => user),
      items: Uint32Array.from(chosen, ({ item }) => item),
      values: Float32Array.from(chosen, ({ value }) => value),
    };
  };
  return { ratings: ratingsOf(pairs(false), users, items), heldOut: pairs(true) };
}

export function rootMeanSquare(predicted: Float32Array, pairs: Pairs): number {
  let sum = 0;
  for (let p = 0; p < predicted.length; p++) sum += (predicted[p] - pairs.values[p]) ** 2;
  return Math.sqrt(sum / predicted.length);
}
