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
export function dotRow(vector: ArrayLike<number>, { data, factors }: Vectors, row: number): number {
  let sum = 0;
  for (let f = 0, at = row * factors; f < factors; f++, at++) sum += vector[f] * data[at];
  return sum;
}

/** v · every row of the matrix. Four rows side by side: one sum alone would wait for every addition. */
export function dotRows(vector: Float32Array, { data, factors }: Vectors): Float32Array {
  const products = new Float32Array(data.length / factors);
  const fours = products.length - (products.length % 4);
  for (let row = 0; row < fours; row += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    let at = row * factors;
    for (let f = 0; f < factors; f++, at++) {
      const x = vector[f];
      a += x * data[at];
      b += x * data[at + factors];
      c += x * data[at + 2 * factors];
      d += x * data[at + 3 * factors];
    }
    products[row] = a;
    products[row + 1] = b;
    products[row + 2] = c;
    products[row + 3] = d;
  }
  for (let row = fours; row < products.length; row++) products[row] = dotRow(vector, { data, factors }, row);
  return products;
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

/** The rows that score highest, `exclude` (ascending) left out; ties to the lower row. NaN is never among them. */
export function topRows(scores: Float32Array, count: number, exclude: Uint32Array = new Uint32Array()): ScoredList {
  const best = new TopK(Math.min(count, scores.length));
  let excluded = 0;
  let least = best.threshold;
  for (let row = 0; row < scores.length; row++) {
    while (excluded < exclude.length && exclude[excluded] < row) excluded++;
    // What only equals the worst kept loses to its lower row.
    if (excluded < exclude.length && exclude[excluded] === row) continue;
    if (least !== Number.NEGATIVE_INFINITY && !(scores[row] > least)) continue;
    best.offer(row, scores[row]);
    least = best.threshold;
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
  const cosines = own > 0 ? dotRows(vector, vectors) : new Float32Array();
  for (let row = 0; row < cosines.length; row++) cosines[row] /= own * lengths[row];
  return topRows(cosines, count, exclude);
}

/** `device.topK`, or the same here when the device has gone away since the model was fitted, or has no room. */
export async function topKAnywhere(device: ComputeDevice, request: TopKRequest): Promise<TopKResult> {
  try {
    return await device.topK(request);
  } catch (thrown) {
    if (!isDeviceFailure(thrown)) throw thrown;
  }
  const { queries, keys, factors, keyBias, exclude, count } = request;
  const queryCount = queries.length / factors;
  const indices = new Uint32Array(queryCount * count).fill(NOT_FOUND);
  const scores = new Float32Array(queryCount * count).fill(Number.NEGATIVE_INFINITY);
  for (let q = 0; q < queryCount; q++) {
    const query = queries.subarray(q * factors, (q + 1) * factors);
    const products = dotRows(query, { data: keys, factors });
    if (keyBias) for (let row = 0; row < products.length; row++) products[row] += keyBias[row];
    const list = topRows(products, count, exclude?.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1]));
    indices.set(list.indices, q * count);
    scores.set(list.scores, q * count);
  }
  return { indices, scores };
}

/** `device.dots` (A times B transposed: m × n), or the same here when the device has gone away, or has no room. */
export async function dotsAnywhere(
  device: ComputeDevice,
  a: Float32Array,
  b: Float32Array,
  factors: number,
): Promise<Float32Array> {
  try {
    return await device.dots(a, b, factors);
  } catch (thrown) {
    if (!isDeviceFailure(thrown)) throw thrown;
  }
  const across = b.length / factors;
  const products = new Float32Array((a.length / factors) * across);
  for (let q = 0; q * factors < a.length; q++) {
    products.set(dotRows(a.subarray(q * factors, (q + 1) * factors), { data: b, factors }), q * across);
  }
  return products;
}
