import { describe, expect, it, vi } from 'vitest';
import { TOLERANCE } from '../device.ts';
import { parityCases } from '../parity-cases.ts';
import { even, explicitProblem, implicitProblem, stochasticProblem } from '../parity-problems.ts';
import { createReferenceDevice } from '../reference/device.ts';
import { createWasmDevice, detectWasm } from './device.ts';

const device = await createWasmDevice();
const reference = createReferenceDevice();

describe('WASM against the reference device', () => {
  it('has every operation, as the reference has', () => {
    for (const { autoencoder, sampledDescent, stochasticDescent } of [device, reference]) {
      for (const operation of [autoencoder, sampledDescent, stochasticDescent])
        expect(typeof operation).toBe('function');
    }
  });

  it.each(parityCases().map((parity) => [parity.name, parity] as const))('%s', async (_, parity) => {
    expect(await parity.difference(device, reference)).toBeLessThanOrEqual(TOLERANCE.kernel);
  });
});

describe('WASM device', () => {
  it('sorts more ratings than come in at once, rows cut in the middle, as the reference does', async () => {
    const problem = stochasticProblem({ users: 200, items: 900, length: (u) => (u % 7 === 0 ? 0 : 850 - u) }, 4);
    expect(problem.byUser.indices.length).toBeGreaterThan(3 * 32_768);
    const [actual, expected] = [
      await device.stochasticDescent?.(problem),
      await reference.stochasticDescent?.(problem),
    ];
    if (!actual || !expected) throw new Error('no stochastic descent');
    expect((await actual.sweep()).loss).toBeCloseTo((await expected.sweep()).loss, 4);
    const [found, wanted] = [await actual.factors(), await expected.factors()];
    const apart = found.userFactors.reduce((most, x, at) => Math.max(most, Math.abs(x - wanted.userFactors[at])), 0);
    expect(apart).toBeLessThan(1e-3);
    actual.destroy();
  });

  it('says of a long sweep how far it is, and comes to the same', async () => {
    const shape = even(3000, 400, 40);
    const descents = [
      await device.explicitDescent(explicitProblem(shape, 4)),
      await device.implicitDescent(implicitProblem(shape, 4)),
      await device.stochasticDescent?.(stochasticProblem(shape, 4)),
    ];
    const quiet = [
      await device.explicitDescent(explicitProblem(shape, 4)),
      await device.implicitDescent(implicitProblem(shape, 4)),
      await device.stochasticDescent?.(stochasticProblem(shape, 4)),
    ];
    // Every chunk takes a second.
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
    const heard: number[][] = [];
    const losses: unknown[] = [];
    try {
      for (const descent of descents) {
        const told: number[] = [];
        losses.push(await descent?.sweep((share) => void told.push(share)));
        heard.push(told);
      }
    } finally {
      clock.mockRestore();
    }
    for (const told of heard) {
      expect(told.length).toBeGreaterThan(2);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      expect(told[0]).toBeGreaterThan(0);
      expect(told.at(-1)).toBeCloseTo(1, 9);
    }
    expect(losses).toEqual(await Promise.all(quiet.map((descent) => descent?.sweep())));
    for (const descent of [...descents, ...quiet]) descent?.destroy();
  });

  it('gives the same bits twice and leaves its inputs alone', async () => {
    const problem = implicitProblem(even(90, 70, 20), 12);
    const before = structuredClone(problem);
    const run = async () => {
      const descent = await device.implicitDescent(problem);
      const losses = [await descent.sweep(), await descent.sweep()];
      const factors = await descent.factors();
      descent.destroy();
      return { losses, factors };
    };
    expect(await run()).toEqual(await run());
    expect(problem).toEqual(before);
  });

  it('keeps nothing of its inputs and gives copies', async () => {
    const problem = explicitProblem(even(20, 15, 5), 4);
    const undisturbed = await device.explicitDescent(problem);
    const disturbed = await device.explicitDescent(problem);
    for (const array of [problem.byUser.values, problem.byItem.indices, problem.userBiasReg]) {
      structuredClone(array, { transfer: [array.buffer] });
    }
    (await disturbed.factors()).userFactors.fill(9);
    expect(await disturbed.sweep()).toEqual(await undisturbed.sweep());
    expect(await disturbed.factors()).toEqual(await undisturbed.factors());
  });

  it('may be destroyed twice, and then refuses', async () => {
    const own = await createWasmDevice();
    const descent = await own.explicitDescent(explicitProblem(even(3, 3, 1), 2));
    own.destroy();
    own.destroy();
    descent.destroy();
    await expect(descent.sweep()).rejects.toThrow(TypeError);
    await expect(descent.factors()).rejects.toThrow(TypeError);
    await expect(own.dots(Float32Array.of(1), Float32Array.of(1), 1)).rejects.toThrow(TypeError);
  });

  it('says how much memory it would have needed', async () => {
    const problem = explicitProblem(even(3, 3, 1), 2);
    const rows = 2 ** 22;
    const pointers = new Uint32Array(rows + 1).fill(3, 3);
    // 512 factors of 4 million rows: 8 GB
    const tooLarge = {
      ...problem,
      factors: 512,
      byUser: { ...problem.byUser, rows, pointers },
      byItem: { ...problem.byItem, columns: rows },
      initial: {
        ...problem.initial,
        userFactors: { length: rows * 512 } as Float32Array,
        userBias: new Float32Array(rows),
        itemFactors: new Float32Array(3 * 512),
      },
      userFactorReg: new Float32Array(rows),
      userBiasReg: new Float32Array(rows),
    };
    const rejection = expect(device.explicitDescent(tooLarge)).rejects;
    await rejection.toMatchObject({ code: 'deviceOutOfMemory', params: { device: 'wasm' } });
    const error = await device.explicitDescent(tooLarge).catch((thrown) => thrown);
    expect(error.params.neededMb).toBeGreaterThan(8192);
    expect(error.params.neededMb).toBeLessThan(8192 + 256);
  });

  it('stops a top-k whose signal fires in the middle', async () => {
    const controller = new AbortController();
    const factors = new Float32Array(4000 * 64).fill(1);
    const running = device.topK({ queries: factors, keys: factors, factors: 64, count: 1, signal: controller.signal });
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses wrong shapes', async () => {
    const problem = explicitProblem(even(3, 2, 1), 2);
    await expect(device.explicitDescent({ ...problem, byItem: problem.byUser })).rejects.toThrow(RangeError);
    await expect(device.dots(new Float32Array(3), new Float32Array(2), 2)).rejects.toThrow(RangeError);
  });

  it('is found, without threads where memory cannot be shared', async () => {
    expect(await detectWasm()).toMatchObject({
      state: 'available',
      detail: 'notIsolated',
      info: { threads: 1, simd: true },
    });
  });
});
