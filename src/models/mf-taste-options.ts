/** What the taste head's factorization can be told, and what it does where nobody tells it. */
import { nnz } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import type { TasteRegularization } from './mf-taste-model.ts';
import type { Preset } from './recommender.ts';

/**
 * `sweep`: cyclic coordinate descent, on every device, nothing to tune. `sgd`: stratified stochastic gradient descent,
 * more accurate with many ratings, not on WebGL2.
 */
export const SOLVERS = ['sweep', 'sgd'] as const;
export type Solver = (typeof SOLVERS)[number];

/** For `sgd` the regularization inherited here is that of customers solved from a history; its own is in the steps. */
export interface MfTasteOptions extends TasteRegularization {
  readonly solver: Solver;
  readonly factors: number;
  readonly epochs: number;
  /** Epochs without a better validation error before the fit ends. */
  readonly patience: number;
  /** Standard deviation of the seeded start of the factors. */
  readonly initSd: number;
  /** `sgd`: the first epoch's step, and what every later one takes of the step before it. */
  readonly step: number;
  readonly stepDecay: number;
  /** `sgd`: regularization of factors and biases at every rating. */
  readonly factorPerStep: number;
  readonly biasPerStep: number;
  /** `sgd`: groups a side is cut into; changes the order of the updates, so part of the model. */
  readonly grid: number;
  /** σ² of ratings, where it is known from an earlier fit; 0 to measure it on what is at hand. */
  readonly noiseVariance: number;
  readonly seed: number;
}

/** Few ratings stop improving after a few sweeps, and more factors then help; many want more sweeps of fewer factors. */
const FEW_RATINGS = 250_000;
const SWEEPS: Readonly<
  Record<Preset, { readonly factors: number; readonly factorsOfFew: number; readonly epochs: number }>
> = {
  quick: { factors: 16, factorsOfFew: 16, epochs: 6 },
  balanced: { factors: 16, factorsOfFew: 32, epochs: 12 },
  best: { factors: 16, factorsOfFew: 64, epochs: 40 },
};

/** With its bias and the 1 across from the other side's bias, a row fills whole cache lines. */
const withBiases = (columns: number) => columns - 2;
/**
 * Chosen on two tenths of the training part of MovieLens 1M, held out in turn: RMSE 0.8467, 0.8434 and 0.8417 there,
 * the sweep's presets 0.8506, 0.8487 and 0.8474. More epochs of smaller steps gain less than 0.001. Quick had
 * twelve epochs then: the twelfth was worth 0.0005 on two other tenths (0.8428 against 0.8433; ten epochs 0.8438) and cost a
 * twelfth of the time. `last` is the step of the last epoch as a part of the first one's.
 */
const DESCENTS: Readonly<
  Record<Preset, { columns: number; epochs: number; step: number; last: number; factorPerStep: number }>
> = {
  quick: { columns: 32, epochs: 11, step: 0.1, last: 0.03, factorPerStep: 0.036 },
  balanced: { columns: 64, epochs: 16, step: 0.065, last: 0.03, factorPerStep: 0.032 },
  best: { columns: 128, epochs: 20, step: 0.055, last: 0.03, factorPerStep: 0.037 },
};
const BIAS_PER_STEP = 0.03;
const GRID = 8;
/** Factors then grow one direction at a time, which regularizes: worth 0.0045 RMSE against 0.1 (algorithms.md §1). */
const TINY_START = 0.003;
/**
 * A customer solved from a history is about as accurate with these as one trained: on the same ratings 0.8513, 0.8492
 * and 0.8477 by preset, against 0.8513, 0.8482 and 0.8469.
 */
const HISTORY_REG = { factorBase: 4, factorPerRating: 0.03 };

/** Factor regularization that was best on validation at a million ratings, and how it grows for fewer (9.3 at 100,000). */
const REG = { at: 7, ratings: 1_000_000, power: 1 / 8, least: 6, most: 10, perRating: 0.03 } as const;
/** It was chosen on scales four wide (1–5). */
const TUNED_RANGE = 4;

/** How wide the ratings' scale is, in scales the settings were chosen on. */
export function rangeOf({ scale }: Pick<Ratings, 'scale'>): number {
  return scale ? Math.max(scale.max - scale.min, 1e-3) / TUNED_RANGE : 1;
}

/**
 * The preset's settings for these ratings. Without a wish for a solver: stochastic descent where there are many
 * ratings, the sweep where there are few or where the preset wants it thorough on a device that has nothing better
 * (the others sample the posterior then).
 *
 * Ratings s times as wide give factors √s times as large, and the same trade-off between error and
 * size needs factor regularization s times as strong; biases grow with s and theirs stays.
 */
export function tasteDefaults(preset: Preset, ratings: Ratings, wish?: Solver): MfTasteOptions {
  const count = Math.max(1, nnz(ratings.byUser));
  const few = count < FEW_RATINGS;
  const solver = wish ?? (few || preset === 'best' ? 'sweep' : 'sgd');
  const range = rangeOf(ratings);
  const sweeps = SWEEPS[preset];
  const descent = DESCENTS[preset];
  const common = {
    solver,
    step: descent.step,
    stepDecay: Math.round(1e4 * descent.last ** (1 / descent.epochs)) / 1e4,
    factorPerStep: descent.factorPerStep,
    biasPerStep: BIAS_PER_STEP,
    grid: GRID,
    patience: 3,
    biasBase: 2,
    biasPerRating: 0.005,
    noiseVariance: 0,
    seed: 1,
  };
  if (solver === 'sgd') {
    return {
      ...common,
      factors: withBiases(descent.columns),
      epochs: descent.epochs,
      initSd: TINY_START * Math.sqrt(range),
      factorBase: HISTORY_REG.factorBase * range,
      factorPerRating: HISTORY_REG.factorPerRating * range,
    };
  }
  const base = Math.min(REG.most, Math.max(REG.least, REG.at * (REG.ratings / count) ** REG.power));
  return {
    ...common,
    factors: few ? sweeps.factorsOfFew : sweeps.factors,
    epochs: sweeps.epochs,
    initSd: 0.01 * Math.sqrt(range),
    factorBase: base * range,
    factorPerRating: REG.perRating * range,
  };
}
