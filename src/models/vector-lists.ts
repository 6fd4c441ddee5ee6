/** Lists by dot product or cosine over row-major factor matrices; rows × factors. */
import { isDeviceFailure } from '../base/error.ts';
import { TopK } from '../base/top-k.ts';
import { type ComputeDevice, NOT_FOUND, type TopKRequest, type TopKResult } from '../compute/device.ts';
import type { ScoredList } from './recommender.ts';

export interface Vectors {
  readonly data: Float32Array;
  readonly factors: number;
}

/** v · row `row` of the matrix. Four sums side by side: one alone would wait for every addition. */
export function dotRow(vector: Float32Array | Float64Array, { data, factors }: Vectors, row: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let at = row * factors;
  let f = 0;
  for (; f + 3 < factors; f += 4, at += 4) {
    a += vector[f] * data[at];
    b += vector[f + 1] * data[at + 1];
    c += vector[f + 2] * data[at + 2];
    d += vector[f + 3] * data[at + 3];
  }
  for (; f < factors; f++, at++) a += vector[f] * data[at];
  return a + b + (c + d);
}

/** ‖row‖ of every row of the matrix. */
export function lengthsOf({ data, factors }: Vectors): Float64Array {
  const lengths = new Float64Array(data.length / factors);
  for (let row = 0, at = 0; row < lengths.length; row++) {
    let squares = 0;
    for (const end = at + factors; at < end; at++) squares += data[at] ** 2;
    lengths[row] = Math.sqrt(squares);
  }
  return lengths;
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
export function nearestRows(
  vector: Float32Array,
  vectors: Vectors & { readonly lengths?: Float64Array },
  count: number,
  exclude?: Uint32Array,
): ScoredList {
  const own = Math.hypot(...vector);
  const lengths = vectors.lengths ?? lengthsOf(vectors);
  return topRows(
    own > 0 ? lengths.length : 0,
    count,
    (row) => (lengths[row] > 0 ? dotRow(vector, vectors, row) / (own * lengths[row]) : Number.NaN),
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
