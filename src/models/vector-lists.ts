/** Lists by dot product or cosine over row-major factor matrices; rows × factors. */
import { isDeviceFailure } from '../base/error.ts';
import { TopK } from '../base/top-k.ts';
import { type ComputeDevice, NOT_FOUND, type TopKRequest, type TopKResult } from '../compute/device.ts';
import type { ScoredList } from './recommender.ts';

export interface Vectors {
  readonly data: Float32Array;
  readonly factors: number;
}

/** v · row `row` of the matrix. */
export function dotRow(vector: Float32Array | Float64Array, { data, factors }: Vectors, row: number): number {
  let sum = 0;
  for (let f = 0, at = row * factors; f < factors; f++, at++) sum += vector[f] * data[at];
  return sum;
}

/** The rows that score highest, `exclude` (ascending) left out; ties to the lower row. */
export function topRows(
  rows: number,
  count: number,
  scoreOf: (row: number) => number,
  exclude: Uint32Array = new Uint32Array(),
): ScoredList {
  const best = new TopK(Math.min(count, rows));
  let excluded = 0;
  for (let row = 0; row < rows; row++) {
    while (excluded < exclude.length && exclude[excluded] < row) excluded++;
    if (excluded < exclude.length && exclude[excluded] === row) continue;
    best.offer(row, Math.fround(scoreOf(row)));
  }
  return best.drain();
}

/** The rows with the largest cosine to `vector`; rows of zeros have no direction and are left out. */
export function nearestRows(vector: Float32Array, vectors: Vectors, count: number, exclude?: Uint32Array): ScoredList {
  const own = Math.hypot(...vector);
  const rows = vectors.data.length / vectors.factors;
  return topRows(
    own > 0 ? rows : 0,
    count,
    (row) => {
      let squares = 0;
      for (let f = 0, at = row * vectors.factors; f < vectors.factors; f++, at++) squares += vectors.data[at] ** 2;
      return squares > 0 ? dotRow(vector, vectors, row) / (own * Math.sqrt(squares)) : Number.NaN;
    },
    exclude,
  );
}

/** `device.topK`, or the same here when the device has gone away since the model was fitted, or has no room. */
export async function topKAnywhere(device: ComputeDevice, request: TopKRequest): Promise<TopKResult> {
  try {
    return await device.topK(request);
  } catch (thrown) {
    if (!isDeviceFailure(thrown)) throw thrown;
  }
  const { queries, keys, factors, exclude, count } = request;
  const queryCount = queries.length / factors;
  const indices = new Uint32Array(queryCount * count).fill(NOT_FOUND);
  const scores = new Float32Array(queryCount * count).fill(Number.NEGATIVE_INFINITY);
  for (let q = 0; q < queryCount; q++) {
    const query = queries.subarray(q * factors, (q + 1) * factors);
    const list = topRows(
      keys.length / factors,
      count,
      (row) => dotRow(query, { data: keys, factors }, row) + (request.keyBias?.[row] ?? 0),
      exclude?.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1]),
    );
    indices.set(list.indices, q * count);
    scores.set(list.scores, q * count);
  }
  return { indices, scores };
}
