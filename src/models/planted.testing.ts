/** Small made-up ratings with a known structure, for tests. */
import { createRandom } from '../base/random.ts';
import { type Pairs, pairsFromCsr } from '../base/sparse.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';

/** Each customer belongs to one of two tastes and rates `perUser` random things high in their own half, low in the other. */
export function plantedRatings(size: {
  users: number;
  items: number;
  perUser: number;
  noise: number;
  seed: number;
}): Ratings {
  const random = createRandom(size.seed);
  const users: number[] = [];
  const items: number[] = [];
  const values: number[] = [];
  for (let user = 0; user < size.users; user++) {
    const order = random.shuffle(Uint32Array.from({ length: size.items }, (_, item) => item));
    for (const item of order.subarray(0, size.perUser)) {
      const agree = user % 2 === (item < size.items / 2 ? 0 : 1);
      const value = (agree ? 4.2 : 2) + size.noise * random.normal();
      users.push(user);
      items.push(item);
      values.push(Math.min(5, Math.max(1, value)));
    }
  }
  const pairs = { users: Uint32Array.from(users), items: Uint32Array.from(items), values: Float32Array.from(values) };
  return ratingsOf(pairs, size.users, size.items, 'explicit');
}

/** Every `step`-th pair held out. */
export function splitOff(ratings: Ratings, step: number): { ratings: Ratings; held: Pairs } {
  const all = pairsFromCsr(ratings.byUser);
  const pick = (keep: (p: number) => boolean): Pairs => ({
    users: all.users.filter((_, p) => keep(p)),
    items: all.items.filter((_, p) => keep(p)),
    values: all.values.filter((_, p) => keep(p)),
  });
  const { rows, columns } = ratings.byUser;
  return {
    ratings: ratingsOf(
      pick((p) => p % step !== 0),
      rows,
      columns,
      ratings.feedback,
    ),
    held: pick((p) => p % step === 0),
  };
}
