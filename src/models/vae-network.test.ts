import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { hostOf } from '../compute/tfjs/hosts.testing.ts';
import { openTfjs, type TfjsRuntime } from '../compute/tfjs.ts';
import { randomChoices } from './choices.testing.ts';
import { chosenPairs } from './chosen-pairs.ts';
import { choosersOf, type VaeBatch, vaeBatches } from './vae-batches.ts';
import { denseLayer, sparseLayer } from './vae-first-layer.ts';
import { VaeNetwork } from './vae-network.ts';
import { copyVae, livelyVae, plainLoss } from './vae-plain.testing.ts';
import { VAE_WEIGHTS, type VaeShape } from './vae-weights.ts';

const chosen = chosenPairs(randomChoices(11, 9, 5));
const choosers = choosersOf(chosen);
const BATCH = 8;

function batches(latent: number, epoch = 1, batchCustomers = BATCH): VaeBatch[] {
  return [...vaeBatches(chosen, choosers, { batchCustomers, dropout: 0.5, latent, seed: 7 }, epoch)];
}

describe('the batches of an epoch', () => {
  it('hold every customer with choices once, with all they chose, and show about half of it', () => {
    const rows = new Map<string, number>();
    const rowOf = (user: number) => [...chosen.indices.subarray(chosen.pointers[user], chosen.pointers[user + 1])];
    for (const user of choosers) {
      const key = rowOf(user).join();
      rows.set(key, (rows.get(key) ?? 0) + 1);
    }
    let [shown, all] = [0, 0];
    for (const { count, pointers, columns, shownPointers, shown: kept, scale } of batches(2)) {
      expect(pointers).toHaveLength(BATCH + 1);
      for (let row = 0; row < BATCH; row++) {
        const own = [...columns.subarray(pointers[row], pointers[row + 1])];
        const input = [...kept.subarray(shownPointers[row], shownPointers[row + 1])];
        expect(own.length > 0).toBe(row < count);
        expect(input.every((column) => own.includes(column)) && new Set(input).size === input.length).toBe(true);
        expect(scale[row]).toBeCloseTo(row < count ? 2 / Math.sqrt(own.length) : 0, 6);
        if (row < count) rows.set(own.join(), (rows.get(own.join()) ?? 0) - 1);
        shown += input.length;
        all += own.length;
      }
    }
    expect([...rows.values()].every((left) => left === 0)).toBe(true);
    expect(chosen.pointers[1]).toBe(0);
    // 5 standard deviations of a binomial
    expect(Math.abs(shown / all - 0.5)).toBeLessThan((5 * 0.5) / Math.sqrt(all));
  });

  it('are the same for an epoch every time, and others in the next one', () => {
    expect(batches(2, 3)).toEqual(batches(2, 3));
    expect(batches(2, 4)).not.toEqual(batches(2, 3));
  });

  it('draw a standard normal code', () => {
    const noise = Array.from({ length: 60 }, (_, epoch) => batches(8, epoch + 1, 2)).flatMap((own) =>
      own.flatMap((batch) => [...batch.noise.subarray(0, batch.count * 8)]),
    );
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length;
    expect(noise.length).toBeGreaterThan(4000);
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(noise.length));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / noise.length));
  });
});

describe.each(['reference', 'wasm'] as const)('the list autoencoder’s network on %s', (kind) => {
  let runtime: TfjsRuntime;
  beforeAll(async () => {
    runtime = await openTfjs(hostOf(kind));
  });
  afterAll(() => runtime.destroy());

  it.each([
    ['without a drawn code', { products: 9, hidden: 4, latent: 0 }],
    ['with a drawn code', { products: 9, hidden: 4, latent: 3 }],
  ] as const)('has the gradients finite differences give (%s)', async (_, shape: VaeShape) => {
    const weights = livelyVae(shape, 21);
    const kl = 0.7;
    // The second batch of the epoch: it has padding.
    const batch = batches(shape.latent)[1];
    expect(batch.count).toBeLessThan(BATCH);
    const network = new VaeNetwork(runtime, shape, BATCH, weights);
    await network.train(batch, { count: 1, learningRate: 0, weightDecay: 0, kl });
    expect(await network.takeLoss()).toBeCloseTo(plainLoss(shape, weights, batch, kl), 3);
    const state = await network.state();
    network.destroy();

    const step = 2 ** -10;
    let largest = 0;
    for (const name of VAE_WEIGHTS) {
      // After one step Adam's first moment is a tenth of the gradient of the mean.
      const gradient = state[`${name}.first`].map((moment) => (moment / 0.1) * batch.count);
      expect(gradient).toHaveLength(weights[name].length);
      for (let at = 0; at < gradient.length; at++) {
        const [up, down] = [copyVae(weights), copyVae(weights)];
        up[name][at] += step;
        down[name][at] -= step;
        const width = up[name][at] - down[name][at];
        const expected = (plainLoss(shape, up, batch, kl) - plainLoss(shape, down, batch, kl)) / width;
        largest = Math.max(largest, Math.abs(expected));
        expect(Math.abs(gradient[at] - expected), `${name}[${at}]`).toBeLessThan(
          1e-3 * Math.max(1, Math.abs(expected)),
        );
      }
    }
    expect(largest).toBeGreaterThan(1);
  });

  it('takes the steps of Adam with decoupled decay, worked out in double precision', async () => {
    const shape = { products: 9, hidden: 4, latent: 3 };
    const weights = livelyVae(shape, 4);
    const network = new VaeNetwork(runtime, shape, BATCH, weights);
    const [learningRate, weightDecay, kl] = [0.05, 0.4, 0.3];
    const epoch = batches(shape.latent);
    for (const [at, batch] of epoch.entries()) {
      await network.train(batch, { count: at + 1, learningRate, weightDecay, kl });
    }
    const trained = await network.state();
    network.destroy();

    const own = Object.fromEntries(VAE_WEIGHTS.map((name) => [name, Float64Array.from(weights[name])]));
    const first = Object.fromEntries(VAE_WEIGHTS.map((name) => [name, new Float64Array(own[name].length)]));
    const second = Object.fromEntries(VAE_WEIGHTS.map((name) => [name, new Float64Array(own[name].length)]));
    for (const [at, batch] of epoch.entries()) {
      const lossOf = () => plainLoss(shape, own as never, batch, kl) / batch.count;
      const slopes = Object.fromEntries(
        VAE_WEIGHTS.map((name) => [
          name,
          own[name].map((value, cell) => {
            const step = 1e-5;
            own[name][cell] = value + step;
            const up = lossOf();
            own[name][cell] = value - step;
            const down = lossOf();
            own[name][cell] = value;
            return (up - down) / (2 * step);
          }),
        ]),
      );
      for (const name of VAE_WEIGHTS) {
        const decay = name.endsWith('Bias') ? 0 : weightDecay;
        own[name].forEach((value, cell) => {
          const g = slopes[name][cell];
          first[name][cell] = 0.9 * first[name][cell] + 0.1 * g;
          second[name][cell] = 0.999 * second[name][cell] + 0.001 * g * g;
          const m = first[name][cell] / (1 - 0.9 ** (at + 1));
          const v = second[name][cell] / (1 - 0.999 ** (at + 1));
          own[name][cell] = value * (1 - learningRate * decay) - (learningRate * m) / (Math.sqrt(v) + 1e-8);
        });
      }
    }
    for (const name of VAE_WEIGHTS) {
      const worst = Math.max(...own[name].map((value, cell) => Math.abs(value - trained[name][cell])));
      expect(worst, name).toBeLessThan(2e-3);
    }
  });

  it('has the same first layer by rows as by dense products, step after step', async () => {
    const random = createRandom(3);
    const size = { products: 9, hidden: 4, batchCustomers: BATCH };
    const start = random.normals(36);
    const layers = [sparseLayer(runtime, start, size), denseLayer(runtime, start, size)];
    for (const [at, batch] of [...batches(0), ...batches(0, 2)].entries()) {
      const slope = runtime.tf.tensor2d(
        Float32Array.from({ length: BATCH * 4 }, (_, cell) => (cell < batch.count * 4 ? random.normal() : 0)),
        [BATCH, 4],
      );
      const outcomes: number[][] = [];
      for (const layer of layers) {
        const { chosen: marks, sums } = layer.forward(batch);
        outcomes.push([...(await marks.data()), ...(await sums.data())]);
        await layer.step(slope, { count: at + 1, learningRate: 0.02 }, 0.1);
        marks.dispose();
        sums.dispose();
      }
      slope.dispose();
      expect(Math.max(...outcomes[0].map((value, cell) => Math.abs(value - outcomes[1][cell])))).toBeLessThan(1e-5);
    }
    const [rows, dense] = [await layers[0].state(), await layers[1].state()];
    for (const part of ['values', 'first', 'second'] as const) {
      expect(Math.max(...rows[part].map((value, cell) => Math.abs(value - dense[part][cell])))).toBeLessThan(1e-5);
    }
    for (const layer of layers) layer.destroy();
  });

  it('keeps the same number of tensors from step to step, and none after destroy', async () => {
    const shape = { products: 9, hidden: 4, latent: 3 };
    const before = runtime.tf.memory().numTensors;
    const network = new VaeNetwork(runtime, shape, BATCH, livelyVae(shape, 2));
    const step = { learningRate: 0.01, weightDecay: 0.1, kl: 0.2 };
    const [batch] = batches(3);
    await network.train(batch, { ...step, count: 1 });
    const during = runtime.tf.memory().numTensors;
    for (let count = 2; count < 5; count++) await network.train(batch, { ...step, count });
    await network.takeLoss();
    await network.state();
    expect(runtime.tf.memory().numTensors).toBe(during);
    network.destroy();
    expect(runtime.tf.memory().numTensors).toBe(before);
  });
});
