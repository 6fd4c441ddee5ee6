/** Normal numbers from a counter, eight columns at a time; formula and polynomials: ../../counter-normal.ts. */
import { madd } from './simd';

const ROOT_HALF_BITS: i32 = 0x3f3504f3;
const TWO_TO_MINUS_24: f32 = 5.9604644775390625e-8;
/** π/2 over the 2²² steps of a quadrant. */
const ANGLE_STEP: f32 = 3.7450704e-7;
const HALF_QUADRANT: f32 = 2097151.5;

@inline
function linear(word: v128): v128 {
  return i32x4.add(i32x4.mul(word, i32x4.splat(1664525)), i32x4.splat(1013904223));
}

@inline
function horner(x: v128, value: v128, coefficient: f32): v128 {
  return madd(value, x, f32x4.splat(coefficient));
}

/** ln of floats in (0, 1]. */
@inline
function logarithm(u: v128): v128 {
  const e = i32x4.shr_s(i32x4.sub(u, i32x4.splat(ROOT_HALF_BITS)), 23);
  const f = f32x4.sub(i32x4.sub(u, i32x4.shl(e, 23)), f32x4.splat(1));
  const exponent = f32x4.convert_i32x4_s(e);
  const z = f32x4.mul(f, f);
  let p = horner(f, f32x4.splat(7.0376836292e-2), -1.151461031e-1);
  p = horner(f, p, 1.167699874e-1);
  p = horner(f, p, -1.2420140846e-1);
  p = horner(f, p, 1.4249322787e-1);
  p = horner(f, p, -1.6668057665e-1);
  p = horner(f, p, 2.0000714765e-1);
  p = horner(f, p, -2.4999993993e-1);
  p = horner(f, p, 3.3333331174e-1);
  // ln 2 in two parts, the large one exact whatever the exponent
  let low = madd(f32x4.mul(p, f), z, f32x4.mul(exponent, f32x4.splat(-2.1219444e-4)));
  low = f32x4.sub(low, f32x4.mul(z, f32x4.splat(0.5)));
  return madd(exponent, f32x4.splat(0.693359375), f32x4.add(f, low));
}

/** Bytes that `columns` numbers take: whole steps of eight. */
@inline
export function normalBytes(columns: u32): usize {
  return <usize>((columns + 7) & ~7) << 2;
}

/** Writes the numbers of columns 0, 1, 2 … of one row. */
@inline
export function fillNormals(key: u32, row: u32, columns: u32, out: usize): void {
  const end = normalBytes(columns);
  const x0 = linear(i32x4.splat(row));
  const z0 = linear(i32x4.splat(key));
  let pair = i32x4(0, 1, 2, 3);
  for (let at: usize = 0; at < end; at += 32) {
    let y = linear(pair);
    let x = i32x4.add(x0, i32x4.mul(y, z0));
    y = i32x4.add(y, i32x4.mul(z0, x));
    let z = i32x4.add(z0, i32x4.mul(x, y));
    x = v128.xor(x, i32x4.shr_u(x, 16));
    y = v128.xor(y, i32x4.shr_u(y, 16));
    z = v128.xor(z, i32x4.shr_u(z, 16));
    x = i32x4.add(x, i32x4.mul(y, z));
    y = i32x4.add(y, i32x4.mul(z, x));

    const whole = i32x4.add(i32x4.shr_u(x, 8), i32x4.splat(1));
    const u = f32x4.mul(f32x4.convert_i32x4_s(whole), f32x4.splat(TWO_TO_MINUS_24));
    const radius = f32x4.sqrt(f32x4.mul(logarithm(u), f32x4.splat(-2)));

    const place = f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(y, 8), i32x4.splat(0x3fffff)));
    const angle = f32x4.mul(f32x4.sub(place, f32x4.splat(HALF_QUADRANT)), f32x4.splat(ANGLE_STEP));
    const square = f32x4.mul(angle, angle);
    let p = horner(square, f32x4.splat(-1.9515295891e-4), 8.3321608736e-3);
    p = horner(square, p, -1.6666654611e-1);
    const sine = madd(f32x4.mul(angle, square), p, angle);
    p = horner(square, f32x4.splat(2.443315711809948e-5), -1.388731625493765e-3);
    p = horner(square, p, 4.166664568298827e-2);
    const upper = madd(square, f32x4.splat(-0.5), f32x4.splat(1));
    const cosine = madd(f32x4.mul(square, square), p, upper);

    const quadrant = i32x4.shr_u(y, 30);
    const odd = i32x4.neg(v128.and(quadrant, i32x4.splat(1)));
    const flipCos = i32x4.shl(v128.and(i32x4.add(quadrant, i32x4.splat(1)), i32x4.splat(2)), 30);
    const flipSin = i32x4.shl(v128.and(quadrant, i32x4.splat(2)), 30);
    const even = f32x4.mul(radius, v128.xor(v128.bitselect(sine, cosine, odd), flipCos));
    const next = f32x4.mul(radius, v128.xor(v128.bitselect(cosine, sine, odd), flipSin));
    v128.store(out + at, v128.shuffle<f32>(even, next, 0, 4, 1, 5));
    v128.store(out + at, v128.shuffle<f32>(even, next, 2, 6, 3, 7), 16);
    pair = i32x4.add(pair, i32x4.splat(4));
  }
}
