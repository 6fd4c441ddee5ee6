/**
 * The inverse of a symmetric matrix by the sweep operator (Goodnight 1979, "A Tutorial on the SWEEP Operator"), a block
 * of pivots at a time. With A = [D Bᵀ; B C] a sweep over D's pivots makes D ← −D⁻¹, B ← B D⁻¹, C ← C − B D⁻¹Bᵀ, where C
 * holds the rows that were swept before as well; after all sweeps A has become −A⁻¹. A stays symmetric, so only what
 * stands on and below the diagonal is kept, in tiles of 4 × 8: what a tile has above the diagonal is never read.
 */
import { madd } from './simd';

/** Most pivots of a sweep; the last sweep has the rest. */
const PIVOTS: u32 = 64;
/** A row of B and of D⁻¹. */
const PIVOT_BYTES: usize = 256;
/** D⁻¹Bᵀ stands in panels of 8 columns, pivot by pivot: panel[pivot][column]. */
const PANEL_COLUMNS: u32 = 8;
const PANEL_ROW_BYTES: usize = 32;
const PANEL_BYTES: usize = 2048;
/** Half of PIVOTS: pivots fill whole chunks. */
const ROWS_PER_CHUNK: u32 = 32;
/** Columns of the update that are gone through before the next four rows: their panels, 16 KiB, stay in the first cache. */
const STRIP_COLUMNS: u32 = 64;

/** `../inverse.ts` writes the fields in this order, 4 bytes each. */
@unmanaged
class SweepTask {
  /** `rows` rows of `rowBytes`, zeros from row and column `size` on */
  matrix: usize;
  rowBytes: usize;
  size: u32;
  /** `size` rounded up to a multiple of 8 */
  rows: u32;
  /** D⁻¹: PIVOTS × PIVOTS, zeros behind the last pivot */
  inverse: usize;
  /** B: rows × PIVOTS */
  left: usize;
  /** D⁻¹Bᵀ in panels */
  right: usize;
  /** the first pivot of this sweep, a multiple of PIVOTS */
  first: u32;
  pivots: u32;
  /** the first chunk of this phase */
  firstChunk: u32;
}

/** Whether the chunk of rows that begins here is the pivots' own. */
@inline
function isPivot(task: SweepTask, row: u32): bool {
  return row >= task.first && row < task.first + task.pivots;
}

/** What stands in rows × columns at `from` to columns × rows at `to`. */
@inline
function transpose(from: usize, fromRowBytes: usize, rows: u32, columns: u32, to: usize, toRowBytes: usize): void {
  for (let row: u32 = 0; row < rows; row++) {
    let target = to + ((<usize>row) << 2);
    for (let at = from, end = from + ((<usize>columns) << 2); at < end; at += 4) {
      store<f32>(target, load<f32>(at));
      target += toRowBytes;
    }
    from += fromRowBytes;
  }
}

/** Four rows of PIVOT_BYTES times a panel of 8 columns: written to `to` or, with `subtract`, taken away from what is there. */
@inline
function multiplyTile(rows: usize, panel: usize, depth: u32, to: usize, toRowBytes: usize, subtract: bool): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  let columns = panel;
  for (let at = rows, end = rows + ((<usize>depth) << 2); at < end; at += 4) {
    const k0 = v128.load(columns);
    const k1 = v128.load(columns, 16);
    columns += PANEL_ROW_BYTES;
    const a = v128.load_splat<f32>(at);
    const b = v128.load_splat<f32>(at, 256);
    const c = v128.load_splat<f32>(at, 512);
    const d = v128.load_splat<f32>(at, 768);
    a0 = madd(a, k0, a0);
    a1 = madd(a, k1, a1);
    b0 = madd(b, k0, b0);
    b1 = madd(b, k1, b1);
    c0 = madd(c, k0, c0);
    c1 = madd(c, k1, c1);
    d0 = madd(d, k0, d0);
    d1 = madd(d, k1, d1);
  }
  writeRow(to, a0, a1, subtract);
  writeRow(to + toRowBytes, b0, b1, subtract);
  writeRow(to + 2 * toRowBytes, c0, c1, subtract);
  writeRow(to + 3 * toRowBytes, d0, d1, subtract);
}

@inline
function writeRow(to: usize, low: v128, high: v128, subtract: bool): void {
  v128.store(to, subtract ? f32x4.sub(v128.load(to), low) : low);
  v128.store(to, subtract ? f32x4.sub(v128.load(to, 16), high) : high, 16);
}

/** Copies B's rows of one chunk out of both sides of the diagonal, and makes their panels of D⁻¹Bᵀ. Scratch: one panel. */
export function sweepPanels(taskAt: usize, chunk: u32, scratch: usize): void {
  const task = changetype<SweepTask>(taskAt);
  const first = chunk * ROWS_PER_CHUNK;
  if (isPivot(task, first)) return;
  const end = min(task.rows, first + ROWS_PER_CHUNK);
  const rowBytes = task.rowBytes;
  const pivotBytes = (<usize>task.pivots) << 2;
  for (let row = first; row < end; row += PANEL_COLUMNS) {
    const left = task.left + (<usize>row) * PIVOT_BYTES;
    if (row < task.first) {
      const above = task.matrix + (<usize>task.first) * rowBytes + ((<usize>row) << 2);
      transpose(above, rowBytes, task.pivots, PANEL_COLUMNS, left, PIVOT_BYTES);
    } else {
      let beside = task.matrix + (<usize>row) * rowBytes + ((<usize>task.first) << 2);
      for (let lane: usize = 0; lane < PANEL_COLUMNS; lane++) {
        memory.copy(left + lane * PIVOT_BYTES, beside, pivotBytes);
        beside += rowBytes;
      }
    }
    transpose(left, PIVOT_BYTES, PANEL_COLUMNS, task.pivots, scratch, PANEL_ROW_BYTES);
    const right = task.right + (<usize>(row / PANEL_COLUMNS)) * PANEL_BYTES;
    for (let pivot: u32 = 0; pivot < task.pivots; pivot += 4) {
      const inverse = task.inverse + (<usize>pivot) * PIVOT_BYTES;
      multiplyTile(inverse, scratch, task.pivots, right + (<usize>pivot) * PANEL_ROW_BYTES, PANEL_ROW_BYTES, false);
    }
  }
}

/** C ← C − B D⁻¹Bᵀ for one chunk of rows, the longest first, and D⁻¹B where the pivots' columns or rows are theirs. */
export function sweepRows(taskAt: usize, chunk: u32, scratch: usize): void {
  const task = changetype<SweepTask>(taskAt);
  const chunks = (task.rows + ROWS_PER_CHUNK - 1) / ROWS_PER_CHUNK;
  const first = (chunks - 1 - task.firstChunk - chunk) * ROWS_PER_CHUNK;
  const end = min(task.rows, first + ROWS_PER_CHUNK);
  if (isPivot(task, first)) {
    writePivots(task, first, min(end, task.size));
    return;
  }
  const rowBytes = task.rowBytes;
  for (let strip: u32 = 0; strip < end; strip += STRIP_COLUMNS) {
    // the pivots' own columns
    if (strip == task.first) continue;
    for (let row = first; row < end; row += 4) {
      const left = task.left + (<usize>row) * PIVOT_BYTES;
      const own = task.matrix + (<usize>row) * rowBytes;
      const last = min(strip + STRIP_COLUMNS, row + 4);
      for (let column = strip; column < last; column += PANEL_COLUMNS) {
        const right = task.right + (<usize>(column / PANEL_COLUMNS)) * PANEL_BYTES;
        multiplyTile(left, right, task.pivots, own + ((<usize>column) << 2), rowBytes, true);
      }
    }
  }
  if (first < task.first) return;
  for (let row = first; row < end; row += PANEL_COLUMNS) {
    const right = task.right + (<usize>(row / PANEL_COLUMNS)) * PANEL_BYTES;
    const own = task.matrix + (<usize>row) * rowBytes + ((<usize>task.first) << 2);
    transpose(right, PANEL_ROW_BYTES, task.pivots, PANEL_COLUMNS, own, rowBytes);
  }
}

/** The pivots' own rows: D⁻¹Bᵀ in front of the diagonal block, −D⁻¹ on it. */
@inline
function writePivots(task: SweepTask, first: u32, end: u32): void {
  for (let row = first; row < end; row++) {
    const pivot = <usize>(row - task.first);
    let to = task.matrix + (<usize>row) * task.rowBytes;
    let from = task.right + pivot * PANEL_ROW_BYTES;
    for (let column: u32 = 0; column < task.first; column += PANEL_COLUMNS) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += PANEL_BYTES;
      to += PANEL_ROW_BYTES;
    }
    const inverse = task.inverse + pivot * PIVOT_BYTES;
    for (let at: usize = 0, bytes = (<usize>task.pivots) << 2; at < bytes; at += 4) {
      store<f32>(to + at, -load<f32>(inverse + at));
    }
  }
}

/** After the last sweep: −A⁻¹ becomes A⁻¹ on both sides of the diagonal. One chunk of rows, and their columns. */
export function mirrorRows(taskAt: usize, chunk: u32, scratch: usize): void {
  const task = changetype<SweepTask>(taskAt);
  const first = chunk * ROWS_PER_CHUNK;
  const end = min(task.size, first + ROWS_PER_CHUNK);
  for (let strip: u32 = 0; strip < end; strip += ROWS_PER_CHUNK) {
    for (let row = first; row < end; row++) {
      const last = min(strip + ROWS_PER_CHUNK, row + 1);
      let own = task.matrix + (<usize>row) * task.rowBytes + ((<usize>strip) << 2);
      let other = task.matrix + (<usize>strip) * task.rowBytes + ((<usize>row) << 2);
      for (let column = strip; column < last; column++) {
        const value = -load<f32>(own);
        store<f32>(own, value);
        store<f32>(other, value);
        own += 4;
        other += task.rowBytes;
      }
    }
  }
}
