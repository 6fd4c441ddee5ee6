/** What the two solvers of the biased model share in plain loops: the walk over a side's rows, and the model itself. */
import type { Csr } from '../../base/sparse.ts';
import { checkPairs } from '../check.ts';
import type { BiasedFactors, ExplicitDescent } from '../device.ts';
import { dot } from './dots.ts';

/** One side of the model: its factors (rows × factors) and its biases. */
export interface Side {
  readonly factors: Float32Array;
  readonly bias: Float32Array;
}

/**
 * How far a coordinate moves. Column 0 is the bias (q = 1 everywhere), column f + 1 factor f; `product` is Σ e·q over
 * the row's entries and `curvature` Σ q², both 0 for a row without entries.
 */
export type Step = (row: number, column: number, value: number, product: number, curvature: number) => number;

/** Moves every coordinate of every row of `own` against the fixed `other` side; Σ e² over the matrix afterwards. */
export function stepRows(matrix: Csr, mean: number, k: number, own: Side, other: Side, step: Step): number {
  let squares = 0;
  for (let row = 0; row < matrix.rows; row++) {
    const start = matrix.pointers[row];
    const end = matrix.pointers[row + 1];
    const residuals = new Float64Array(end - start);
    let residualSum = 0;
    for (let e = start; e < end; e++) {
      const column = matrix.indices[e];
      const product = dot(own.factors, row * k, other.factors, column * k, k);
      residuals[e - start] = matrix.values[e] - mean - own.bias[row] - other.bias[column] - product;
      residualSum += residuals[e - start];
    }

    const biasStep = step(row, 0, own.bias[row], residualSum, end - start);
    own.bias[row] += biasStep;
    for (let e = 0; e < residuals.length; e++) residuals[e] -= biasStep;

    for (let f = 0; f < k; f++) {
      let product = 0;
      let curvature = 0;
      for (let e = start; e < end; e++) {
        const q = other.factors[matrix.indices[e] * k + f];
        product += residuals[e - start] * q;
        curvature += q * q;
      }
      const factorStep = step(row, f + 1, own.factors[row * k + f], product, curvature);
      own.factors[row * k + f] += factorStep;
      for (let e = start; e < end; e++) residuals[e - start] -= factorStep * other.factors[matrix.indices[e] * k + f];
    }
    for (const residual of residuals) squares += residual * residual;
  }
  return squares;
}

/** Both sides, copied from a start. */
export function sidesOf(initial: BiasedFactors): { readonly user: Side; readonly item: Side } {
  return {
    user: { factors: initial.userFactors.slice(), bias: initial.userBias.slice() },
    item: { factors: initial.itemFactors.slice(), bias: initial.itemBias.slice() },
  };
}

/** Answers from the sides as they are at the time of asking. */
export function answersOf(user: Side, item: Side, mean: number, k: number): Omit<ExplicitDescent, 'sweep'> {
  return {
    async predict({ users, items }) {
      checkPairs(users, items, user.bias.length, item.bias.length);
      return Float32Array.from(users, (u, p) => {
        const i = items[p];
        return mean + user.bias[u] + item.bias[i] + dot(user.factors, u * k, item.factors, i * k, k);
      });
    },
    async factors() {
      return {
        userFactors: user.factors.slice(),
        itemFactors: item.factors.slice(),
        userBias: user.bias.slice(),
        itemBias: item.bias.slice(),
      };
    },
    destroy() {},
  };
}
