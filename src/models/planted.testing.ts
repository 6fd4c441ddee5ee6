/** Small made-up ratings with a known structure, for tests. */
import { createRandom } from '../base/random.ts';
import { csrFromPairs, type Pairs, pairsFromCsr, transpose } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';

export function ratingsOf(pairs: Pairs, users: number, items: number, feedback: Ratings['feedback']): Ratings {
  const byUser = csrFromPairs(pairs, users, items);
  return {
    userIds: Array.from({ length: users }, (_, row) => `u${row}`),
    itemIds: Array.from({ length: items }, (_, row) => `i${row}`),
    feedback,
    byUser,
    byItem: transpose(byUser),
    lastTime: null,
    scale: feedback === 'explicit' ? { min: 1, max: 5, step: 1 } : null,
    rule: { minRating: feedback === 'explicit' ? 3 : 0, eventWeights: {} },
  };
}

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
