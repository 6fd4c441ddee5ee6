/**
 * What this machine can do at most, through the same compiler and the same 128-bit vectors as the product's
 * kernels: copies, and multiply–adds that depend on nothing but themselves. Compiled twice, as those are: product and
 * sum are one instruction where there is relaxed SIMD.
 */

/** `times` copies of `bytes` by the engine's own instruction. */
export function copyMemory(to: usize, from: usize, bytes: usize, times: u32): void {
  for (let t: u32 = 0; t < times; t++) memory.copy(to, from, bytes);
}

/** The same by vectors, four at a time; `bytes` is a multiple of 64. */
export function copyVectors(to: usize, from: usize, bytes: usize, times: u32): void {
  for (let t: u32 = 0; t < times; t++) {
    for (let at: usize = 0; at < bytes; at += 64) {
      v128.store(to + at, v128.load(from + at));
      v128.store(to + at, v128.load(from + at, 16), 16);
      v128.store(to + at, v128.load(from + at, 32), 32);
      v128.store(to + at, v128.load(from + at, 48), 48);
    }
  }
}

@inline
function step(x: v128, factor: v128, term: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, factor, term);
  return f32x4.add(f32x4.mul(x, factor), term);
}

/** `rounds` products and sums on each of twelve vectors, which is as many as the registers hold beside the constants. */
export function multiplyAdd(rounds: u32): f32 {
  const factor = f32x4.splat(0.999);
  const term = f32x4.splat(0.001);
  let a = f32x4.splat(0.1);
  let b = f32x4.splat(0.2);
  let c = f32x4.splat(0.3);
  let d = f32x4.splat(0.4);
  let e = f32x4.splat(0.5);
  let f = f32x4.splat(0.6);
  let g = f32x4.splat(0.7);
  let h = f32x4.splat(0.8);
  let i = f32x4.splat(0.9);
  let j = f32x4.splat(1.1);
  let k = f32x4.splat(1.2);
  let l = f32x4.splat(1.3);
  for (let r: u32 = 0; r < rounds; r++) {
    a = step(a, factor, term);
    b = step(b, factor, term);
    c = step(c, factor, term);
    d = step(d, factor, term);
    e = step(e, factor, term);
    f = step(f, factor, term);
    g = step(g, factor, term);
    h = step(h, factor, term);
    i = step(i, factor, term);
    j = step(j, factor, term);
    k = step(k, factor, term);
    l = step(l, factor, term);
  }
  const sums = f32x4.add(
    f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h))),
    f32x4.add(f32x4.add(i, j), f32x4.add(k, l)),
  );
  return f32x4.extract_lane(sums, 0);
}
