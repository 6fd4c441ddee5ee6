/** Choices with dates, written out in tests. */
import type { Pairs } from '../base/sparse.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';

const DAY = 86_400_000;

export interface Dated {
  readonly user: number;
  readonly item: number;
  /** Days; null: no date. */
  readonly day: number | null;
}

/** Purchases, each customer and product at most once. */
export function datedChoices(choices: readonly Dated[], users: number, items: number): Ratings {
  const sorted = [...choices].sort((a, b) => a.user - b.user || a.item - b.item);
  const pairs: Pairs = {
    users: Uint32Array.from(sorted, ({ user }) => user),
    items: Uint32Array.from(sorted, ({ item }) => item),
    values: new Float32Array(sorted.length).fill(1),
  };
  const times = sorted.map(({ day }) => (day === null ? Number.NaN : 1e12 + day * DAY));
  return { ...ratingsOf(pairs, users, items, 'implicit'), lastTime: () => Float64Array.from(times) };
}
