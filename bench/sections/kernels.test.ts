import { describe, expect, it } from 'vitest';
import type { Timing } from '../kernel-page/requests.ts';
import { SECTIONS } from './all.ts';
import { kernels } from './kernels.ts';
import { costOf, roofline } from './roofline.ts';
import { scaling } from './scaling.ts';

function timing(device: Timing['device'], threads: number, ms: readonly number[], more: Partial<Timing> = {}): Timing {
  const same = { solver: 'sweep', factors: 32, ratings: 1_000_000, adapter: '', loss: 0.5, missing: '' } as const;
  return { ...same, device, threads, ms, ...more };
}

const devices = (...timings: Timing[]) => kernels.rows(new Map([['devices', [{ timings }]]]));
const row = (timings: Timing[], what: string) => devices(...timings).find((one) => one.what.startsWith(what));

describe('ratios of devices', () => {
  const reference = timing('reference', 1, [700, 600, 650]);
  const one = timing('wasm', 1, [50, 65, 70]);

  it('are those of medians, held against what was promised', () => {
    const found = row([reference, one, timing('wasm', 2, [40, 41, 39])], 'Sweep: reference : WASM, 1 thread');
    expect(found).toMatchObject({ measured: '10.0 (650 ms : 65.0 ms)', met: true });
    expect(row([one, timing('wasm', 2, [40, 41, 39])], 'Sweep: WASM, 1 thread')?.met).toBe(false);
  });

  it('say why a device has none, which breaks no promise', () => {
    const without = timing('webgl', 1, [], { solver: 'stochastic', loss: null, missing: 'not on this device' });
    const found = row(
      [timing('reference', 1, [10], { solver: 'stochastic' }), without],
      'SGD epoch: reference : webgl',
    );
    expect(found).toMatchObject({ measured: 'not on this device', met: null });
  });

  it('count for nothing where a device computes something else', () => {
    const loss = (value: number) => row([reference, timing('wasm', 1, [1], { loss: value })], 'Training loss');
    expect(loss(0.50001)?.met).toBe(true);
    expect(loss(0.6)?.met).toBe(false);
  });
});

describe('the roofline', () => {
  it('counts what a round moves and computes', () => {
    expect(costOf('sweep', 32)).toEqual({ bytes: 280, flops: 512 });
    expect(costOf('stochastic', 32)).toEqual({ bytes: 524, flops: 256 });
  });

  it('holds rates against the best copy and the best multiply–add on as many threads', () => {
    const roof = (kernel: string, bytes: number, perSecond: number) => ({ kernel, bytes, threads: 1, perSecond });
    const roofs = [
      roof('copyMemory', 1024, 9e10),
      roof('copyMemory', 2 ** 20, 1e10),
      roof('copyVectors', 2 ** 20, 2.8e10),
    ];
    // 1e6 ratings of 280 bytes and 512 operations in 20 ms: 14 GB/s and 25.6 GFlop/s
    const run = { roofs: [...roofs, roof('multiplyAdd', 0, 5.12e10)], timings: [timing('wasm', 1, [20])] };
    const [, reached] = roofline.grids?.(new Map([['roofline', [run]]])) ?? [];
    expect(reached.rows).toEqual([['sweep, 1 thread', '280', '512', '14 GB/s', '50 %', '26 GFlop/s', '50 %']]);
  });
});

describe('scaling', () => {
  it('divides a round by its ratings and factors', () => {
    const overRatings = [timing('wasm', 1, [64]), timing('wasm', 2, [32])];
    const [grid] = scaling.grids?.(new Map([['scaling', [{ overRatings, overFactors: [] }]]])) ?? [];
    expect(grid.rows).toEqual([['1,000,000', '64.0 ms', '32.0 ms', '2.00 · 1.00']]);
  });
});

describe('all sections', () => {
  it('stand without a single figure, each promise as not measured', () => {
    for (const section of SECTIONS) {
      for (const { measured, met } of section.rows(new Map())) {
        expect(measured, section.name).toBe('Not measured yet');
        expect(met, section.name).toBeNull();
      }
      expect(section.plots?.(new Map()) ?? [], section.name).toEqual([]);
    }
  });

  it('have names of their own, and commands too', () => {
    const names = SECTIONS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, commands } of SECTIONS)
      expect(new Set(commands.map(({ id }) => id)).size, name).toBe(commands.length);
  });
});
