/**
 * Matrix factorization for ratings, its posterior sampled instead of its minimum sought: nothing to regularize by hand,
 * and the spread of the samples is an honest uncertainty (Salakhutdinov & Mnih 2008, BPMF; Rendle 2012, libFM MCMC;
 * algorithms.md §1). The host draws noise and priors, the device the rows.
 */
import { AppError } from '../base/error.ts';
import { createRandom } from '../base/random.ts';
import { nnz } from '../base/sparse.ts';
import type { BiasedFactors } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { type DescentPlan, fitByDescent } from './descent-fit.ts';
import { MfPosteriorModel } from './mf-posterior-model.ts';
import { PosteriorChain, posteriorOf } from './posterior-chain.ts';
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
  readonly seed: number;
}

/** Few ratings say little about many factors, and their chains are cheap. */
const FEW_RATINGS = 250_000;
const MANY = { factors: 32, epochs: 144 } as const;
const FEW = { factors: 16, epochs: 200 } as const;
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
  const { factors, epochs } = nnz(byUser) < FEW_RATINGS ? FEW : MANY;
  const range = scale ? Math.max(scale.max - scale.min, 1e-3) / TUNED_RANGE : 1;
  const bytes = 4 * (byUser.rows + byUser.columns) * (factors + 1);
  return {
    factors,
    epochs,
    burnIn: BURN_IN,
    patience: 30,
    samples: Math.min(MOST_SAMPLES, Math.max(FEWEST_SAMPLES, Math.floor(SAMPLE_BYTES / Math.max(1, bytes)))),
    initSd: START_SD * Math.sqrt(range),
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
    start: async (from) => {
      const descent = await device.sampledDescent?.({
        byUser,
        byItem,
        mean,
        factors,
        seed,
        initial: (from as BiasedFactors | null) ?? seededStart(options, byUser.rows, byItem.rows),
      });
      if (!descent) throw new TypeError('no sampler');
      const started = new PosteriorChain(descent, ratings, { mean, factors }, { ...options, burnIn }, from);
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
  const normals = (length: number) => Float32Array.from({ length }, () => initSd * random.normal());
  return {
    userFactors: normals(users * factors),
    itemFactors: normals(items * factors),
    userBias: new Float32Array(users),
    itemBias: new Float32Array(items),
  };
}
