import type { Csr } from '../base/sparse.ts';
import type { RankedCatalogue } from './ranked-catalogue.ts';
import { codeWidth, type VaeShape, type VaeWeights } from './vae-weights.ts';

/** What a fitted list autoencoder is made of. Matrices are row-major. */
export interface VaeParts {
  readonly catalogue: RankedCatalogue;
  /** customers × columns of the catalogue, every choice 1: what the model knows of the customers it was trained on. */
  readonly histories: Csr;
  readonly hidden: number;
  /** 0 where the hidden layer is the code. */
  readonly latent: number;
  /** Width of the code: latent, or hidden. */
  readonly code: number;
  /** columns × hidden. */
  readonly encoder: Float32Array;
  readonly encoderBias: Float32Array;
  /** hidden × latent: the mean of the code. Once trained nothing is drawn. */
  readonly middle: Float32Array;
  readonly middleBias: Float32Array;
  /** columns × code, and one number a column: what writes the score of each product. */
  readonly products: Float32Array;
  readonly productBias: Float32Array;
}

/** A model's parts from what was trained. The mean over the catalogue is taken out of scores: it is the same for all. */
export function vaeParts(
  catalogue: RankedCatalogue,
  histories: Csr,
  { hidden, latent, ...rest }: VaeShape,
  weights: VaeWeights,
): VaeParts {
  const code = codeWidth({ hidden, latent, ...rest });
  const { size } = catalogue;
  const middle = new Float32Array(hidden * latent);
  for (let h = 0; h < hidden; h++) {
    middle.set(weights.middle.subarray(h * 2 * latent, h * 2 * latent + latent), h * latent);
  }
  const products = new Float32Array(size * code);
  for (let k = 0; k < code; k++) {
    const row = weights.decoder.subarray(k * size, (k + 1) * size);
    const mean = meanOf(row);
    for (let column = 0; column < size; column++) products[column * code + k] = row[column] - mean;
  }
  const level = meanOf(weights.decoderBias);
  return {
    catalogue,
    histories,
    hidden,
    latent,
    code,
    encoder: weights.encoder,
    encoderBias: weights.encoderBias,
    middle,
    middleBias: weights.middleBias.slice(0, latent),
    products,
    productBias: weights.decoderBias.map((bias) => bias - level),
  };
}

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at];
  return sum / Math.max(1, values.length);
}
