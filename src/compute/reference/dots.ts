import { rowsOf } from '../check.ts';

/** a·b over `factors` numbers from the two offsets, accumulated in 64 bits. */
export function dot(a: Float32Array, aAt: number, b: Float32Array, bAt: number, factors: number): number {
  let sum = 0;
  for (let f = 0; f < factors; f++) sum += a[aAt + f] * b[bAt + f];
  return sum;
}

/** A (m × k) times B (n × k) transposed: m × n, row-major. */
export function dots(a: Float32Array, b: Float32Array, factors: number): Float32Array {
  const m = rowsOf('a', a, factors);
  const n = rowsOf('b', b, factors);
  const out = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) out[i * n + j] = dot(a, i * factors, b, j * factors, factors);
  }
  return out;
}
