import { keepLatest } from '../base/latest.ts';
import type { BiasedFactors } from '../compute/device.ts';
import { solveCholesky } from './cholesky.ts';
import { type CustomerSolve, dotExtended, extended, solveCustomer, type Things } from './customer-solve.ts';
import { type ModelParts, packedSize, packModel, unpackModel, type WrittenArray } from './model-bytes.ts';
import type { Explanation, FoldableTaste, History, UserVector } from './recommender.ts';

/** The mean of some consecutive draws of the chain. Factors are row-major, rows × factors. */
export interface PosteriorSample extends BiasedFactors {
  /** 1/α: the variance of ratings around their prediction. */
  readonly noiseVariance: number;
  /** The customers' prior by column [bias, factor 1, …]: means, then precisions; length 2(k + 1). */
  readonly userPrior: Float32Array;
}

export interface PosteriorParts {
  readonly factors: number;
  readonly mean: number;
  readonly scale: { readonly min: number; readonly max: number };
  /** At least one. */
  readonly samples: readonly PosteriorSample[];
  /** Variance of every thing's [bias, factors] among the draws of one sample, the same for all; items × (k + 1). */
  readonly itemVariance: Float32Array;
}

/** Half the width of a central 90 % interval of a normal distribution, in standard deviations. */
const NINETY_PERCENT = 1.645;

const NUMBERS = ['factors', 'mean', 'min', 'max', 'samples'] as const;
const PER_ROW = ['userFactors', 'itemFactors', 'userBias', 'itemBias'] as const;
const ARRAYS = [...PER_ROW, 'userPrior', 'noiseVariance', 'itemVariance'] as const;

/** A sample with what a solve asks of it. */
interface Prepared {
  readonly sample: PosteriorSample;
  readonly things: Things;
  readonly weights: Float64Array;
  readonly centre: Float32Array;
}

/**
 * The posterior of r̂ = μ + b_u + b_i + p_u·q_i as a handful of samples, each the mean of a stretch of its chain
 * (posterior-chain.ts; algorithms.md §1). A prediction is the mean of the samples' clipped ones. A history is solved in
 * every sample, exactly: with E = Var(q) the draws' own spread inside a sample, its normal matrix is
 * A = Σ_j (z_j z_jᵀ + diag E_j) + Λ/α, which is its expectation over those draws.
 *
 * Takes 4·(k + 1) bytes per row and sample, in memory and as bytes: 21 MB for MovieLens 1M with 16 samples of k = 32.
 */
export class MfPosteriorModel implements FoldableTaste {
  readonly name = 'mf';
  readonly head = 'taste';
  /** Names the format of its bytes. */
  static readonly KIND = 'mf-posterior/1';
  readonly #parts: PosteriorParts;
  readonly #prepared: readonly Prepared[];
  readonly #solve = keepLatest((history: History) => this.#solved(history));

  constructor(parts: PosteriorParts) {
    if (parts.samples.length === 0) throw new RangeError('a posterior without samples');
    this.#parts = parts;
    const { factors, mean } = parts;
    this.#prepared = parts.samples.map((sample) => ({
      sample,
      things: { factors, mean, itemFactors: sample.itemFactors, itemBias: sample.itemBias },
      weights: Float64Array.from(
        sample.userPrior.subarray(factors + 1),
        (precision) => precision * sample.noiseVariance,
      ),
      centre: sample.userPrior.subarray(0, factors + 1),
    }));
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): MfPosteriorModel {
    const { numbers, arrays } = unpackModel(
      bytes,
      MfPosteriorModel.KIND,
      NUMBERS,
      ARRAYS,
      ({ numbers: n, arrays: a }) => {
        const { factors: k, samples } = n;
        const whole = Number.isInteger(k) && k >= 1 && Number.isInteger(samples) && samples >= 1;
        const rowsFit = (factors: Float32Array, bias: Float32Array) =>
          factors.length === bias.length * k && bias.length % samples === 0;
        return (
          whole &&
          rowsFit(a.userFactors, a.userBias) &&
          rowsFit(a.itemFactors, a.itemBias) &&
          a.userPrior.length === samples * 2 * (k + 1) &&
          a.noiseVariance.length === samples &&
          a.itemVariance.length * samples === a.itemFactors.length + a.itemBias.length
        );
      },
    );
    const { factors, mean, min, max, samples: count } = numbers;
    const samples = Array.from({ length: count }, (_, at): PosteriorSample => {
      const part = (array: Float32Array) => {
        const length = array.length / count;
        return array.subarray(at * length, (at + 1) * length);
      };
      return {
        userFactors: part(arrays.userFactors),
        itemFactors: part(arrays.itemFactors),
        userBias: part(arrays.userBias),
        itemBias: part(arrays.itemBias),
        userPrior: part(arrays.userPrior),
        noiseVariance: arrays.noiseVariance[at],
      };
    });
    return new MfPosteriorModel({ factors, mean, scale: { min, max }, samples, itemVariance: arrays.itemVariance });
  }

  /** The samples side by side: the cosine of two things is then over all of them, whichever way each is turned. */
  get itemVectors(): { readonly data: Float32Array; readonly factors: number } {
    const { factors: k, samples } = this.#parts;
    const items = samples[0].itemBias.length;
    const width = k * samples.length;
    const data = new Float32Array(items * width);
    samples.forEach(({ itemFactors }, at) => {
      for (let item = 0; item < items; item++) {
        data.set(itemFactors.subarray(item * k, (item + 1) * k), item * width + at * k);
      }
    });
    return { data, factors: width };
  }

  /** Mean of 1/α over the samples: σ² of a rating around a prediction that knew everything else. */
  get noiseVariance(): number {
    const { samples } = this.#parts;
    return samples.reduce((sum, sample) => sum + sample.noiseVariance, 0) / samples.length;
  }

  get sampleCount(): number {
    return this.#parts.samples.length;
  }

  async predict(users: Uint32Array, items: Uint32Array): Promise<Float32Array> {
    const { factors: k, mean, samples } = this.#parts;
    const sums = new Float64Array(users.length);
    for (const { userFactors, itemFactors, userBias, itemBias } of samples) {
      for (let p = 0; p < users.length; p++) {
        const [u, i] = [users[p], items[p]];
        let score = mean + userBias[u] + itemBias[i];
        for (let f = 0, at = u * k, to = i * k; f < k; f++) score += userFactors[at + f] * itemFactors[to + f];
        sums[p] += this.#clip(score);
      }
    }
    return Float32Array.from(sums, (sum) => sum / samples.length);
  }

  /** Every sample's [b, p] one behind the other; the bias is among them. */
  foldIn(history: History): UserVector {
    const solves = this.#solve(history);
    const width = this.#parts.factors + 1;
    const vector = new Float32Array(width * solves.length);
    solves.forEach(({ solution }, at) => {
      vector.set(solution, at * width);
    });
    return { vector, bias: 0 };
  }

  /** Stars for a folded-in customer, one per item: the mean of the samples' clipped predictions. */
  predictFor({ vector }: UserVector, items: Uint32Array): Float32Array {
    const width = this.#parts.factors + 1;
    const users = this.#prepared.map((_, at) => vector.subarray(at * width, (at + 1) * width));
    return Float32Array.from(items, (item) =>
      this.#mean(({ things }, at) => this.#clip(scoreOf(things, users[at], item))),
    );
  }

  /**
   * Half the width of the 90 % interval of a rating, ±1.645·√V, where V adds up: the spread of the samples' predictions,
   * what each leaves open about the customer (z_iᵀ A⁻¹ z_i / α), about the thing (Σ x² E_i), and the noise of ratings.
   */
  ratingInterval(history: History, item: number): number {
    const solves = this.#solve(history);
    let sum = 0;
    let squares = 0;
    const open = this.#mean(({ things, sample }, at) => {
      const score = scoreOf(things, solves[at].solution, item);
      sum += score;
      squares += score ** 2;
      const weights = extended(things, item);
      solveCholesky(solves[at].cholesky, things.factors + 1, weights);
      return sample.noiseVariance * (1 + dotExtended(things, weights, item));
    });
    const count = solves.length;
    const spread = Math.max(0, squares / count - (sum / count) ** 2);
    return NINETY_PERCENT * Math.sqrt(spread + open + this.#ofThing(solves, item));
  }

  /**
   * score = baseline + Σ contributions, unclipped: in every sample the solve is linear in the history, and so is their
   * mean. The baseline is what somebody nothing is known of is predicted. Throws RangeError for an unknown thing.
   */
  explain(history: History, item: number): Explanation {
    const solves = this.#solve(history);
    const amounts = new Float64Array(history.items.length);
    const baseline = this.#mean(({ things, centre }, at) => {
      const { cholesky, residuals } = solves[at];
      const weights = extended(things, item);
      solveCholesky(cholesky, things.factors + 1, weights);
      for (let e = 0; e < amounts.length; e++) {
        amounts[e] += (dotExtended(things, weights, history.items[e]) * residuals[e]) / solves.length;
      }
      return scoreOf(things, centre, item);
    });
    const contributions = Array.from(history.items, (other, at) => ({ item: other, amount: amounts[at] }));
    contributions.sort((a, b) => b.amount - a.amount || a.item - b.item);
    return { score: amounts.reduce((sum, amount) => sum + amount, baseline), baseline, contributions };
  }

  toBytes(): Uint8Array {
    return packModel(this.#packed());
  }

  size(): number {
    return packedSize(this.#packed());
  }

  #packed(): ModelParts {
    const { factors, mean, scale, samples, itemVariance } = this.#parts;
    const joined = (part: (sample: PosteriorSample) => Float32Array): WrittenArray => {
      const { length } = part(samples[0]);
      return {
        length: length * samples.length,
        write(into) {
          samples.forEach((sample, at) => {
            into.set(part(sample), at * length);
          });
        },
      };
    };
    return {
      kind: MfPosteriorModel.KIND,
      numbers: { factors, mean, min: scale.min, max: scale.max, samples: samples.length },
      arrays: {
        ...Object.fromEntries(PER_ROW.map((name) => [name, joined((sample) => sample[name])])),
        userPrior: joined((sample) => sample.userPrior),
        noiseVariance: Float32Array.from(samples, (sample) => sample.noiseVariance),
        itemVariance,
      },
    };
  }

  destroy(): void {}

  #clip(score: number): number {
    const { min, max } = this.#parts.scale;
    return Math.min(max, Math.max(min, score));
  }

  #mean(of: (prepared: Prepared, at: number) => number): number {
    let sum = 0;
    for (let at = 0; at < this.#prepared.length; at++) sum += of(this.#prepared[at], at);
    return sum / this.#prepared.length;
  }

  #solved(history: History): readonly CustomerSolve[] {
    const spread = this.#spreadOf(history);
    return this.#prepared.map(({ things, weights, centre }) =>
      solveCustomer(
        history,
        things,
        weights.map((weight, column) => weight + spread[column]),
        centre,
      ),
    );
  }

  /** Σ_j E_j over the history's things; the bias stands opposite ones, which have no variance. */
  #spreadOf({ items }: History): Float64Array {
    const { factors, itemVariance } = this.#parts;
    const sums = new Float64Array(factors + 1);
    for (const item of items) {
      for (let column = 1; column <= factors; column++) sums[column] += itemVariance[item * (factors + 1) + column];
    }
    return sums;
  }

  /** What is open about the thing itself: its bias, and its factors as far as this customer cares for them. */
  #ofThing(solves: readonly CustomerSolve[], item: number): number {
    const { factors, itemVariance } = this.#parts;
    const at = item * (factors + 1);
    let sum = itemVariance[at];
    for (let column = 1; column <= factors; column++) {
      sum += itemVariance[at + column] * this.#mean((_, sample) => solves[sample].solution[column] ** 2);
    }
    return sum;
  }
}

/** μ + b_i + x·z_i, unclipped. */
function scoreOf(things: Things, x: ArrayLike<number>, item: number): number {
  return things.mean + things.itemBias[item] + dotExtended(things, x, item);
}
