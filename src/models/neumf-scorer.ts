/**
 * Every product for many customers, on the device: the product branch is one matrix product; of the
 * tower, both halves of the first layer are computed once per row and only added per pair.
 */
import type { Tensor2D, TfjsRuntime } from '../compute/tfjs.ts';
import { denseViews, type NeuMfShape, type NeuMfWeights } from './neumf-weights.ts';

/** Pairs scored before numbers are read back. */
const PAIRS_PER_BLOCK = 262_144;

export class NeuMfScorer {
  readonly usersPerBlock: number;
  readonly #runtime: TfjsRuntime;
  readonly #weights: NeuMfWeights;
  readonly #shape: NeuMfShape;
  /** items × E (transposed: E × items), items × E with the bias in, 1 × items. */
  readonly #products: Tensor2D;
  readonly #itemHidden: Tensor2D;
  readonly #itemBias: Tensor2D;
  readonly #userHidden: Tensor2D;
  readonly #topHidden: Tensor2D;
  readonly #topBias: Tensor2D;
  readonly #towerOut: Tensor2D;
  readonly #bias: number;
  readonly #productOut: Float32Array;

  constructor(runtime: TfjsRuntime, weights: NeuMfWeights, shape: NeuMfShape) {
    this.#runtime = runtime;
    this.#weights = weights;
    this.#shape = shape;
    this.usersPerBlock = Math.max(1, Math.floor(PAIRS_PER_BLOCK / shape.items));
    runtime.activate();
    const { tf } = runtime;
    const { items, embedding } = shape;
    const views = denseViews(weights.dense, embedding);
    const matrix = (values: Float32Array, rows: number) => tf.tensor2d(values.slice(), [rows, values.length / rows]);
    this.#bias = views.bias[0];
    this.#productOut = views.productOut;
    const kept = tf.tidy(() => {
      const hidden = tf.matMul(matrix(weights.itemTower, items), matrix(views.itemHidden, embedding));
      return [
        tf.transpose(matrix(weights.itemProduct, items)) as Tensor2D,
        tf.add(hidden, matrix(views.hiddenBias, 1)) as Tensor2D,
        matrix(weights.itemBias, 1),
        matrix(views.userHidden, embedding),
        matrix(views.topHidden, embedding),
        matrix(views.topBias, 1),
        matrix(views.towerOut, embedding / 2),
      ].map((tensor) => tf.keep(tensor));
    });
    [
      this.#products,
      this.#itemHidden,
      this.#itemBias,
      this.#userHidden,
      this.#topHidden,
      this.#topBias,
      this.#towerOut,
    ] = kept;
  }

  /** users.length × items, row-major. */
  async score(users: Uint32Array): Promise<Float32Array> {
    const runtime = this.#runtime;
    runtime.activate();
    const { tf } = runtime;
    const { items, embedding } = this.#shape;
    const rows = (table: Float32Array, scale?: Float32Array) => {
      const values = new Float32Array(users.length * embedding);
      users.forEach((user, at) => {
        for (let f = 0; f < embedding; f++) {
          values[at * embedding + f] = table[user * embedding + f] * (scale?.[f] ?? 1);
        }
      });
      return tf.tensor2d(values, [users.length, embedding]);
    };
    const scores = tf.tidy(() => {
      const products = tf.matMul(rows(this.#weights.userProduct, this.#productOut), this.#products);
      const hidden = tf.matMul(rows(this.#weights.userTower), this.#userHidden);
      const towers = Array.from(users, (_, at) => {
        const own = tf.slice(hidden, [at, 0], [1, embedding]);
        const first = tf.relu(tf.add(this.#itemHidden, own)) as Tensor2D;
        const top = tf.relu(tf.add(tf.matMul(first, this.#topHidden), this.#topBias)) as Tensor2D;
        return tf.reshape(tf.matMul(top, this.#towerOut), [1, items]) as Tensor2D;
      });
      const own = tf.tensor2d(
        Float32Array.from(users, (user) => this.#weights.userBias[user] + this.#bias),
        [users.length, 1],
      );
      const tower = towers.length === 1 ? towers[0] : tf.concat2d(towers, 0);
      return tf.add(tf.add(products, tower), tf.add(own, this.#itemBias));
    });
    try {
      return await runtime.read(scores);
    } finally {
      scores.dispose();
    }
  }

  destroy(): void {
    for (const tensor of [
      this.#products,
      this.#itemHidden,
      this.#itemBias,
      this.#userHidden,
      this.#topHidden,
      this.#topBias,
      this.#towerOut,
    ]) {
      tensor.dispose();
    }
  }
}
