/**
 * The vector helpers every kernel uses. Builds for engines with relaxed SIMD fuse multiplication and addition where
 * the processor can: one rounding instead of two, so the last bits of a result may differ from machine to machine.
 * On one machine they do not.
 */

/** sum + a·b, lane by lane. */
@inline
export function madd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** sum − a·b, lane by lane. */
@inline
export function nmadd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, sum);
  return f32x4.sub(sum, f32x4.mul(a, b));
}

/** The four lanes added, in a fixed order. */
@inline
export function sumLanes(v: v128): f64 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return <f64>f32x4.extract_lane(pairs, 0) + <f64>f32x4.extract_lane(pairs, 1);
}

/** a·b over `bytes` (a multiple of 16) of floats. */
@inline
export function dot(a: usize, b: usize, bytes: usize): f64 {
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) sum = madd(v128.load(a + at), v128.load(b + at), sum);
  return sumLanes(sum);
}
