/** Trained numbers of the list autoencoder as plain arrays. */
import { createRandom } from '../base/random.ts';

export interface VaeShape {
  /** Columns of the catalogue. */
  readonly products: number;
  /** Units of the hidden layer. */
  readonly hidden: number;
  /** Width of the drawn code; 0: the hidden layer is the code. */
  readonly latent: number;
}

/** Matrices row-major. `middle` and `middleBias` are empty where `latent` is 0. */
export interface VaeWeights {
  /** products × hidden. */
  readonly encoder: Float32Array;
  readonly encoderBias: Float32Array;
  /** hidden × 2·latent: the means, then the logarithms of the variances. */
  readonly middle: Float32Array;
  readonly middleBias: Float32Array;
  /** code × products. */
  readonly decoder: Float32Array;
  readonly decoderBias: Float32Array;
}

export type VaeWeightName = keyof VaeWeights;
export const VAE_WEIGHTS = [
  'encoder',
  'encoderBias',
  'middle',
  'middleBias',
  'decoder',
  'decoderBias',
] as const satisfies readonly VaeWeightName[];

/** Width of what the catalogue is written from. */
export function codeWidth({ hidden, latent }: VaeShape): number {
  return latent > 0 ? latent : hidden;
}

/** Rows and columns of each array. */
export function vaeSizes(shape: VaeShape): Readonly<Record<VaeWeightName, readonly [number, number]>> {
  const { products, hidden, latent } = shape;
  return {
    encoder: [products, hidden],
    encoderBias: [1, hidden],
    middle: [latent > 0 ? hidden : 0, 2 * latent],
    middleBias: [1, 2 * latent],
    decoder: [codeWidth(shape), products],
    decoderBias: [1, products],
  };
}

/**
 * Uniform in ±√(6 / (rows + columns)) (Glorot & Bengio 2010). The biases of products start where softmax gives each its
 * share of all choices, so that what is learned first is not how popular things are; the others at 0.
 * `counts`: choices of each product.
 */
export function initialVae(shape: VaeShape, counts: ArrayLike<number>, seed: number): VaeWeights {
  const random = createRandom(seed);
  const sizes = vaeSizes(shape);
  const uniform = (name: VaeWeightName) => {
    const [rows, columns] = sizes[name];
    const reach = Math.sqrt(6 / Math.max(1, rows + columns));
    return Float32Array.from({ length: rows * columns }, () => reach * (2 * random.next() - 1));
  };
  const logs = Float64Array.from({ length: shape.products }, (_, column) => Math.log(counts[column] + 1));
  const mean = logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length);
  return {
    encoder: uniform('encoder'),
    encoderBias: new Float32Array(shape.hidden),
    middle: uniform('middle'),
    middleBias: new Float32Array(2 * shape.latent),
    decoder: uniform('decoder'),
    decoderBias: Float32Array.from(logs, (log) => log - mean),
  };
}

/** Weights from arrays by name. Throws RangeError when one is missing or has the wrong size. */
export function vaeFromRecord(record: Readonly<Record<string, Float32Array>>, shape: VaeShape): VaeWeights {
  const sizes = vaeSizes(shape);
  for (const name of VAE_WEIGHTS) {
    const [rows, columns] = sizes[name];
    if (record[name]?.length !== rows * columns) {
      throw new RangeError(`weights "${name}": ${record[name]?.length}, not ${rows} × ${columns}`);
    }
  }
  return Object.fromEntries(VAE_WEIGHTS.map((name) => [name, record[name]])) as unknown as VaeWeights;
}
