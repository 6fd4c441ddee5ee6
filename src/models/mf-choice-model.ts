import { keepLatest } from '../base/latest.ts';
import { type ComputeDevice, NOT_FOUND } from '../compute/device.ts';
import { factorCholesky, solveCholesky } from './cholesky.ts';
import type { Exclusions } from './exclusions.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import type { Explanation, FoldableChoice, History, ScoredList, UserVector } from './recommender.ts';
import {
  dotRow,
  dotRows,
  dotsAnywhere,
  lengthsOf,
  nearestRows,
  topKAnywhere,
  topRows,
  type Vectors,
} from './vector-lists.ts';

/** c = (weight / meanWeight)^power: how strongly a choice counts. Power 0 counts all alike. */
export interface Confidence {
  readonly meanWeight: number;
  readonly weightPower: number;
}

export function confidenceOf({ meanWeight, weightPower }: Confidence, weight: number): number {
  return (weight / meanWeight) ** weightPower;
}

/** The weight of ‖row‖² for a row with n choices over a side of `others` rows (Rendle et al. 2021, eq. 4 with ν = 1). */
export function choiceRegularization(reg: number, n: number, unobservedWeight: number, others: number): number {
  return Math.max(1e-6, reg * (n + unobservedWeight * others));
}

/** What a fitted choice model is made of. Factors are row-major, rows × factors. */
export interface ChoiceParts extends Confidence {
  readonly factors: number;
  readonly unobservedWeight: number;
  readonly reg: number;
  readonly userFactors: Float32Array;
  readonly itemFactors: Float32Array;
  /** The score each thing gets from someone of whom nothing is known; length = things. */
  readonly popularity: Float32Array;
}

const KIND = 'mf-choice/1';
const NUMBERS = ['factors', 'unobservedWeight', 'reg', 'meanWeight', 'weightPower'] as const;
const ARRAYS = ['userFactors', 'itemFactors', 'popularity'] as const;

interface RowSolve {
  /** Of A = w·QᵀQ + Σ c q qᵀ + λI, factored. */
  readonly cholesky: Float64Array;
  readonly solution: Float64Array;
  /** One per thing of the history; 0 for weights that are not positive. */
  readonly confidences: Float64Array;
}

/**
 * Scores p_u·q_i of the implicit model (Hu, Koren & Volinsky 2008). `topItems` and `topItemsForMany`
 * answer for customers of the training data from the fitted factors; a history is answered by the
 * exact ridge solve of its row with the things fixed. A customer without a single choice has no
 * direction; they are answered by popularity in the same units. History values are choice weights.
 */
export class MfChoiceModel implements FoldableChoice {
  readonly name = 'mf';
  readonly head = 'choice';
  readonly #parts: ChoiceParts;
  readonly #device: ComputeDevice;
  readonly #solve = keepLatest((history: History) => this.#solved(history));
  #gram: Float64Array | null = null;
  #userLengths: Float64Array | null = null;

  /** `device` ranks for many customers at once; it stays its owner's to destroy. */
  constructor(parts: ChoiceParts, device: ComputeDevice) {
    this.#parts = parts;
    this.#device = device;
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array, device: ComputeDevice): MfChoiceModel {
    const { numbers, arrays } = unpackModel(
      bytes,
      KIND,
      NUMBERS,
      ARRAYS,
      ({ numbers: n, arrays: a }) =>
        n.factors >= 1 &&
        a.userFactors.length % n.factors === 0 &&
        a.itemFactors.length === a.popularity.length * n.factors,
    );
    return new MfChoiceModel({ ...numbers, ...arrays }, device);
  }

  get itemVectors(): Vectors {
    return { data: this.#parts.itemFactors, factors: this.#parts.factors };
  }

  get userVectors(): Vectors {
    return { data: this.#parts.userFactors, factors: this.#parts.factors };
  }

  async topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    return this.topItemsFor({ vector: this.#userVector(user), bias: 0 }, count, exclude);
  }

  async topItemsForMany(
    users: Uint32Array,
    count: number,
    exclude: Exclusions,
  ): Promise<{ indices: Uint32Array; scores: Float32Array }> {
    return this.topItemsForVectors(this.#vectorsOf(users), count, exclude);
  }

  /** As `topItemsForMany`, for customers by vector (as `foldIn` gives them): m × factors, row-major. */
  async topItemsForVectors(
    queries: Float32Array,
    count: number,
    exclude: Exclusions,
  ): Promise<{ indices: Uint32Array; scores: Float32Array }> {
    const { factors, itemFactors } = this.#parts;
    const { indices, scores } = await topKAnywhere(this.#device, {
      queries,
      keys: itemFactors,
      factors,
      exclude,
      count,
    });
    for (let q = 0; q * factors < queries.length; q++) {
      const vector = queries.subarray(q * factors, (q + 1) * factors);
      if (!isZero(vector)) continue;
      const excluded = exclude.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1]);
      const list = this.topItemsFor({ vector, bias: 0 }, count, excluded);
      indices.set(list.indices, q * count);
      scores.set(list.scores, q * count);
    }
    return { indices, scores };
  }

  /** users.length × products; popularity for a customer without a single choice. */
  async scoresForMany(users: Uint32Array): Promise<Float32Array> {
    const { factors, itemFactors, popularity } = this.#parts;
    const queries = this.#vectorsOf(users);
    const scores = await dotsAnywhere(this.#device, queries, itemFactors, factors);
    for (let q = 0; q < users.length; q++) {
      if (isZero(queries.subarray(q * factors, (q + 1) * factors))) scores.set(popularity, q * popularity.length);
    }
    return scores;
  }

  foldIn(history: History): UserVector {
    return { vector: Float32Array.from(this.#solve(history).solution), bias: 0 };
  }

  topItemsFrom(history: History, count: number, exclude: Uint32Array): ScoredList {
    return this.topItemsFor(this.foldIn(history), count, exclude);
  }

  scoresFrom(history: History): Float32Array {
    // `#scores` may give the model's own array.
    return this.#scores(this.foldIn(history).vector).slice();
  }

  topItemsFor(who: UserVector, count: number, exclude: Uint32Array): ScoredList {
    return topRows(this.#scores(who.vector), count, exclude);
  }

  scoreFor(who: UserVector, items: Uint32Array): Float32Array {
    const { popularity } = this.#parts;
    const { vector } = who;
    return Float32Array.from(
      items,
      isZero(vector) ? (item) => popularity[item] : (item) => dotRow(vector, this.itemVectors, item),
    );
  }

  /**
   * score = Σ_j c_j q_iᵀ A⁻¹ q_j over the history (Hu, Koren & Volinsky 2008, section 5); the baseline
   * is 0, or the popularity score for a history without a choice.
   */
  explain(history: History, item: number): Explanation {
    const { cholesky, confidences } = this.#solve(history);
    const weights = Float64Array.from(this.#itemVector(item));
    solveCholesky(cholesky, this.#parts.factors, weights);
    const baseline = confidences.some((c) => c > 0) ? 0 : this.#parts.popularity[item];
    let score = baseline;
    const contributions = Array.from(history.items, (other, at) => {
      const amount = confidences[at] * dotRow(weights, this.itemVectors, other);
      score += amount;
      return { item: other, amount };
    });
    contributions.sort((a, b) => b.amount - a.amount || a.item - b.item);
    return { score, baseline, contributions };
  }

  /** A customer without a single choice scores 0 here. */
  async topUsers(item: number, count: number, exclude: Uint32Array, signal?: AbortSignal): Promise<ScoredList> {
    const { factors, userFactors } = this.#parts;
    const { indices, scores } = await topKAnywhere(this.#device, {
      queries: this.#itemVector(item).slice(),
      keys: userFactors,
      factors,
      exclude: { pointers: Uint32Array.of(0, exclude.length), indices: exclude },
      count: Math.min(count, this.#userCount),
      signal,
    });
    const missing = indices.indexOf(NOT_FOUND);
    const found = missing < 0 ? indices.length : missing;
    return { indices: indices.subarray(0, found), scores: scores.subarray(0, found) };
  }

  /** By cosine in factor space, the thing itself left out. */
  similarItems(item: number, count: number): ScoredList {
    return nearestRows(this.#itemVector(item), this.itemVectors, count, Uint32Array.of(item));
  }

  /** By cosine in factor space; a known customer is their own nearest. */
  similarUsers(who: UserVector, count: number): ScoredList {
    this.#userLengths ??= lengthsOf(this.userVectors);
    return nearestRows(who.vector, { ...this.userVectors, lengths: this.#userLengths }, count);
  }

  toBytes(): Uint8Array {
    const { factors, unobservedWeight, reg, meanWeight, weightPower, ...arrays } = this.#parts;
    return packModel({ kind: KIND, numbers: { factors, unobservedWeight, reg, meanWeight, weightPower }, arrays });
  }

  destroy(): void {}

  get #userCount(): number {
    return this.#parts.userFactors.length / this.#parts.factors;
  }

  #userVector(user: number): Float32Array {
    const { factors, userFactors } = this.#parts;
    if (!(user >= 0 && user < this.#userCount)) throw new RangeError(`user ${user} of ${this.#userCount}`);
    return userFactors.subarray(user * factors, (user + 1) * factors);
  }

  /** users.length × factors. */
  #vectorsOf(users: Uint32Array): Float32Array {
    const { factors } = this.#parts;
    const vectors = new Float32Array(users.length * factors);
    for (let q = 0; q < users.length; q++) vectors.set(this.#userVector(users[q]), q * factors);
    return vectors;
  }

  #itemVector(item: number): Float32Array {
    const { factors, itemFactors, popularity } = this.#parts;
    if (!(item >= 0 && item < popularity.length)) throw new RangeError(`item ${item} of ${popularity.length}`);
    return itemFactors.subarray(item * factors, (item + 1) * factors);
  }

  /** Of every thing, for a customer by vector. */
  #scores(vector: Float32Array): Float32Array {
    return isZero(vector) ? this.#parts.popularity : dotRows(vector, this.itemVectors);
  }

  /** w·QᵀQ, lower triangle; the same for every customer. */
  #weightedGram(): Float64Array {
    if (this.#gram) return this.#gram;
    const { factors: k, itemFactors, unobservedWeight } = this.#parts;
    const gram = new Float64Array(k * k);
    for (let at = 0; at < itemFactors.length; at += k) {
      for (let row = 0; row < k; row++) {
        const weighted = unobservedWeight * itemFactors[at + row];
        for (let column = 0; column <= row; column++) gram[row * k + column] += weighted * itemFactors[at + column];
      }
    }
    this.#gram = gram;
    return gram;
  }

  #solved({ items, values }: History): RowSolve {
    const { factors: k, reg, unobservedWeight, popularity } = this.#parts;
    const normal = this.#weightedGram().slice();
    const solution = new Float64Array(k);
    const confidences = Float64Array.from(values, (weight) => (weight > 0 ? confidenceOf(this.#parts, weight) : 0));
    let chosen = 0;
    for (let e = 0; e < items.length; e++) {
      const confidence = confidences[e];
      if (confidence === 0) continue;
      chosen++;
      const q = this.#itemVector(items[e]);
      for (let row = 0; row < k; row++) {
        const weighted = confidence * q[row];
        solution[row] += weighted;
        for (let column = 0; column <= row; column++) normal[row * k + column] += weighted * q[column];
      }
    }
    const lambda = choiceRegularization(reg, chosen, unobservedWeight, popularity.length);
    for (let row = 0; row < k; row++) normal[row * k + row] += lambda;
    factorCholesky(normal, k);
    solveCholesky(normal, k, solution);
    return { cholesky: normal, solution, confidences };
  }
}

function isZero(vector: Float32Array): boolean {
  return vector.every((value) => value === 0);
}
