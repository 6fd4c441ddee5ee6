/**
 * Averages as a recommender: r̂_ui = μ + b_u + b_i by alternating least squares (Koren 2010, "Factor in the neighbors",
 * §2.1; `baselines.ts` has the formulas). It is what every other model of ratings has to beat, and needs no device.
 */
import type { Ratings } from '../data/ratings.ts';
import { alternatingMeans, BIAS_ALS } from './baselines.ts';
import { MeansModel } from './means-model.ts';
import type { FitContext, Fitted, Recommender } from './recommender.ts';
import { fitTasteOnce } from './single-fit-taste.ts';

export interface MeansOptions {
  /** Ratings at the average that every thing, and every customer, is taken to have on top of its own. */
  readonly itemShrinkage: number;
  readonly userShrinkage: number;
  /** How often both sides are averaged in turn. */
  readonly rounds: number;
  /** Always one; nothing is drawn at random. */
  readonly epochs: number;
  readonly seed: number;
}

/** Throws RangeError for a shrinkage below 0, and what `fitTasteOnce` throws. */
async function fit(ratings: Ratings, options: MeansOptions, context: FitContext): Promise<Fitted<MeansModel>> {
  for (const shrinkage of [options.itemShrinkage, options.userShrinkage]) {
    if (!(shrinkage >= 0)) throw new RangeError(`shrinkage ${shrinkage}`);
  }
  return fitTasteOnce('means', ratings, context, ({ min, max }) => {
    const { mean, userBias, itemBias } = alternatingMeans(ratings, options);
    return new MeansModel({
      mean,
      scale: { min, max },
      userBias: Float32Array.from(userBias),
      itemBias: Float32Array.from(itemBias),
    });
  });
}

export const means: Recommender<MeansOptions, MeansModel> = {
  name: 'means',
  head: 'taste',
  defaults: () => ({ ...BIAS_ALS, epochs: 1, seed: 1 }),
  fit,
  refitsBeforeTest: true,
  settled: true,
};
