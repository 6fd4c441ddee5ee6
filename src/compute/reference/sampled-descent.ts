import { checkPriors, checkSampled, copyCsr } from '../check.ts';
import { counterNormals, streamKey } from '../counter-normal.ts';
import type { ColumnPriors, SampledDescent, SampledProblem } from '../device.ts';
import { columnMoments } from '../moments.ts';
import { answersOf, type Step, sidesOf, stepRows } from './row-steps.ts';

/**
 * A draw from the conditional normal of one coordinate: precision αΣq² + Λ, mean the minimum of the objective that is
 * pulled towards m (device.ts). Columns of a row are asked for in order, so its noise is made with column 0.
 */
function draw({ means, precisions }: ColumnPriors, noisePrecision: number, key: number): Step {
  const noise = new Float64Array(means.length);
  return (row, column, value, product, curvature) => {
    if (column === 0) counterNormals(key, row, noise);
    const precision = noisePrecision * curvature + precisions[column];
    const pull = noisePrecision * product - precisions[column] * (value - means[column]);
    return pull / precision + noise[column] / Math.sqrt(precision);
  };
}

/** The Gibbs sampler of the biased model in plain loops; algorithms.md §1. Throws RangeError on wrong shapes. */
export function sampledDescent(problem: SampledProblem): SampledDescent {
  checkSampled(problem);
  const { mean, factors: k, seed } = problem;
  const byUser = copyCsr(problem.byUser);
  const byItem = copyCsr(problem.byItem);
  const { user, item } = sidesOf(problem.initial);
  return {
    ...answersOf(user, item, mean, k),
    async moments(side) {
      const { bias, factors } = side === 'user' ? user : item;
      return columnMoments(bias, factors, k, k);
    },
    async draw(side, priors, noisePrecision, sweep) {
      checkPriors(priors, noisePrecision, k);
      const step = draw(priors, noisePrecision, streamKey(seed, sweep, side));
      const squares =
        side === 'user' ? stepRows(byUser, mean, k, user, item, step) : stepRows(byItem, mean, k, item, user, step);
      return { squares };
    },
  };
}
