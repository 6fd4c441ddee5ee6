/**
 * The arithmetic of BPR-MF (Rendle et al. 2009, section 5.1.1): x_ui = b_i + p_u·q_i, and for triples (u, i, j) the sum of
 * ln σ(x_ui − x_uj) − ½ (λ_u ‖p_u‖² + λ_i ‖q_i‖² + λ_j ‖q_j‖² + λ_b (b_i² + b_j²)) climbed one triple after the other.
 */
import type { Triples } from './bpr-triples.ts';

/** Row-major, rows × factors; one bias per product. A step changes them in place. */
export interface BprFactors {
  readonly factors: number;
  readonly userFactors: Float32Array;
  readonly itemFactors: Float32Array;
  readonly itemBias: Float32Array;
}

/** How strongly each kind of number is held near 0. */
export interface BprRegularization {
  readonly userReg: number;
  /** Of what was chosen. */
  readonly positiveReg: number;
  /** Of what it is compared with. */
  readonly negativeReg: number;
  readonly biasReg: number;
}

/** −ln σ(x) = ln(1 + e^−x), where e^−x is too large for a number as well. */
export function logisticLoss(x: number): number {
  return x < -30 ? -x : Math.log1p(Math.exp(-x));
}

/** One step of length `rate` per triple, in their order. The sum of −ln σ as it was met on the way. */
export function climb(
  { factors, userFactors, itemFactors, itemBias }: BprFactors,
  { users, items, others }: Triples,
  rate: number,
  { userReg, positiveReg, negativeReg, biasReg }: BprRegularization,
): number {
  let loss = 0;
  for (let t = 0; t < users.length; t++) {
    const [i, j] = [items[t], others[t]];
    const p = users[t] * factors;
    const qi = i * factors;
    const qj = j * factors;
    let x = itemBias[i] - itemBias[j];
    for (let f = 0; f < factors; f++) x += userFactors[p + f] * (itemFactors[qi + f] - itemFactors[qj + f]);
    loss += logisticLoss(x);
    // ∂ ln σ(x) / ∂x = σ(−x)
    const error = 1 / (1 + Math.exp(x));
    itemBias[i] += rate * (error - biasReg * itemBias[i]);
    itemBias[j] -= rate * (error + biasReg * itemBias[j]);
    for (let f = 0; f < factors; f++) {
      const own = userFactors[p + f];
      const positive = itemFactors[qi + f];
      const negative = itemFactors[qj + f];
      userFactors[p + f] = own + rate * (error * (positive - negative) - userReg * own);
      itemFactors[qi + f] = positive + rate * (error * own - positiveReg * positive);
      itemFactors[qj + f] = negative - rate * (error * own + negativeReg * negative);
    }
  }
  return loss;
}
