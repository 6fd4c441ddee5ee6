/**
 * What both GPU devices must show in a real browser: the numbers of the reference device, the same bits twice, ten
 * sweeps that end in the same place, and a clean end when the hardware goes away. Only tests import this file.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { transpose } from '../base/sparse.ts';
import { type ComputeDevice, type ExplicitProblem, TOLERANCE } from './device.ts';
import { type ParityCase, parityCases } from './parity-cases.ts';
import { even, explicitProblem, implicitProblem, sampledProblem } from './parity-problems.ts';
import { createReferenceDevice } from './reference/device.ts';

export interface LosableDevice extends ComputeDevice {
  simulateLoss(): void;
}

const reference = createReferenceDevice();

/** The difference of one parity case from the reference, asserted. */
export async function expectParity(device: ComputeDevice, parity: ParityCase): Promise<void> {
  expect(await parity.difference(device, reference), parity.name).toBeLessThanOrEqual(TOLERANCE.kernel);
}

const RANK = 4;

/** Noisy ratings of a rank-4 truth, with pairs that were not rated and their true values. */
function lowRank(users: number, items: number) {
  const random = createRandom(9);
  const factors = random.normals((users + items) * RANK, 0.7);
  const truth = (u: number, i: number) => {
    let sum = 3;
    for (let f = 0; f < RANK; f++) sum += factors[u * RANK + f] * factors[(users + i) * RANK + f];
    return sum;
  };
  const problem = explicitProblem(even(users, items, 30), 16);
  const { pointers, indices, values } = problem.byUser;
  for (let u = 0; u < users; u++) {
    for (let e = pointers[u]; e < pointers[u + 1]; e++) values[e] = truth(u, indices[e]) + 0.2 * random.normal();
  }
  const unseen = {
    users: Uint32Array.from({ length: 2000 }, () => random.integer(users)),
    // the last item of an even problem has no ratings
    items: Uint32Array.from({ length: 2000 }, () => random.integer(items - 1)),
  };
  const answers = Float32Array.from(unseen.users, (u, p) => truth(u, unseen.items[p]));
  return { problem: { ...problem, byItem: transpose(problem.byUser) }, unseen, answers };
}

async function tenSweeps(device: ComputeDevice, { problem, unseen, answers }: ReturnType<typeof lowRank>) {
  const descent = await device.explicitDescent(problem);
  for (let sweep = 0; sweep < 10; sweep++) await descent.sweep();
  const predictions = await descent.predict(unseen);
  descent.destroy();
  const squares = predictions.reduce((sum, x, p) => sum + (x - answers[p]) ** 2, 0);
  return { predictions, rmse: Math.sqrt(squares / predictions.length) };
}

/** Users and items exchanged. */
function turned(problem: ExplicitProblem): ExplicitProblem {
  const { initial } = problem;
  return {
    ...problem,
    byUser: problem.byItem,
    byItem: problem.byUser,
    userFactorReg: problem.itemFactorReg,
    userBiasReg: problem.itemBiasReg,
    itemFactorReg: problem.userFactorReg,
    itemBiasReg: problem.userBiasReg,
    initial: {
      userFactors: initial.itemFactors,
      itemFactors: initial.userFactors,
      userBias: initial.itemBias,
      itemBias: initial.userBias,
    },
  };
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

    it.each(parityCases().map((parity) => [parity.name, parity] as const))('%s', (_, parity) =>
      expectParity(device, parity),
    );

    it('has every operation of its kind', () => {
      const { kind } = device.info;
      expect(kind).toBe(name);
      expect(typeof device.autoencoder).toBe('function');
      expect(typeof device.sampledDescent).toBe('function');
      expect(typeof device.stochasticDescent).toBe(kind === 'webgl' ? 'undefined' : 'function');
    });

    it('ends where the reference ends after ten sweeps, twice with the same bits', async () => {
      const data = lowRank(400, 300);
      const [first, second] = [await tenSweeps(device, data), await tenSweeps(device, data)];
      const expected = await tenSweeps(reference, data);
      // the truth was found, so the comparison is about something
      expect(expected.rmse).toBeLessThan(0.5);
      expect(Math.abs(first.rmse - expected.rmse)).toBeLessThanOrEqual(TOLERANCE.rmse);
      const apart = first.predictions.map((x, p) => Math.abs(x - expected.predictions[p]));
      expect(Math.max(...apart)).toBeLessThanOrEqual(TOLERANCE.predictions);
      expect(second).toEqual(first);
    });

    it('gives the same bits twice for choices, with a long row on either side, and leaves its inputs alone', async () => {
      const shape = { users: 30, items: 601, length: (u: number) => (u === 0 ? 600 : u + 3) };
      const problems = [implicitProblem(shape, 6), explicitProblem(shape, 6), turned(explicitProblem(shape, 6))];
      const before = structuredClone(problems);
      const run = async (on: ComputeDevice) => {
        const results: unknown[] = [];
        for (const problem of problems) {
          const descent = 'mean' in problem ? await on.explicitDescent(problem) : await on.implicitDescent(problem);
          results.push(await descent.sweep(), await descent.sweep(), await descent.factors());
          descent.destroy();
        }
        const sampled = await on.sampledDescent?.(sampledProblem(shape, 6));
        const priors = { means: new Float32Array(7), precisions: new Float32Array(7).fill(2) };
        for (const side of ['user', 'item'] as const) results.push(await sampled?.draw(side, priors, 1, 1));
        results.push(await sampled?.moments('item'), await sampled?.factors());
        sampled?.destroy();
        return results;
      };
      expect(await run(device)).toEqual(await run(device));
      expect(problems).toEqual(before);
    });

    it('stops a top-k whose signal has fired', async () => {
      const request = { queries: Float32Array.of(1), keys: Float32Array.of(1), factors: 1, count: 1 };
      await expect(device.topK({ ...request, signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'cancelled',
      });
    });

    it('refuses wrong shapes and ended sessions, and stays usable', async () => {
      const problem = explicitProblem(even(20, 15, 5), 3);
      await expect(device.explicitDescent({ ...problem, byItem: problem.byUser })).rejects.toThrow(RangeError);
      await expect(device.dots(new Float32Array(3), new Float32Array(2), 2)).rejects.toThrow(RangeError);
      const descent = await device.explicitDescent(problem);
      const pending = descent.sweep();
      descent.destroy();
      descent.destroy();
      expect((await pending).loss).toBeGreaterThan(0);
      await expect(descent.sweep()).rejects.toThrow(TypeError);
      await expect(descent.factors()).rejects.toThrow(TypeError);
      await expect(descent.predict({ users: new Uint32Array(1), items: new Uint32Array(1) })).rejects.toThrow(
        TypeError,
      );
      expect(await device.dots(Float32Array.of(3), Float32Array.of(5), 1)).toEqual(Float32Array.of(15));
    });
  });

  describe(`${name} going away`, () => {
    it('rejects pending and later calls with deviceLost and resolves lost', async () => {
      const device = await create();
      const descent = await device.explicitDescent(explicitProblem(even(200, 100, 50), 32));
      await descent.sweep();
      const pending = descent.sweep();
      device.simulateLoss();
      await expect(pending).rejects.toMatchObject({ name: 'AppError', code: 'deviceLost' });
      expect(await device.lost).toMatchObject({ code: 'deviceLost', params: { device: device.info.kind } });
      const lost = { code: 'deviceLost' };
      await expect(descent.sweep()).rejects.toMatchObject(lost);
      await expect(descent.factors()).rejects.toMatchObject(lost);
      await expect(device.implicitDescent(implicitProblem(even(3, 3, 1), 2))).rejects.toMatchObject(lost);
      await expect(device.dots(Float32Array.of(1), Float32Array.of(1), 1)).rejects.toMatchObject(lost);
      descent.destroy();
      device.destroy();
      device.destroy();
    });

    it('does not call an intended end a loss', async () => {
      const device = await create();
      const descent = await device.explicitDescent(explicitProblem(even(3, 3, 1), 2));
      device.destroy();
      const quiet = new Promise((resolve) => setTimeout(() => resolve('quiet'), 100));
      expect(await Promise.race([device.lost.then(() => 'lost'), quiet])).toBe('quiet');
      await expect(descent.sweep()).rejects.toThrow(TypeError);
      await expect(device.dots(Float32Array.of(1), Float32Array.of(1), 1)).rejects.toThrow(TypeError);
    });
  });
}
