import type { Csr } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Side, SimilarityMeasure } from './heatmap-types.ts';

/** Vectors of one side in a model's own space: rows × factors, row-major. */
export interface VectorTable {
  readonly data: Float32Array;
  readonly factors: number;
}

/** The measures that are read from the ratings rather than from a model. */
export type CountedMeasure = Exclude<SimilarityMeasure, 'model'>;

/** Co-ratings below which a correlation says nothing (it is left blank). */
export const MIN_CO_RATINGS = 3;
/** A correlation over n co-ratings is multiplied by n / (n + 50). */
export const PEARSON_SHRINKAGE = 50;

/** Lengths below this are rounding: a customer who gives everything the same stars has no direction. */
const NOTHING = 1e-5;

/**
 * One side seen as vectors over the other: row r has values[e] − rowShift[r] − columnShift[c] at its
 * entries, and 0 elsewhere.
 */
export interface Weights {
  /** rows of the side × columns of the other */
  readonly own: Csr;
  /** The transpose: columns × rows. */
  readonly other: Csr;
  readonly rowShift: Float64Array | null;
  readonly columnShift: Float64Array | null;
}

function rowMeans(matrix: Csr): Float64Array {
  const means = new Float64Array(matrix.rows);
  for (let r = 0; r < matrix.rows; r++) {
    let sum = 0;
    for (let e = matrix.pointers[r]; e < matrix.pointers[r + 1]; e++) sum += matrix.values[e];
    means[r] = sum / Math.max(1, matrix.pointers[r + 1] - matrix.pointers[r]);
  }
  return means;
}

/**
 * What a measure multiplies. Cosine: the values themselves. Adjusted cosine: values minus the
 * customer's mean. Pearson: values minus the row's own mean, which changes nothing but the rounding.
 */
export function weightsOf(ratings: Ratings, side: Side, measure: CountedMeasure): Weights {
  const own = side === 'products' ? ratings.byItem : ratings.byUser;
  const other = side === 'products' ? ratings.byUser : ratings.byItem;
  const customersAreRows = side === 'customers';
  if (measure === 'adjustedCosine') {
    const means = rowMeans(ratings.byUser);
    return { own, other, rowShift: customersAreRows ? means : null, columnShift: customersAreRows ? null : means };
  }
  return { own, other, rowShift: measure === 'pearson' ? rowMeans(own) : null, columnShift: null };
}

/** The chosen rows alone, in the order given, with their shifts taken off. */
export function restrict(weights: Weights, rows: Uint32Array): Csr {
  const { own, rowShift, columnShift } = weights;
  const pointers = new Uint32Array(rows.length + 1);
  for (let a = 0; a < rows.length; a++) {
    pointers[a + 1] = pointers[a] + own.pointers[rows[a] + 1] - own.pointers[rows[a]];
  }
  const indices = new Uint32Array(pointers[rows.length]);
  const values = new Float32Array(pointers[rows.length]);
  for (let a = 0; a < rows.length; a++) {
    const from = own.pointers[rows[a]];
    const shift = rowShift ? rowShift[rows[a]] : 0;
    for (let e = from, to = pointers[a]; to < pointers[a + 1]; e++, to++) {
      const column = own.indices[e];
      indices[to] = column;
      values[to] = own.values[e] - shift - (columnShift ? columnShift[column] : 0);
    }
  }
  return { rows: rows.length, columns: own.columns, pointers, indices, values };
}

/** ‖row‖ of the shifted values, of all rows or of those given; 0 for a row that has nothing to say. */
export function rowNorms(weights: Weights, rows?: Uint32Array): Float64Array {
  const { own, rowShift, columnShift } = weights;
  const norms = new Float64Array(rows?.length ?? own.rows);
  for (let at = 0; at < norms.length; at++) {
    const r = rows ? rows[at] : at;
    const shift = rowShift ? rowShift[r] : 0;
    let squares = 0;
    for (let e = own.pointers[r]; e < own.pointers[r + 1]; e++) {
      const value = own.values[e] - shift - (columnShift ? columnShift[own.indices[e]] : 0);
      squares += value * value;
    }
    const length = Math.sqrt(squares);
    norms[at] = length < NOTHING ? 0 : length;
  }
  return norms;
}

/** x·y / (‖x‖‖y‖), undefined (NaN) where either has no length. */
export function cosineOf(dot: number, normA: number, normB: number): number {
  if (normA === 0 || normB === 0) return Number.NaN;
  return clamp(dot / (normA * normB));
}

/** |A ∩ B| / |A ∪ B|, undefined (NaN) where both are empty. */
export function jaccardOf(together: number, countA: number, countB: number): number {
  const either = countA + countB - together;
  return either === 0 ? Number.NaN : together / either;
}

/**
 * Pearson correlation over n co-ratings from their sums, times n / (n + 50). NaN under 3 co-ratings,
 * or where one side gave the same rating each time.
 */
export function pearsonOf(n: number, a: number, b: number, aa: number, bb: number, ab: number): number {
  if (n < MIN_CO_RATINGS) return Number.NaN;
  const varianceA = aa - (a * a) / n;
  const varianceB = bb - (b * b) / n;
  if (varianceA < NOTHING * n || varianceB < NOTHING * n) return Number.NaN;
  const correlation = clamp((ab - (a * b) / n) / Math.sqrt(varianceA * varianceB));
  return (correlation * n) / (n + PEARSON_SHRINKAGE);
}

function clamp(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
