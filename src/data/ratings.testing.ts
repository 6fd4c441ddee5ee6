/** Ratings written out in tests. */
import { csrFromPairs, type Pairs, transpose } from '../base/sparse.ts';
import type { Ratings } from './ratings.ts';

/** Pairs as they are, values from 1 to 5 where they are ratings; customers `u0`, `u1` …, products `i0`, `i1` …. */
export function ratingsOf(
  pairs: Pairs,
  users: number,
  items: number,
  feedback: Ratings['feedback'] = 'explicit',
): Ratings {
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
