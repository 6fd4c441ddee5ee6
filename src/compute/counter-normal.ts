/**
 * Normal numbers without a state: number (row, column) of a stream is a function of its place alone, so rows may be
 * drawn in any order, by any number of threads, on any device, and a chain that was broken off goes on with the numbers
 * it would have had (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 *
 * Every device computes the same thing, on unsigned 32-bit integers and 32-bit floats:
 *
 *   (a, b, ·) = pcg3d(row, ⌊column / 2⌋, key)                    Jarzynski & Olano 2020, hash of three words
 *   u = (⌊a / 2⁸⌋ + 1) / 2²⁴, in (0, 1];  r = √(−2 ln u)
 *   φ = (b's top two bits) · π/2 + (its next 22 bits + ½ − 2²¹) · π / 2²³
 *   r·cos φ for the even column, r·sin φ for the odd one          Box & Muller 1958
 *
 * Here with the language's own logarithm and cosine, in 64 bits: what the others are tested against. Those of GPUs are
 * allowed errors of 2⁻¹¹, so kernels bring polynomials (below) that need nothing but +, × and a square root.
 */

/** ln(1 + f) = f − f²/2 + f³·P(f) for √½ ≤ 1 + f < √2, highest power first (Cephes, logf). */
export const LOG_POLYNOMIAL = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
] as const;
/** sin x = x + x·z·P(z), z = x², |x| ≤ π/4 (Cephes, sinf). */
export const SIN_POLYNOMIAL = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1] as const;
/** cos x = 1 − z/2 + z²·P(z), z = x², |x| ≤ π/4 (Cephes, cosf). */
export const COS_POLYNOMIAL = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2] as const;
/** Bits of √½ as a 32-bit float: (bits − this) >> 23 is the exponent that leaves a mantissa from √½ to √2. */
export const ROOT_HALF_BITS = 0x3f3504f3;

/** A bijection of 32-bit words in which every bit depends on every other (the finalizer of MurmurHash3). */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * The key of one half sweep, computed by the host and given to the kernel as 32 bits. All half sweeps of one seed (of
 * fewer than 2³¹ sweeps) have different keys.
 */
export function streamKey(seed: number, sweep: number, side: 'user' | 'item'): number {
  return mix(mix(seed ^ 0x9e3779b9) ^ ((sweep << 1) | (side === 'item' ? 1 : 0))) >>> 0;
}

/** The two words that a pair of columns is made of. */
export function counterBits(key: number, row: number, pair: number): readonly [a: number, b: number] {
  let x = (Math.imul(row, 1664525) + 1013904223) | 0;
  let y = (Math.imul(pair, 1664525) + 1013904223) | 0;
  let z = (Math.imul(key, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  return [x >>> 0, y >>> 0];
}

/** Fills `out` with the normal numbers of columns 0, 1, 2 … of one row. */
export function counterNormals(key: number, row: number, out: Float64Array): void {
  for (let column = 0; column < out.length; column += 2) {
    const [a, b] = counterBits(key, row, column >>> 1);
    const radius = Math.sqrt(-2 * Math.log(((a >>> 8) + 1) / 2 ** 24));
    const angle = ((b >>> 30) * Math.PI) / 2 + ((((b >>> 8) & 0x3fffff) + 0.5 - 2 ** 21) * Math.PI) / 2 ** 23;
    out[column] = radius * Math.cos(angle);
    if (column + 1 < out.length) out[column + 1] = radius * Math.sin(angle);
  }
}
