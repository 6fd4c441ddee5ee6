import { isDeviceFailure, throwIfAborted } from '../base/error.ts';
import type { OnProgress } from '../base/progress.ts';
import { type Csr, transpose } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Side, SimilarityMeasure } from './heatmap-types.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { type ColumnParts, productsOfRows, splitByColumns } from './row-products.ts';
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
 * Similarity of every pair of the chosen rows (algorithms.md §3): n × n, row-major, in the order of
 * `rows`, symmetric, 1 on the diagonal; NaN where the measure is undefined. Cosine, adjusted cosine
 * and Jaccard treat what is not there as 0; Pearson looks at co-rated pairs only.
 *
 * Cost: Σ_c d_c² / 2 for d_c chosen entries in column c (Gustavson 1978, restricted to the rows), or n² / 2 products
 * per column on the device where most entries are there.
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
  const pacer = createPacer(signal);
  // A correlation takes the difference of large sums: that needs the doubles of the plain way.
  const parts = measure === 'pearson' ? null : splitByColumns(own, device);
  if (parts) {
    try {
      return await compareTogether(comparison, parts, device, pacer, report);
    } catch (thrown) {
      if (!isDeviceFailure(thrown)) throw thrown;
    }
  }
  return compareOneByOne(comparison, pacer, report);
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
  sums: Float64Array,
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

/** Full columns on the device, all pairs at once; the rest row after row. */
async function compareTogether(
  comparison: Comparison,
  { full, rest }: ColumnParts,
  device: ComputeDevice,
  pacer: Pacer,
  report: (done: number) => void,
): Promise<Float32Array> {
  const entries =
    comparison.measure === 'jaccard' ? { ...full, values: new Float32Array(full.values.length).fill(1) } : full;
  const onProgress = (share: number) => report(Math.floor((full.rows * share) / 2));
  const sums = await productsOfRows(entries, device, { pacer, onProgress });
  const onRow = (a: number) => report((full.rows + a) >> 1);
  return compareRows(comparison, rest, (a) => sums.subarray(a * full.rows, (a + 1) * full.rows), pacer, onRow);
}

/** A row after the other, over the entries it shares with those after it. */
async function compareOneByOne(
  comparison: Comparison,
  pacer: Pacer,
  report: (done: number) => void,
): Promise<Float32Array> {
  const { measure, own } = comparison;
  const sums = new Float64Array(own.rows * sumsPerPair(measure));
  return compareRows(comparison, own, () => sums.fill(0), pacer, report);
}

/** Adds the pairs of `entries` to what `sumsOf` a row has so far, and turns the sums into the measure. */
async function compareRows(
  comparison: Comparison,
  entries: Csr,
  sumsOf: (row: number) => Float64Array,
  pacer: Pacer,
  report: (done: number) => void,
): Promise<Float32Array> {
  const n = entries.rows;
  const other = transpose(entries);
  const values = new Float32Array(n * n);
  // Entries of each column that lie after the current row: only pairs a < b are ever added up.
  const rest = other.pointers.slice(0, other.rows);
  for (let a = 0; a < n; a++) {
    const sums = sumsOf(a);
    accumulate(comparison.measure, entries, other, rest, a, sums);
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
  sums: Float64Array,
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
