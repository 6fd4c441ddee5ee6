/**
 * Slope One (Lemire & Maclachlan 2005, "Slope One Predictors for Online Rating-Based Collaborative Filtering"): every
 * two things differ by so much on average among those who rated both. `slope-one-model.ts` has the formula.
 */
import type { Csr } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { walkCoRatings } from './co-ratings.ts';
import type { FitContext, Fitted, Recommender } from './recommender.ts';
import type { StepWork } from './single-fit.ts';
import { fitTasteOnce } from './single-fit-taste.ts';
import { NOBODY, SlopeOneModel } from './slope-one-model.ts';
import { createSquare } from './square-matrix.ts';

export interface SlopeOneOptions {
  /** Customers who must have rated both of two things for their difference to count. */
  readonly minimumOverlap: number;
  /** Always one; nothing is drawn at random. */
  readonly epochs: number;
  readonly seed: number;
}

/** Throws AppError `modelTooLarge` beyond 11,585 things, and what `fitTasteOnce` throws. */
async function fit(ratings: Ratings, options: SlopeOneOptions, context: FitContext): Promise<Fitted<SlopeOneModel>> {
  return fitTasteOnce('slopeOne', ratings, context, async ({ min, max }, work) => {
    const { byUser, byItem } = ratings;
    const mean = byUser.values.reduce((sum, value) => sum + value, 0) / byUser.values.length;
    return new SlopeOneModel({
      scale: { min, max },
      mean,
      userMeans: rowMeans(byUser, mean),
      itemMeans: rowMeans(byItem, mean),
      deviations: await deviationsOf(ratings, options.minimumOverlap, work),
      rated: byUser,
    });
  });
}

/** dev_ij = Σ (r_ui − r_uj) / n_ij over the n_ij customers u who rated both; dev_ji = −dev_ij, so half of it is added up. */
async function deviationsOf(
  { byUser, byItem }: Ratings,
  minimumOverlap: number,
  work: StepWork,
): Promise<Float32Array> {
  const n = byItem.rows;
  const deviations = createSquare('slopeOne', n).fill(NOBODY);
  const { indices, values } = byUser;
  const sums = new Float64Array(n);
  const counts = new Uint32Array(n);
  await walkCoRatings(byItem, byUser, work, {
    add(x, from, to) {
      for (let e = from; e < to; e++) {
        const other = indices[e];
        sums[other] += x - values[e];
        counts[other]++;
      }
    },
    finish(item) {
      for (let other = item + 1; other < n; other++) {
        const count = counts[other];
        if (count === 0) continue;
        if (count >= minimumOverlap) {
          const deviation = sums[other] / count;
          deviations[item * n + other] = deviation;
          deviations[other * n + item] = -deviation;
        }
        sums[other] = 0;
        counts[other] = 0;
      }
    },
  });
  return deviations;
}

function rowMeans({ rows, pointers, values }: Csr, unknown: number): Float32Array {
  const means = new Float32Array(rows).fill(unknown);
  for (let row = 0; row < rows; row++) {
    const count = pointers[row + 1] - pointers[row];
    if (count === 0) continue;
    let sum = 0;
    for (let e = pointers[row]; e < pointers[row + 1]; e++) sum += values[e];
    means[row] = sum / count;
  }
  return means;
}

export const slopeOne: Recommender<SlopeOneOptions, SlopeOneModel> = {
  name: 'slopeOne',
  head: 'taste',
  defaults: () => ({ minimumOverlap: 1, epochs: 1, seed: 1 }),
  fit,
  refitsBeforeTest: true,
  settled: true,
};
