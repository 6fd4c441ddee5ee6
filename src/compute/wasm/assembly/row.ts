/**
 * What both solvers do with one row: its neighbours' factors are copied transposed into scratch, so
 * that every factor is contiguous over the row's entries, and the update of the residuals after one
 * factor is fused into the pass that sums up the next. Scratch rows are `pitch` bytes, a multiple of
 * 32 but not of 512, which would crowd the same place of every factor into a few cache sets. Entries beyond the row's length are zeros everywhere and so add nothing.
 */
import { madd, nmadd, sumLanes } from './simd';

/** Entries summed in 32 bits before the sum moves to 64. */
const SEGMENT_BYTES: usize = 4096 * 4;

/** Bytes of a scratch row for `length` entries. */
@inline
export function pitchOf(length: u32): usize {
  const bytes = <usize>((length + 7) & ~7) << 2;
  return (bytes & 511) == 0 ? bytes + 32 : bytes;
}

/**
 * Copies factors f0 … f0 + width − 1 of the row's neighbours into `block`, transposed, and, where
 * `subtract` is set, takes own·neighbour over these factors off the residuals. `zeroRow` is a row of
 * zeros behind the last row of `other`.
 */
@inline
export function gather(
  indices: usize,
  length: u32,
  other: usize,
  zeroRow: u32,
  rowBytes: usize,
  own: usize,
  f0: u32,
  width: u32,
  residuals: usize,
  block: usize,
  pitch: usize,
  subtract: bool,
): void {
  const base = other + ((<usize>f0) << 2);
  const from = own + ((<usize>f0) << 2);
  const widthBytes = (<usize>width) << 2;
  for (let at: usize = 0; at < pitch; at += 16) {
    const e = <u32>(at >> 2);
    const a = base + <usize>(e < length ? load<u32>(indices + at) : zeroRow) * rowBytes;
    const b = base + <usize>(e + 1 < length ? load<u32>(indices + at, 4) : zeroRow) * rowBytes;
    const c = base + <usize>(e + 2 < length ? load<u32>(indices + at, 8) : zeroRow) * rowBytes;
    const d = base + <usize>(e + 3 < length ? load<u32>(indices + at, 12) : zeroRow) * rowBytes;
    let residual = v128.load(residuals + at);
    let to = block + at;
    for (let f: usize = 0; f < widthBytes; f += 16) {
      const va = v128.load(a + f);
      const vb = v128.load(b + f);
      const vc = v128.load(c + f);
      const vd = v128.load(d + f);
      const ab01 = v128.shuffle<f32>(va, vb, 0, 4, 1, 5);
      const ab23 = v128.shuffle<f32>(va, vb, 2, 6, 3, 7);
      const cd01 = v128.shuffle<f32>(vc, vd, 0, 4, 1, 5);
      const cd23 = v128.shuffle<f32>(vc, vd, 2, 6, 3, 7);
      const t0 = v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5);
      const t1 = v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7);
      const t2 = v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5);
      const t3 = v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7);
      v128.store(to, t0);
      v128.store(to + pitch, t1);
      v128.store(to + 2 * pitch, t2);
      v128.store(to + 3 * pitch, t3);
      to += 4 * pitch;
      if (subtract) {
        residual = nmadd(v128.load_splat<f32>(from + f), t0, residual);
        residual = nmadd(v128.load_splat<f32>(from + f, 4), t1, residual);
        residual = nmadd(v128.load_splat<f32>(from + f, 8), t2, residual);
        residual = nmadd(v128.load_splat<f32>(from + f, 12), t3, residual);
      }
    }
    if (subtract) v128.store(residuals + at, residual);
  }
}

/** The two sums of a pass over one factor. */
export let numerator: f64 = 0;
export let denominator: f64 = 0;

/** residuals −= step·previous, then numerator = Σ residual·q and denominator = Σ q². */
@inline
export function pass(residuals: usize, previous: usize, step: f32, q: usize, pitch: usize): void {
  const steps = f32x4.splat(step);
  numerator = 0;
  denominator = 0;
  for (let from: usize = 0; from < pitch; from += SEGMENT_BYTES) {
    const to = min(pitch, from + SEGMENT_BYTES);
    let num0 = f32x4.splat(0);
    let num1 = f32x4.splat(0);
    let den0 = f32x4.splat(0);
    let den1 = f32x4.splat(0);
    for (let at = from; at < to; at += 32) {
      const r0 = nmadd(steps, v128.load(previous + at), v128.load(residuals + at));
      const r1 = nmadd(steps, v128.load(previous + at, 16), v128.load(residuals + at, 16));
      const q0 = v128.load(q + at);
      const q1 = v128.load(q + at, 16);
      v128.store(residuals + at, r0);
      v128.store(residuals + at, r1, 16);
      num0 = madd(r0, q0, num0);
      num1 = madd(r1, q1, num1);
      den0 = madd(q0, q0, den0);
      den1 = madd(q1, q1, den1);
    }
    numerator += sumLanes(f32x4.add(num0, num1));
    denominator += sumLanes(f32x4.add(den0, den1));
  }
}

/** The same with the entries weighted: numerator = Σ c·residual·q and denominator = Σ c·q². */
@inline
export function weightedPass(
  residuals: usize,
  weights: usize,
  previous: usize,
  step: f32,
  q: usize,
  pitch: usize,
): void {
  const steps = f32x4.splat(step);
  numerator = 0;
  denominator = 0;
  for (let from: usize = 0; from < pitch; from += SEGMENT_BYTES) {
    const to = min(pitch, from + SEGMENT_BYTES);
    let num0 = f32x4.splat(0);
    let num1 = f32x4.splat(0);
    let den0 = f32x4.splat(0);
    let den1 = f32x4.splat(0);
    for (let at = from; at < to; at += 32) {
      const r0 = nmadd(steps, v128.load(previous + at), v128.load(residuals + at));
      const r1 = nmadd(steps, v128.load(previous + at, 16), v128.load(residuals + at, 16));
      const q0 = v128.load(q + at);
      const q1 = v128.load(q + at, 16);
      const cq0 = f32x4.mul(v128.load(weights + at), q0);
      const cq1 = f32x4.mul(v128.load(weights + at, 16), q1);
      v128.store(residuals + at, r0);
      v128.store(residuals + at, r1, 16);
      num0 = madd(r0, cq0, num0);
      num1 = madd(r1, cq1, num1);
      den0 = madd(q0, cq0, den0);
      den1 = madd(q1, cq1, den1);
    }
    numerator += sumLanes(f32x4.add(num0, num1));
    denominator += sumLanes(f32x4.add(den0, den1));
  }
}

/** residuals −= step·previous: the update of the last factor, which no later pass does. */
@inline
export function update(residuals: usize, previous: usize, step: f32, pitch: usize): void {
  const steps = f32x4.splat(step);
  for (let at: usize = 0; at < pitch; at += 16) {
    v128.store(residuals + at, nmadd(steps, v128.load(previous + at), v128.load(residuals + at)));
  }
}

/** Σ values over a scratch row. */
@inline
export function sum(values: usize, pitch: usize): f64 {
  let total: f64 = 0;
  for (let from: usize = 0; from < pitch; from += SEGMENT_BYTES) {
    const to = min(pitch, from + SEGMENT_BYTES);
    let lanes = f32x4.splat(0);
    for (let at = from; at < to; at += 16) lanes = f32x4.add(lanes, v128.load(values + at));
    total += sumLanes(lanes);
  }
  return total;
}

/** Σ a·b² over two scratch rows. */
@inline
export function weightedSquares(a: usize, b: usize, pitch: usize): f64 {
  let total: f64 = 0;
  for (let from: usize = 0; from < pitch; from += SEGMENT_BYTES) {
    const to = min(pitch, from + SEGMENT_BYTES);
    let lanes = f32x4.splat(0);
    for (let at = from; at < to; at += 16) {
      const value = v128.load(b + at);
      lanes = madd(v128.load(a + at), f32x4.mul(value, value), lanes);
    }
    total += sumLanes(lanes);
  }
  return total;
}
