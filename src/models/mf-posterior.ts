/**
 * Matrix factorization for ratings, its posterior sampled instead of its minimum sought: nothing to regularize by hand,
 * and the spread of the samples is an honest uncertainty (Salakhutdinov & Mnih 2008, BPMF; Rendle 2012, libFM MCMC;
 * algorithms.md §1). The host draws noise and priors, the device the rows.
 */
import { AppError, isAbort } from '../base/error.ts';
import { createPacer } from '../base/pacer.ts';
import { createRandom } from '../base/random.ts';
import { nnz } from '../base/sparse.ts';
import type { BiasedFactors } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { type DescentPlan, fitByDescent } from './descent-fit.ts';
import { FeatureLink } from './feature-link.ts';
import { MfPosteriorModel } from './mf-posterior-model.ts';
import { PosteriorChain, posteriorOf } from './posterior-chain.ts';
import { raterFeatures } from './rater-features.ts';
import type { FitContext, Fitted, Preset, Recommender } from './recommender.ts';
import { runningError } from './running-average.ts';

export interface MfPosteriorOptions {
  readonly factors: number;
  /** Sweeps of the chain. */
  readonly epochs: number;
  /** Sweeps before the first one that counts; at most half of them. */
  readonly burnIn: number;
  /** Sweeps without a better running average before the chain ends. */
  readonly patience: number;
  /** Windows of consecutive sweeps whose mean is kept. */
  readonly samples: number;
  /** Standard deviation of the seeded start of the factors. */
  readonly initSd: number;
  /** Directions of who rated what that things are drawn around; 0 for none. */
  readonly directions: number;
  readonly seed: number;
}

/** Few ratings say little about many factors. */
const FEW_RATINGS = 250_000;
const FACTORS = { few: 16, many: 32 } as const;
/**
 * The chains of fewer ratings are cheap, and need to be long: RMSE on validation after 112, 144, 200 and 300 sweeps
 * .8368, .8316, .8289, .8275 (books), after the first three .8295, .8291, .8291 (MovieLens 1M).
 */
const LARGE_RATINGS = 600_000;
const EPOCHS = { short: 112, long: 200 } as const;
/**
 * RMSE on a tenth of the training data (mean of two seeds; 144 sweeps where there are many ratings) by directions:
 *
 *                     0      8      16     24     32
 *     MovieLens 1M    .8332  .8302  .8290  .8285
 *     MovieLens 100K  .8818  .8780  .8746  .8731  .8727
 *     books           .8466  .8346  .8318  .8300  .8300
 *     FilmTrust       .7651  .7634  .7624  .7626  .7636
 *     MovieTweetings  1.612  1.609  1.609  1.613  1.614
 *
 * The likeness of customers by what they rated took another .001 to .002 off; but then what is predicted for somebody
 * would move with every entry of their history, stars or not, and no entry's part in it could be named.
 */
const DIRECTIONS = 16;
const BURN_IN = 10;
/** More windows change nothing on validation; fewer make intervals coarse. Between them, what memory allows decides. */
const MOST_SAMPLES = 16;
const FEWEST_SAMPLES = 8;
const SAMPLE_BYTES = 96e6;
/** The start was chosen on scales four wide (1–5). */
const TUNED_RANGE = 4;
const START_SD = 0.1;

function defaults(_: Preset, ratings: Ratings): MfPosteriorOptions {
  const { byUser, scale } = ratings;
  const count = nnz(byUser);
  const factors = count < FEW_RATINGS ? FACTORS.few : FACTORS.many;
  const range = scale ? Math.max(scale.max - scale.min, 1e-3) / TUNED_RANGE : 1;
  const bytes = 4 * (byUser.rows + byUser.columns) * (factors + 1);
  return {
    factors,
    epochs: count < LARGE_RATINGS ? EPOCHS.long : EPOCHS.short,
    burnIn: BURN_IN,
    patience: 30,
    samples: Math.min(MOST_SAMPLES, Math.max(FEWEST_SAMPLES, Math.floor(SAMPLE_BYTES / Math.max(1, bytes)))),
    initSd: START_SD * Math.sqrt(range),
    directions: DIRECTIONS,
    seed: 1,
  };
}

async function fit(
  ratings: Ratings,
  options: MfPosteriorOptions,
  context: FitContext,
): Promise<Fitted<MfPosteriorModel>> {
  const { byUser, byItem, scale } = ratings;
  const count = nnz(byUser);
  if (count === 0) throw new AppError('tooFewRatings', { count, needed: 1 });
  if (!scale) throw new TypeError('the taste head needs a rating scale');
  const mean = byUser.values.reduce((sum, value) => sum + value, 0) / count;
  const { factors, epochs, seed } = options;
  const burnIn = Math.min(options.burnIn, Math.floor(epochs / 2));
  // only a device that took over in the middle may lack a sampler
  const device = context.device.sampledDescent ? context.device : createReferenceDevice();
  let chain: PosteriorChain | null = null;

  const errorOn = (name: string, pairs: FitContext['validation']) =>
    pairs && pairs.users.length > 0
      ? runningError(name, pairs, scale, burnIn, () => (chain as PosteriorChain).predict(pairs))
      : null;
  const validation = errorOn('validation', context.validation);
  const test = errorOn('test', context.test);

  const plan: DescentPlan = {
    model: 'mf',
    head: 'taste',
    epochs,
    patience: options.patience,
    judgedFrom: burnIn + 1,
    entries: count,
    better: 'lower',
    start: async (from, tell) => {
      const pace = { ...createPacer(context.signal), tell };
      const features = await raterFeatures(ratings, options.directions, seed, device, pace).catch((thrown: unknown) => {
        // a fit that is stopped at once still leaves a model, and need not wait for what is to make it better
        if (isAbort(thrown)) return null;
        throw thrown;
      });
      // of 25 million ratings each of these takes a third of a second on one thread
      tell(0);
      const link = features && new FeatureLink(features);
      const initial = (from as BiasedFactors | null) ?? seededStart(options, byUser.rows, byItem.rows);
      tell(0);
      const descent = await device.sampledDescent?.({
        byUser,
        byItem,
        mean,
        factors,
        seed,
        ...(link ? { rowMeans: 'item' } : {}),
        initial,
      });
      if (!descent) throw new TypeError('no sampler');
      tell(0);
      const started = new PosteriorChain(descent, ratings, { mean, factors, link }, { ...options, burnIn }, from);
      chain = started;
      let previous = from;
      return {
        // what the chart draws for training: the draw itself; predicting every rating again would double a sweep
        sweep: async (tell) => Math.sqrt((await started.sweep(tell)) / count),
        async state() {
          previous = { ...(await started.state()), ...validation?.carry(previous), ...test?.carry(previous) };
          return previous;
        },
        destroy: () => descent.destroy(),
      };
    },
    validate: validation?.measure ?? null,
    test: test?.measure ?? null,
  };
  const outcome = await fitByDescent(plan, context);
  const model = new MfPosteriorModel({ factors, mean, scale, ...posteriorOf(outcome.state) });
  return { model, epochs: outcome.epochs, fitMs: outcome.fitMs, stoppedEarly: outcome.stoppedEarly };
}

export const mfPosterior: Recommender<MfPosteriorOptions, MfPosteriorModel> = {
  name: 'mf',
  head: 'taste',
  defaults,
  fit,
  refitsBeforeTest: true,
};

function seededStart({ factors, initSd, seed }: MfPosteriorOptions, users: number, items: number): BiasedFactors {
  const random = createRandom(seed);
  return {
    userFactors: random.normals(users * factors, initSd),
    itemFactors: random.normals(items * factors, initSd),
    userBias: new Float32Array(users),
    itemBias: new Float32Array(items),
  };
}
