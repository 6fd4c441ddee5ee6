import { checkPriors, checkSampled, copyCsr, meanRows } from '../check.ts';
import { counterNormals, streamKey } from '../counter-normal.ts';
import type { ColumnPriors, SampledDescent, SampledProblem } from '../device.ts';
import { columnMoments } from '../moments.ts';
import { answersOf, type Step, sidesOf, stepRows } from './row-steps.ts';

/**
 * A draw from the conditional normal of one coordinate: precision αΣq² + Λ, mean the minimum of the objective that is
 * pulled towards m (device.ts). Columns of a row are asked for in order, so its noise is made with column 0. The means of
 * two rows lie `apart`.
 */
function draw({ means, precisions }: ColumnPriors, noisePrecision: number, key: number, apart: number): Step {
  const noise = new Float64Array(precisions.length);
  return (row, column, value, product, curvature) => {
    if (column === 0) counterNormals(key, row, noise);
    const precision = noisePrecision * curvature + precisions[column];
    const pull = noisePrecision * product - precisions[column] * (value - means[row * apart + column]);
    return pull / precision + noise[column] / Math.sqrt(precision);
  };
}

/** The Gibbs sampler of the biased model in plain loops; algorithms.md §1. Throws RangeError on wrong shapes. */
export function sampledDescent(problem: SampledProblem): SampledDescent {
  checkSampled(problem);
  const { mean, factors: k, seed } = problem;
  const most = meanRows(problem);
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
      const [matrix, own, other] = side === 'user' ? [byUser, user, item] : [byItem, item, user];
      const apart = checkPriors(priors, noisePrecision, k, most[side]);
      const step = draw(priors, noisePrecision, streamKey(seed, sweep, side), apart);
      const squares = stepRows(matrix, mean, k, own, other, step);
      return { squares };
    },
  };
}
