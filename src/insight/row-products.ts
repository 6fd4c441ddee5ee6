import type { Csr } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { Pacer } from './pacer.ts';

/** Columns multiplied at once: rows of 4 KiB, of which a cache holds some hundred. */
const BLOCK = 1024;
/** The upper triangle is taken in so many stripes of rows: 5/8 of the work of the square. */
const STRIPES = 4;
/**
 * How many products of a device without branches cost as much as one product of two stored entries: 100 measured for
 * WASM on one thread (256 × 256 products of MovieLens 1M: 75 ms entry by entry, 30 ms so); less here, as a block of
 * columns has to be laid out and taken back.
 */
const DENSE_ADVANTAGE = 40;

/** Pairs of stored entries that share a column: what adding up entry by entry has to do. */
function pairsOf({ columns, indices }: Csr): number {
  const counts = new Uint32Array(columns);
  for (let e = 0; e < indices.length; e++) counts[indices[e]]++;
  let pairs = 0;
  for (const count of counts) pairs += (count * (count - 1)) / 2;
  return pairs;
}

/** Whether `productsOfRows` on this device takes less time than adding up the entries that rows share. */
export function isDenseWorthwhile(own: Csr, device: ComputeDevice): boolean {
  if (device.info.kind === 'reference') return false;
  return own.rows * own.rows * own.columns < DENSE_ADVANTAGE * pairsOf(own);
}

export interface RowProductsOptions {
  readonly pacer: Pacer;
  readonly onProgress?: (share: number) => void;
}

/**
 * Σ_c x_ac · x_bc for the rows of a sparse matrix, on the device: columns laid out a block at a time and multiplied as
 * if all of them were there. n × n, row-major, where b ≥ a; what stands below the diagonal is not defined. Products of
 * a block are single, their sums over blocks double precision. `values` replaces the matrix's own (1 for each: counts).
 * @throws AppError `cancelled`, `deviceLost`, `deviceOutOfMemory`
 */
export async function productsOfRows(
  { rows: n, columns, pointers, indices, values }: Csr,
  device: ComputeDevice,
  { pacer, onProgress }: RowProductsOptions,
): Promise<Float64Array> {
  const sums = new Float64Array(n * n);
  const cursors = pointers.slice(0, n);
  const stripe = Math.ceil(n / STRIPES);
  for (let first = 0; first < columns; first += BLOCK) {
    const width = Math.min(BLOCK, columns - first);
    const block = new Float32Array(n * width);
    for (let row = 0; row < n; row++) {
      let at = cursors[row];
      for (; at < pointers[row + 1] && indices[at] < first + width; at++) {
        block[row * width + indices[at] - first] = values[at];
      }
      cursors[row] = at;
    }
    for (let from = 0; from < n; from += stripe) {
      const to = Math.min(n, from + stripe);
      const products = await device.dots(block.subarray(from * width, to * width), block.subarray(from * width), width);
      const across = n - from;
      for (let row = from; row < to; row++) {
        for (let other = row; other < n; other++) {
          sums[row * n + other] += products[(row - from) * across + other - from];
        }
      }
      if (pacer.due()) {
        onProgress?.((first + width * (to / n)) / columns);
        await pacer.turn();
      }
    }
  }
  return sums;
}
