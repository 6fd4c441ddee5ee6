import type { Csr } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { Pacer } from './pacer.ts';

/** Columns multiplied at once: rows of 4 KiB, of which a cache holds some hundred. */
const BLOCK = 1024;
/** The upper triangle is taken in so many stripes of rows: 3/4 of the work of the square; more stripes, more calls. */
const STRIPES = 2;
/**
 * How many products of a device without branches cost as much as one product of two stored entries. Measured on
 * 256 × 256 products of MovieLens 1M, WASM on one thread: 6 µs a full column, laid out and taken back, so 0.09 ns a
 * product; 5.8 ns a product of two entries, whose sums lie anywhere. From 64 to 90 the whole takes the same time.
 */
const DENSE_ADVANTAGE = 80;
/** Fewer full columns than this are not worth a call. */
const LEAST_COLUMNS = 32;

export interface ColumnParts {
  /** Columns that most rows have, numbered anew in their order: for `productsOfRows`. */
  readonly full: Csr;
  /** All others, numbered as before: to be added up entry by entry. */
  readonly rest: Csr;
}

/**
 * Splits columns by what takes less time: n² products of a column on this device, or those d² / 2 of the d entries it
 * has. Null where hardly any column is better off on the device.
 */
export function splitByColumns(own: Csr, device: ComputeDevice): ColumnParts | null {
  if (device.info.kind === 'reference') return null;
  const { rows, columns, indices } = own;
  const counts = new Uint32Array(columns);
  for (let e = 0; e < indices.length; e++) counts[indices[e]]++;
  const enough = rows * Math.sqrt(2 / DENSE_ADVANTAGE);
  const places = new Int32Array(columns).fill(-1);
  let full = 0;
  let entries = 0;
  for (let c = 0; c < columns; c++) {
    if (counts[c] < enough) continue;
    places[c] = full++;
    entries += counts[c];
  }
  return full < LEAST_COLUMNS ? null : takeApart(own, places, full, entries);
}

/**
 * Entries of columns with a place move there, the others stay where they are. Every entry is written to both parts and
 * counted in one: which of the two cannot be foreseen, and a branch guessed wrong costs ten times the writing.
 */
function takeApart(own: Csr, places: Int32Array, fullColumns: number, fullEntries: number): ColumnParts {
  const { rows, columns, pointers, indices, values } = own;
  const restEntries = indices.length - fullEntries;
  const [fullPointers, restPointers] = [new Uint32Array(rows + 1), new Uint32Array(rows + 1)];
  const [fullIndices, restIndices] = [new Uint32Array(fullEntries + 1), new Uint32Array(restEntries + 1)];
  const [fullValues, restValues] = [new Float32Array(fullEntries + 1), new Float32Array(restEntries + 1)];
  let inFull = 0;
  for (let row = 0; row < rows; row++) {
    for (let e = pointers[row]; e < pointers[row + 1]; e++) {
      const column = indices[e];
      const place = places[column];
      fullIndices[inFull] = place;
      fullValues[inFull] = values[e];
      restIndices[e - inFull] = column;
      restValues[e - inFull] = values[e];
      inFull += 1 + (place >> 31);
    }
    fullPointers[row + 1] = inFull;
    restPointers[row + 1] = pointers[row + 1] - inFull;
  }
  return {
    full: {
      rows,
      columns: fullColumns,
      pointers: fullPointers,
      indices: fullIndices.subarray(0, fullEntries),
      values: fullValues.subarray(0, fullEntries),
    },
    rest: {
      rows,
      columns,
      pointers: restPointers,
      indices: restIndices.subarray(0, restEntries),
      values: restValues.subarray(0, restEntries),
    },
  };
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
