import { throwIfAborted } from '../../base/error.ts';
import { checkInverse } from '../check.ts';
import type { InverseRequest } from '../device.ts';
import { ArenaPlan, floatsAt, padRows, unpadRows, wordsAt } from './arena.ts';
import type { Engine } from './arena-pool.ts';
import { createPieces } from './pieces.ts';
import { Workspace } from './workspace.ts';

/** Pivots swept at a time, columns of a panel and rows of a chunk: assembly/inverse.ts. */
const PIVOTS = 64;
const PANEL_COLUMNS = 8;
const ROWS_PER_CHUNK = 32;
/** Fields of `SweepTask` in assembly/inverse.ts, 4 bytes each. */
const TASK_FIELDS = 10;
/** One panel of a sweep. */
const SCRATCH_BYTES = 4 * PIVOTS * PANEL_COLUMNS;
const CACHE_LINE_FLOATS = 16;

/** Floats of a row: an odd number of cache lines, or the same column of many rows would fall on the same few of them. */
function pitchOf(size: number): number {
  const lines = Math.ceil(size / CACHE_LINE_FLOATS);
  return CACHE_LINE_FLOATS * (lines + 1 - (lines % 2));
}

/**
 * Takes the pivots of one sweep out of the matrix, inverts their block in double precision (the sweep operator one
 * pivot at a time) and leaves it where the kernels read it. Throws RangeError where a pivot is not positive: the
 * pivots are the squares on the diagonal of the Cholesky factor, whichever way the matrix was swept so far.
 */
function invertPivots(matrix: Float32Array, pitch: number, first: number, count: number, out: Float32Array): void {
  const block = new Float64Array(count * count);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      const value = matrix[(first + row) * pitch + first + column];
      block[row * count + column] = value;
      block[column * count + row] = value;
    }
  }
  for (let k = 0; k < count; k++) {
    const pivot = block[k * count + k];
    if (!(pivot > 0 && pivot < Number.POSITIVE_INFINITY)) throw new RangeError(`pivot ${first + k} is ${pivot}`);
    for (let column = 0; column < count; column++) block[k * count + column] /= pivot;
    for (let row = 0; row < count; row++) {
      if (row === k) continue;
      const factor = block[row * count + k];
      for (let column = 0; column < count; column++) block[row * count + column] -= factor * block[k * count + column];
      block[row * count + k] = -factor / pivot;
    }
    block[k * count + k] = 1 / pivot;
  }
  out.fill(0);
  for (let row = 0; row < count; row++) out.set(block.subarray(row * count, (row + 1) * count), row * PIVOTS);
}

/**
 * A⁻¹ by sweeps over blocks of 64 pivots in the lower triangle (assembly/inverse.ts): size³ / 2 multiply–adds in 32
 * bits, besides the blocks themselves, which are inverted in 64. Takes 4 · size · (size + 128) bytes of its own.
 *
 * Measured on one thread of an EPYC server that had other work (Node 20, no fused multiply–add; processor time): 1,000
 * rows 0.06 s, 2,000 rows 0.43 s, 3,706 rows 2.3 s, where A is Σ over 1,500 made-up histories + 500 I. The largest entry
 * of A·A⁻¹ − I is 6e-7 there, the largest sum of a row 1.4e-4 (from 60 of the columns). EASE's weights on MovieLens 1M
 * (3,628 products, λ = 700, 2.5 s) are within 5e-7 of those in 64 bits.
 */
export async function invert(engine: Engine, { matrix, size, signal, tell }: InverseRequest): Promise<Float32Array> {
  checkInverse(matrix, size);
  throwIfAborted(signal);
  if (size === 0) return new Float32Array(0);
  const rows = Math.ceil(size / PANEL_COLUMNS) * PANEL_COLUMNS;
  const pitch = pitchOf(rows);
  const plan = new ArenaPlan();
  const at = {
    matrix: plan.words(rows * pitch),
    inverse: plan.words(PIVOTS * PIVOTS),
    left: plan.words(rows * PIVOTS),
    right: plan.words(rows * PIVOTS),
    task: plan.words(TASK_FIELDS),
  };
  const workspace = new Workspace(engine, plan, SCRATCH_BYTES);
  try {
    const { memory } = workspace;
    const swept = floatsAt(memory, at.matrix, rows * pitch);
    padRows(matrix, size, swept, pitch);
    // a hundred megabytes may have been copied for it
    tell?.(0);
    const task = wordsAt(memory, at.task, TASK_FIELDS);
    const chunks = Math.ceil(rows / ROWS_PER_CHUNK);
    const inPieces = createPieces(signal);
    for (let first = 0; first < size; first += PIVOTS) {
      const pivots = Math.min(PIVOTS, size - first);
      invertPivots(swept, pitch, first, pivots, floatsAt(memory, at.inverse, PIVOTS * PIVOTS));
      task.set([at.matrix, 4 * pitch, size, rows, at.inverse, at.left, at.right, first, pivots, 0]);
      workspace.run((phase) => phase('sweepPanels', at.task, chunks));
      const workOf = (chunk: number) => ROWS_PER_CHUNK * ROWS_PER_CHUNK * (chunks - chunk) * pivots;
      await inPieces(
        chunks,
        workOf,
        (firstChunk, count) => {
          task[TASK_FIELDS - 1] = firstChunk;
          workspace.run((phase) => phase('sweepRows', at.task, count));
        },
        tell && ((share) => tell((first + pivots * share) / size)),
      );
    }
    workspace.run((phase) => phase('mirrorRows', at.task, chunks));
    return unpadRows(swept, pitch, size, size);
  } finally {
    workspace.destroy();
  }
}
