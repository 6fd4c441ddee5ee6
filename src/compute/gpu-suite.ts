/**
 * What both GPU devices must show in a real browser, against the reference device: the same numbers on ordinary,
 * tiny, empty, very long and degenerate inputs, the same bits twice, and a clean end when the hardware goes away.
 * Only tests import this file.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../base/error.ts';
import { createRandom, type Random } from '../base/random.ts';
import { type Csr, csrFromPairs, pairsFromCsr, transpose } from '../base/sparse.ts';
import {
  type ComputeDevice,
  type ExplicitProblem,
  type ImplicitProblem,
  NOT_FOUND,
  TOLERANCE,
  type TopKRequest,
} from './device.ts';
import { createReferenceDevice } from './reference/device.ts';

export interface LosableDevice extends ComputeDevice {
  simulateLoss(): void;
}

/** Shape of a random matrix: `lengths(u)` entries in user row u. */
interface Shape {
  readonly users: number;
  readonly items: number;
  readonly lengths: (user: number) => number;
}

const dense = (users: number, items: number, length: number): Shape => ({ users, items, lengths: () => length });

/** Row 0 has an entry with every item but the last; the last item and every seventh row have none. */
const uneven = (longest: number): Shape => ({
  users: 30,
  items: longest + 1,
  lengths: (u) => (u === 0 ? longest : u % 7 === 1 ? 0 : u + 3),
});
const ordinary = dense(50, 40, 12);

function randomMatrix(shape: Shape, random: Random, value: (user: number, item: number) => number): Csr {
  const users: number[] = [];
  const items: number[] = [];
  const values: number[] = [];
  const columns = Uint32Array.from({ length: Math.max(1, shape.items - 1) }, (_, i) => i);
  for (let u = 0; u < shape.users; u++) {
    random.shuffle(columns);
    for (const item of columns.subarray(0, shape.lengths(u))) {
      users.push(u);
      items.push(item);
      values.push(value(u, item));
    }
  }
  const pairs = { users: Uint32Array.from(users), items: Uint32Array.from(items), values: Float32Array.from(values) };
  return csrFromPairs(pairs, shape.users, shape.items);
}

/** Standard deviation of initial factors and biases. */
const SCALE = 0.1;

const normals = (random: Random, length: number, deviation: number) =>
  Float32Array.from({ length }, () => deviation * random.normal());

/** λ₀ + λ₁·n for every row. */
const affine = (matrix: Csr, base: number, slope: number) =>
  Float32Array.from({ length: matrix.rows }, (_, r) => base + slope * (matrix.pointers[r + 1] - matrix.pointers[r]));

function explicitCase(shape: Shape, factors: number, seed: number, value?: (u: number, i: number) => number) {
  const random = createRandom(seed);
  const byUser = randomMatrix(shape, random, value ?? (() => 1 + random.integer(5)));
  const byItem = transpose(byUser);
  return {
    byUser,
    byItem,
    mean: 3,
    factors,
    userFactorReg: affine(byUser, 2, 0.04),
    userBiasReg: affine(byUser, 2, 0.005),
    itemFactorReg: affine(byItem, 2, 0.04),
    itemBiasReg: affine(byItem, 2, 0.005),
    initial: {
      userFactors: normals(random, shape.users * factors, SCALE),
      itemFactors: normals(random, shape.items * factors, SCALE),
      userBias: normals(random, shape.users, SCALE),
      itemBias: normals(random, shape.items, SCALE),
    },
  } satisfies ExplicitProblem;
}

function implicitCase(shape: Shape, factors: number, seed: number) {
  const random = createRandom(seed);
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
      userFactors: normals(random, shape.users * factors, SCALE),
      itemFactors: normals(random, shape.items * factors, SCALE),
    },
  } satisfies ImplicitProblem;
}

/** Largest difference over the largest expected number, but never over less than the scale of the first factors. */
function difference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  let worst = 0;
  for (let at = 0; at < expected.length; at++) {
    largest = Math.max(largest, Math.abs(expected[at]));
    // Math.max keeps NaN, which then fails every comparison
    worst = Math.max(worst, Math.abs(actual[at] - expected[at]));
  }
  return worst / Math.max(largest, SCALE);
}

const same = (a: Float32Array, b: Float32Array) => a.length === b.length && a.every((x, at) => Object.is(x, b[at]));

async function expectSameExplicit(device: ComputeDevice, problem: ExplicitProblem, sweeps = 2): Promise<void> {
  const actual = await device.explicitDescent(problem);
  const expected = await createReferenceDevice().explicitDescent(problem);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const loss = (await actual.sweep()).loss;
    expect(Math.abs(loss - (await expected.sweep()).loss)).toBeLessThanOrEqual(TOLERANCE.kernel * Math.max(1, loss));
  }
  const [found, wanted] = [await actual.factors(), await expected.factors()];
  for (const part of ['userFactors', 'itemFactors', 'userBias', 'itemBias'] as const) {
    expect(difference(found[part], wanted[part]), part).toBeLessThanOrEqual(TOLERANCE.kernel);
  }
  const pairs = pairsFromCsr(problem.byUser);
  expect(difference(await actual.predict(pairs), await expected.predict(pairs))).toBeLessThanOrEqual(TOLERANCE.kernel);
  actual.destroy();
  actual.destroy();
}

async function expectSameImplicit(device: ComputeDevice, problem: ImplicitProblem, sweeps = 2): Promise<void> {
  const actual = await device.implicitDescent(problem);
  const expected = await createReferenceDevice().implicitDescent(problem);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const loss = (await actual.sweep()).loss;
    expect(Math.abs(loss - (await expected.sweep()).loss)).toBeLessThanOrEqual(TOLERANCE.kernel * Math.max(1, loss));
  }
  const [found, wanted] = [await actual.factors(), await expected.factors()];
  expect(difference(found.userFactors, wanted.userFactors)).toBeLessThanOrEqual(TOLERANCE.kernel);
  expect(difference(found.itemFactors, wanted.itemFactors)).toBeLessThanOrEqual(TOLERANCE.kernel);
  actual.destroy();
  actual.destroy();
}

/** Same keys, best first; where scores differ only by rounding two keys may have changed places. */
async function expectSameTopK(device: ComputeDevice, request: TopKRequest): Promise<void> {
  const actual = await device.topK(request);
  const expected = await createReferenceDevice().topK(request);
  expect(actual.indices.length).toBe(expected.indices.length);
  for (let at = 0; at < expected.indices.length; at++) {
    if (expected.indices[at] === NOT_FOUND) {
      expect(actual.indices[at]).toBe(NOT_FOUND);
      expect(actual.scores[at]).toBe(Number.NEGATIVE_INFINITY);
      continue;
    }
    const apart = Math.abs(actual.scores[at] - expected.scores[at]);
    expect(apart).toBeLessThanOrEqual(TOLERANCE.kernel * Math.max(1, Math.abs(expected.scores[at])));
    if (actual.indices[at] !== expected.indices[at]) {
      const row = at - (at % request.count);
      const neighbours = [at - 1, at + 1].filter((near) => near >= row && near < row + request.count);
      expect(neighbours.some((near) => Math.abs(expected.scores[near] - expected.scores[at]) < 1e-5)).toBe(true);
    }
  }
}

export function describeGpuDevice(name: string, create: () => Promise<LosableDevice>): void {
  describe(`${name} against the reference device`, () => {
    let device: LosableDevice;
    beforeAll(async () => {
      device = await create();
    });
    afterAll(() => {
      device.destroy();
      device.destroy();
    });

    it.each([1, 8, 17, 32, 64])('explicit descent, k = %i', (factors) =>
      expectSameExplicit(device, explicitCase(ordinary, factors, factors)),
    );

    it.each([1, 8, 17, 32, 64])('implicit descent, k = %i', (factors) =>
      expectSameImplicit(device, implicitCase(ordinary, factors, factors)),
    );

    it('rows of 5,000 entries beside empty ones, from both sides', async () => {
      const problem = explicitCase(uneven(5000), 5, 3);
      await expectSameExplicit(device, problem, 1);
      const turned = explicitCase(uneven(1300), 6, 3);
      await expectSameExplicit(device, {
        ...turned,
        byUser: turned.byItem,
        byItem: turned.byUser,
        userFactorReg: turned.itemFactorReg,
        userBiasReg: turned.itemBiasReg,
        itemFactorReg: turned.userFactorReg,
        itemBiasReg: turned.userBiasReg,
        initial: {
          userFactors: turned.initial.itemFactors,
          itemFactors: turned.initial.userFactors,
          userBias: turned.initial.itemBias,
          itemBias: turned.initial.userBias,
        },
      });
      await expectSameImplicit(device, implicitCase(uneven(1300), 6, 4));
    });

    it('one customer, one product', async () => {
      await expectSameExplicit(device, explicitCase({ users: 1, items: 1, lengths: () => 1 }, 3, 5));
      await expectSameImplicit(device, implicitCase({ users: 1, items: 1, lengths: () => 1 }, 3, 5));
    });

    it('nothing at all', async () => {
      await expectSameExplicit(device, explicitCase(dense(3, 2, 0), 2, 6));
      await expectSameImplicit(device, implicitCase(dense(3, 2, 0), 2, 6));
      await expectSameExplicit(device, explicitCase({ users: 0, items: 0, lengths: () => 0 }, 2, 6));
    });

    it('all ratings equal', () =>
      expectSameExplicit(
        device,
        explicitCase(ordinary, 8, 7, () => 3),
      ));

    it('leaves coordinates without any curvature where they are', async () => {
      const problem = explicitCase(ordinary, 5, 8);
      const zeros = (array: Float32Array) => new Float32Array(array.length);
      await expectSameExplicit(device, {
        ...problem,
        userFactorReg: zeros(problem.userFactorReg),
        itemFactorReg: zeros(problem.itemFactorReg),
        initial: {
          ...problem.initial,
          userFactors: zeros(problem.initial.userFactors),
          itemFactors: zeros(problem.initial.itemFactors),
        },
      });
    });

    it('ten sweeps on a low-rank matrix: RMSE and predictions of unseen pairs', async () => {
      const random = createRandom(9);
      const [users, items, rank] = [400, 300, 4];
      const left = normals(random, users * rank, 0.7);
      const right = normals(random, items * rank, 0.7);
      const truth = (u: number, i: number) => {
        let sum = 3;
        for (let f = 0; f < rank; f++) sum += left[u * rank + f] * right[i * rank + f];
        return sum;
      };
      const problem = explicitCase(dense(users, items, 30), 16, 10, (u, i) => truth(u, i) + 0.2 * random.normal());
      const unseen = {
        users: Uint32Array.from({ length: 2000 }, () => random.integer(users)),
        items: Uint32Array.from({ length: 2000 }, () => random.integer(items - 1)),
      };
      const run = async (on: ComputeDevice) => {
        const descent = await on.explicitDescent(problem);
        for (let sweep = 0; sweep < 10; sweep++) await descent.sweep();
        const predictions = await descent.predict(unseen);
        descent.destroy();
        const squares = predictions.reduce((sum, x, p) => sum + (x - truth(unseen.users[p], unseen.items[p])) ** 2, 0);
        return { predictions, rmse: Math.sqrt(squares / predictions.length) };
      };
      const [first, second, expected] = [await run(device), await run(device), await run(createReferenceDevice())];
      expect(expected.rmse).toBeLessThan(0.5);
      expect(Math.abs(first.rmse - expected.rmse)).toBeLessThanOrEqual(TOLERANCE.rmse);
      const apart = first.predictions.map((x, p) => Math.abs(x - expected.predictions[p]));
      expect(Math.max(...apart)).toBeLessThanOrEqual(TOLERANCE.predictions);
      expect(same(first.predictions, second.predictions)).toBe(true);
    });

    it('gives the same bits twice', async () => {
      const run = async () => {
        const descent = await device.implicitDescent(implicitCase(uneven(600), 6, 11));
        const losses = [(await descent.sweep()).loss, (await descent.sweep()).loss];
        const { userFactors, itemFactors } = await descent.factors();
        descent.destroy();
        return { losses, userFactors, itemFactors };
      };
      const [first, second] = [await run(), await run()];
      expect(first.losses).toEqual(second.losses);
      expect(same(first.userFactors, second.userFactors)).toBe(true);
      expect(same(first.itemFactors, second.itemFactors)).toBe(true);
    });

    it.each([
      [1, 1, 1],
      [3, 70, 17],
      [130, 65, 8],
    ])('dots of %i × %i rows, k = %i', async (m, n, factors) => {
      const random = createRandom(12);
      const [a, b] = [normals(random, m * factors, 1), normals(random, n * factors, 1)];
      const expected = await createReferenceDevice().dots(a, b, factors);
      expect(difference(await device.dots(a, b, factors), expected)).toBeLessThanOrEqual(TOLERANCE.kernel);
    });

    it('top-k with biases, exclusions, ties and too few keys', async () => {
      const random = createRandom(13);
      const [m, n, factors] = [20, 300, 9];
      const keys = normals(random, n * factors, 1);
      // key 7 is key 3 again: a tie that goes to 3
      keys.copyWithin(7 * factors, 3 * factors, 4 * factors);
      const queries = normals(random, m * factors, 1);
      queries.set(keys.subarray(3 * factors, 4 * factors), 0);
      queries.forEach((x, f) => {
        if (f < factors) queries[f] = 3 * x;
      });
      await expectSameTopK(device, { queries, keys, factors, count: 10 });
      const tied = await device.topK({ queries, keys, factors, count: 2 });
      expect([...tied.indices.subarray(0, 2)]).toEqual([3, 7]);

      const excluded = Array.from({ length: m }, (_, q) =>
        Array.from({ length: n }, (_, key) => key).filter((key) => q === 1 || (key * 7 + q) % 3 === 0),
      );
      const exclude = {
        pointers: Uint32Array.from([0, ...excluded.map((_, q) => excluded.slice(0, q + 1).flat().length)]),
        indices: Uint32Array.from(excluded.flat()),
      };
      const keyBias = normals(random, n, 1);
      await expectSameTopK(device, { queries, keys, factors, keyBias, exclude, count: 10 });
      await expectSameTopK(device, { queries, keys, factors, keyBias, exclude, count: n + 5 });
      await expectSameTopK(device, { queries, keys, factors, count: 0 });
      await expectSameTopK(device, { queries: new Float32Array(0), keys, factors, count: 3 });
    });

    it('stops a top-k whose signal has fired', async () => {
      const request = { queries: Float32Array.of(1), keys: Float32Array.of(1), factors: 1, count: 1 };
      await expect(device.topK({ ...request, signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'cancelled',
      });
    });

    it('refuses wrong shapes', async () => {
      const problem = explicitCase(ordinary, 3, 14);
      await expect(device.explicitDescent({ ...problem, byItem: problem.byUser })).rejects.toThrow(RangeError);
      await expect(device.dots(new Float32Array(3), new Float32Array(2), 2)).rejects.toThrow(RangeError);
    });
  });

  describe(`${name} going away`, () => {
    it('rejects pending and later calls with deviceLost and resolves lost', async () => {
      const device = await create();
      const descent = await device.explicitDescent(explicitCase(dense(200, 100, 50), 32, 15));
      await descent.sweep();
      const pending = descent.sweep();
      device.simulateLoss();
      await expect(pending).rejects.toMatchObject({ name: 'AppError', code: 'deviceLost' });
      const error: AppError = await device.lost;
      expect(error).toMatchObject({ code: 'deviceLost', params: { device: device.info.kind } });
      await expect(descent.sweep()).rejects.toMatchObject({ code: 'deviceLost' });
      await expect(descent.factors()).rejects.toMatchObject({ code: 'deviceLost' });
      await expect(device.dots(Float32Array.of(1), Float32Array.of(1), 1)).rejects.toMatchObject({
        code: 'deviceLost',
      });
      descent.destroy();
      descent.destroy();
      device.destroy();
      device.destroy();
    });

    it('does not call an intended end a loss', async () => {
      const device = await create();
      device.destroy();
      const outcome = await Promise.race([
        device.lost.then(() => 'lost'),
        new Promise((resolve) => setTimeout(() => resolve('quiet'), 100)),
      ]);
      expect(outcome).toBe('quiet');
      await expect(device.dots(Float32Array.of(1), Float32Array.of(1), 1)).rejects.toMatchObject({
        code: 'deviceLost',
      });
    });
  });
}
