import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { csrFromPairs, type Pairs, pairsFromCsr, transpose } from '../../base/sparse.ts';
import type { ExplicitProblem, ImplicitProblem } from '../device.ts';
import { explicitDescent } from './explicit-descent.ts';
import { implicitDescent } from './implicit-descent.ts';

const USERS = 5;
const ITEMS = 4;
const K = 3;
const random = createRandom(11);
const uniform = (length: number, scale: number, offset = 0) =>
  Float32Array.from({ length }, () => offset + scale * (random.next() - 0.5));

/** Random pairs; the last user and the last item stay without any. */
function somePairs(): Pairs {
  const users: number[] = [];
  const items: number[] = [];
  for (let u = 0; u < USERS - 1; u++) {
    for (let i = 0; i < ITEMS - 1; i++) {
      if ((u + i) % 3 === 0) continue;
      users.push(u);
      items.push(i);
    }
  }
  return { users: Uint32Array.from(users), items: Uint32Array.from(items), values: uniform(users.length, 4, 3) };
}

function explicitProblem(): ExplicitProblem {
  const byUser = csrFromPairs(somePairs(), USERS, ITEMS);
  return {
    byUser,
    byItem: transpose(byUser),
    mean: 3,
    factors: K,
    userFactorReg: uniform(USERS, 0.5, 0.5),
    userBiasReg: uniform(USERS, 0.5, 0.5),
    itemFactorReg: uniform(ITEMS, 0.5, 0.5),
    itemBiasReg: uniform(ITEMS, 0.5, 0.5),
    initial: {
      userFactors: uniform(USERS * K, 1),
      itemFactors: uniform(ITEMS * K, 1),
      userBias: uniform(USERS, 1),
      itemBias: uniform(ITEMS, 1),
    },
  };
}

function implicitProblem(): ImplicitProblem {
  const byUser = csrFromPairs(somePairs(), USERS, ITEMS);
  return {
    byUser,
    byItem: transpose(byUser),
    factors: K,
    unobservedWeight: 0.3,
    userReg: uniform(USERS, 0.5, 0.5),
    itemReg: uniform(ITEMS, 0.5, 0.5),
    initial: { userFactors: uniform(USERS * K, 1), itemFactors: uniform(ITEMS * K, 1) },
  };
}

const weightedSquares = (reg: Float32Array, values: ArrayLike<number>, width: number) =>
  reg.reduce((sum, weight, row) => {
    for (let f = 0; f < width; f++) sum += weight * values[row * width + f] ** 2;
    return sum;
  }, 0);

type Doubles<T> = { [Key in keyof T]: Float64Array };

/** The explicit objective, straight from its definition over dense pairs. */
function explicitObjective(problem: ExplicitProblem, model: Doubles<ExplicitProblem['initial']>): number {
  const { users, items, values } = pairsFromCsr(problem.byUser);
  let sum = 0;
  for (let p = 0; p < users.length; p++) {
    let predicted = problem.mean + model.userBias[users[p]] + model.itemBias[items[p]];
    for (let f = 0; f < K; f++) predicted += model.userFactors[users[p] * K + f] * model.itemFactors[items[p] * K + f];
    sum += (values[p] - predicted) ** 2;
  }
  return (
    sum +
    weightedSquares(problem.userFactorReg, model.userFactors, K) +
    weightedSquares(problem.itemFactorReg, model.itemFactors, K) +
    weightedSquares(problem.userBiasReg, model.userBias, 1) +
    weightedSquares(problem.itemBiasReg, model.itemBias, 1)
  );
}

/** The implicit objective over every pair, without the Gram trick. */
function implicitObjective(problem: ImplicitProblem, model: Doubles<ImplicitProblem['initial']>): number {
  let sum = 0;
  const confidence = new Map(
    Array.from(pairsFromCsr(problem.byUser).users, (u, p) => [
      u * ITEMS + problem.byUser.indices[p],
      problem.byUser.values[p],
    ]),
  );
  for (let u = 0; u < USERS; u++) {
    for (let i = 0; i < ITEMS; i++) {
      let score = 0;
      for (let f = 0; f < K; f++) score += model.userFactors[u * K + f] * model.itemFactors[i * K + f];
      sum += (confidence.get(u * ITEMS + i) ?? 0) * (1 - score) ** 2 + problem.unobservedWeight * score ** 2;
    }
  }
  return (
    sum +
    weightedSquares(problem.userReg, model.userFactors, K) +
    weightedSquares(problem.itemReg, model.itemFactors, K)
  );
}

/** Moves one coordinate to the vertex of the parabola that three values of the objective lie on. */
function minimizeCoordinate(values: Float64Array, at: number, objective: () => number): void {
  const x = values[at];
  const middle = objective();
  values[at] = x + 1;
  const right = objective();
  values[at] = x - 1;
  const left = objective();
  values[at] = x + (left - right) / (2 * (left - 2 * middle + right));
}

const zeroRow = (values: Float64Array, row: number, width: number) => values.fill(0, row * width, (row + 1) * width);

function expectClose(actual: Float32Array, expected: Float64Array): void {
  for (let at = 0; at < expected.length; at++) expect(actual[at]).toBeCloseTo(expected[at], 4);
}

describe('explicit coordinate descent', () => {
  it('puts every coordinate, in its order, on the minimum of the objective', async () => {
    const problem = explicitProblem();
    const model = {
      userFactors: Float64Array.from(problem.initial.userFactors),
      itemFactors: Float64Array.from(problem.initial.itemFactors),
      userBias: Float64Array.from(problem.initial.userBias),
      itemBias: Float64Array.from(problem.initial.itemBias),
    };
    const descent = explicitDescent(problem);
    for (let sweep = 0; sweep < 3; sweep++) {
      const { loss } = await descent.sweep();
      const sides = [
        { rows: USERS, bias: model.userBias, factors: model.userFactors },
        { rows: ITEMS, bias: model.itemBias, factors: model.itemFactors },
      ];
      for (const { rows, bias, factors } of sides) {
        for (let row = 0; row < rows - 1; row++) {
          minimizeCoordinate(bias, row, () => explicitObjective(problem, model));
          for (let f = 0; f < K; f++) {
            minimizeCoordinate(factors, row * K + f, () => explicitObjective(problem, model));
          }
        }
        zeroRow(bias, rows - 1, 1);
        zeroRow(factors, rows - 1, K);
      }
      const actual = await descent.factors();
      expectClose(actual.userFactors, model.userFactors);
      expectClose(actual.itemFactors, model.itemFactors);
      expectClose(actual.userBias, model.userBias);
      expectClose(actual.itemBias, model.itemBias);

      const pairs = pairsFromCsr(problem.byUser);
      const predicted = await descent.predict(pairs);
      const squares = predicted.reduce((sum, value, p) => sum + (pairs.values[p] - value) ** 2, 0);
      expect(loss).toBeCloseTo(squares / predicted.length, 5);
    }
  });

  it('solves one rating by hand: bias 2/(1+1) = 1, then (2 − 1)/(1+1) = 0.5', async () => {
    const byUser = csrFromPairs(
      { users: Uint32Array.of(0), items: Uint32Array.of(0), values: Float32Array.of(5) },
      1,
      1,
    );
    const one = Float32Array.of(1);
    const zero = Float32Array.of(0);
    const descent = explicitDescent({
      byUser,
      byItem: transpose(byUser),
      mean: 3,
      factors: 1,
      userFactorReg: one,
      userBiasReg: one,
      itemFactorReg: one,
      itemBiasReg: one,
      initial: { userFactors: zero, itemFactors: zero, userBias: zero, itemBias: zero },
    });
    expect(await descent.sweep()).toEqual({ loss: 0.25 });
    expect(await descent.factors()).toEqual({
      userFactors: zero,
      itemFactors: zero,
      userBias: one,
      itemBias: Float32Array.of(0.5),
    });
    expect(await descent.predict({ users: Uint32Array.of(0), items: Uint32Array.of(0) })).toEqual(Float32Array.of(4.5));
  });

  it('leaves coordinates without any curvature where they are', async () => {
    const problem = explicitProblem();
    const descent = explicitDescent({
      ...problem,
      itemFactorReg: new Float32Array(ITEMS),
      userFactorReg: new Float32Array(USERS),
      initial: {
        ...problem.initial,
        userFactors: new Float32Array(USERS * K),
        itemFactors: new Float32Array(ITEMS * K),
      },
    });
    expect(Number.isFinite((await descent.sweep()).loss)).toBe(true);
    expect((await descent.factors()).userFactors).toEqual(new Float32Array(USERS * K));
  });

  it('refuses wrong shapes and rows outside the model', async () => {
    const problem = explicitProblem();
    expect(() => explicitDescent({ ...problem, userBiasReg: new Float32Array(1) })).toThrow(RangeError);
    expect(() => explicitDescent({ ...problem, byItem: problem.byUser })).toThrow(RangeError);
    await expect(
      explicitDescent(problem).predict({ users: Uint32Array.of(0), items: Uint32Array.of(ITEMS) }),
    ).rejects.toThrow(RangeError);
  });
});

describe('implicit coordinate descent', () => {
  it('puts every coordinate, in its order, on the minimum of the objective over all pairs', async () => {
    const problem = implicitProblem();
    const model = {
      userFactors: Float64Array.from(problem.initial.userFactors),
      itemFactors: Float64Array.from(problem.initial.itemFactors),
    };
    const descent = implicitDescent(problem);
    const confidence = problem.byUser.values.reduce((sum, c) => sum + c, 0);
    const free = { ...problem, userReg: new Float32Array(USERS), itemReg: new Float32Array(ITEMS) };
    let before = Number.POSITIVE_INFINITY;
    for (let sweep = 0; sweep < 3; sweep++) {
      const { loss } = await descent.sweep();
      for (const [rows, factors] of [
        [USERS, model.userFactors],
        [ITEMS, model.itemFactors],
      ] as const) {
        for (let row = 0; row < rows - 1; row++) {
          for (let f = 0; f < K; f++) {
            minimizeCoordinate(factors, row * K + f, () => implicitObjective(problem, model));
          }
        }
        zeroRow(factors, rows - 1, K);
      }
      const actual = await descent.factors();
      expectClose(actual.userFactors, model.userFactors);
      expectClose(actual.itemFactors, model.itemFactors);
      expect(loss).toBeCloseTo(implicitObjective(free, model) / confidence, 5);
      const now = implicitObjective(problem, model);
      expect(now).toBeLessThan(before);
      before = now;
    }
  });
});
