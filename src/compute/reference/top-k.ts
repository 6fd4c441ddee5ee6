import { throwIfAborted } from '../../base/error.ts';
import { yieldToEvents } from '../../base/progress.ts';
import { TopK } from '../../base/top-k.ts';
import { checkTopK } from '../check.ts';
import { NOT_FOUND, type TopKRequest, type TopKResult } from '../device.ts';
import { dot } from './dots.ts';

/** Queries between two looks at the abort signal. */
const QUERIES_PER_TURN = 64;

/**
 * Every score of every query, the best kept. Scores are rounded to 32 bits before they are compared,
 * so equal numbers in the answer really are ties. Keys scoring NaN or -Infinity are never returned.
 */
export async function topK(request: TopKRequest): Promise<TopKResult> {
  const { queryCount, keyCount } = checkTopK(request);
  const { queries, keys, factors, keyBias, exclude, count, signal } = request;
  const indices = new Uint32Array(queryCount * count).fill(NOT_FOUND);
  const scores = new Float32Array(queryCount * count).fill(Number.NEGATIVE_INFINITY);
  const best = new TopK(count);
  for (let q = 0; q < queryCount; q++) {
    if (q % QUERIES_PER_TURN === 0) {
      if (signal) await yieldToEvents();
      throwIfAborted(signal);
    }
    let excluded = exclude ? exclude.pointers[q] : 0;
    const excludedEnd = exclude ? exclude.pointers[q + 1] : 0;
    for (let key = 0; key < keyCount; key++) {
      if (exclude && excluded < excludedEnd && exclude.indices[excluded] === key) {
        excluded++;
        continue;
      }
      const bias = keyBias ? keyBias[key] : 0;
      const score = Math.fround(dot(queries, q * factors, keys, key * factors, factors) + bias);
      if (score > Number.NEGATIVE_INFINITY) best.offer(key, score);
    }
    const found = best.drain();
    indices.set(found.indices, q * count);
    scores.set(found.scores, q * count);
  }
  return { indices, scores };
}
