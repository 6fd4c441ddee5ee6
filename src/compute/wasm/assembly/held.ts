/** A sparse matrix times a dense one that is held: every row the weighted sum of the rows it names. */
import { madd } from './simd';

/**
 * The dense matrix stands in stripes of 16 columns, row after row, a cache line each: a stripe of some thousand rows
 * stays in the second cache while all rows of the sparse matrix go over it, and the sums of a row never leave the
 * registers. Twice as wide was 7 % slower where the cache is 512 KiB, rows as they come twice as slow.
 */
const STRIPE_COLUMNS: u32 = 16;
const STRIPE_ROW_BYTES: usize = 64;
const ROWS_PER_CHUNK: u32 = 128;

/** `../held-matrix.ts` writes the fields in this order, 4 bytes each. */
@unmanaged
class HeldTask {
  /** stripes of heldRows × STRIPE_COLUMNS, zeros behind the last column */
  held: usize;
  heldRows: u32;
  columns: u32;
  rows: u32;
  pointers: usize;
  indices: usize;
  values: usize;
  /** the first chunk of this phase */
  firstChunk: u32;
  /** rows × columns */
  out: usize;
}

/** One stripe of the sums of a chunk of rows. Chunks of a stripe stand side by side. Scratch: one row of a stripe. */
export function heldRows(taskAt: usize, chunk: u32, scratch: usize): void {
  const task = changetype<HeldTask>(taskAt);
  const chunksPerStripe = (task.rows + ROWS_PER_CHUNK - 1) / ROWS_PER_CHUNK;
  const number = task.firstChunk + chunk;
  const stripe = number / chunksPerStripe;
  const first = (number % chunksPerStripe) * ROWS_PER_CHUNK;
  const last = min(task.rows, first + ROWS_PER_CHUNK);
  const held = task.held + (<usize>stripe) * (<usize>task.heldRows) * STRIPE_ROW_BYTES;
  const firstColumn = stripe * STRIPE_COLUMNS;
  const bytes = (<usize>min(STRIPE_COLUMNS, task.columns - firstColumn)) << 2;
  const rowBytes = (<usize>task.columns) << 2;
  let out = task.out + (<usize>first) * rowBytes + ((<usize>firstColumn) << 2);
  for (let row = first; row < last; row++) {
    const pointer = task.pointers + ((<usize>row) << 2);
    let index = task.indices + ((<usize>load<u32>(pointer)) << 2);
    let value = task.values + ((<usize>load<u32>(pointer)) << 2);
    const end = task.indices + ((<usize>load<u32>(pointer, 4)) << 2);
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let a2 = f32x4.splat(0);
    let a3 = f32x4.splat(0);
    let b0 = f32x4.splat(0);
    let b1 = f32x4.splat(0);
    let b2 = f32x4.splat(0);
    let b3 = f32x4.splat(0);
    for (; index + 4 < end; index += 8, value += 8) {
      const x = v128.load_splat<f32>(value);
      const y = v128.load_splat<f32>(value, 4);
      const at = held + (<usize>load<u32>(index)) * STRIPE_ROW_BYTES;
      const next = held + (<usize>load<u32>(index, 4)) * STRIPE_ROW_BYTES;
      a0 = madd(x, v128.load(at), a0);
      a1 = madd(x, v128.load(at, 16), a1);
      a2 = madd(x, v128.load(at, 32), a2);
      a3 = madd(x, v128.load(at, 48), a3);
      b0 = madd(y, v128.load(next), b0);
      b1 = madd(y, v128.load(next, 16), b1);
      b2 = madd(y, v128.load(next, 32), b2);
      b3 = madd(y, v128.load(next, 48), b3);
    }
    if (index < end) {
      const x = v128.load_splat<f32>(value);
      const at = held + (<usize>load<u32>(index)) * STRIPE_ROW_BYTES;
      a0 = madd(x, v128.load(at), a0);
      a1 = madd(x, v128.load(at, 16), a1);
      a2 = madd(x, v128.load(at, 32), a2);
      a3 = madd(x, v128.load(at, 48), a3);
    }
    const to = bytes < STRIPE_ROW_BYTES ? scratch : out;
    v128.store(to, f32x4.add(a0, b0));
    v128.store(to, f32x4.add(a1, b1), 16);
    v128.store(to, f32x4.add(a2, b2), 32);
    v128.store(to, f32x4.add(a3, b3), 48);
    if (bytes < STRIPE_ROW_BYTES) memory.copy(out, scratch, bytes);
    out += rowBytes;
  }
}
