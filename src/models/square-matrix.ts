/**
 * What models keep of every two rows of one side: a square of float32, and the half above its diagonal in bytes, since
 * the other half follows from it.
 */
import { AppError } from '../base/error.ts';
import type { Csr } from '../base/sparse.ts';
import type { WrittenArray } from './model-bytes.ts';
import type { ModelName } from './recommender.ts';
import { MOST_SQUARE_MEGABYTES, squareMegabytes } from './table-memory.ts';

/** size × size zeros. Throws AppError `modelTooLarge` beyond 512 MB. */
export function createSquare(model: ModelName, size: number): Float32Array {
  const neededMb = squareMegabytes(size);
  if (neededMb > MOST_SQUARE_MEGABYTES) {
    throw new AppError('modelTooLarge', { model, neededMb, mostMb: MOST_SQUARE_MEGABYTES });
  }
  return new Float32Array(size * size);
}

/** What stands above the diagonal, row after row: size · (size − 1) / 2. */
export function upperTriangle(square: Float32Array, size: number): WrittenArray {
  return {
    length: (size * (size - 1)) / 2,
    write(into) {
      let at = 0;
      for (let row = 0; row < size; row++) {
        into.set(square.subarray(row * size + row + 1, (row + 1) * size), at);
        at += size - row - 1;
      }
    },
  };
}

/** The whole square again: `below` says from a value above the diagonal what stands in its place below it. */
export function squareOf(
  triangle: Float32Array,
  size: number,
  diagonal: number,
  below: (above: number) => number,
): Float32Array {
  const square = new Float32Array(size * size);
  let at = 0;
  for (let row = 0; row < size; row++) {
    square[row * size + row] = diagonal;
    for (let column = row + 1; column < size; column++) {
      const value = triangle[at++];
      square[row * size + column] = value;
      square[column * size + row] = below(value);
    }
  }
  return square;
}

/** The structure of sparse rows as float32, for model bytes: entries per row, and columns (exact below 2²⁴ of them). */
export function rowsToFloats({ rows, pointers, indices }: Omit<Csr, 'values'>): {
  readonly counts: Float32Array;
  readonly entries: Float32Array;
} {
  const counts = Float32Array.from({ length: rows }, (_, row) => pointers[row + 1] - pointers[row]);
  return { counts, entries: Float32Array.from(indices) };
}

/** What `rowsToFloats` was given; null where the numbers are not the structure of such a matrix. */
export function rowsFromFloats(
  { counts, entries }: { readonly counts: Float32Array; readonly entries: Float32Array },
  columns: number,
): Omit<Csr, 'values'> | null {
  const pointers = new Uint32Array(counts.length + 1);
  for (let row = 0; row < counts.length; row++) {
    if (!(counts[row] >= 0)) return null;
    pointers[row + 1] = pointers[row] + counts[row];
  }
  if (pointers[counts.length] !== entries.length) return null;
  if (!entries.every((column) => column >= 0 && column < columns && Number.isInteger(column))) return null;
  return { rows: counts.length, columns, pointers, indices: Uint32Array.from(entries) };
}
