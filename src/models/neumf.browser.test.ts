import { afterAll, describe, expect, it } from 'vitest';
import type { ComputeDevice, DeviceKind } from '../compute/device.ts';
import { hostOf } from '../compute/tfjs/hosts.testing.ts';
import { openTfjs } from '../compute/tfjs.ts';
import { createWebGpuDevice, type WebGpuDevice } from '../compute/webgpu/device.ts';
import { validationRecall } from './held-out.ts';
import { neumfChoice } from './neumf-choice.ts';
import { madeUpRatings, rootMeanSquare } from './neumf-data.testing.ts';
import { neumfTaste } from './neumf-taste.ts';

const { ratings, heldOut } = madeUpRatings(150, 90, 0.25, 5);
const small = { epochs: 3, embedding: 8, batchSize: 512, learningRate: 0.02 };

const gpus: WebGpuDevice[] = [];
async function deviceOf(kind: DeviceKind): Promise<ComputeDevice> {
  if (kind !== 'webgpu') return hostOf(kind);
  const gpu = await createWebGpuDevice();
  gpus.push(gpu);
  return gpu;
}
afterAll(() => {
  for (const gpu of gpus) gpu.destroy();
});

async function taste(kind: DeviceKind) {
  const device = await deviceOf(kind);
  const options = { ...neumfTaste.defaults('quick', ratings), ...small };
  const { model } = await neumfTaste.fit(ratings, options, { device });
  const predicted = await model.predict(heldOut.users, heldOut.items);
  return { predicted, rmse: rootMeanSquare(predicted, heldOut) };
}

async function choice(kind: DeviceKind) {
  const device = await deviceOf(kind);
  const options = { ...neumfChoice.defaults('quick', ratings), ...small };
  const { model } = await neumfChoice.fit(ratings, options, { device });
  const recall = validationRecall(ratings, heldOut)!;
  return recall((users, count, exclude) => model.topItemsForMany(users, count, exclude));
}

const reference = { taste: taste('reference'), choice: choice('reference') };

describe.each(['wasm', 'webgl', 'webgpu'] as const)('NeuMF on %s', (kind) => {
  it('gives the same test RMSE as the reference within 0.005, and nearly the same predictions', async () => {
    const expected = await reference.taste;
    const { rmse, predicted } = await taste(kind);
    expect(expected.rmse).toBeLessThan(0.9);
    expect(Math.abs(rmse - expected.rmse)).toBeLessThan(0.005);
    const worst = predicted.reduce((most, value, p) => Math.max(most, Math.abs(value - expected.predicted[p])), 0);
    expect(worst).toBeLessThan(0.05);
  });

  it('gives the same held-out recall as the reference within 0.005', async () => {
    const expected = await reference.choice;
    expect(Math.abs((await choice(kind)) - expected)).toBeLessThan(0.005);
  });

  it('leaves no tensor behind', async () => {
    const device = await deviceOf(kind);
    const runtime = await openTfjs(device);
    const options = { ...neumfTaste.defaults('quick', ratings), ...small };
    const before = runtime.tf.memory().numTensors;
    await neumfTaste.fit(ratings, { ...options, epochs: 1 }, { device });
    expect(runtime.tf.memory().numTensors).toBe(before);
    runtime.destroy();
  });
});
