import { isDeviceFailure, throwIfAborted } from '../base/error.ts';
import { createPacer, type Pacer } from '../base/pacer.ts';
import type { OnProgress } from '../base/progress.ts';
import { type Csr, transpose } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Side, SimilarityMeasure } from './heatmap-types.ts';
import {
  type CountedMeasure,
  cosineOf,
  jaccardOf,
  pearsonOf,
  restrict,
  rowNorms,
  type VectorTable,
  weightsOf,
} from './similarity-weights.ts';

export interface SimilarityContext {
  readonly device: ComputeDevice;
  /** Needed by the measure `model` only: vectors of the side asked for. */
  readonly vectors?: VectorTable | null;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Rows of the model's space multiplied at once: small enough to cancel, large enough to keep a GPU busy. */
const VECTOR_BLOCK = 256;
/**
 * Up to which ratio of rows × entries to Σ d_c² the device is faster. Measured on MovieLens 1M, WASM on one thread:
 * 1.5 ns an entry and eight rows there, 5.8 ns a pair of entries added up here. The 256 most popular products (ratio
 * 2.6): 10 ms there, 16 with everything around it, where adding up takes over 60.
 */
const PLAIN_COST = 31;

/**
 * Similarity of every pair of the chosen rows (algorithms.md §3): n × n, row-major, in the order of
 * `rows`, symmetric, 1 on the diagonal; NaN where the measure is undefined. Cosine, adjusted cosine
 * and Jaccard treat what is not there as 0; Pearson looks at co-rated pairs only.
 *
 * Cost: Σ_c d_c² / 2 for d_c chosen entries in column c (Gustavson 1978, restricted to the rows), or every entry once
 * for every eight rows on the device where columns are not mostly empty.
 * @throws AppError `cancelled`; RangeError for a row that does not exist; TypeError for `model` without vectors
 */
export async function pairwiseSimilarity(
  ratings: Ratings,
  side: Side,
  measure: SimilarityMeasure,
  rows: Uint32Array,
  context: SimilarityContext,
): Promise<Float32Array> {
  const count = side === 'products' ? ratings.itemIds.length : ratings.userIds.length;
  for (const row of rows) if (row >= count) throw new RangeError(`row ${row} of ${count} ${side}`);
  const report = (done: number) => context.onProgress?.({ step: 'comparing', done, total: rows.length, unit: side });
  report(0);
  throwIfAborted(context.signal);
  const values =
    measure === 'model'
      ? await compareVectors(rows, context, report)
      : await compareCounted(ratings, side, measure, rows, context, report);
  report(rows.length);
  return values;
}

/** Cosine of the model's vectors, a block of rows at a time on the device. */
async function compareVectors(
  rows: Uint32Array,
  { device, vectors, signal }: SimilarityContext,
  report: (done: number) => void,
): Promise<Float32Array> {
  if (!vectors) throw new TypeError('the measure "model" needs vectors');
  const n = rows.length;
  const { directions, empty } = unitVectors(vectors, rows);
  const values = new Float32Array(n * n);
  const pacer = createPacer(signal);
  for (let from = 0; from < n; from += VECTOR_BLOCK) {
    const to = Math.min(n, from + VECTOR_BLOCK);
    const block = directions.subarray(from * vectors.factors, to * vectors.factors);
    values.set(await device.dots(block, directions, vectors.factors), from * n);
    report(to);
    await pacer.turn();
  }
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < a; b++) {
      const value = empty[a] || empty[b] ? Number.NaN : Math.max(-1, Math.min(1, values[a * n + b]));
      values[a * n + b] = value;
      values[b * n + a] = value;
    }
    values[a * n + a] = empty[a] ? Number.NaN : 1;
  }
  return values;
}

/** The chosen vectors scaled to length 1; `empty` marks those without a length. */
export function unitVectors(vectors: VectorTable, rows: Uint32Array): { directions: Float32Array; empty: Uint8Array } {
  const { data, factors } = vectors;
  const directions = new Float32Array(rows.length * factors);
  const empty = new Uint8Array(rows.length);
  for (let a = 0; a < rows.length; a++) {
    const at = rows[a] * factors;
    let squares = 0;
    for (let f = 0; f < factors; f++) squares += data[at + f] * data[at + f];
    const length = Math.sqrt(squares);
    if (length === 0) empty[a] = 1;
    else for (let f = 0; f < factors; f++) directions[a * factors + f] = data[at + f] / length;
  }
  return { directions, empty };
}

async function compareCounted(
  ratings: Ratings,
  side: Side,
  measure: CountedMeasure,
  rows: Uint32Array,
  { device, signal }: SimilarityContext,
  report: (done: number) => void,
): Promise<Float32Array> {
  const weights = weightsOf(ratings, side, measure);
  const own = restrict(weights, rows);
  const directed = measure === 'cosine' || measure === 'adjustedCosine';
  const comparison: Comparison = {
    measure,
    own,
    norms: directed ? rowNorms(weights, rows) : new Float64Array(rows.length),
    known: (a) => (directed ? comparison.norms[a] > 0 : own.pointers[a + 1] > own.pointers[a]),
  };
  // A correlation takes the difference of large sums: that needs the doubles of the plain way.
  if (measure !== 'pearson' && isDense(own)) {
    try {
      return await compareTogether(comparison, { device, signal }, report);
    } catch (thrown) {
      if (!isDeviceFailure(thrown)) throw thrown;
    }
  }
  return compareOneByOne(comparison, createPacer(signal), report);
}

/**
 * Whether the device is the faster way: it meets every entry once for every eight rows, the plain way every two entries
 * of a column once, at a place anywhere.
 */
function isDense({ rows, columns, indices }: Csr): boolean {
  const counts = new Uint32Array(columns);
  for (let e = 0; e < indices.length; e++) counts[indices[e]]++;
  let squares = 0;
  for (let c = 0; c < columns; c++) squares += counts[c] * counts[c];
  return rows * indices.length < PLAIN_COST * squares;
}

interface Comparison {
  readonly measure: CountedMeasure;
  /** The chosen rows. */
  readonly own: Csr;
  /** 0 for measures without lengths */
  readonly norms: Float64Array;
  /** Whether a row has something to say. */
  readonly known: (row: number) => boolean;
}

/** Writes what pairs (a, b > a) come to, both ways, and the diagonal of row a. */
function fillRow(
  { measure, own, norms, known }: Comparison,
  a: number,
  sums: Float32Array | Float64Array,
  values: Float32Array,
): void {
  const n = own.rows;
  const countA = own.pointers[a + 1] - own.pointers[a];
  for (let b = a + 1; b < n; b++) {
    const countB = own.pointers[b + 1] - own.pointers[b];
    const value = finish(measure, sums, b, countA, countB, norms[a], norms[b]);
    values[a * n + b] = value;
    values[b * n + a] = value;
  }
  values[a * n + a] = known(a) ? 1 : Number.NaN;
}

/** All pairs at once on the device. */
async function compareTogether(
  comparison: Comparison,
  { device, signal }: Pick<SimilarityContext, 'device' | 'signal'>,
  report: (done: number) => void,
): Promise<Float32Array> {
  const { measure, own } = comparison;
  const n = own.rows;
  const matrix = measure === 'jaccard' ? { ...own, values: new Float32Array(own.values.length).fill(1) } : own;
  const tell = (share: number) => report(Math.floor(n * share));
  const values = await device.rowProducts({ matrix, signal, tell });
  for (let a = 0; a < n; a++) fillRow(comparison, a, values.subarray(a * n, (a + 1) * n), values);
  return values;
}

/** A row after the other, over the entries it shares with those after it. */
async function compareOneByOne(
  comparison: Comparison,
  pacer: Pacer,
  report: (done: number) => void,
): Promise<Float32Array> {
  const { measure, own } = comparison;
  const n = own.rows;
  const other = transpose(own);
  const values = new Float32Array(n * n);
  const sums = new Float64Array(n * sumsPerPair(measure));
  // Entries of each column that lie after the current row: only pairs a < b are ever added up.
  const rest = other.pointers.slice(0, other.rows);
  for (let a = 0; a < n; a++) {
    sums.fill(0);
    accumulate(measure, own, other, rest, a, sums);
    fillRow(comparison, a, sums, values);
    if (pacer.due()) {
      report(a + 1);
      await pacer.turn();
    }
  }
  return values;
}

function sumsPerPair(measure: CountedMeasure): number {
  return measure === 'pearson' ? 6 : 1;
}

/** Adds up row a against every later row it shares a column with. */
function accumulate(
  measure: CountedMeasure,
  own: Csr,
  other: Csr,
  rest: Uint32Array,
  a: number,
  sums: Float64Array,
): void {
  const { pointers, indices, values } = other;
  for (let e = own.pointers[a]; e < own.pointers[a + 1]; e++) {
    const column = own.indices[e];
    const x = own.values[e];
    const from = ++rest[column];
    const to = pointers[column + 1];
    if (measure === 'jaccard') {
      for (let o = from; o < to; o++) sums[indices[o]]++;
    } else if (measure === 'pearson') {
      for (let o = from; o < to; o++) {
        const y = values[o];
        const at = indices[o] * 6;
        sums[at]++;
        sums[at + 1] += x;
        sums[at + 2] += y;
        sums[at + 3] += x * x;
        sums[at + 4] += y * y;
        sums[at + 5] += x * y;
      }
    } else {
      for (let o = from; o < to; o++) sums[indices[o]] += x * values[o];
    }
  }
}

/** The measure of a row and row b. */
function finish(
  measure: CountedMeasure,
  sums: Float32Array | Float64Array,
  b: number,
  countA: number,
  countB: number,
  normA: number,
  normB: number,
): number {
  if (measure === 'jaccard') return jaccardOf(sums[b], countA, countB);
  if (measure === 'pearson') {
    const at = b * 6;
    return pearsonOf(sums[at], sums[at + 1], sums[at + 2], sums[at + 3], sums[at + 4], sums[at + 5]);
  }
  return cosineOf(sums[b], normA, normB);
}
