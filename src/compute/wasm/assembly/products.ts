/** Products of all pairs of rows of a sparse matrix. */
import { madd } from './simd';

/** Rows laid out side by side: an entry of another row meets all of them with two vectors. */
const LANES: u32 = 8;

/** `../row-products.ts` writes the fields in this order, 4 bytes each. */
@unmanaged
class ProductsTask {
  rows: u32;
  columns: u32;
  pointers: usize;
  indices: usize;
  values: usize;
  /** the first block of 8 rows of this phase */
  firstBlock: u32;
  /** rows × rows */
  out: usize;
}

/** Eight rows against all from the first of them on. Scratch: columns × 8 floats. */
export function productRows(taskAt: usize, chunk: u32, scratch: usize): void {
  const task = changetype<ProductsTask>(taskAt);
  const n = task.rows;
  const first = (task.firstBlock + chunk) * LANES;
  const lanes = min(LANES, n - first);
  memory.fill(scratch, 0, (<usize>task.columns) << 5);
  for (let lane: u32 = 0; lane < lanes; lane++) {
    const to = scratch + ((<usize>lane) << 2);
    const row = task.pointers + ((<usize>(first + lane)) << 2);
    for (let at = load<u32>(row), end = load<u32>(row, 4); at < end; at++) {
      const entry = (<usize>at) << 2;
      store<f32>(to + ((<usize>load<u32>(task.indices + entry)) << 5), load<f32>(task.values + entry));
    }
  }
  for (let other = first; other < n; other++) {
    const row = task.pointers + ((<usize>other) << 2);
    let index = task.indices + ((<usize>load<u32>(row)) << 2);
    let value = task.values + ((<usize>load<u32>(row)) << 2);
    const end = task.indices + ((<usize>load<u32>(row, 4)) << 2);
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let b0 = f32x4.splat(0);
    let b1 = f32x4.splat(0);
    for (; index + 4 < end; index += 8, value += 8) {
      const x = v128.load_splat<f32>(value);
      const y = v128.load_splat<f32>(value, 4);
      const at = scratch + ((<usize>load<u32>(index)) << 5);
      const next = scratch + ((<usize>load<u32>(index, 4)) << 5);
      a0 = madd(x, v128.load(at), a0);
      a1 = madd(x, v128.load(at, 16), a1);
      b0 = madd(y, v128.load(next), b0);
      b1 = madd(y, v128.load(next, 16), b1);
    }
    if (index < end) {
      const x = v128.load_splat<f32>(value);
      const at = scratch + ((<usize>load<u32>(index)) << 5);
      a0 = madd(x, v128.load(at), a0);
      a1 = madd(x, v128.load(at, 16), a1);
    }
    a0 = f32x4.add(a0, b0);
    a1 = f32x4.add(a1, b1);
    writeLanes(task, first, lanes, other, a0, a1);
  }
}

/** Both places of every pair: what stands on one side of the diagonal stands on the other. */
@inline
function writeLanes(task: ProductsTask, first: u32, lanes: u32, other: u32, low: v128, high: v128): void {
  const rowBytes = (<usize>task.rows) << 2;
  const across = task.out + (<usize>other) * rowBytes + ((<usize>first) << 2);
  let down = task.out + (<usize>first) * rowBytes + ((<usize>other) << 2);
  if (lanes == LANES) {
    v128.store(across, low);
    v128.store(across, high, 16);
  }
  for (let lane: u32 = 0; lane < lanes; lane++) {
    const value = f32x4.extract_lane(low, 0);
    if (lanes < LANES) store<f32>(across + ((<usize>lane) << 2), value);
    store<f32>(down, value);
    down += rowBytes;
    low = v128.shuffle<f32>(low, high, 1, 2, 3, 4);
    high = v128.shuffle<f32>(high, high, 1, 2, 3, 0);
  }
}
