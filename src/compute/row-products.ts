import { throwIfAborted } from '../base/error.ts';
import { yieldToEvents } from '../base/progress.ts';
import { checkMatrix } from './check.ts';
import type { ComputeDevice, RowProductsRequest } from './device.ts';

/** Columns multiplied at once. */
const BLOCK = 1024;
/** The upper triangle is taken in so many stripes of rows: 3/4 of the work of the square; more stripes, more calls. */
const STRIPES = 2;

/**
 * X Xᵀ on a device that multiplies dense matrices: columns are laid out a block at a time and multiplied as if all of
 * them were there. Sums over blocks are kept in double precision.
 */
export async function productsOfColumns(
  { matrix, signal, tell }: RowProductsRequest,
  dots: ComputeDevice['dots'],
): Promise<Float32Array> {
  checkMatrix('matrix', matrix);
  const { rows: n, columns, pointers, indices, values } = matrix;
  const sums = new Float64Array(n * n);
  const cursors = pointers.slice(0, n);
  const stripe = Math.ceil(n / STRIPES);
  const room = new Float32Array(n * Math.min(BLOCK, columns));
  for (let first = 0; first < columns; first += BLOCK) {
    const width = Math.min(BLOCK, columns - first);
    const block = room.subarray(0, n * width).fill(0);
    for (let row = 0; row < n; row++) {
      let at = cursors[row];
      for (; at < pointers[row + 1] && indices[at] < first + width; at++) {
        block[row * width + indices[at] - first] = values[at];
      }
      cursors[row] = at;
    }
    for (let from = 0; from < n; from += stripe) {
      throwIfAborted(signal);
      const to = Math.min(n, from + stripe);
      const products = await dots(block.subarray(from * width, to * width), block.subarray(from * width), width);
      const across = n - from;
      for (let row = from; row < to; row++) {
        for (let other = row; other < n; other++) {
          sums[row * n + other] += products[(row - from) * across + other - from];
        }
      }
      tell?.((first + width * (to / n)) / columns);
      await yieldToEvents();
    }
  }
  return mirrored(sums, n);
}

/** What stands on and above the diagonal, on both sides of it. */
function mirrored(sums: Float64Array, n: number): Float32Array {
  const out = new Float32Array(n * n);
  for (let a = 0; a < n; a++) {
    for (let b = a; b < n; b++) {
      out[a * n + b] = sums[a * n + b];
      out[b * n + a] = sums[a * n + b];
    }
  }
  return out;
}
