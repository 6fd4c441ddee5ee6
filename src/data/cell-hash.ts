/** Hashes of cells, for rows that are copies of one another. */
import { ByteCells, type CellColumn } from './cells.ts';

const PRIME = 0x01000193;
export const FIRST_HASH = 0x811c9dc5 | 0;

export function hashNumber(value: number, seed: number): number {
  return Math.imul(seed ^ value ^ (value >>> 15), PRIME);
}

/**
 * Goes on with hashes[k] over the cell in row rows[k]: FNV-1a over its UTF-8, so that a cell has the same hash in
 * every format, with a separator so that ("a","b") and ("ab","") differ.
 */
export function hashCells(column: CellColumn, rows: Uint32Array, count: number, hashes: Int32Array): void {
  if (column instanceof ByteCells) {
    const { bytes, spans, columns } = column.rows;
    for (let k = 0; k < count; k++) {
      const span = 2 * (rows[k] * columns + column.column);
      hashes[k] = hashBytes(bytes, spans[span], spans[span + 1], hashes[k]);
    }
    return;
  }
  const encoder = new TextEncoder();
  for (let k = 0; k < count; k++) {
    const bytes = encoder.encode(column.text(rows[k]));
    hashes[k] = hashBytes(bytes, 0, bytes.length, hashes[k]);
  }
}

function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], PRIME);
  return Math.imul(hash ^ 0x1f, PRIME);
}
