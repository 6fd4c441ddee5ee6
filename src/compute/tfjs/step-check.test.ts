import { describe, expect, it, vi } from 'vitest';
import { TOLERANCE } from '../device.ts';
import { openTfjs } from '../tfjs.ts';
import type { Tf, TfjsBackend } from './backend.ts';
import { startCpu } from './backend-cpu.ts';
import { startWasm } from './backend-wasm.ts';
import type { EmbeddingTable } from './embedding.ts';
import { hostOf } from './hosts.testing.ts';
import * as check from './step-check.ts';

vi.mock('./step-check.ts', { spy: true });
const { stepDifference, plainStep, seededStart } = check;

describe.each([
  ['cpu', startCpu],
  ['wasm', startWasm],
] as const)('a training step on %s', (_, start) => {
  it('is what plain loops do, and leaves no tensor behind', async () => {
    const backend = await start();
    const before = backend.tf.memory().numTensors;
    expect(await stepDifference(backend)).toBeLessThan(TOLERANCE.kernel / 10);
    expect(backend.tf.memory().numTensors).toBe(before);
  });
});

/** The backend with some of its operations replaced. */
async function brokenBackend(operations: (tf: Tf) => object, table: (table: EmbeddingTable) => object = () => ({})) {
  const backend = await startCpu();
  const broken: TfjsBackend = {
    ...backend,
    tf: { ...backend.tf, ...operations(backend.tf) } as Tf,
    table(...given) {
      const made = backend.table(...given);
      return { ...made, ...table(made) };
    },
  };
  return broken;
}

describe('a backend that computes wrongly is found out where', () => {
  it.each<[string, (tf: Tf) => object, ((table: EmbeddingTable) => object)?]>([
    ['products are zero', (tf) => ({ matMul: (...given: Parameters<Tf['matMul']>) => tf.mul(tf.matMul(...given), 0) })],
    [
      'products are NaN',
      (tf) => ({ matMul: (...given: Parameters<Tf['matMul']>) => tf.mul(tf.matMul(...given), NaN) }),
    ],
    ['the curve lets everything through', (tf) => ({ relu: (x: never) => tf.clone(x) })],
    ['the gradient of the curve does', (tf) => ({ step: (x: never) => tf.onesLike(x) })],
    ['roots are a thousandth off', (tf) => ({ sqrt: (x: never) => tf.mul(tf.sqrt(x), 1.001) })],
    ['the table stays as it is', () => ({}), () => ({ update: async () => undefined })],
    [
      'rows of the table come in another order',
      () => ({}),
      (table) => ({
        gather: (rows: Parameters<EmbeddingTable['gather']>[0]) =>
          table.gather({ ...rows, indices: rows.indices.toReversed() }),
      }),
    ],
    [
      'the table forgets its regularization',
      () => ({}),
      (table) => ({
        update: (...[gradient, rows, step]: Parameters<EmbeddingTable['update']>) =>
          table.update(gradient, rows, step, 0),
      }),
    ],
  ])('%s', async (_, operations, table) => {
    const difference = await stepDifference(await brokenBackend(operations, table));
    expect(difference <= TOLERANCE.kernel).toBe(false);
  });
});

it('the plain step follows the slope of its own loss', () => {
  const start = seededStart();
  const { dense, table } = plainStep(start);
  const lossAt = (side: 'dense' | 'table', at: number, change: number) => {
    const values = start[side].values.slice();
    values[at] += change;
    return plainStep({ ...start, [side]: { ...start[side], values } }).loss;
  };
  const reach = 1e-3;
  const slopeAt = (side: 'dense' | 'table', at: number) =>
    (lossAt(side, at, reach) - lossAt(side, at, -reach)) / (2 * reach);
  // a tenth of the slope is in the first moment (Kingma & Ba 2015, β₁ = 0.9)
  for (let at = 0; at < start.dense.values.length; at++) {
    expect((dense.first[at] - 0.9 * start.dense.first[at]) / 0.1).toBeCloseTo(slopeAt('dense', at), 1);
  }
  // row 2 stands three times in the batch, and λ = 0.25 counts each time
  for (let at = 2 * 4; at < 3 * 4; at++) {
    const slope = slopeAt('table', at) + 0.25 * 3 * start.table.values[at];
    expect((table.first[at] - 0.9 * start.table.first[at]) / 0.1).toBeCloseTo(slope, 1);
  }
  // rows 3 and 4 are in no batch
  expect(table.values.slice(12, 20)).toEqual(start.table.values.slice(12, 20));
});

describe('opening TensorFlow.js', () => {
  it('is refused where the step is wrong, and asked again the next time', async () => {
    const asked = vi.mocked(stepDifference).mockClear();
    const refused = { code: 'deviceFailedSelfTest', params: { device: 'reference' } };
    asked.mockResolvedValueOnce(0.5).mockRejectedValueOnce(new Error('driver')).mockResolvedValueOnce(Number.NaN);
    for (let time = 0; time < 3; time++) {
      await expect(openTfjs(hostOf('reference'))).rejects.toMatchObject(refused);
    }
    const runtime = await openTfjs(hostOf('reference'));
    expect(asked).toHaveBeenCalledTimes(4);
    // of one backend, once
    await openTfjs(hostOf('reference'));
    expect(asked).toHaveBeenCalledTimes(4);
    runtime.destroy();
  });
});
