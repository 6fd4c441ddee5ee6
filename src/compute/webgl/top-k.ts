import { throwIfAborted } from '../../base/error.ts';
import { TopK } from '../../base/top-k.ts';
import { checkTopK } from '../check.ts';
import { NOT_FOUND, type TopKRequest, type TopKResult } from '../device.ts';
import type { GlContext } from './context.ts';
import { createScorer } from './scores.ts';

/**
 * The best keys of every query (device.ts): scores on the GPU, block by block, and the selection here, because a
 * fragment shader has no memory of its own to select in.
 */
export async function topK(context: GlContext, request: TopKRequest): Promise<TopKResult> {
  const { queryCount, keyCount } = checkTopK(request);
  const { queries, keys, factors, keyBias, exclude, count, signal } = request;
  throwIfAborted(signal);
  context.assertUsable();
  const indices = new Uint32Array(queryCount * count).fill(NOT_FOUND);
  const scores = new Float32Array(queryCount * count).fill(Number.NEGATIVE_INFINITY);
  if (queryCount === 0 || keyCount === 0 || count === 0) return { indices, scores };

  const best = new TopK(count);
  const scorer = createScorer(context, queries, keys, factors, keyBias ?? null);
  try {
    for (let from = 0; from < queryCount; from += scorer.block) {
      throwIfAborted(signal);
      const to = Math.min(queryCount, from + scorer.block);
      const block = await scorer.score(from, to);
      for (let q = from; q < to; q++) {
        const row = block.subarray((q - from) * scorer.stride, (q - from) * scorer.stride + keyCount);
        for (let e = exclude?.pointers[q] ?? 0; exclude && e < exclude.pointers[q + 1]; e++) {
          row[exclude.indices[e]] = Number.NEGATIVE_INFINITY;
        }
        for (let key = 0; key < keyCount; key++) {
          if (row[key] > Number.NEGATIVE_INFINITY) best.offer(key, row[key]);
        }
        const found = best.drain();
        indices.set(found.indices, q * count);
        scores.set(found.scores, q * count);
      }
    }
  } finally {
    scorer.destroy();
  }
  return { indices, scores };
}
