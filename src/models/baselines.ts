/**
 * What every trained model has to beat: means with shrinkage for ratings, popularity for lists.
 * They fit in milliseconds, need no device and are printed beside every result.
 */
import type { Ratings } from '../data/ratings.ts';
import { chosenPairs } from './chosen-pairs.ts';
import { PopularityModel } from './popularity-model.ts';
import type { TasteModel } from './recommender.ts';

/** Shrinkage and rounds of the alternating means, as in Koren (2010), "Factor in the neighbors", §2.1, and Surprise's ALS baselines. */
export const BIAS_ALS = { itemShrinkage: 10, userShrinkage: 15, rounds: 10 } as const;

export type RatingBaseline = Pick<TasteModel, 'predict'>;

/** μ, b_u and b_i. */
export interface Means {
  readonly mean: number;
  readonly userBias: Float64Array;
  readonly itemBias: Float64Array;
}

/**
 * b_i = Σ(r − μ − b_u) / (itemShrinkage + n_i), then b_u = Σ(r − μ − b_i) / (userShrinkage + n_u), ten times over or as
 * often as `rounds` says; 0 for rows without ratings.
 */
export function alternatingMeans(
  ratings: Ratings,
  options: { readonly itemShrinkage: number; readonly userShrinkage: number; readonly rounds?: number } = BIAS_ALS,
): Means {
  const { itemShrinkage, userShrinkage, rounds = BIAS_ALS.rounds } = options;
  const { byUser, byItem } = ratings;
  const mean = meanRating(ratings);
  const userBias = new Float64Array(byUser.rows);
  const itemBias = new Float64Array(byItem.rows);
  const solve = (matrix: typeof byUser, own: Float64Array, other: Float64Array, held: number) => {
    for (let row = 0; row < matrix.rows; row++) {
      let sum = 0;
      for (let e = matrix.pointers[row]; e < matrix.pointers[row + 1]; e++) {
        sum += matrix.values[e] - mean - other[matrix.indices[e]];
      }
      const count = matrix.pointers[row + 1] - matrix.pointers[row];
      own[row] = count === 0 ? 0 : sum / (held + count);
    }
  };
  for (let round = 0; round < rounds; round++) {
    solve(byItem, itemBias, userBias, itemShrinkage);
    solve(byUser, userBias, itemBias, userShrinkage);
  }
  return { mean, userBias, itemBias };
}

/** μ + b_u + b_i, clipped to the scale. */
export function fitBiases(ratings: Ratings): RatingBaseline {
  const { mean, userBias, itemBias } = alternatingMeans(ratings);
  return clippedPredictor(ratings, (user, item) => mean + userBias[user] + itemBias[item]);
}

/** Each product's mean rating; the overall mean for products nobody rated. */
export function fitItemMeans(ratings: Ratings): RatingBaseline {
  const { byItem } = ratings;
  const mean = meanRating(ratings);
  const means = Float64Array.from({ length: byItem.rows }, (_, item) => {
    const row = byItem.values.subarray(byItem.pointers[item], byItem.pointers[item + 1]);
    return row.length === 0 ? mean : row.reduce((sum, value) => sum + value, 0) / row.length;
  });
  return clippedPredictor(ratings, (_, item) => means[item]);
}

/** The same order for everyone: products by the number of customers who chose them, ties to the lower row. */
export function fitPopularity(ratings: Ratings): PopularityModel {
  return PopularityModel.of(chosenPairs(ratings));
}

function meanRating({ byUser }: Ratings): number {
  let sum = 0;
  for (const value of byUser.values) sum += value;
  return byUser.values.length === 0 ? 0 : sum / byUser.values.length;
}

function clippedPredictor(ratings: Ratings, score: (user: number, item: number) => number): RatingBaseline {
  const min = ratings.scale?.min ?? Number.NEGATIVE_INFINITY;
  const max = ratings.scale?.max ?? Number.POSITIVE_INFINITY;
  return {
    async predict(users, items) {
      return Float32Array.from(users, (user, p) => Math.min(max, Math.max(min, score(user, items[p]))));
    },
  };
}
