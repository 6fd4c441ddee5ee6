import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { csrFromPairs, pairsFromCsr } from '../../base/sparse.ts';
import type { BiasedFactors, StochasticProblem } from '../device.ts';
import { stochasticDescent } from './stochastic-descent.ts';

const K = 3;
const PARTS = ['userFactors', 'itemFactors', 'userBias', 'itemBias'] as const;

const normals = (seed: number, length: number, deviation: number) => {
  const random = createRandom(seed);
  return random.normals(length, deviation);
};

function problemOf(values: number[][], changes: Partial<StochasticProblem> = {}): StochasticProblem {
  const cells = values.flatMap((row, user) => row.map((value, item) => ({ user, item, value })));
  const known = cells.filter(({ value }) => value > 0);
  const byUser = csrFromPairs(
    {
      users: Uint32Array.from(known, ({ user }) => user),
      items: Uint32Array.from(known, ({ item }) => item),
      values: Float32Array.from(known, ({ value }) => value),
    },
    values.length,
    values[0].length,
  );
  return {
    byUser,
    mean: 3,
    factors: K,
    grid: 2,
    step: 0.05,
    decay: 0.9,
    factorReg: 0.04,
    biasReg: 0.02,
    seed: 1,
    epoch: 0,
    initial: {
      userFactors: normals(1, byUser.rows * K, 0.5),
      itemFactors: normals(2, byUser.columns * K, 0.5),
      userBias: normals(3, byUser.rows, 0.5),
      itemBias: normals(4, byUser.columns, 0.5),
    },
    ...changes,
  };
}

/** What one update goes down: half of (r − r̂)² and of the weighted squares of the two rows it touches. */
function objective(problem: StochasticProblem, model: Record<(typeof PARTS)[number], Float64Array>): number {
  const { users, items, values } = pairsFromCsr(problem.byUser);
  let sum = 0;
  for (let p = 0; p < users.length; p++) {
    const [bu, bi] = [model.userBias[users[p]], model.itemBias[items[p]]];
    let predicted = problem.mean + bu + bi;
    let squares = 0;
    for (let f = 0; f < K; f++) {
      const [x, y] = [model.userFactors[users[p] * K + f], model.itemFactors[items[p] * K + f]];
      predicted += x * y;
      squares += x * x + y * y;
    }
    sum += (values[p] - predicted) ** 2 + problem.factorReg * squares + problem.biasReg * (bu * bu + bi * bi);
  }
  return sum / 2;
}

const doubles = (model: BiasedFactors) => ({
  userFactors: Float64Array.from(model.userFactors),
  itemFactors: Float64Array.from(model.itemFactors),
  userBias: Float64Array.from(model.userBias),
  itemBias: Float64Array.from(model.itemBias),
});

describe('stochastic gradient descent', () => {
  it('goes down the gradient of a rating’s own objective: checked by finite differences', async () => {
    const problem = problemOf([[4.5]]);
    const before = doubles(problem.initial);
    const descent = stochasticDescent(problem);
    await descent.sweep();
    const after = await descent.factors();
    const h = 1e-5;
    for (const part of PARTS) {
      for (let at = 0; at < before[part].length; at++) {
        const shifted = (by: number) => {
          const moved = doubles(problem.initial);
          moved[part][at] += by;
          return objective(problem, moved);
        };
        const gradient = (shifted(h) - shifted(-h)) / (2 * h);
        expect(after[part][at] - before[part][at]).toBeCloseTo(-problem.step * gradient, 6);
      }
    }
  });

  it('follows the gradient of the sum over all ratings when the step is small', async () => {
    const problem = problemOf(
      [
        [5, 3, 0],
        [4, 0, 1],
        [0, 2, 5],
        [1, 4, 0],
      ],
      { step: 1e-3, decay: 1 },
    );
    const before = doubles(problem.initial);
    const descent = stochasticDescent(problem);
    await descent.sweep();
    const after = await descent.factors();
    for (const part of PARTS) {
      for (let at = 0; at < before[part].length; at++) {
        const shifted = (by: number) => {
          const moved = doubles(problem.initial);
          moved[part][at] += by;
          return objective(problem, moved);
        };
        const gradient = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
        // what the updates before it have moved is of second order: step² times a few
        expect(after[part][at] - before[part][at]).toBeCloseTo(-problem.step * gradient, 4);
      }
    }
  });

  it('gives the mean of the squared errors as they were met', async () => {
    const problem = problemOf([[4.5]]);
    const descent = stochasticDescent(problem);
    const [first] = await descent.predict(pairsFromCsr(problem.byUser));
    expect((await descent.sweep()).loss).toBeCloseTo((4.5 - first) ** 2, 6);
    const [second] = await descent.predict(pairsFromCsr(problem.byUser));
    expect((await descent.sweep()).loss).toBeCloseTo((4.5 - second) ** 2, 6);
  });

  it('goes on where another left off: the epoch gives the step, the factors everything else', async () => {
    const problem = problemOf([
      [5, 3, 0],
      [4, 0, 1],
    ]);
    const whole = stochasticDescent(problem);
    for (let epoch = 0; epoch < 3; epoch++) await whole.sweep();
    const first = stochasticDescent(problem);
    await first.sweep();
    const rest = stochasticDescent({ ...problem, epoch: 1, initial: await first.factors() });
    await rest.sweep();
    await rest.sweep();
    expect(await rest.factors()).toEqual(await whole.factors());
  });

  it('finds planted factors again, from a start near nothing', async () => {
    const [users, items, truth] = [60, 50, 2];
    const [p, q] = [normals(5, users * truth, 0.8), normals(6, items * truth, 0.8)];
    const [bu, bi] = [normals(7, users, 0.3), normals(8, items, 0.3)];
    const planted = Array.from({ length: users }, (_, u) =>
      Array.from({ length: items }, (_, i) => {
        let value = 10 + bu[u] + bi[i];
        for (let f = 0; f < truth; f++) value += p[u * truth + f] * q[i * truth + f];
        return value;
      }),
    );
    // every third rating is kept back
    const seen = planted.map((row, u) => row.map((value, i) => ((u + i) % 3 === 0 ? 0 : value)));
    const start = {
      userFactors: normals(9, users * K, 0.003),
      itemFactors: normals(10, items * K, 0.003),
      userBias: new Float32Array(users),
      itemBias: new Float32Array(items),
    };
    const descent = stochasticDescent(
      problemOf(seen, { mean: 10, grid: 4, step: 0.05, decay: 0.99, factorReg: 0.002, biasReg: 0.002, initial: start }),
    );
    for (let epoch = 0; epoch < 150; epoch++) await descent.sweep();
    let squares = 0;
    let count = 0;
    for (let u = 0; u < users; u++) {
      for (let i = u % 3 === 0 ? 0 : 3 - (u % 3); i < items; i += 3) {
        const [found] = await descent.predict({ users: Uint32Array.of(u), items: Uint32Array.of(i) });
        squares += (found - planted[u][i]) ** 2;
        count++;
      }
    }
    // ratings spread by about 1; what was never shown comes back to a few hundredths
    expect(Math.sqrt(squares / count)).toBeLessThan(0.05);
  });

  it('refuses a grid that is no whole number, and wrong shapes', () => {
    expect(() => stochasticDescent(problemOf([[3]], { grid: 0 }))).toThrow(RangeError);
    expect(() => stochasticDescent(problemOf([[3]], { grid: 1.5 }))).toThrow(RangeError);
    expect(() => stochasticDescent(problemOf([[3]], { factors: K + 1 }))).toThrow(RangeError);
  });
});
