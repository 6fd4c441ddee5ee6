import { describe, expect, it } from 'vitest';
import type { ComputeDevice, ExplicitProblem, ImplicitProblem, SampledProblem } from '../device.ts';
import { TOLERANCE } from '../device.ts';
import { apart } from '../parity-difference.ts';
import { explicitProblem, implicitProblem, type Shape, sampledProblem } from '../parity-problems.ts';
import { createReferenceDevice } from '../reference/device.ts';
import { selfTest } from '../self-test.ts';
import { createWebGpuDevice } from './device.ts';
import { NARROW, WIDE } from './workgroups.ts';

/** The nearest number of 11 significant bits, at least 2⁻²⁴ apart. */
function toHalf(x: number): number {
  if (x === 0) return 0;
  const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(x)))) - 10);
  return Math.round(x / unit) * unit;
}

const SHAPE: Shape = { users: 60, items: 700, length: (u) => (u === 0 ? 650 : 3 * u) };

/** With the factors of products rounded, as the half of a sweep that solves customers reads them. */
function rounded<P extends ExplicitProblem | ImplicitProblem | SampledProblem>(problem: P): P {
  const itemFactors = problem.initial.itemFactors.map(toHalf);
  return { ...problem, initial: { ...problem.initial, itemFactors } };
}

async function reading(halves: boolean, workgroups = NARROW) {
  const device = await createWebGpuDevice({ workgroups });
  device.setHalfReads?.(halves);
  return device;
}

const priors = {
  means: new Float32Array(7),
  precisions: new Float32Array(7).fill(2),
};

const CUSTOMERS: Record<string, (device: ComputeDevice, round: boolean) => Promise<Float32Array>> = {
  async explicit(device, round) {
    const problem = explicitProblem(SHAPE, 6);
    const descent = await device.explicitDescent(round ? rounded(problem) : problem);
    await descent.sweep();
    return (await descent.factors()).userFactors;
  },
  async implicit(device, round) {
    const problem = implicitProblem(SHAPE, 6);
    const descent = await device.implicitDescent(round ? rounded(problem) : problem);
    await descent.sweep();
    return (await descent.factors()).userFactors;
  },
  async sampled(device, round) {
    const problem = sampledProblem(SHAPE, 6);
    const descent = await device.sampledDescent!(round ? rounded(problem) : problem);
    await descent.draw('user', priors, 1.5, 1);
    return (await descent.factors()).userFactors;
  },
};

describe('factors read in 16 bits', () => {
  it.each([
    ['explicit', 'narrow', NARROW],
    ['explicit', 'wide', WIDE],
    ['implicit', 'narrow', NARROW],
    ['sampled', 'narrow', NARROW],
  ] as const)('%s, workgroups %s: customers are solved against rounded products', async (solver, _, workgroups) => {
    const [halves, whole] = [await reading(true, workgroups), await reading(false, workgroups)];
    const customers = CUSTOMERS[solver];
    const found = await customers(halves, false);
    const wanted = await customers(createReferenceDevice(), true);
    // Gram matrices are of factors as they are: in a sum over all pairs 16 bits would come in twice
    const near = solver === 'implicit' ? 10 * TOLERANCE.kernel : TOLERANCE.kernel;
    expect(apart(found, wanted)).toBeLessThanOrEqual(near);
    expect(apart(found, await customers(whole, false))).toBeGreaterThan(apart(found, wanted));
    halves.destroy();
    whole.destroy();
  });
});

describe('the copy in 16 bits', () => {
  it('follows the factors: a sweep from where another session ended gives the same bits', async () => {
    const device = await reading(true);
    const problem = explicitProblem(SHAPE, 6);
    const whole = await device.explicitDescent(problem);
    await whole.sweep();
    const between = await whole.factors();
    await whole.sweep();
    const continued = await device.explicitDescent({ ...problem, initial: between });
    await continued.sweep();
    expect(await continued.factors()).toEqual(await whole.factors());
    device.destroy();
  });

  it('is made for sessions that begin after it was asked for, and says so', async () => {
    const [whole, halves] = [await reading(false), await reading(true)];
    expect([whole.info.halfReads, halves.info.halfReads]).toEqual([false, true]);
    const begun = await halves.explicitDescent(explicitProblem(SHAPE, 6));
    halves.setHalfReads?.(false);
    const after = await halves.explicitDescent(explicitProblem(SHAPE, 6));
    const before = await whole.explicitDescent(explicitProblem(SHAPE, 6));
    for (const descent of [begun, after, before]) await descent.sweep();
    expect(await after.factors()).toEqual(await before.factors());
    expect(await begun.factors()).not.toEqual(await before.factors());
    whole.destroy();
    halves.destroy();
  });

  it('is no reason to fail the self-test, and stays asked for', async () => {
    const device = await reading(true);
    expect(await selfTest(device)).toMatchObject({ passed: true });
    expect(device.info.halfReads).toBe(true);
    device.destroy();
  });

  it('holds the largest numbers there are in 16 bits where factors are larger', async () => {
    const device = await reading(true);
    const problem = explicitProblem(SHAPE, 6);
    const itemFactors = problem.initial.itemFactors.map(() => 1e6);
    const descent = await device.explicitDescent({ ...problem, initial: { ...problem.initial, itemFactors } });
    const { loss } = await descent.sweep();
    expect(Number.isFinite(loss)).toBe(true);
    device.destroy();
  });
});
