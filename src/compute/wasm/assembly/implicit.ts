/** Coordinate descent on choices: the rows of one chunk of one side (formula: ../../device.ts). */
import { denominator, gather, numerator, pitchOf, update, weightedPass, weightedSquares } from './row';
import { dot, madd } from './simd';

/** One side of a problem. `../implicit-descent.ts` writes the fields in this order, 4 bytes each. */
@unmanaged
class ImplicitSide {
  pointers: usize;
  indices: usize;
  values: usize;
  own: usize;
  reg: usize;
  other: usize;
  /** stride × stride, w·G of the other side */
  gram: usize;
  /** first and last row (exclusive) of every chunk */
  chunks: usize;
  /** f64 per chunk: Σ c(1 − s)² */
  partials: usize;
  /** rows of `other`; the row of zeros has this number */
  zeroRow: u32;
  factors: u32;
  stride: u32;
  blockFloats: u32;
  wantsLoss: u32;
}

@inline
function solveRow(side: ImplicitSide, row: usize, scratch: usize): f64 {
  const start = load<u32>(side.pointers + (row << 2));
  const length = load<u32>(side.pointers + (row << 2), 4) - start;
  const stride = side.stride;
  const rowBytes = (<usize>stride) << 2;
  const own = side.own + row * rowBytes;
  if (length == 0) {
    memory.fill(own, 0, rowBytes);
    return 0;
  }
  const pitch = pitchOf(length);
  const residuals = scratch;
  const weights = residuals + pitch;
  const block = weights + pitch;
  const indices = side.indices + ((<usize>start) << 2);
  const lengthBytes = (<usize>length) << 2;
  memory.copy(weights, side.values + ((<usize>start) << 2), lengthBytes);
  memory.fill(weights + lengthBytes, 0, pitch - lengthBytes);
  // 1 − s; the padding has no weight, and no factors, and so never counts
  for (let at: usize = 0; at < pitch; at += 16) v128.store(residuals + at, f32x4.splat(1));

  const width = min(stride, <u32>((<usize>side.blockFloats << 2) / pitch) & ~3);
  const oneBlock = width == stride;
  for (let f0: u32 = 0; f0 < stride; f0 += width) {
    gather(indices, length, side.other, side.zeroRow, rowBytes, own, f0, min(width, stride - f0), residuals, block, pitch, true);
  }

  const reg = <f64>load<f32>(side.reg + (row << 2));
  const k = side.factors;
  let step: f32 = 0;
  let previous = block;
  for (let f0: u32 = 0; f0 < k; f0 += width) {
    if (!oneBlock) {
      if (f0 > 0) {
        update(residuals, previous, step, pitch);
        previous = block;
        step = 0;
      }
      gather(indices, length, side.other, side.zeroRow, rowBytes, own, f0, min(width, stride - f0), residuals, block, pitch, false);
    }
    const last = min(k, f0 + width);
    let q = block;
    for (let f = f0; f < last; f++) {
      weightedPass(residuals, weights, previous, step, q, pitch);
      const at = own + ((<usize>f) << 2);
      const before = load<f32>(at);
      const gramRow = side.gram + <usize>f * rowBytes;
      const curvature = denominator + <f64>load<f32>(gramRow + ((<usize>f) << 2)) + reg;
      const pull = numerator - dot(own, gramRow, rowBytes) - reg * <f64>before;
      step = curvature == 0 ? 0 : <f32>(pull / curvature);
      store<f32>(at, before + step);
      previous = q;
      q += pitch;
    }
  }
  if (!side.wantsLoss) return 0;
  update(residuals, previous, step, pitch);
  return weightedSquares(weights, residuals, pitch);
}

export function implicitRows(sideAt: usize, chunk: u32, scratch: usize): void {
  const side = changetype<ImplicitSide>(sideAt);
  const range = side.chunks + ((<usize>chunk) << 3);
  const last = <usize>load<u32>(range, 4);
  let squares: f64 = 0;
  for (let row = <usize>load<u32>(range); row < last; row++) squares += solveRow(side, row, scratch);
  store<f64>(side.partials + ((<usize>chunk) << 3), squares);
}

/** A side's Gram matrix, in parts. `../implicit-descent.ts` writes the fields in this order. */
@unmanaged
class GramTask {
  factors: usize;
  rows: u32;
  stride: u32;
  rowsPerChunk: u32;
  /** per chunk stride × stride f64; only blocks on and above the diagonal are filled */
  partials: usize;
}

/** Rows summed in 32 bits before the sum moves to 64; also few enough to stay in the first cache. */
const GRAM_SEGMENT: u32 = 64;

@inline
function addTo(at: usize, sums: v128): void {
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(sums)));
  const high = v128.shuffle<f32>(sums, sums, 2, 3, 0, 1);
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** Σ over the chunk's rows of row ⊗ row. */
export function gramRows(taskAt: usize, chunk: u32, _scratch: usize): void {
  const task = changetype<GramTask>(taskAt);
  const stride = <usize>task.stride;
  const rowBytes = stride << 2;
  const partial = task.partials + <usize>chunk * stride * stride * 8;
  memory.fill(partial, 0, stride * stride * 8);
  const first = chunk * task.rowsPerChunk;
  const end = min(task.rows, first + task.rowsPerChunk);
  for (let from = first; from < end; from += GRAM_SEGMENT) {
    const begin = task.factors + <usize>from * rowBytes;
    const stop = task.factors + <usize>min(end, from + GRAM_SEGMENT) * rowBytes;
    for (let f: usize = 0; f < rowBytes; f += 16) {
      for (let g = f; g < rowBytes; g += 16) {
        let s0 = f32x4.splat(0);
        let s1 = f32x4.splat(0);
        let s2 = f32x4.splat(0);
        let s3 = f32x4.splat(0);
        for (let row = begin; row < stop; row += rowBytes) {
          const right = v128.load(row + g);
          s0 = madd(v128.load_splat<f32>(row + f), right, s0);
          s1 = madd(v128.load_splat<f32>(row + f, 4), right, s1);
          s2 = madd(v128.load_splat<f32>(row + f, 8), right, s2);
          s3 = madd(v128.load_splat<f32>(row + f, 12), right, s3);
        }
        // f and g count bytes of floats, the sums are doubles: row f/4, column g/4
        const at = partial + ((f >> 2) * stride + (g >> 2)) * 8;
        addTo(at, s0);
        addTo(at + stride * 8, s1);
        addTo(at + stride * 16, s2);
        addTo(at + stride * 24, s3);
      }
    }
  }
}
