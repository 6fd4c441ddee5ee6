import { afterAll, describe, expect, it } from 'vitest';
import type { ComputeDevice, DeviceKind } from '../compute/device.ts';
import { readsDuring } from '../compute/gpu-reads.testing.ts';
import { hostOf } from '../compute/tfjs/hosts.testing.ts';
import { openTfjs } from '../compute/tfjs.ts';
import { createWebGpuDevice, type WebGpuDevice } from '../compute/webgpu/device.ts';
import { validationRecall } from './held-out.ts';
import { neumfChoice } from './neumf-choice.ts';
import { madeUpRatings, rootMeanSquare } from './neumf-data.testing.ts';
import { NeuMfForward } from './neumf-forward.ts';
import { NeuMfScorer } from './neumf-scorer.ts';
import { neumfTaste } from './neumf-taste.ts';
import { initialWeights } from './neumf-weights.ts';
import type { Checkpoint } from './recommender.ts';

const { ratings, heldOut } = madeUpRatings(100, 60, 0.3, 5);
const small = { epochs: 2, embedding: 8, batchSize: 256, learningRate: 0.05, negatives: 1 };

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

async function taste(device: ComputeDevice) {
  const options = { ...neumfTaste.defaults('quick', ratings), ...small };
  const { model } = await neumfTaste.fit(ratings, options, { device });
  const predicted = await model.predict(heldOut.users, heldOut.items);
  return { predicted, rmse: rootMeanSquare(predicted, heldOut) };
}

async function choice(device: ComputeDevice) {
  const options = { ...neumfChoice.defaults('quick', ratings), ...small };
  const { model } = await neumfChoice.fit(ratings, options, { device });
  const recall = validationRecall(ratings, heldOut)!;
  return recall((users, count, exclude) => model.topItemsForMany(users, count, exclude));
}

const reference = hostOf('reference');
const expected = { taste: taste(reference), choice: choice(reference) };

describe.each(['wasm', 'webgl', 'webgpu'] as const)('NeuMF on %s', (kind) => {
  it('gives the same figures as the reference within 0.005, and leaves no tensor behind', async () => {
    const device = await deviceOf(kind);
    const runtime = await openTfjs(device);
    // Its own fits are over: their tensors are not to be counted here.
    const [known, knownRecall] = await Promise.all([expected.taste, expected.choice]);
    const before = runtime.tf.memory().numTensors;

    const { rmse, predicted } = await taste(device);
    expect(known.rmse).toBeLessThan(0.95);
    expect(Math.abs(rmse - known.rmse)).toBeLessThan(0.005);
    const worst = predicted.reduce((most, value, p) => Math.max(most, Math.abs(value - known.predicted[p])), 0);
    expect(worst).toBeLessThan(0.05);

    expect(Math.abs((await choice(device)) - knownRecall)).toBeLessThan(0.005);
    expect(runtime.tf.memory().numTensors).toBe(before);
    runtime.destroy();
  });

  it('scores every product for many customers as the plain forward pass does', async () => {
    const shape = { users: 6, items: 11, embedding: 8 };
    const weights = initialWeights(shape, 0.7, 3);
    const forward = new NeuMfForward(weights, shape, 0);
    const runtime = await openTfjs(await deviceOf(kind));
    const scorer = new NeuMfScorer(runtime, weights, shape);
    const users = Uint32Array.of(5, 0, 3);
    const scores = await scorer.score(users);
    users.forEach((user, row) => {
      for (let item = 0; item < shape.items; item++) {
        expect(scores[row * shape.items + item]).toBeCloseTo(forward.score(user, item), 4);
      }
    });
    scorer.destroy();
    runtime.destroy();
  });
});

describe.each(['webgl', 'webgpu'] as const)('what NeuMF brings back on %s', (kind) => {
  it('is the loss of an epoch and the state after it, however many batches it has', async () => {
    const device = await deviceOf(kind);
    const runtime = await openTfjs(device);
    const fit = (batchSize: number, epochs: number) => () =>
      neumfTaste.fit(ratings, { ...neumfTaste.defaults('quick', ratings), ...small, batchSize, epochs }, { device });
    await fit(1024, 1)();
    // Six tables and the dense layers, each with both moments; the loss.
    const perEpoch = 3 * 7 + 1;
    expect(await readsDuring(fit(1024, 1))).toBe(perEpoch);
    expect(await readsDuring(fit(512, 2))).toBe(2 * perEpoch);
    runtime.destroy();
  });
});

describe('when the GPU goes away in mid-training', () => {
  async function loseAfterFirstEpoch(device: ComputeDevice, lose: () => void): Promise<Checkpoint> {
    const options = { ...neumfTaste.defaults('quick', ratings), ...small, epochs: 4 };
    const kept: Checkpoint[] = [];
    const fitting = neumfTaste.fit(ratings, options, {
      device,
      onCheckpoint: (checkpoint) => {
        kept.push(checkpoint);
        if (checkpoint.epoch === 1) lose();
      },
    });
    await expect(fitting).rejects.toMatchObject({ code: 'deviceLost' });
    const { model, epochs } = await neumfTaste.fit(ratings, options, {
      device: hostOf('wasm'),
      resumeFrom: kept.at(-1),
    });
    expect(epochs).toBe(4);
    expect(rootMeanSquare(await model.predict(heldOut.users, heldOut.items), heldOut)).toBeLessThan(0.95);
    return kept.at(-1)!;
  }

  it('webgpu: says deviceLost, and WASM goes on from the last checkpoint', async () => {
    const device = (await deviceOf('webgpu')) as WebGpuDevice;
    const { epoch } = await loseAfterFirstEpoch(device, () => device.simulateLoss());
    expect(epoch).toBe(1);
  });

  it('webgl: says deviceLost, and WASM goes on from the last checkpoint', async () => {
    const device = hostOf('webgl');
    const { epoch } = await loseAfterFirstEpoch(device, async () => {
      const { tf, destroy } = await openTfjs(device);
      const { gpgpu } = tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } };
      gpgpu.gl.getExtension('WEBGL_lose_context')!.loseContext();
      destroy();
    });
    expect(epoch).toBeLessThan(4);
  });
});
