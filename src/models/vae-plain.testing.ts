/** The whole loss of the list autoencoder in plain loops and double precision: what its networks are tested against. */
import { createRandom } from '../base/random.ts';
import type { VaeBatch } from './vae-batches.ts';
import { codeWidth, initialVae, VAE_WEIGHTS, type VaeShape, type VaeWeights } from './vae-weights.ts';

/** Logits of every product for a customer: `input` by product, `noise` for a drawn code. Code, mean and log variance beside. */
export function plainForward(shape: VaeShape, weights: VaeWeights, input: ArrayLike<number>, noise: ArrayLike<number>) {
  const { products, hidden, latent } = shape;
  const units = Array.from({ length: hidden }, (_, h) => {
    let sum = weights.encoderBias[h];
    for (let i = 0; i < products; i++) sum += input[i] * weights.encoder[i * hidden + h];
    return Math.tanh(sum);
  });
  const middle = Array.from({ length: 2 * latent }, (_, k) =>
    units.reduce((sum, unit, h) => sum + unit * weights.middle[h * 2 * latent + k], weights.middleBias[k]),
  );
  const mu = middle.slice(0, latent);
  const logVariance = middle.slice(latent);
  const code = latent === 0 ? units : mu.map((mean, k) => mean + Math.exp(logVariance[k] / 2) * noise[k]);
  const logits = Array.from({ length: products }, (_, i) =>
    code.reduce((sum, z, k) => sum + z * weights.decoder[k * products + i], weights.decoderBias[i]),
  );
  return { logits, mu, logVariance };
}

/** Σ over the customers of a batch of −Σ_i x_i ln π_i + kl · ½ Σ (μ² + e^s − s − 1). */
export function plainLoss(shape: VaeShape, weights: VaeWeights, batch: VaeBatch, kl: number): number {
  const { products, latent } = shape;
  let sum = 0;
  for (let row = 0; row < batch.count; row++) {
    const input = new Array<number>(products).fill(0);
    for (let e = batch.shownPointers[row]; e < batch.shownPointers[row + 1]; e++) {
      input[batch.shown[e]] = batch.scale[row];
    }
    const noise = batch.noise.subarray(row * latent, (row + 1) * latent);
    const { logits, mu, logVariance } = plainForward(shape, weights, input, noise);
    const total = Math.log(logits.reduce((all, logit) => all + Math.exp(logit), 0));
    for (let e = batch.pointers[row]; e < batch.pointers[row + 1]; e++) sum += total - logits[batch.columns[e]];
    mu.forEach((mean, k) => {
      sum += 0.5 * kl * (mean ** 2 + Math.exp(logVariance[k]) - logVariance[k] - 1);
    });
  }
  return sum;
}

/** Weights with nothing at zero, where a mistake could hide. */
export function livelyVae(shape: VaeShape, seed: number): VaeWeights {
  const random = createRandom(seed);
  const weights = initialVae(shape, new Array<number>(shape.products).fill(1), seed);
  for (const name of VAE_WEIGHTS) {
    for (let at = 0; at < weights[name].length; at++) weights[name][at] += 0.4 * random.normal();
  }
  return weights;
}

export function copyVae(weights: VaeWeights): VaeWeights {
  return Object.fromEntries(VAE_WEIGHTS.map((name) => [name, weights[name].slice()])) as unknown as VaeWeights;
}

/** The network's logit of every product for a whole history, as a finished model asks: nothing hidden, nothing drawn. */
export function plainScores(shape: VaeShape, weights: VaeWeights, columns: readonly number[]): number[] {
  const input = new Array<number>(shape.products).fill(0);
  for (const column of columns) input[column] = 1 / Math.sqrt(columns.length);
  return plainForward(shape, weights, input, new Float32Array(codeWidth(shape))).logits;
}
