import { keepLatest } from '../base/latest.ts';
import { solveCholesky } from './cholesky.ts';
import { type CustomerSolve, dotExtended, extended, solveCustomer } from './customer-solve.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import type { Explanation, FoldableTaste, History, UserVector } from './recommender.ts';

/** Regularization of a row with n ratings is base + perRating · n, apart for factors and biases. */
export interface TasteRegularization {
  readonly factorBase: number;
  readonly factorPerRating: number;
  readonly biasBase: number;
  readonly biasPerRating: number;
}

/** What a fitted taste model is made of. Factors are row-major, rows × factors. */
export interface TasteParts {
  readonly factors: number;
  readonly mean: number;
  readonly scale: { readonly min: number; readonly max: number };
  readonly regularization: TasteRegularization;
  /** Variance of ratings around their prediction had the customer been known exactly. */
  readonly noiseVariance: number;
  readonly userFactors: Float32Array;
  readonly itemFactors: Float32Array;
  readonly userBias: Float32Array;
  readonly itemBias: Float32Array;
}

/** Both sides' weights of ‖p‖² and b² for a row with n ratings; never 0, so a solve always exists. */
export function regularizationOf(regularization: TasteRegularization, n: number): { factor: number; bias: number } {
  const least = 1e-6;
  return {
    factor: Math.max(least, regularization.factorBase + regularization.factorPerRating * n),
    bias: Math.max(least, regularization.biasBase + regularization.biasPerRating * n),
  };
}

/** Half the width of a central 90 % interval of a normal distribution, in standard deviations. */
const NINETY_PERCENT = 1.645;

const KIND = 'mf-taste/1';
const ARRAYS = ['userFactors', 'itemFactors', 'userBias', 'itemBias'] as const;
const NUMBERS = [
  'factors',
  'mean',
  'min',
  'max',
  'factorBase',
  'factorPerRating',
  'biasBase',
  'biasPerRating',
  'noiseVariance',
] as const;

/**
 * r̂ = μ + b_u + b_i + p_u·q_i, clipped to the scale. `predict` answers for the customers of the
 * training data from the fitted factors; a history (known customer or not) is answered by the exact
 * joint ridge solve of [b_u, p_u] with the things fixed, which is linear in the ratings and so
 * decomposes exactly (Hu, Koren & Volinsky 2008, section 5).
 */
export class MfTasteModel implements FoldableTaste {
  readonly name = 'mf';
  readonly head = 'taste';
  readonly #parts: TasteParts;
  readonly #solve = keepLatest((history: History) => this.#solved(history));

  constructor(parts: TasteParts) {
    this.#parts = parts;
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): MfTasteModel {
    const { numbers, arrays } = unpackModel(bytes, KIND, NUMBERS, ARRAYS, ({ numbers: n, arrays: a }) => {
      const rowsFit = (factors: Float32Array, bias: Float32Array) => factors.length === bias.length * n.factors;
      return n.factors >= 1 && rowsFit(a.userFactors, a.userBias) && rowsFit(a.itemFactors, a.itemBias);
    });
    const { factors, mean, min, max, noiseVariance, ...regularization } = numbers;
    return new MfTasteModel({ factors, mean, scale: { min, max }, regularization, noiseVariance, ...arrays });
  }

  get itemVectors(): { readonly data: Float32Array; readonly factors: number } {
    return { data: this.#parts.itemFactors, factors: this.#parts.factors };
  }

  /** σ² of a rating around its prediction; see `ratingInterval`. */
  get noiseVariance(): number {
    return this.#parts.noiseVariance;
  }

  /** The same model with another σ² (a fit on everything has no held-out part to learn it from). */
  withNoiseVariance(noiseVariance: number): MfTasteModel {
    return new MfTasteModel({ ...this.#parts, noiseVariance });
  }

  async predict(users: Uint32Array, items: Uint32Array): Promise<Float32Array> {
    const { factors, userFactors, userBias } = this.#parts;
    return Float32Array.from(users, (user, p) =>
      this.#clip(this.#score(userBias[user], userFactors, user * factors, items[p])),
    );
  }

  /** Stars for a folded-in customer, clipped to the scale, one per item. */
  predictFor(who: UserVector, items: Uint32Array): Float32Array {
    return Float32Array.from(items, (item) => this.#clip(this.#score(who.bias, who.vector, 0, item)));
  }

  foldIn(history: History): UserVector {
    const { solution } = this.#solve(history);
    return { bias: solution[0], vector: Float32Array.from(solution.subarray(1)) };
  }

  /**
   * score = (μ + b_i) + Σ_j (z_iᵀ A⁻¹ z_j)(r_j − μ − b_j), unclipped. Throws RangeError for an unknown
   * thing.
   */
  explain(history: History, item: number): Explanation {
    const { factors, mean, itemBias } = this.#parts;
    const { cholesky, residuals } = this.#solve(history);
    const weights = extended(this.#parts, item);
    solveCholesky(cholesky, factors + 1, weights);
    const baseline = mean + itemBias[item];
    let score = baseline;
    const contributions = Array.from(history.items, (other, at) => {
      const amount = dotExtended(this.#parts, weights, other) * residuals[at];
      score += amount;
      return { item: other, amount };
    });
    contributions.sort((a, b) => b.amount - a.amount || a.item - b.item);
    return { score, baseline, contributions };
  }

  /**
   * Half the width of the 90 % interval of a rating, ±1.645·√(σ²(1 + z_iᵀ A⁻¹ z_i)), the noise of
   * ratings included: A is the precision of the solve in units of σ².
   */
  ratingInterval(history: History, item: number): number {
    return NINETY_PERCENT * Math.sqrt(this.noiseVariance * (1 + this.leverage(history, item)));
  }

  /** z_iᵀ A⁻¹ z_i: how little this history says about this thing, in units of σ². */
  leverage(history: History, item: number): number {
    return this.appraise(history, item).leverage;
  }

  /** Clipped stars and leverage of one thing from one solve. */
  appraise(history: History, item: number): { readonly stars: number; readonly leverage: number } {
    const { factors, mean, itemBias } = this.#parts;
    const { cholesky, solution } = this.#solve(history);
    const stars = this.#clip(mean + itemBias[item] + dotExtended(this.#parts, solution, item));
    const weights = extended(this.#parts, item);
    solveCholesky(cholesky, factors + 1, weights);
    return { stars, leverage: dotExtended(this.#parts, weights, item) };
  }

  toBytes(): Uint8Array {
    const { factors, mean, scale, regularization, noiseVariance, ...arrays } = this.#parts;
    return packModel({
      kind: KIND,
      numbers: { factors, mean, min: scale.min, max: scale.max, ...regularization, noiseVariance },
      arrays,
    });
  }

  destroy(): void {}

  #clip(score: number): number {
    const { min, max } = this.#parts.scale;
    return Math.min(max, Math.max(min, score));
  }

  #score(userBias: number, userFactors: Float32Array, at: number, item: number): number {
    const { factors, mean, itemFactors, itemBias } = this.#parts;
    let score = mean + userBias + itemBias[item];
    for (let f = 0; f < factors; f++) score += userFactors[at + f] * itemFactors[item * factors + f];
    return score;
  }

  #solved(history: History): CustomerSolve {
    const { factors, regularization } = this.#parts;
    const reg = regularizationOf(regularization, history.items.length);
    const weights = new Float64Array(factors + 1).fill(reg.factor);
    weights[0] = reg.bias;
    return solveCustomer(history, this.#parts, weights);
  }
}
