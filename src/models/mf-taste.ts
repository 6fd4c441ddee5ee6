/**
 * Matrix factorization for ratings: r̂ = μ + b_u + b_i + p_u·q_i (Koren, Bell & Volinsky 2009) by cyclic coordinate
 * descent or by stratified stochastic gradient descent (Gemulla et al. 2011); the arithmetic is `compute/`.
 */
import { AppError } from '../base/error.ts';
import type { Pairs } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { type DescentPlan, fitByDescent, type TrainedState } from './descent-fit.ts';
import { MfTasteModel } from './mf-taste-model.ts';
import { type MfTasteOptions, type Solver, tasteDefaults } from './mf-taste-options.ts';
import { inRatings, startStochastic, startSweeps } from './mf-taste-solvers.ts';
import type { FitContext, Fitted, Recommender } from './recommender.ts';
import { noiseVarianceOf } from './taste-noise.ts';

/** What of a fit the descent takes where the noise of the ratings is measured after it, for the share that is told. */
const DESCENT_SHARE = 0.9;

/**
 * The solver is the options' where the device has it. Where it does not (a fit that goes on after its GPU was lost) the
 * sweep goes on from the same factors: it needs nothing but them, and ends at the minimum for these options.
 */
async function fit(ratings: Ratings, options: MfTasteOptions, context: FitContext): Promise<Fitted<MfTasteModel>> {
  const { byUser, scale } = ratings;
  const { device, resumeFrom } = context;
  const count = byUser.indices.length;
  if (count === 0) throw new AppError('tooFewRatings', { count, needed: 1 });
  let sum = 0;
  for (let e = 0; e < count; e++) sum += byUser.values[e];
  const mean = sum / count;
  if (!scale) throw new TypeError('the taste head needs a rating scale');
  const { factorBase, factorPerRating, biasBase, biasPerRating } = options;
  const toModel = (state: TrainedState, noiseVariance: number) =>
    new MfTasteModel({
      factors: options.factors,
      mean,
      scale,
      regularization: { factorBase, factorPerRating, biasBase, biasPerRating },
      noiseVariance,
      ...inRatings(state),
    });
  const errorOn = (pairs: Pairs | undefined) =>
    pairs && pairs.users.length > 0 ? (state: TrainedState) => rootMeanSquare(toModel(state, 0), pairs) : null;

  const plan: DescentPlan = {
    model: 'mf',
    head: 'taste',
    epochs: options.epochs,
    patience: options.patience,
    entries: count,
    wholeEpochs: true,
    better: 'lower',
    start: async (from) => {
      const stochastic =
        options.solver === 'sgd'
          ? await startStochastic(device, ratings, mean, options, from, resumeFrom?.epoch ?? 0)
          : null;
      return stochastic ?? startSweeps(device, ratings, mean, options, from);
    },
    validate: errorOn(context.validation),
    test: errorOn(context.test),
  };
  const measuresNoise = options.noiseVariance <= 0;
  const descentShare = measuresNoise ? DESCENT_SHARE : 1;
  const tell = (epoch: number, epochs: number, share: number) => context.onProgress?.({ epoch, epochs, share });
  const outcome = await fitByDescent(plan, {
    ...context,
    onProgress: ({ epoch, epochs, share }) => tell(epoch, epochs, descentShare * share),
  });
  const model = toModel(outcome.state, options.noiseVariance);
  const tellNoise = (share: number) => tell(options.epochs, options.epochs, descentShare + (1 - descentShare) * share);
  return {
    model: measuresNoise ? model.withNoiseVariance(await noiseVarianceOf(model, byUser, context, tellNoise)) : model,
    epochs: outcome.epochs,
    fitMs: outcome.fitMs,
    stoppedEarly: outcome.stoppedEarly,
  };
}

/** The same recommender with a solver of somebody's choice, and that solver's settings. */
export function mfTasteBy(solver: Solver): Recommender<MfTasteOptions, MfTasteModel> {
  return { ...mfTaste, defaults: (preset, ratings) => tasteDefaults(preset, ratings, solver) };
}

export const mfTaste: Recommender<MfTasteOptions, MfTasteModel> = {
  name: 'mf',
  head: 'taste',
  defaults: (preset, ratings) => tasteDefaults(preset, ratings),
  fit,
  refitOptions: (options, { epochs, model }) => ({ ...options, epochs, noiseVariance: model.noiseVariance }),
  refitsBeforeTest: true,
};

async function rootMeanSquare(model: MfTasteModel, pairs: Pairs): Promise<number> {
  const predicted = await model.predict(pairs.users, pairs.items);
  let sum = 0;
  for (let p = 0; p < predicted.length; p++) sum += (predicted[p] - pairs.values[p]) ** 2;
  return Math.sqrt(sum / predicted.length);
}
