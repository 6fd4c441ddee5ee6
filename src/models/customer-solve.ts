/** One customer's row solved exactly, the things fixed: what fold-in, reasons and intervals of the ratings models share. */
import { factorCholesky, solveCholesky } from './cholesky.ts';
import type { History } from './recommender.ts';

/** The side of the things in r̂ = μ + b_u + b_i + p_u·q_i. Factors are row-major, rows × factors. */
export interface Things {
  readonly factors: number;
  readonly mean: number;
  readonly itemFactors: Float32Array;
  readonly itemBias: Float32Array;
}

/** The normal equations of one customer, factored: A = ZᵀZ + diag(weights) with rows z_j = [1, q_j]. */
export interface CustomerSolve {
  /** L of A = L·Lᵀ, (k + 1)². */
  readonly cholesky: Float64Array;
  /** [b_u, p_u] */
  readonly solution: Float64Array;
  /** r_j − μ − b_j − z_j·centre: what the history says beyond somebody nothing is known of. */
  readonly residuals: Float64Array;
}

/** z_i = [1, q_i]. Throws RangeError for an unknown thing. */
export function extended(things: Things, item: number, out = new Float64Array(things.factors + 1)): Float64Array {
  const { factors, itemFactors, itemBias } = things;
  if (!(item >= 0 && item < itemBias.length)) throw new RangeError(`item ${item} of ${itemBias.length}`);
  out[0] = 1;
  for (let f = 0; f < factors; f++) out[f + 1] = itemFactors[item * factors + f];
  return out;
}

/** weights · z_i */
export function dotExtended({ factors, itemFactors }: Things, weights: ArrayLike<number>, item: number): number {
  let sum = weights[0];
  for (let f = 0, at = item * factors; f < factors; f++, at++) sum += weights[f + 1] * itemFactors[at];
  return sum;
}

/**
 * The lower triangle of Σ_e z_e z_eᵀ for rows of `z` (column c of every entry in a row of `count`). Two columns by two
 * rows at a time: four products for four numbers read, twice as fast as adding up outer products.
 */
export function gram(z: Float64Array, n: number, count: number, out: Float64Array): void {
  for (let row = 0; row < n; row += 2) {
    const a = row * count;
    const b = row + 1 < n ? a + count : a;
    for (let column = 0; column <= row; column += 2) {
      const c = column * count;
      const d = column + 1 < n ? c + count : c;
      let ac = 0;
      let ad = 0;
      let bc = 0;
      let bd = 0;
      for (let e = 0; e < count; e++) {
        const za = z[a + e];
        const zb = z[b + e];
        const zc = z[c + e];
        const zd = z[d + e];
        ac += za * zc;
        ad += za * zd;
        bc += zb * zc;
        bd += zb * zd;
      }
      out[row * n + column] = ac;
      if (column < row) out[row * n + column + 1] = ad;
      if (row + 1 < n) {
        out[(row + 1) * n + column] = bc;
        out[(row + 1) * n + column + 1] = bd;
      }
    }
  }
}

/**
 * min over x = [b, p] of Σ_j (r_j − μ − b_j − z_j·x)² + Σ_c weights_c (x_c − centre_c)², exactly. Weights are positive;
 * no centre is a centre of zeros. Throws RangeError for an unknown thing.
 */
export function solveCustomer(
  { items, values }: History,
  things: Things,
  weights: ArrayLike<number>,
  centre: ArrayLike<number> | null = null,
): CustomerSolve {
  const { factors, mean, itemBias } = things;
  const n = factors + 1;
  const count = items.length;
  const z = new Float64Array(n * count);
  const one = new Float64Array(n);
  const residuals = new Float64Array(count);
  const solution = new Float64Array(n);
  for (let e = 0; e < count; e++) {
    extended(things, items[e], one);
    let residual = values[e] - mean - itemBias[items[e]];
    for (let c = 0; c < n; c++) {
      z[c * count + e] = one[c];
      if (centre) residual -= one[c] * centre[c];
    }
    residuals[e] = residual;
    for (let c = 0; c < n; c++) solution[c] += one[c] * residual;
  }
  const cholesky = new Float64Array(n * n);
  gram(z, n, count, cholesky);
  for (let c = 0; c < n; c++) cholesky[c * n + c] += weights[c];
  factorCholesky(cholesky, n);
  solveCholesky(cholesky, n, solution);
  if (centre) for (let c = 0; c < n; c++) solution[c] += centre[c];
  return { cholesky, solution, residuals };
}
