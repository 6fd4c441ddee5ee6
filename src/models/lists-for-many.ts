/** Lists and scores for many customers from a model that works them out one after the other. */

import { createPacer } from '../base/pacer.ts';
import { NOT_FOUND, type TopKResult } from '../compute/device.ts';
import type { Exclusions } from './exclusions.ts';
import type { ScoredList } from './recommender.ts';

/** users.length × count, row-major: `listOf` each customer without what is excluded for them, filled up with NOT_FOUND. */
export async function listsForMany(
  users: Uint32Array,
  count: number,
  exclude: Exclusions,
  listOf: (user: number, excluded: Uint32Array) => ScoredList,
): Promise<TopKResult> {
  const indices = new Uint32Array(users.length * count).fill(NOT_FOUND);
  const scores = new Float32Array(users.length * count).fill(Number.NEGATIVE_INFINITY);
  const pace = createPacer();
  for (let q = 0; q < users.length; q++) {
    const list = listOf(users[q], exclude.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1]));
    indices.set(list.indices, q * count);
    scores.set(list.scores, q * count);
    if (pace.due()) await pace.turn();
  }
  return { indices, scores };
}

/** users.length × width, row-major: `write` puts the scores of one customer into their row, which is zero. */
export async function scoresForMany(
  users: Uint32Array,
  width: number,
  write: (user: number, into: Float32Array) => void,
): Promise<Float32Array> {
  const scores = new Float32Array(users.length * width);
  const pace = createPacer();
  for (let q = 0; q < users.length; q++) {
    write(users[q], scores.subarray(q * width, (q + 1) * width));
    if (pace.due()) await pace.turn();
  }
  return scores;
}
