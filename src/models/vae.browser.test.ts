import { afterAll, describe, expect, it } from 'vitest';
import type { ComputeDevice, DeviceKind } from '../compute/device.ts';
import { readsDuring } from '../compute/gpu-reads.testing.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { hostOf } from '../compute/tfjs/hosts.testing.ts';
import { openTfjs } from '../compute/tfjs.ts';
import { createWebGlDevice } from '../compute/webgl/device.ts';
import { createWebGpuDevice, type WebGpuDevice } from '../compute/webgpu/device.ts';
import { chosenPairs } from './chosen-pairs.ts';
import { plantedRatings, splitOff } from './planted.testing.ts';
import type { Checkpoint } from './recommender.ts';
import { vae } from './vae.ts';
import { choosersOf, vaeBatches } from './vae-batches.ts';
import { VaeNetwork } from './vae-network.ts';
import { livelyVae, plainLoss } from './vae-plain.testing.ts';

const { ratings, held } = splitOff(plantedRatings({ users: 90, items: 40, perUser: 16, noise: 0.2, seed: 3 }), 6);
const small = { hidden: 8, batchCustomers: 32, epochs: 3, learningRate: 0.01, decay: 1, weightDecay: 0.1 };
const users = Uint32Array.from({ length: 90 }, (_, user) => user);

const gpus: ComputeDevice[] = [];
async function deviceOf(kind: DeviceKind): Promise<ComputeDevice> {
  if (kind === 'reference') return createReferenceDevice();
  if (kind === 'wasm') return hostOf(kind);
  const gpu = await (kind === 'webgpu' ? createWebGpuDevice() : createWebGlDevice());
  gpus.push(gpu);
  return gpu;
}
afterAll(() => {
  for (const gpu of gpus) gpu.destroy();
});

async function scores(device: ComputeDevice, latent: number) {
  const options = { ...vae.defaults('quick', ratings), ...small, latent };
  const { model } = await vae.fit(ratings, options, { device, validation: held });
  // Asked in plain loops: what the fit came to, whichever device it ran on.
  return model.scoresForMany(users.subarray(0, 10));
}

describe.each(['wasm', 'webgl', 'webgpu'] as const)('the list autoencoder on %s', (kind) => {
  it.each([0, 4])('learns what the reference learns, and leaves no tensor behind (latent %i)', async (latent) => {
    const device = kind === 'wasm' ? { ...createReferenceDevice(), info: hostOf('wasm').info } : await deviceOf(kind);
    const expected = await scores(createReferenceDevice(), latent);
    const runtime = await openTfjs(device);
    const before = runtime.tf.memory().numTensors;
    const found = await scores(device, latent);
    expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(1);
    expect(Math.max(...found.map((score, at) => Math.abs(score - expected[at])))).toBeLessThan(0.02);
    expect(runtime.tf.memory().numTensors).toBe(before);
    runtime.destroy();
  });

  it.each([0, 3])('meets the loss that plain loops add up, padding left out (latent %i)', async (latent) => {
    const chosen = chosenPairs(ratings);
    const shape = { products: 40, hidden: 8, latent };
    const weights = livelyVae(shape, 5);
    const own = { batchCustomers: 64, dropout: 0.5, latent, seed: 2 };
    const batch = [...vaeBatches(chosen, choosersOf(chosen), own, 1)][1];
    expect(batch.count).toBeLessThan(64);
    const runtime = await openTfjs(await deviceOf(kind));
    const network = new VaeNetwork(runtime, shape, 64, weights);
    await network.train(batch, { count: 1, learningRate: 0, weightDecay: 0, kl: 0.5 });
    const expected = plainLoss(shape, weights, batch, 0.5);
    expect(Math.abs((await network.takeLoss()) - expected)).toBeLessThan(1e-4 * expected);
    network.destroy();
    runtime.destroy();
  });
});

describe.each(['webgl', 'webgpu'] as const)('what the list autoencoder brings back on %s', (kind) => {
  it.each([
    [0, ['encoder', 'encoderBias', 'decoder', 'decoderBias']],
    [4, ['encoder', 'encoderBias', 'middle', 'middleBias', 'decoder', 'decoderBias']],
  ] as const)(
    'is the loss of an epoch and the state after it, however many batches it has (latent %i)',
    async (latent, parts) => {
      const device = await deviceOf(kind);
      const runtime = await openTfjs(device);
      const fit = (batchCustomers: number, epochs: number) => () =>
        vae.fit(ratings, { ...vae.defaults('quick', ratings), ...small, latent, batchCustomers, epochs }, { device });
      await fit(90, 1)();
      // Each part with both moments; the loss.
      const perEpoch = 3 * parts.length + 1;
      expect(await readsDuring(fit(90, 1))).toBe(perEpoch);
      expect(await readsDuring(fit(45, 2))).toBe(2 * perEpoch);
      runtime.destroy();
    },
  );
});

describe('when the GPU goes away in mid-training', () => {
  it('says deviceLost, and the processor goes on from the last checkpoint', async () => {
    const device = (await deviceOf('webgpu')) as WebGpuDevice;
    const options = { ...vae.defaults('quick', ratings), ...small, epochs: 4 };
    const kept: Checkpoint[] = [];
    const fitting = vae.fit(ratings, options, {
      device,
      onCheckpoint: (checkpoint) => {
        kept.push(checkpoint);
        if (checkpoint.epoch === 1) device.simulateLoss();
      },
    });
    await expect(fitting).rejects.toMatchObject({ code: 'deviceLost' });
    expect(kept.at(-1)?.epoch).toBe(1);
    const { model, epochs } = await vae.fit(ratings, options, {
      device: createReferenceDevice(),
      resumeFrom: kept.at(-1),
    });
    expect(epochs).toBe(4);
    expect((await model.scoresForMany(users)).every(Number.isFinite)).toBe(true);
  });
});
