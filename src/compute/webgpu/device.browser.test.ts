import { describe, expect, it } from 'vitest';
import { describeGpuDevice, expectParity } from '../gpu-suite.testing.ts';
import { parityCases, smallCases } from '../parity-cases.ts';
import { BufferSet, GpuContext, WIDE } from './context.ts';
import { createWebGpuDevice, detectWebGpu } from './device.ts';
import { batchRows } from './side.ts';

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

describe('batches of rows', () => {
  it('hold every row once, long rows apart, with bounded work', () => {
    const lengths = [0, 70_000, 5, 512, 513, 3, 2_000_000, 2_000_000];
    const pointers = Uint32Array.from([0, ...lengths.map((_, at) => lengths.slice(0, at + 1).reduce((a, b) => a + b))]);
    const { order, batches } = batchRows(pointers, 16);
    expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    let next = 0;
    for (const { first, count, long } of batches) {
      expect(first).toBe(next);
      next += count;
      for (const row of order.subarray(first, next)) expect(lengths[row] > 512).toBe(long);
    }
    expect(next).toBe(lengths.length);
    // the short rows together; the two huge rows apart, the other long ones with the second
    expect(batches.map(({ count }) => count)).toEqual([4, 1, 3]);
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

describe('workgroups as wide as on hardware', () => {
  it('solve and select the same', async () => {
    const device = await createWebGpuDevice({ lanes: WIDE });
    const long = parityCases().filter(({ name }) => /^explicit: one row of 5,000.* k = 3$|many keys/.test(name));
    expect(long.length).toBe(2);
    for (const parity of [...smallCases(), ...long]) await expectParity(device, parity);
    device.destroy();
  });
});

describeGpuDevice('webgpu', () => createWebGpuDevice());
