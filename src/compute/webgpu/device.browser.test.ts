import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ComputeDevice, TOLERANCE } from '../device.ts';
import { describeGpuDevice, expectParity } from '../gpu-suite.testing.ts';
import { expectMemory, MEMORY_CASES } from '../memory-cases.testing.ts';
import { parityCases } from '../parity-cases.ts';
import { even, explicitProblem, stochasticProblem } from '../parity-problems.ts';
import { createReferenceDevice } from '../reference/device.ts';
import { BufferSet, GpuContext } from './context.ts';
import { createWebGpuDevice, detectWebGpu, type WebGpuDevice } from './device.ts';
import { explicitDescent } from './explicit-descent.ts';
import { Pace } from './pace.ts';
import { subgroupSize } from './subgroups.ts';
import { laneSum, NARROW, WIDE } from './workgroups.ts';

describe('finding WebGPU', () => {
  it('says that the test adapter is made of software, and gives its device away', async () => {
    const finding = await detectWebGpu();
    expect(finding).toMatchObject({ kind: 'webgpu', state: 'software', detail: '', info: { software: true } });
    expect(finding.info?.adapter).toContain('swiftshader');
    const device = await createWebGpuDevice();
    expect(device.info).toEqual(finding.info);
    expect(device.adapterInfo.isFallbackAdapter).toBe(true);
    expect(device.gpu.limits.maxStorageBufferBindingSize).toBeGreaterThan(128 * 1024 * 1024);
    device.destroy();
  });
});

describe('running out of memory', () => {
  it('is refused before the driver is asked, and frees what was already there', async () => {
    const device = await createWebGpuDevice();
    const context = new GpuContext(device.gpu, WIDE);
    const buffers = new BufferSet(context);
    const most = device.gpu.limits.maxStorageBufferBindingSize;
    const building = context.allocate(buffers, () => {
      buffers.storage('fits', 1024);
      return buffers.storage('does not fit', most + 4);
    });
    await expect(building).rejects.toMatchObject({
      code: 'deviceOutOfMemory',
      params: { device: 'webgpu', neededMb: Math.ceil((most + 4) / 1024 / 1024) },
    });
    expect(() => buffers.assertUsable()).toThrow(TypeError);
    // the device is still good
    expect(await device.dots(Float32Array.of(3), Float32Array.of(5), 1)).toEqual(Float32Array.of(15));
    device.destroy();
  });
});

describe('workgroups as wide as on hardware, with subgroups', () => {
  let device: WebGpuDevice;
  beforeAll(async () => {
    device = await createWebGpuDevice({ workgroups: WIDE });
  });
  afterAll(() => device.destroy());

  it('has subgroups where the adapter has', () => {
    expect(device.subgroupSize > 0).toBe(device.gpu.features.has('subgroups'));
  });

  it.each(parityCases().map((parity) => [parity.name, parity] as const))('%s', (_, parity) =>
    expectParity(device, parity),
  );
});

describe('workgroups as wide as on hardware, with workgroup memory only', () => {
  // Subgroups of the test adapter are as wide as the lanes of the shortest rows and of a step: longer rows add up in
  // workgroup memory either way, and have done so above. What compiles to the same is not compiled again.
  const cases = parityCases().filter(({ name }) =>
    /^(explicit|sampled|stochastic|implicit): (k =|ordinary)/.test(name),
  );
  let device: WebGpuDevice;
  beforeAll(async () => {
    device = await createWebGpuDevice({ workgroups: WIDE, subgroups: false });
  });
  afterAll(() => device.destroy());

  it('has none', async () => {
    expect(device.subgroupSize).toBe(0);
    const [shortest, ...longer] = WIDE.rowClasses;
    const context = new GpuContext(device.gpu, WIDE);
    const size = await subgroupSize(context, device.adapterInfo.subgroupMinSize);
    expect(laneSum(shortest, size)).not.toBe(laneSum(shortest, 0));
    for (const rowClass of longer) expect(laneSum(rowClass, size)).toBe(laneSum(rowClass, 0));
  });

  it.each(cases.map((parity) => [parity.name, parity] as const))('%s', (_, parity) => expectParity(device, parity));
});

describe('memory', () => {
  it.each(MEMORY_CASES.map((own) => [own.name, own] as const))('%s takes as much as it says', async (_, own) => {
    const device = await createWebGpuDevice();
    const created = vi.spyOn(device.gpu, 'createBuffer');
    await expectMemory(own, device, async (starting) => {
      created.mockClear();
      await starting();
      return created.mock.calls.reduce((sum, [{ size }]) => sum + size, 0);
    });
    device.destroy();
  });
});

describe('ratings larger than one binding', () => {
  it('are cut into parts and solved the same', async () => {
    // 5,000 entries are the longest row there; the others fill a second part
    const device = await createWebGpuDevice({ bindingBytes: 5000 * 8 });
    const cases = parityCases().filter(({ name }) =>
      /^(explicit|implicit|sampled|stochastic): one row of 5,000/.test(name),
    );
    expect(cases.length).toBe(8);
    for (const parity of cases) await expectParity(device, parity);
    const smaller = await createWebGpuDevice({ bindingBytes: 4999 * 8 });
    for (const { name, difference } of cases) {
      // its ratings are cut by blocks, which no row makes longer than a binding
      if (name.startsWith('stochastic')) continue;
      await expect(difference(smaller, createReferenceDevice()), name).rejects.toMatchObject({
        code: 'deviceOutOfMemory',
      });
    }
    device.destroy();
    smaller.destroy();
  });
});

describe('stochastic descent', () => {
  it.each([
    ['a block of more ratings than one dispatch gets', 1, undefined],
    ['more ratings than one binding holds', 4, 4000 * 12],
  ] as const)('%s', async (_, grid, bindingBytes) => {
    const problem = { ...stochasticProblem(even(400, 300, 30), 9), grid };
    const pairs = { users: Uint32Array.from({ length: 400 }, (_, u) => u), items: new Uint32Array(400).fill(7) };
    const run = async (device: ComputeDevice) => {
      const descent = await device.stochasticDescent!(problem);
      await descent.sweep();
      const { loss } = await descent.sweep();
      const numbers = [loss, ...(await descent.predict(pairs))];
      descent.destroy();
      return numbers;
    };
    const device = await createWebGpuDevice({ bindingBytes });
    const expected = await run(createReferenceDevice());
    const apart = (await run(device)).map((number, at) => Math.abs(number - expected[at]));
    expect(Math.max(...apart)).toBeLessThanOrEqual(TOLERANCE.kernel);
    device.destroy();
  });
});

describe('the pace of a device', () => {
  it('follows what its dispatches took', () => {
    const first = 1 << 20;
    const pace = new Pace(first, 1 << 10, 1 << 28);
    pace.learn(first, 10);
    expect(pace.perDispatch).toBe(first);
    pace.learn(first, 100);
    expect(pace.perDispatch).toBe(2 ** Math.floor(Math.log2(first / 10)));
    pace.learn(1e9, 1);
    expect(pace.perDispatch).toBe(2 ** 28);
    pace.learn(0, 5);
    pace.learn(5, 0);
    expect(pace.perDispatch).toBe(2 ** 28);
    pace.learn(1, 1e6);
    expect(pace.perDispatch).toBe(1 << 10);
  });

  it('cuts sweeps so that no bit changes', async () => {
    const device = await createWebGpuDevice();
    const problem = explicitProblem(even(600, 400, 200), 16);
    const run = async (perDispatch: 'fewest' | 'most') => {
      const context = new GpuContext(device.gpu, NARROW);
      context.pace.perDispatch = context.pace[perDispatch];
      const descent = await explicitDescent(context, problem);
      const submits = vi.spyOn(device.gpu.queue, 'submit');
      const { loss } = await descent.sweep();
      const launches = submits.mock.calls.length;
      submits.mockRestore();
      return { launches, numbers: { loss, ...(await descent.factors()) } };
    };
    const [cut, whole] = [await run('fewest'), await run('most')];
    // both sides in one each, the loss, and what reads it
    expect(whole.launches).toBe(4);
    // 120,000 ratings and 16 for each row, four groups of factors: 131,072 visits at most in each
    expect(cut.launches).toBe(2 + 2 * Math.ceil(((120_000 + 16 * 500) * 4) / 2 ** 17));
    expect(cut.numbers).toEqual(whole.numbers);
    device.destroy();
  });

  it('is told by timestamps, and learns from a fit so that no bit of the next changes', async () => {
    const device = await createWebGpuDevice();
    expect(device.timing).toBeNull();
    const problem = explicitProblem(even(600, 400, 200), 16);
    const descent = await device.explicitDescent(problem);
    for (let sweep = 0; sweep < 3; sweep++) await descent.sweep();
    expect(device.timing?.sweepMs).toBeGreaterThan(0);
    expect(device.timing?.longestDispatchMs).toBeLessThanOrEqual(device.timing?.sweepMs ?? 0);
    // the second run begins with what the first has learned
    const again = await device.explicitDescent(problem);
    for (let sweep = 0; sweep < 3; sweep++) await again.sweep();
    expect(await again.factors()).toEqual(await descent.factors());
    device.destroy();
  });
});

describeGpuDevice('webgpu', () => createWebGpuDevice());
