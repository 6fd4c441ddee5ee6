import { createPacer, type Pacer } from '../base/pacer.ts';
import { TopK } from '../base/top-k.ts';
import type { EntityTable } from '../data/interactions.ts';
import { labelOf } from '../data/label.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Side, SimilarityMeasure, SimilarRow } from './heatmap-types.ts';
import { unitVectors } from './similarity.ts';
import {
  type CountedMeasure,
  cosineOf,
  jaccardOf,
  pearsonOf,
  rowNorms,
  type VectorTable,
  type Weights,
  weightsOf,
} from './similarity-weights.ts';

/** Rows between two looks at the clock: well under a millisecond of work each thousand. */
const ROWS_AT_ONCE = 4096;

interface Asked {
  /** Needed by the measure `model` only. */
  readonly vectors?: VectorTable | null;
  readonly signal?: AbortSignal;
}

/**
 * The rows most like one row, best first, out of all rows of its side; never itself. Rows for which
 * the measure is undefined, or that have nothing to do with it (similarity 0 or less), are left out.
 * Cost: the entries of the columns the row touches, and once through the side for its lengths. Throws AppError `cancelled`.
 */
export async function mostSimilar(
  ratings: Ratings,
  table: EntityTable,
  side: Side,
  measure: SimilarityMeasure,
  row: number,
  count: number,
  asked: Asked = {},
): Promise<SimilarRow[]> {
  if (!(row >= 0 && row < table.ids.length)) throw new RangeError(`row ${row} of ${table.ids.length} ${side}`);
  const values = await similarityToAll(ratings, side, measure, row, asked);
  const top = new TopK(count);
  for (let other = 0; other < values.length; other++) {
    if (other !== row && values[other] > 0) top.offer(other, values[other]);
  }
  const { indices, scores } = top.drain();
  return Array.from(indices, (other, at) => ({ row: other, label: labelOf(table, other), value: scores[at] }));
}

/**
 * Similarity of one row to every row of its side, by the same formulas as the heatmap; 1 with itself. Throws AppError
 * `cancelled`.
 */
export async function similarityToAll(
  ratings: Ratings,
  side: Side,
  measure: SimilarityMeasure,
  row: number,
  { vectors, signal }: Asked = {},
): Promise<Float64Array> {
  const pace = createPacer(signal);
  if (measure === 'model') {
    if (!vectors) throw new TypeError('the measure "model" needs vectors');
    return vectorsToAll(vectors, row, pace);
  }
  return countedToAll(ratings, side, measure, row, pace);
}

/** A value for each row; events have their turn between blocks of them. */
async function rowByRow(rows: number, pace: Pacer, value: (row: number) => number): Promise<Float64Array> {
  const values = new Float64Array(rows);
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const to = Math.min(rows, from + ROWS_AT_ONCE);
    for (let row = from; row < to; row++) values[row] = value(row);
    if (pace.due()) await pace.turn();
  }
  return values;
}

async function vectorsToAll(vectors: VectorTable, row: number, pace: Pacer): Promise<Float64Array> {
  const { data, factors } = vectors;
  const { directions, empty } = unitVectors(vectors, Uint32Array.of(row));
  return rowByRow(data.length / factors, pace, (other) => {
    let dot = 0;
    let squares = 0;
    for (let f = 0; f < factors; f++) {
      const value = data[other * factors + f];
      dot += directions[f] * value;
      squares += value * value;
    }
    return empty[0] ? Number.NaN : cosineOf(dot, 1, Math.sqrt(squares));
  });
}

/** `rowNorms` of all rows. */
async function allNorms(weights: Weights, pace: Pacer): Promise<Float64Array> {
  const { rows } = weights.own;
  const norms = new Float64Array(rows);
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const block = Uint32Array.from({ length: Math.min(ROWS_AT_ONCE, rows - from) }, (_, at) => from + at);
    norms.set(rowNorms(weights, block), from);
    if (pace.due()) await pace.turn();
  }
  return norms;
}

async function countedToAll(
  ratings: Ratings,
  side: Side,
  measure: CountedMeasure,
  row: number,
  pace: Pacer,
): Promise<Float64Array> {
  const weights = weightsOf(ratings, side, measure);
  const { own, other, rowShift, columnShift } = weights;
  if (pace.due()) await pace.turn();
  const norms = measure === 'cosine' || measure === 'adjustedCosine' ? await allNorms(weights, pace) : null;
  // n, Σx, Σy, Σx², Σy², Σxy over the columns both have
  const sums = new Float64Array(own.rows * 6);
  for (let e = own.pointers[row]; e < own.pointers[row + 1]; e++) {
    const column = own.indices[e];
    const columnMean = columnShift ? columnShift[column] : 0;
    const x = own.values[e] - (rowShift ? rowShift[row] : 0) - columnMean;
    for (let o = other.pointers[column]; o < other.pointers[column + 1]; o++) {
      const b = other.indices[o];
      const y = other.values[o] - (rowShift ? rowShift[b] : 0) - columnMean;
      const at = b * 6;
      sums[at]++;
      sums[at + 1] += x;
      sums[at + 2] += y;
      sums[at + 3] += x * x;
      sums[at + 4] += y * y;
      sums[at + 5] += x * y;
    }
    if (pace.due()) await pace.turn();
  }
  const size = (r: number) => own.pointers[r + 1] - own.pointers[r];
  const result = await rowByRow(own.rows, pace, (b) => {
    const at = b * 6;
    if (measure === 'jaccard') return jaccardOf(sums[at], size(row), size(b));
    if (norms) return cosineOf(sums[at + 5], norms[row], norms[b]);
    return pearsonOf(sums[at], sums[at + 1], sums[at + 2], sums[at + 3], sums[at + 4], sums[at + 5]);
  });
  result[row] = (norms ? norms[row] : size(row)) > 0 ? 1 : Number.NaN;
  return result;
}
