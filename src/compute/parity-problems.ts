/**
 * Seeded problems on which devices are held against one another: ratings, choices, lists and matrices of any shape. Used
 * by the self-test at run time and by tests.
 */
import { createRandom, type Random } from '../base/random.ts';
import { type Csr, csrFromPairs, transpose } from '../base/sparse.ts';
import type { ExplicitProblem, ImplicitProblem, SampledProblem, StochasticProblem, TopKRequest } from './device.ts';

/** How long each user row of a random matrix is, over `items` columns. */
export interface Shape {
  readonly users: number;
  readonly items: number;
  length(user: number): number;
}

export const even = (users: number, items: number, length: number): Shape => ({ users, items, length: () => length });

/** A matrix of the shape, columns drawn without repetition, the last column always empty where there are several. */
export function randomMatrix(shape: Shape, random: Random, value: () => number): Csr {
  const columns = Uint32Array.from({ length: Math.max(1, shape.items - 1) }, (_, i) => i);
  const users: number[] = [];
  const items: number[] = [];
  const values: number[] = [];
  for (let u = 0; u < shape.users; u++) {
    for (const item of random.shuffle(columns).subarray(0, shape.length(u))) {
      users.push(u);
      items.push(item);
      values.push(value());
    }
  }
  const pairs = { users: Uint32Array.from(users), items: Uint32Array.from(items), values: Float32Array.from(values) };
  return csrFromPairs(pairs, shape.users, shape.items);
}

/** λ₀ + λ₁·n for every row. */
const affine = (matrix: Csr, base: number, slope: number) =>
  Float32Array.from({ length: matrix.rows }, (_, r) => base + slope * (matrix.pointers[r + 1] - matrix.pointers[r]));

/** A seeded explicit problem; ratings 1 to 5 unless `value` says otherwise. */
export function explicitProblem(shape: Shape, factors: number, value?: (random: Random) => number): ExplicitProblem {
  const random = createRandom(1 + factors);
  const byUser = randomMatrix(shape, random, () => (value ? value(random) : 1 + random.integer(5)));
  const byItem = transpose(byUser);
  return {
    byUser,
    byItem,
    mean: 3,
    factors,
    userFactorReg: affine(byUser, 2, 0.04),
    userBiasReg: affine(byUser, 1, 0.005),
    itemFactorReg: affine(byItem, 2, 0.04),
    itemBiasReg: affine(byItem, 1, 0.005),
    initial: {
      userFactors: random.normals(shape.users * factors, 0.1),
      itemFactors: random.normals(shape.items * factors, 0.1),
      userBias: random.normals(shape.users, 0.1),
      itemBias: random.normals(shape.items, 0.1),
    },
  };
}

/** The ratings of `explicitProblem`, to be sampled. */
export const sampledProblem = (shape: Shape, factors: number, value?: (random: Random) => number): SampledProblem => ({
  ...explicitProblem(shape, factors, value),
  seed: 3 + factors,
});

/** The explicit problem of the same shape as stochastic descent takes it, in a grid of 4, after one epoch. */
export function stochasticProblem(shape: Shape, factors: number): StochasticProblem {
  const { byUser, mean, initial } = explicitProblem(shape, factors);
  const steps = { step: 0.05, decay: 0.9, factorReg: 0.04, biasReg: 0.03 };
  return { byUser, mean, factors, grid: 4, ...steps, seed: 5, epoch: 1, initial };
}

/** A seeded implicit problem with confidences from 1 to 3. */
export function implicitProblem(shape: Shape, factors: number): ImplicitProblem {
  const random = createRandom(2 + factors);
  const byUser = randomMatrix(shape, random, () => 1 + random.integer(3));
  const byItem = transpose(byUser);
  return {
    byUser,
    byItem,
    factors,
    unobservedWeight: 0.1,
    userReg: affine(byUser, 1, 0.05),
    itemReg: affine(byItem, 1, 0.05),
    initial: {
      userFactors: random.normals(shape.users * factors, 0.1),
      itemFactors: random.normals(shape.items * factors, 0.1),
    },
  };
}

/** A top-K request; `whole` draws small whole numbers, whose scores are exact on every device and often tie. */
export function topKRequest(m: number, n: number, factors: number, count: number, whole: boolean): TopKRequest {
  const random = createRandom(m + n + factors);
  const draw = (length: number) =>
    whole ? Float32Array.from({ length }, () => random.integer(5) - 2) : random.normals(length, 1);
  const excluded: number[] = [];
  const pointers = Uint32Array.from({ length: m + 1 }, (_, q) => {
    if (q > 0) for (let key = 0; key < n; key++) if ((7 * key + q) % 3 === 0) excluded.push(key);
    return excluded.length;
  });
  return {
    queries: draw(m * factors),
    keys: draw(n * factors),
    keyBias: draw(n),
    factors,
    exclude: { pointers, indices: Uint32Array.from(excluded) },
    count,
  };
}

/** X Xᵀ + λI, size × size, symmetric, its condition about 150 (Marchenko & Pastur 1967). */
export function positiveDefinite(size: number): Float32Array {
  const random = createRandom(size);
  const columns = Math.ceil(size / 2);
  const x = random.normals(size * columns, 1);
  const matrix = new Float32Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = a === b ? size / 50 : 0;
      for (let c = 0; c < columns; c++) sum += x[a * columns + c] * x[b * columns + c];
      matrix[a * size + b] = sum;
      matrix[b * size + a] = sum;
    }
  }
  return matrix;
}
