import { checkStochastic } from '../check.ts';
import type { StochasticDescent, StochasticProblem } from '../device.ts';
import { ENTRY_WORDS, stratify } from '../stratify.ts';
import { dot } from './dots.ts';
import { answersOf, sidesOf } from './row-steps.ts';

/** The row that has each label. */
function rowsByLabel(labels: Uint32Array): Uint32Array {
  const rows = new Uint32Array(labels.length);
  labels.forEach((label, row) => {
    rows[label] = row;
  });
  return rows;
}

/** Stratified stochastic gradient descent in plain loops (device.ts). Throws RangeError on wrong shapes. */
export function stochasticDescent(problem: StochasticProblem): StochasticDescent {
  checkStochastic(problem);
  const { byUser, mean, factors: k, grid, step, decay, factorReg, biasReg, seed } = problem;
  const order = stratify(byUser, grid, seed);
  const count = byUser.indices.length;
  const entries = new Uint32Array(ENTRY_WORDS * count);
  order.write(entries);
  const values = new Float32Array(entries.buffer);
  const userOf = rowsByLabel(order.userLabels);
  const itemOf = rowsByLabel(order.itemLabels);
  const { user, item } = sidesOf(problem.initial);
  let epoch = problem.epoch;

  return {
    ...answersOf(user, item, mean, k),
    async sweep() {
      const rate = step * decay ** epoch++;
      let squares = 0;
      // blocks stand in the order of the diagonals already
      for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
        const u = userOf[entries[at]];
        const i = itemOf[entries[at + 1]];
        const predicted = mean + user.bias[u] + item.bias[i] + dot(user.factors, u * k, item.factors, i * k, k);
        const error = values[at + 2] - predicted;
        squares += error * error;
        user.bias[u] += rate * (error - biasReg * user.bias[u]);
        item.bias[i] += rate * (error - biasReg * item.bias[i]);
        for (let f = 0; f < k; f++) {
          const p = user.factors[u * k + f];
          const q = item.factors[i * k + f];
          user.factors[u * k + f] += rate * (error * q - factorReg * p);
          item.factors[i * k + f] += rate * (error * p - factorReg * q);
        }
      }
      return { loss: count === 0 ? 0 : squares / count };
    },
  };
}
