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

/** A customer as the network sees them; each part is read from `from` on. */
export interface CustomerRow {
  /** E: the embedding of the product branch, output weights multiplied in. */
  readonly product: Float32Array;
  /** E: their half of the tower's first layer. */
  readonly hidden: Float32Array;
  readonly from: number;
  readonly bias: number;
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
  /** E × E, E: what a customer's embeddings are multiplied with. */
  readonly #intoHidden: Float32Array;
  readonly #productOut: Float32Array;
  /** E/2 × E: the second layer, one output unit after another. */
  readonly #topHidden: Float32Array;
  readonly #topBias: Float32Array;
  readonly #towerOut: Float32Array;
  readonly #base: number;
  /** Of the pair that was asked about last: the first layer after its relu, and the second before. */
  readonly #hidden: Float32Array;
  readonly #tops: Float64Array;
  readonly #slopes: Float64Array;

  /** `base` is added to every score (the mean rating; 0 for choices). */
  constructor(weights: NeuMfWeights, shape: NeuMfShape, base: number) {
    const embedding = shape.embedding;
    const views = denseViews(weights.dense, embedding);
    this.#weights = weights;
    this.#embedding = embedding;
    this.#top = embedding / 2;
    this.#productOut = views.productOut;
    this.#intoHidden = views.userHidden;
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
    this.#tops = new Float64Array(this.#top);
    this.#slopes = new Float64Array(embedding);
  }

  /** One of those the weights were trained on. */
  rowOf(user: number): CustomerRow {
    const from = user * this.#embedding;
    return { product: this.#userProduct, hidden: this.#userHidden, from, bias: this.#weights.userBias[user] };
  }

  /** Anybody: [product embedding (E), tower embedding (E), bias]. Those of a trained customer give the bits of `rowOf`. */
  rowFrom(parameters: ArrayLike<number>): CustomerRow {
    const embedding = this.#embedding;
    const part = (from: number) => Float32Array.from({ length: embedding }, (_, f) => parameters[from + f]);
    return {
      product: part(0).map((value, f) => value * this.#productOut[f]),
      hidden: project(part(embedding), embedding, this.#intoHidden, embedding, null),
      from: 0,
      bias: Math.fround(parameters[2 * embedding]),
    };
  }

  score(user: number, item: number): number {
    return this.scoreFor(this.rowOf(user), item);
  }

  scoreFor({ product, hidden: own, from, bias }: CustomerRow, item: number): number {
    const embedding = this.#embedding;
    const hidden = this.#hidden;
    const fromItem = item * embedding;
    let score = this.#base + bias + this.#weights.itemBias[item];
    for (let f = 0; f < embedding; f++) {
      score += product[from + f] * this.#weights.itemProduct[fromItem + f];
      const value = own[from + f] + this.#itemHidden[fromItem + f];
      hidden[f] = Math.max(value, 0);
    }
    this.#fillTops();
    for (let c = 0; c < this.#top; c++) if (this.#tops[c] > 0) score += this.#tops[c] * this.#towerOut[c];
    return score;
  }

  /** Four units side by side: one sum alone would wait for every addition. */
  #fillTops(): void {
    const embedding = this.#embedding;
    const top = this.#top;
    const [hidden, weights, bias, tops] = [this.#hidden, this.#topHidden, this.#topBias, this.#tops];
    let c = 0;
    for (; c + 4 <= top; c += 4) {
      let [first, second, third, fourth] = [bias[c], bias[c + 1], bias[c + 2], bias[c + 3]];
      for (let f = 0, at = c * embedding; f < embedding; f++, at++) {
        const value = hidden[f];
        first += value * weights[at];
        second += value * weights[at + embedding];
        third += value * weights[at + 2 * embedding];
        fourth += value * weights[at + 3 * embedding];
      }
      tops[c] = first;
      tops[c + 1] = second;
      tops[c + 2] = third;
      tops[c + 3] = fourth;
    }
    for (; c < top; c++) {
      let value = bias[c];
      for (let f = 0, at = c * embedding; f < embedding; f++, at++) value += hidden[f] * weights[at];
      tops[c] = value;
    }
  }

  /**
   * The score, and into every `stride`-th number of `into` from `at` on its derivatives by [product embedding (E), tower
   * embedding (E), bias] of the customer. A score is linear in these between the kinks of relu, where the derivative is
   * taken from the side on which the unit is silent.
   */
  differentiate(row: CustomerRow, item: number, into: Float64Array, at = 0, stride = 1): number {
    const embedding = this.#embedding;
    const score = this.scoreFor(row, item);
    const hidden = this.#hidden;
    const slopes = this.#slopes.fill(0);
    for (let c = 0, start = 0; c < this.#top; c++, start += embedding) {
      if (!(this.#tops[c] > 0)) continue;
      const out = this.#towerOut[c];
      for (let f = 0; f < embedding; f++) slopes[f] += out * this.#topHidden[start + f];
    }
    for (let f = 0; f < embedding; f++) if (!(hidden[f] > 0)) slopes[f] = 0;
    for (let f = 0, to = at; f < embedding; f++, to += stride) {
      into[to] = this.#productOut[f] * this.#weights.itemProduct[item * embedding + f];
    }
    const intoHidden = this.#intoHidden;
    for (let f = 0, to = at + embedding * stride; f < embedding; f += 2, to += 2 * stride) {
      let [even, odd] = [0, 0];
      for (let g = 0, w = f * embedding; g < embedding; g++, w++) {
        even += intoHidden[w] * slopes[g];
        odd += intoHidden[w + embedding] * slopes[g];
      }
      into[to] = even;
      into[to + stride] = odd;
    }
    into[at + 2 * embedding * stride] = 1;
    return score;
  }

  /** One score per pair. */
  scorePairs(users: ArrayLike<number>, items: ArrayLike<number>): Float32Array {
    return Float32Array.from({ length: users.length }, (_, at) => this.score(users[at], items[at]));
  }

  /** One score per product. */
  scoresFor(row: CustomerRow, items: number): Float32Array {
    const scores = new Float32Array(items);
    for (let item = 0; item < items; item++) scores[item] = this.scoreFor(row, item);
    return scores;
  }
}
