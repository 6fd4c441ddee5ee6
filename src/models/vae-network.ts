/**
 * The multinomial autoencoder of Liang, Krishnan, Hoffman & Jebara (2018), "Variational Autoencoders for Collaborative
 * Filtering", in training. For customer u with choices x_u (0 or 1), n_u of them, and the input x̃_u of `vaeBatches`:
 *
 *   h = tanh(b₁ + x̃ W₁)                                    the hidden layer
 *   [μ, s] = b₂ + h W₂;  z = μ + e^{s/2} ε,  ε ~ N(0, 1)    Mult-VAE; Mult-DAE writes from z = h
 *   l = b₃ + z W₃;  π = softmax(l)
 *   loss_u = −Σ_i x_ui ln π_i + β · ½ Σ_k (μ_k² + e^{s_k} − s_k − 1)                       (formulas 2, 3 and 6)
 *
 * A step of Adam minimizes the mean of loss_u over the customers of a batch. Its gradients are written out: ∂loss_u/∂l =
 * n_u π − x_u, and back from there by products alone, the smaller side transposed (see `compute/tfjs/dense.ts`).
 */
import { DenseAdam } from '../compute/tfjs/dense.ts';
import { lend } from '../compute/tfjs/scope.ts';
import type { Scalar, Tensor1D, Tensor2D, TfjsRuntime } from '../compute/tfjs.ts';
import { LossSum } from './loss-sum.ts';
import type { VaeBatch } from './vae-batches.ts';
import { denseLayer, type FirstLayer, sparseLayer } from './vae-first-layer.ts';
import { type VaeShape, type VaeWeightName, type VaeWeights, vaeSizes } from './vae-weights.ts';

const INNER = ['encoderBias', 'middle', 'middleBias', 'decoder', 'decoderBias'] as const;
type Inner = (typeof INNER)[number];
const isBias = (name: VaeWeightName) => name.endsWith('Bias');

export interface VaeStep {
  /** Steps of Adam so far, this one included: 1, 2, … */
  readonly count: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** β of this step. */
  readonly kl: number;
}

export class VaeNetwork {
  readonly #runtime: TfjsRuntime;
  readonly #shape: VaeShape;
  readonly #batchCustomers: number;
  readonly #encoder: FirstLayer;
  readonly #inner: ReadonlyMap<Inner, DenseAdam>;
  /** 1 × batch of ones, for the gradients of biases. */
  readonly #ones: Tensor2D;
  readonly #losses: LossSum;
  #destroyed = false;

  constructor(runtime: TfjsRuntime, shape: VaeShape, batchCustomers: number, weights: VaeWeights) {
    this.#runtime = runtime;
    this.#shape = shape;
    this.#batchCustomers = batchCustomers;
    runtime.activate();
    const { tf, kind } = runtime;
    const layer = kind === 'wasm' || kind === 'reference' ? sparseLayer : denseLayer;
    this.#encoder = layer(runtime, weights.encoder, { ...shape, batchCustomers });
    const trained = INNER.filter((name) => weights[name].length > 0);
    this.#inner = new Map(trained.map((name) => [name, new DenseAdam(tf, weights[name])]));
    this.#ones = tf.ones([1, batchCustomers]);
    this.#losses = new LossSum(runtime);
  }

  /** One step of Adam on one batch; the sum of its customers' losses is added to what `takeLoss` will return. */
  async train(batch: VaeBatch, step: VaeStep): Promise<void> {
    const { tf } = this.#runtime;
    this.#runtime.activate();
    const slopes = () => this.#slopes(batch, step.kl);
    await lend(tf, slopes, async ({ loss, slope, gradients }) => {
      this.#losses.add(loss);
      for (const [name, gradient] of Object.entries(gradients) as [Inner, Tensor1D][]) {
        this.#inner.get(name)?.update(() => gradient, step, isBias(name) ? 0 : step.weightDecay);
        gradient.dispose();
      }
      await this.#encoder.step(slope, step, step.weightDecay);
    });
  }

  /** The summed loss since the last call: one read per epoch. */
  takeLoss(): Promise<number> {
    return this.#losses.take();
  }

  /** Weights and both moments, under names `restore` understands; those of the weights are `VaeWeights`'. */
  async state(): Promise<Record<string, Float32Array>> {
    const encoder = await this.#encoder.state();
    const state: Record<string, Float32Array> = {
      encoder: encoder.values,
      'encoder.first': encoder.first,
      'encoder.second': encoder.second,
    };
    for (const name of INNER) {
      const adam = this.#inner.get(name);
      const read = async (part: 'values' | 'first' | 'second') =>
        adam ? (await this.#runtime.read(adam[part])).slice() : new Float32Array();
      state[name] = await read('values');
      state[`${name}.first`] = await read('first');
      state[`${name}.second`] = await read('second');
    }
    return state;
  }

  restore(state: Readonly<Record<string, Float32Array>>): void {
    this.#runtime.activate();
    const of = (name: string) => ({
      values: state[name],
      first: state[`${name}.first`],
      second: state[`${name}.second`],
    });
    this.#encoder.restore(of('encoder'));
    for (const [name, adam] of this.#inner) {
      const { values, first, second } = of(name);
      adam.restore(values, first, second);
    }
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#encoder.destroy();
    for (const adam of this.#inner.values()) adam.destroy();
    this.#ones.dispose();
    this.#losses.destroy();
  }

  /** Summed loss, and the gradients of the mean loss: with respect to x̃ W₁, and to the inner weights. Inside a tidy. */
  #slopes(batch: VaeBatch, kl: number) {
    const { tf } = this.#runtime;
    const { chosen, sums } = this.#encoder.forward(batch);
    const row = (name: Inner) => this.#matrix(name);
    const hidden = tf.tanh(tf.add(sums, row('encoderBias'))) as Tensor2D;
    const code = this.#shape.latent > 0 ? this.#drawn(hidden, batch) : null;
    const z = code?.z ?? hidden;

    const decoder = this.#matrix('decoder');
    const bias = tf.reshape(this.#matrix('decoderBias'), [-1]);
    const logits = tf.fused.matMul({ a: z, b: decoder, bias }) as Tensor2D;
    const shares = tf.softmax(logits) as Tensor2D;
    const counts = tf.tensor2d(
      Float32Array.from({ length: this.#batchCustomers }, (_, at) => batch.pointers[at + 1] - batch.pointers[at]),
      [this.#batchCustomers, 1],
    );
    // ln Σ e^l = max l − ln max π: without a pass of exponentials of its own.
    const total = tf.sub(tf.max(logits, 1, true), tf.log(tf.max(shares, 1, true)));
    const likelihood = tf.sub(tf.sum(tf.mul(counts, total)), tf.sum(tf.mul(chosen, logits)));

    const mean = 1 / batch.count;
    const dLogits = tf.mul(tf.sub(tf.mul(shares, counts), chosen), mean) as Tensor2D;
    const dz = tf.matMul(dLogits, tf.transpose(decoder) as Tensor2D) as Tensor2D;
    const gradients: Partial<Record<Inner, Tensor1D>> = {
      decoder: flat(tf.matMul(tf.transpose(z) as Tensor2D, dLogits)),
      decoderBias: flat(tf.matMul(this.#ones, dLogits)),
    };
    let dHidden = dz;
    let loss = likelihood as Scalar;
    if (code) {
      const { mu, variance, logVariance, drawn, counted } = code;
      const weight = tf.mul(counted, kl);
      const distance = tf.sub(tf.add(tf.square(mu), variance), tf.add(logVariance, 1));
      loss = tf.add(loss, tf.mul(tf.sum(tf.mul(distance, weight)), 0.5)) as Scalar;
      const dMu = tf.add(dz, tf.mul(mu, tf.mul(weight, mean)));
      const dLog = tf.mul(tf.add(tf.mul(dz, drawn), tf.mul(tf.sub(variance, 1), tf.mul(weight, mean))), 0.5);
      const dMiddle = tf.concat([dMu, dLog], 1) as Tensor2D;
      gradients.middle = flat(tf.matMul(tf.transpose(hidden) as Tensor2D, dMiddle));
      gradients.middleBias = flat(tf.matMul(this.#ones, dMiddle));
      dHidden = tf.matMul(dMiddle, tf.transpose(this.#matrix('middle')) as Tensor2D) as Tensor2D;
    }
    const slope = tf.mul(dHidden, tf.sub(1, tf.square(hidden))) as Tensor2D;
    gradients.encoderBias = flat(tf.matMul(this.#ones, slope));
    return { loss, slope, gradients };

    function flat(matrix: unknown): Tensor1D {
      return tf.reshape(matrix as Tensor2D, [-1]) as Tensor1D;
    }
  }

  /** Mean and logarithm of the variance of the code, and the code drawn with the batch's noise. */
  #drawn(hidden: Tensor2D, batch: VaeBatch) {
    const { tf } = this.#runtime;
    const { latent } = this.#shape;
    const rows = this.#batchCustomers;
    const both = tf.add(tf.matMul(hidden, this.#matrix('middle')), this.#matrix('middleBias')) as Tensor2D;
    const mu = tf.slice(both, [0, 0], [rows, latent]) as Tensor2D;
    const logVariance = tf.slice(both, [0, latent], [rows, latent]) as Tensor2D;
    const deviation = tf.exp(tf.mul(logVariance, 0.5));
    const drawn = tf.mul(deviation, tf.tensor2d(batch.noise, [rows, latent]));
    // Padding has no code to be held near the normal.
    const counted = tf.tensor2d(
      Float32Array.from({ length: rows }, (_, at) => (at < batch.count ? 1 : 0)),
      [rows, 1],
    );
    return { z: tf.add(mu, drawn) as Tensor2D, mu, variance: tf.square(deviation), logVariance, drawn, counted };
  }

  #matrix(name: Inner): Tensor2D {
    const adam = this.#inner.get(name);
    if (!adam) throw new TypeError(`no weights "${name}"`);
    return this.#runtime.tf.reshape(adam.values, [...vaeSizes(this.#shape)[name]]) as Tensor2D;
  }
}
