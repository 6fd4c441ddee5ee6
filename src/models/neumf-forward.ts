/**
 * NeuMF's forward pass in plain loops: what serves single customers and pairs after training (no
 * device needed, nothing to wait for), and the oracle the device's network is tested against.
 */
import { denseViews, type NeuMfShape, type NeuMfWeights } from './neumf-weights.ts';

/** Rows times matrix plus bias: (rows × n)(n × m) + (m). */
function project(x: Float32Array, n: number, w: Float32Array, m: number, bias: Float32Array | null): Float32Array {
  const rows = x.length / n;
  const out = new Float32Array(rows * m);
  for (let r = 0; r < rows; r++) {
    const to = r * m;
    if (bias) out.set(bias, to);
    for (let f = 0; f < n; f++) {
      const value = x[r * n + f];
      const from = f * m;
      for (let c = 0; c < m; c++) out[to + c] += value * w[from + c];
    }
  }
  return out;
}

/**
 * Scores from trained weights. The first layer of the tower is linear before its relu, so both its
 * halves are computed once per customer and once per product, not once per pair.
 */
export class NeuMfForward {
  readonly #weights: NeuMfWeights;
  readonly #embedding: number;
  readonly #top: number;
  /** users × E: customer embeddings of the product branch, output weights multiplied in. */
  readonly #userProduct: Float32Array;
  /** users × E and items × E: the two halves of the tower's first layer, bias in the latter. */
  readonly #userHidden: Float32Array;
  readonly #itemHidden: Float32Array;
  /** E/2 × E: the second layer, one output unit after another. */
  readonly #topHidden: Float32Array;
  readonly #topBias: Float32Array;
  readonly #towerOut: Float32Array;
  readonly #base: number;
  readonly #hidden: Float32Array;

  /** `base` is added to every score (the mean rating; 0 for choices). */
  constructor(weights: NeuMfWeights, shape: NeuMfShape, base: number) {
    const embedding = shape.embedding;
    const views = denseViews(weights.dense, embedding);
    this.#weights = weights;
    this.#embedding = embedding;
    this.#top = embedding / 2;
    this.#userProduct = weights.userProduct.map((value, at) => value * views.productOut[at % embedding]);
    this.#userHidden = project(weights.userTower, embedding, views.userHidden, embedding, null);
    this.#itemHidden = project(weights.itemTower, embedding, views.itemHidden, embedding, views.hiddenBias);
    this.#topHidden = new Float32Array(views.topHidden.length);
    for (let f = 0; f < embedding; f++) {
      for (let c = 0; c < this.#top; c++) this.#topHidden[c * embedding + f] = views.topHidden[f * this.#top + c];
    }
    this.#topBias = views.topBias;
    this.#towerOut = views.towerOut;
    this.#base = base + views.bias[0];
    this.#hidden = new Float32Array(embedding);
  }

  score(user: number, item: number): number {
    const embedding = this.#embedding;
    const top = this.#top;
    const hidden = this.#hidden;
    const topHidden = this.#topHidden;
    const fromUser = user * embedding;
    const fromItem = item * embedding;
    let score = this.#base + this.#weights.userBias[user] + this.#weights.itemBias[item];
    for (let f = 0; f < embedding; f++) {
      score += this.#userProduct[fromUser + f] * this.#weights.itemProduct[fromItem + f];
      const value = this.#userHidden[fromUser + f] + this.#itemHidden[fromItem + f];
      hidden[f] = Math.max(value, 0);
    }
    for (let c = 0, at = 0; c < top; c++) {
      let value = this.#topBias[c];
      for (let f = 0; f < embedding; f++) value += hidden[f] * topHidden[at++];
      if (value > 0) score += value * this.#towerOut[c];
    }
    return score;
  }

  /** One score per pair. */
  scorePairs(users: ArrayLike<number>, items: ArrayLike<number>): Float32Array {
    return Float32Array.from({ length: users.length }, (_, at) => this.score(users[at], items[at]));
  }

  /** One score per product for a customer. */
  scoreItems(user: number, items: number): Float32Array {
    const scores = new Float32Array(items);
    for (let item = 0; item < items; item++) scores[item] = this.score(user, item);
    return scores;
  }
}
