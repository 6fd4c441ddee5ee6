/**
 * A customer's vector from what they chose, the products as they are: the p that maximizes the mean over the choices i and
 * a seeded sample of products j they do not have of ln σ(b_i − b_j + p·(q_i − q_j)), less ½ λ ‖p‖². What a customer adds
 * to the objective of the whole fit, for each of their choices (bpr-steps.ts). It is concave, so there is one such p.
 */
import type { Vectors } from './vector-lists.ts';

/**
 * Steps of the ascent, which is accelerated (Nesterov 1983). More of them climb on what is particular to the sample: on
 * MovieLens 100K recall@10 on validation was .233 after 12 with 512 products to compare with, .231 after 20, and .228 after
 * 20 or 40 with 256; the vectors that were learned had .232.
 */
const STEPS = 12;
/** Multiplications after which the largest eigenvalue is known well enough, and what is added for what is missing. */
const NORM_STEPS = 10;
const NORM_ROOM = 1.2;
/** Below this a number times itself is none. */
const TINY = 1e-150;

/**
 * `vectors` has the products' vectors with their biases behind them: rows × (k + 1). `chosen` and `others` are rows of it.
 * Zeros where either is empty. Length k.
 */
export function foldIn(
  vectors: Vectors,
  chosen: ArrayLike<number>,
  others: ArrayLike<number>,
  regularization: number,
  steps = STEPS,
): Float64Array {
  const factors = vectors.factors - 1;
  const point = new Float64Array(factors);
  if (chosen.length === 0 || others.length === 0) return point;
  const positives = new Side(vectors, chosen);
  const negatives = new Side(vectors, others);
  // σ' is at most ¼.
  const steepest = regularization + NORM_ROOM * (largestSpread(positives, negatives) / 4);
  if (!(steepest > 0)) return point;
  let ahead = point.slice();
  let momentum = 1;
  const gradient = new Float64Array(factors);
  for (let step = 0; step < steps; step++) {
    compare(positives, negatives, ahead);
    gradient.fill(0);
    positives.addTo(gradient, 1);
    negatives.addTo(gradient, -1);
    const next = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const before = (momentum - 1) / next;
    momentum = next;
    const further = new Float64Array(factors);
    for (let f = 0; f < factors; f++) {
      const stepped = ahead[f] + (gradient[f] - regularization * ahead[f]) / steepest;
      further[f] = stepped + before * (stepped - point[f]);
      point[f] = stepped;
    }
    ahead = further;
  }
  return point;
}

/** One side of the comparison: its rows side by side, and a number for each of them. */
class Side {
  readonly count: number;
  readonly factors: number;
  /** One for each row. */
  readonly weights: Float64Array;
  readonly #rows: Float32Array;

  constructor({ data, factors: width }: Vectors, rows: ArrayLike<number>) {
    this.count = rows.length;
    this.factors = width - 1;
    this.weights = new Float64Array(rows.length);
    this.#rows = new Float32Array(rows.length * width);
    for (let at = 0; at < rows.length; at++) {
      this.#rows.set(data.subarray(rows[at] * width, (rows[at] + 1) * width), at * width);
    }
  }

  /** weights_r = p·q_r, with or without the bias. The largest of them. */
  project(p: Float64Array, bias: boolean): number {
    const { factors, count, weights } = this;
    const rows = this.#rows;
    let most = Number.NEGATIVE_INFINITY;
    for (let row = 0, at = 0; row < count; row++, at++) {
      let sum = 0;
      for (let f = 0; f < factors; f++, at++) sum += p[f] * rows[at];
      if (bias) sum += rows[at];
      weights[row] = sum;
      if (sum > most) most = sum;
    }
    return most;
  }

  /** into += share · Σ weights_r q_r / rows */
  addTo(into: Float64Array, share: number): void {
    const { factors, count, weights } = this;
    const rows = this.#rows;
    for (let row = 0, at = 0; row < count; row++, at++) {
      const weight = (share * weights[row]) / count;
      for (let f = 0; f < factors; f++, at++) into[f] += weight * rows[at];
    }
  }
}

/** Leaves in the weights of every row the mean of σ(x_j − x_i) over the other side's rows. */
function compare(positives: Side, negatives: Side, p: Float64Array): void {
  const middle = Math.max(positives.project(p, true), negatives.project(p, true));
  const [above, below] = [positives.weights, negatives.weights];
  // σ(x_j − x_i) = e^x_j / (e^x_i + e^x_j): an exponential for each row and none for each pair.
  const lifted = (x: number) => Math.max(TINY, Math.exp(x - middle));
  const [own, other] = [above.map(lifted), below.map(lifted)];
  above.fill(0);
  below.fill(0);
  for (let i = 0; i < own.length; i++) {
    const e = own[i];
    let sum = 0;
    for (let j = 0; j < other.length; j++) {
      const wrong = other[j] / (e + other[j]);
      sum += wrong;
      below[j] += wrong;
    }
    above[i] = sum / other.length;
  }
  for (let j = 0; j < below.length; j++) below[j] /= own.length;
}

/** The largest eigenvalue of the mean of (q_i − q_j)(q_i − q_j)ᵀ, by multiplying with it again and again. */
function largestSpread(positives: Side, negatives: Side): number {
  const means = [positives, negatives].map((side) => {
    const mean = new Float64Array(side.factors);
    side.weights.fill(1);
    side.addTo(mean, 1);
    return mean;
  });
  let direction = means[0].map((value, f) => value - means[1][f]);
  let largest = 0;
  for (let step = 0; step < NORM_STEPS; step++) {
    const length = Math.hypot(...direction);
    if (!(length > TINY)) break;
    direction = direction.map((value) => value / length);
    const image = new Float64Array(direction.length);
    const [toPositive, toNegative] = means.map((mean) => mean.reduce((sum, value, f) => sum + value * direction[f], 0));
    for (const side of [positives, negatives]) {
      side.project(direction, false);
      side.addTo(image, 1);
    }
    for (let f = 0; f < image.length; f++) image[f] -= toNegative * means[0][f] + toPositive * means[1][f];
    largest = Math.hypot(...image);
    direction = image;
  }
  return largest;
}
