/**
 * What the posterior of a factorization asks of the host: the noise of ratings and a normal prior for every column of a
 * side, each drawn given the rest (Salakhutdinov & Mnih 2008; with one precision per factor as in Rendle 2012, libFM).
 */
import type { Random } from '../base/random.ts';
import type { ColumnPriors } from '../compute/device.ts';

/** Shape and rate of every gamma prior: next to nothing. */
const PRIOR = { shape: 0.5, rate: 0.5 } as const;
/** How many rows the prior mean 0 of a column's mean is worth. */
export const PRIOR_ROWS = 1;

/** A draw from Gamma(shape, rate 1) for shape ≥ 1/3 (Marsaglia & Tsang 2000). */
export function gamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < x ** 2 / 2 + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** A precision given Σ e² over `count` numbers that have it: Gamma((1 + N)/2, (1 + Σe²)/2). The noise's α is one. */
export function drawPrecision(squares: number, count: number, random: Random): number {
  return gamma(PRIOR.shape + count / 2, random) / (PRIOR.rate + squares / 2);
}

/**
 * Mean m and precision Λ of every column, given Σ x and Σ (x − x̄)² over `rows` rows: Λ from its gamma, with the mean
 * integrated out, then m ~ N(Σx/(n + 1), 1/((n + 1)Λ)).
 */
export function drawColumnPriors(
  { sums, squares }: { readonly sums: Float64Array; readonly squares: Float64Array },
  rows: number,
  random: Random,
): ColumnPriors {
  const means = new Float32Array(sums.length);
  const precisions = new Float32Array(sums.length);
  const weight = rows + PRIOR_ROWS;
  for (let column = 0; column < sums.length; column++) {
    const fromZero = rows > 0 ? (PRIOR_ROWS / weight) * (sums[column] ** 2 / rows) : 0;
    precisions[column] = drawPrecision(squares[column] + fromZero, rows, random);
    means[column] = sums[column] / weight + random.normal() / Math.sqrt(weight * precisions[column]);
  }
  return { means, precisions };
}
