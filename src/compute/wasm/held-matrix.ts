import { throwIfAborted } from '../../base/error.ts';
import type { Csr } from '../../base/sparse.ts';
import { checkHeld, checkTimesSparse } from '../check.ts';
import type { HeldMatrix, HeldMatrixRequest } from '../device.ts';
import { ArenaPlan, floatsAt, wordsAt } from './arena.ts';
import type { Engine } from './arena-pool.ts';
import { createPieces } from './pieces.ts';
import { Workspace } from './workspace.ts';

/** Columns of a stripe and rows of a chunk: assembly/held.ts. */
const STRIPE_COLUMNS = 16;
const ROWS_PER_CHUNK = 128;
/** Fields of `HeldTask` in assembly/held.ts, 4 bytes each. */
const TASK_FIELDS = 9;
const FIRST_CHUNK = 7;
/** One row of a stripe. */
const SCRATCH_BYTES = 4 * STRIPE_COLUMNS;
/** Rows of the sparse matrix that are multiplied at a time. */
const MOST_ROWS_PER_BATCH = 16_384;
/** Numbers of the result that are computed at a time: as many as are held, but no fewer and no more than these. */
const FEWEST_OUTPUTS_PER_BATCH = 2 ** 16;
const MOST_OUTPUTS_PER_BATCH = 2 ** 22;
/** Entries that are multiplied at a time; a single row may have more. */
const ENTRIES_PER_BATCH = 2 ** 18;

/** Rows that are brought into stripes at a time: as many pages as a processor finds the addresses of without looking. */
const ROWS_PER_FILL = 64;

/**
 * Copies the matrix into stripes of 16 columns, row after row; what is behind the last column stays zero. 5,000 × 5,000
 * took 300 ms stripe by stripe, and 140 by blocks of rows.
 */
function fillStripes(data: Float32Array, rows: number, columns: number, stripes: Float32Array): void {
  for (let top = 0; top < rows; top += ROWS_PER_FILL) {
    const end = Math.min(rows, top + ROWS_PER_FILL);
    for (let first = 0; first < columns; first += STRIPE_COLUMNS) {
      const width = Math.min(STRIPE_COLUMNS, columns - first);
      let to = first * rows + top * STRIPE_COLUMNS;
      for (let row = top; row < end; row++, to += STRIPE_COLUMNS) {
        for (let from = row * columns + first, lane = 0; lane < width; lane++) stripes[to + lane] = data[from + lane];
      }
    }
  }
}

/**
 * A matrix in an arena of its own, with room for a batch of the rows to multiply it with and of their results: 4 bytes
 * for each of its numbers (columns rounded up to 16), and at most 16 MiB and some more besides.
 */
export function holdMatrix(engine: Engine, { data, columns }: HeldMatrixRequest): HeldMatrix {
  const rows = checkHeld(data, columns);
  const stripes = Math.ceil(columns / STRIPE_COLUMNS);
  const outputs = Math.max(FEWEST_OUTPUTS_PER_BATCH, Math.min(MOST_OUTPUTS_PER_BATCH, data.length));
  const rowRoom = Math.max(1, Math.min(MOST_ROWS_PER_BATCH, Math.floor(outputs / columns)));
  const entryRoom = Math.max(rows, Math.min(ENTRIES_PER_BATCH, rows * rowRoom));
  const plan = new ArenaPlan();
  const at = {
    held: plan.words(stripes * rows * STRIPE_COLUMNS),
    pointers: plan.words(rowRoom + 1),
    indices: plan.words(entryRoom),
    values: plan.words(entryRoom),
    out: plan.words(rowRoom * columns),
    task: plan.words(TASK_FIELDS),
  };
  const workspace = new Workspace(engine, plan, SCRATCH_BYTES);
  fillStripes(data, rows, columns, floatsAt(workspace.memory, at.held, stripes * rows * STRIPE_COLUMNS));

  /** Asked again after every wait: the session may have ended meanwhile. */
  const expectAlive = () => workspace.memory;

  /** The row behind the last one that fits into a batch from `first` on; a row alone always fits. */
  const batchEnd = ({ rows: count, pointers }: Csr, first: number): number => {
    const most = Math.min(count, first + rowRoom);
    let end = first;
    while (end < most && pointers[end + 1] - pointers[first] <= entryRoom) end++;
    return end;
  };

  const multiply = async (matrix: Csr, signal: AbortSignal | undefined): Promise<Float32Array> => {
    throwIfAborted(signal);
    expectAlive();
    const out = new Float32Array(matrix.rows * columns);
    const inPieces = createPieces(signal);
    for (let first = 0; first < matrix.rows; ) {
      const end = batchEnd(matrix, first);
      const start = matrix.pointers[first];
      const entries = matrix.pointers[end] - start;
      const memory = expectAlive();
      const pointers = wordsAt(memory, at.pointers, end - first + 1);
      for (let row = first; row <= end; row++) pointers[row - first] = matrix.pointers[row] - start;
      wordsAt(memory, at.indices, entries).set(matrix.indices.subarray(start, start + entries));
      floatsAt(memory, at.values, entries).set(matrix.values.subarray(start, start + entries));
      const places = [at.pointers, at.indices, at.values, 0, at.out];
      wordsAt(memory, at.task, TASK_FIELDS).set([at.held, rows, columns, end - first, ...places]);
      const chunksPerStripe = Math.ceil((end - first) / ROWS_PER_CHUNK);
      await inPieces(
        stripes * chunksPerStripe,
        () => (STRIPE_COLUMNS * entries) / chunksPerStripe,
        (firstChunk, count) => {
          wordsAt(expectAlive(), at.task, TASK_FIELDS)[FIRST_CHUNK] = firstChunk;
          workspace.run((phase) => phase('heldRows', at.task, count));
        },
      );
      out.set(floatsAt(expectAlive(), at.out, (end - first) * columns), first * columns);
      first = end;
    }
    return out;
  };

  // there is room for one batch: who asks in the meantime waits
  let previous: Promise<unknown> = Promise.resolve();
  return {
    async timesSparse(matrix, signal) {
      checkTimesSparse(matrix, rows);
      const product = previous.then(() => multiply(matrix, signal));
      previous = product.catch(() => {});
      return product;
    },
    destroy: () => workspace.destroy(),
  };
}
