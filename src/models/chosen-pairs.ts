/** Choices without their strength: what models count that ask only whether something was chosen. */
import { AppError } from '../base/error.ts';
import { type Csr, transpose } from '../base/sparse.ts';
import { choiceWeights, type Ratings } from '../data/ratings.ts';
import { rowsFromFloats } from './square-matrix.ts';

/** customers × products; 1 for every pair with a choice weight above 0. */
export function chosenPairs(ratings: Ratings): Csr {
  const weights = choiceWeights(ratings);
  const { rows, columns } = weights;
  const pointers = new Uint32Array(rows + 1);
  const indices = new Uint32Array(weights.indices.length);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (let e = weights.pointers[row]; e < weights.pointers[row + 1]; e++) {
      if (weights.values[e] > 0) indices[to++] = weights.indices[e];
    }
    pointers[row + 1] = to;
  }
  return { rows, columns, pointers, indices: indices.slice(0, to), values: new Float32Array(to).fill(1) };
}

/** As `chosenPairs`. Throws AppError `tooFewRatings` where nobody chose anything. */
export function someChosenPairs(ratings: Ratings): Csr {
  const chosen = chosenPairs(ratings);
  if (chosen.indices.length === 0) throw new AppError('tooFewRatings', { count: 0, needed: 1 });
  return chosen;
}

/** The rows asked for, in that order, as a matrix of their own. */
export function takeRows(matrix: Csr, rows: Uint32Array): Csr {
  const pointers = new Uint32Array(rows.length + 1);
  for (let to = 0; to < rows.length; to++) {
    pointers[to + 1] = pointers[to] + matrix.pointers[rows[to] + 1] - matrix.pointers[rows[to]];
  }
  const indices = new Uint32Array(pointers[rows.length]);
  const values = new Float32Array(pointers[rows.length]);
  for (let to = 0; to < rows.length; to++) {
    const from = matrix.pointers[rows[to]];
    const end = matrix.pointers[rows[to] + 1];
    indices.set(matrix.indices.subarray(from, end), pointers[to]);
    values.set(matrix.values.subarray(from, end), pointers[to]);
  }
  return { rows: rows.length, columns: matrix.columns, pointers, indices, values };
}

/** The columns of one row. */
export function rowOf({ pointers, indices }: Csr, row: number): Uint32Array {
  return indices.subarray(pointers[row], pointers[row + 1]);
}

/** A matrix of ones from what `rowsToFloats` gave; null where the numbers are no such matrix. */
export function rowsOfOnes(counts: Float32Array, entries: Float32Array, columns: number): Csr | null {
  const rows = rowsFromFloats({ counts, entries }, columns);
  return rows && { ...rows, values: new Float32Array(entries.length).fill(1) };
}

/** What of `chosen` (customers × products) stands in some columns, named in their order: by column, and by customer. */
export function inColumns(chosen: Csr, order: Uint32Array): { readonly byColumn: Csr; readonly byCustomer: Csr } {
  const byColumn = takeRows(transpose(chosen), order);
  return { byColumn, byCustomer: transpose(byColumn) };
}
