/** A problem of any size, made up from a seed: the ratings of generate-ratings.ts as matrices. */
import { createRandom } from '../../src/base/random.ts';
import { type Csr, transpose } from '../../src/base/sparse.ts';
import type { BiasedFactors, ExplicitProblem, SampledProblem, StochasticProblem } from '../../src/compute/device.ts';
import { generateRatings, type RatingsPlan } from '../generate-ratings.ts';

export interface Data {
  readonly plan: RatingsPlan;
  readonly byUser: Csr;
  readonly byItem: Csr;
  readonly mean: number;
}

/** λ₀ + λ₁·n for factors and for biases, as the product has them for a million ratings; sizes do not depend on them. */
const FACTOR_REG = [7, 0.03] as const;
const BIAS_REG = [2, 0.005] as const;
/** The recipe of algorithms.md §1, "second solver". */
const STEPS = { grid: 8, step: 0.06, decay: 0.85, factorReg: 0.045, biasReg: 0.03, initSd: 0.003 } as const;
const INITIAL_SD = 0.01;
const SEED = 7;

/** Columns ascending within every row, values along: products come in the order they were rated. */
export function madeUp(plan: RatingsPlan): Data {
  const { ratings, customers, products } = plan;
  const users = new Uint32Array(ratings);
  const items = new Uint32Array(ratings);
  const stars = new Float32Array(ratings);
  let at = 0;
  let sum = 0;
  for (const { rows, customer, product, value } of generateRatings(plan)) {
    for (let row = 0; row < rows; row++, at++) {
      users[at] = customer[row] - 1;
      items[at] = product[row] - 1;
      stars[at] = value[row];
      sum += value[row];
    }
  }
  const pointers = new Uint32Array(customers + 1);
  for (const user of users) pointers[user + 1]++;
  for (let user = 0; user < customers; user++) pointers[user + 1] += pointers[user];
  // Customers come one after the other already; twice over, a transpose sorts the products of each as well.
  const asGenerated: Csr = { rows: customers, columns: products, pointers, indices: items, values: stars };
  const byItem = transpose(asGenerated);
  return { plan, byItem, byUser: transpose(byItem), mean: sum / ratings };
}

const affine = ({ rows, pointers }: Csr, [base, slope]: readonly [number, number]) =>
  Float32Array.from({ length: rows }, (_, row) => base + slope * (pointers[row + 1] - pointers[row]));

function start({ byUser, byItem }: Data, factors: number, deviation: number): BiasedFactors {
  const random = createRandom(SEED);
  const normals = (rows: number) => random.normals(rows * factors, deviation);
  return {
    userFactors: normals(byUser.rows),
    itemFactors: normals(byItem.rows),
    userBias: new Float32Array(byUser.rows),
    itemBias: new Float32Array(byItem.rows),
  };
}

export function sweepProblem(data: Data, factors: number): ExplicitProblem {
  const { byUser, byItem, mean } = data;
  return {
    byUser,
    byItem,
    mean,
    factors,
    userFactorReg: affine(byUser, FACTOR_REG),
    userBiasReg: affine(byUser, BIAS_REG),
    itemFactorReg: affine(byItem, FACTOR_REG),
    itemBiasReg: affine(byItem, BIAS_REG),
    initial: start(data, factors, INITIAL_SD),
  };
}

export function stochasticProblem(data: Data, factors: number): StochasticProblem {
  const { initSd, ...recipe } = STEPS;
  const { byUser, mean } = data;
  return { ...recipe, byUser, mean, factors, seed: SEED, epoch: 0, initial: start(data, factors, initSd) };
}

export function sampledProblem(data: Data, factors: number): SampledProblem {
  const { byUser, byItem, mean } = data;
  return { byUser, byItem, mean, factors, seed: SEED, initial: start(data, factors, INITIAL_SD) };
}
