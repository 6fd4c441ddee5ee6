import type { Csr } from '../../base/sparse.ts';
import { checkImplicit, copyCsr } from '../check.ts';
import type { ImplicitDescent, ImplicitProblem } from '../device.ts';
import { dot } from './dots.ts';

/** FᵀF of a rows × k matrix: k × k, in 64 bits. */
function gram(factors: Float32Array, k: number): Float64Array {
  const out = new Float64Array(k * k);
  for (let at = 0; at < factors.length; at += k) {
    for (let f = 0; f < k; f++) {
      for (let g = 0; g < k; g++) out[f * k + g] += factors[at + f] * factors[at + g];
    }
  }
  return out;
}

/**
 * Solves every row of `own` against the fixed `other` side and returns Σ c(1 − s)² over the observed
 * entries afterwards.
 */
function solveRows(
  matrix: Csr,
  k: number,
  weight: number,
  own: Float32Array,
  reg: Float32Array,
  other: Float32Array,
): number {
  const gramOther = gram(other, k);
  let observed = 0;
  for (let row = 0; row < matrix.rows; row++) {
    const start = matrix.pointers[row];
    const end = matrix.pointers[row + 1];
    if (start === end) {
      own.fill(0, row * k, (row + 1) * k);
      continue;
    }
    const scores = new Float64Array(end - start);
    for (let e = start; e < end; e++) scores[e - start] = dot(own, row * k, other, matrix.indices[e] * k, k);

    for (let f = 0; f < k; f++) {
      const before = own[row * k + f];
      let numerator = 0;
      let denominator = reg[row] + weight * gramOther[f * k + f];
      for (let g = 0; g < k; g++) {
        if (g !== f) numerator -= weight * own[row * k + g] * gramOther[g * k + f];
      }
      for (let e = start; e < end; e++) {
        const c = matrix.values[e];
        const q = other[matrix.indices[e] * k + f];
        numerator += c * q * (1 - scores[e - start] + before * q);
        denominator += c * q * q;
      }
      if (denominator === 0) continue;
      const step = numerator / denominator - before;
      own[row * k + f] = before + step;
      for (let e = start; e < end; e++) scores[e - start] += step * other[matrix.indices[e] * k + f];
    }
    for (let e = start; e < end; e++) observed += matrix.values[e] * (1 - scores[e - start]) ** 2;
  }
  return observed;
}

/** Coordinate descent over all pairs with the Gram matrix, in plain loops. Throws RangeError on wrong shapes. */
export function implicitDescent(problem: ImplicitProblem): ImplicitDescent {
  checkImplicit(problem);
  const { factors: k, unobservedWeight: weight } = problem;
  const byUser = copyCsr(problem.byUser);
  const byItem = copyCsr(problem.byItem);
  const userFactors = problem.initial.userFactors.slice();
  const itemFactors = problem.initial.itemFactors.slice();
  const userReg = problem.userReg.slice();
  const itemReg = problem.itemReg.slice();
  let confidence = 0;
  for (const c of byUser.values) confidence += c;
  return {
    async sweep() {
      solveRows(byUser, k, weight, userFactors, userReg, itemFactors);
      const observed = solveRows(byItem, k, weight, itemFactors, itemReg, userFactors);
      // Σ over all pairs of (p·q)² is Σ_fg (PᵀP)_fg (QᵀQ)_fg
      const gramUser = gram(userFactors, k);
      const gramItem = gram(itemFactors, k);
      let everywhere = 0;
      for (let at = 0; at < gramUser.length; at++) everywhere += gramUser[at] * gramItem[at];
      return { loss: confidence === 0 ? 0 : (observed + weight * everywhere) / confidence };
    },
    async factors() {
      return { userFactors: userFactors.slice(), itemFactors: itemFactors.slice() };
    },
    destroy() {},
  };
}
