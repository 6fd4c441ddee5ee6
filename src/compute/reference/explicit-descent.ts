import { checkExplicit, copyCsr } from '../check.ts';
import type { ExplicitDescent, ExplicitProblem } from '../device.ts';
import { answersOf, type Step, sidesOf, stepRows } from './row-steps.ts';

/** The minimum of the objective in one coordinate; `entries` is how many a row has. */
function minimize(factorReg: Float32Array, biasReg: Float32Array, entries: (row: number) => number): Step {
  return (row, column, value, product, curvature) => {
    if (entries(row) === 0) return -value;
    const reg = column === 0 ? biasReg[row] : factorReg[row];
    const denominator = curvature + reg;
    return denominator === 0 ? 0 : (product - reg * value) / denominator;
  };
}

/** Cyclic coordinate descent in plain loops; algorithms.md §1. Throws RangeError on wrong shapes. */
export function explicitDescent(problem: ExplicitProblem): ExplicitDescent {
  checkExplicit(problem);
  const { mean, factors: k } = problem;
  const byUser = copyCsr(problem.byUser);
  const byItem = copyCsr(problem.byItem);
  const { user, item } = sidesOf(problem.initial);
  const lengthIn = (pointers: Uint32Array) => (row: number) => pointers[row + 1] - pointers[row];
  const userStep = minimize(problem.userFactorReg.slice(), problem.userBiasReg.slice(), lengthIn(byUser.pointers));
  const itemStep = minimize(problem.itemFactorReg.slice(), problem.itemBiasReg.slice(), lengthIn(byItem.pointers));
  return {
    ...answersOf(user, item, mean, k),
    async sweep() {
      stepRows(byUser, mean, k, user, item, userStep);
      const squares = stepRows(byItem, mean, k, item, user, itemStep);
      return { loss: byItem.indices.length === 0 ? 0 : squares / byItem.indices.length };
    },
  };
}
