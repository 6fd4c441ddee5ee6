import type { Csr } from '../../base/sparse.ts';
import { checkExplicit, checkPairs, copyCsr } from '../check.ts';
import type { BiasedFactors, ExplicitDescent, ExplicitProblem } from '../device.ts';
import { dot } from './dots.ts';

/** One side of the model: its factors (rows × factors), its biases, and what they are held back by. */
interface Side {
  readonly factors: Float32Array;
  readonly bias: Float32Array;
  readonly factorReg: Float32Array;
  readonly biasReg: Float32Array;
}

/**
 * Solves every row of `own` against the fixed `other` side, coordinate by coordinate, and returns
 * Σ e² over the matrix afterwards.
 */
function solveRows(matrix: Csr, mean: number, k: number, own: Side, other: Side): number {
  let squares = 0;
  for (let row = 0; row < matrix.rows; row++) {
    const start = matrix.pointers[row];
    const end = matrix.pointers[row + 1];
    if (start === end) {
      own.bias[row] = 0;
      own.factors.fill(0, row * k, (row + 1) * k);
      continue;
    }
    const residuals = new Float64Array(end - start);
    for (let e = start; e < end; e++) {
      const column = matrix.indices[e];
      const product = dot(own.factors, row * k, other.factors, column * k, k);
      residuals[e - start] = matrix.values[e] - mean - own.bias[row] - other.bias[column] - product;
    }

    const biasReg = own.biasReg[row];
    let residualSum = 0;
    for (const residual of residuals) residualSum += residual;
    const biasStep = (residualSum - biasReg * own.bias[row]) / (end - start + biasReg);
    own.bias[row] += biasStep;
    for (let e = 0; e < residuals.length; e++) residuals[e] -= biasStep;

    const reg = own.factorReg[row];
    for (let f = 0; f < k; f++) {
      let numerator = -reg * own.factors[row * k + f];
      let denominator = reg;
      for (let e = start; e < end; e++) {
        const q = other.factors[matrix.indices[e] * k + f];
        numerator += residuals[e - start] * q;
        denominator += q * q;
      }
      if (denominator === 0) continue;
      const step = numerator / denominator;
      own.factors[row * k + f] += step;
      for (let e = start; e < end; e++) residuals[e - start] -= step * other.factors[matrix.indices[e] * k + f];
    }
    for (const residual of residuals) squares += residual * residual;
  }
  return squares;
}

/** Cyclic coordinate descent in plain loops; algorithms.md §1. Throws RangeError on wrong shapes. */
export function explicitDescent(problem: ExplicitProblem): ExplicitDescent {
  checkExplicit(problem);
  const { mean, factors: k, initial } = problem;
  const byUser = copyCsr(problem.byUser);
  const byItem = copyCsr(problem.byItem);
  const user: Side = {
    factors: initial.userFactors.slice(),
    bias: initial.userBias.slice(),
    factorReg: problem.userFactorReg.slice(),
    biasReg: problem.userBiasReg.slice(),
  };
  const item: Side = {
    factors: initial.itemFactors.slice(),
    bias: initial.itemBias.slice(),
    factorReg: problem.itemFactorReg.slice(),
    biasReg: problem.itemBiasReg.slice(),
  };
  return {
    async sweep() {
      solveRows(byUser, mean, k, user, item);
      const squares = solveRows(byItem, mean, k, item, user);
      return { loss: byItem.indices.length === 0 ? 0 : squares / byItem.indices.length };
    },
    async predict({ users, items }) {
      checkPairs(users, items, byUser.rows, byItem.rows);
      return Float32Array.from(users, (u, p) => {
        const i = items[p];
        return mean + user.bias[u] + item.bias[i] + dot(user.factors, u * k, item.factors, i * k, k);
      });
    },
    async factors(): Promise<BiasedFactors> {
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
