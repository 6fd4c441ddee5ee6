/**
 * Bayesian personalized ranking by matrix factorization (Rendle, Freudenthaler, Gantner & Schmidt-Thieme 2009, "BPR:
 * Bayesian personalized ranking from implicit feedback"): vectors and product biases that put what somebody chose above
 * what they do not have, as often as can be.
 */
import { AppError } from '../base/error.ts';
import { yieldToEvents } from '../base/progress.ts';
import { createRandom } from '../base/random.ts';
import type { Csr } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { BprModel } from './bpr-model.ts';
import { type BprRegularization, climb } from './bpr-steps.ts';
import { tripleSource } from './bpr-triples.ts';
import { inColumns, someChosenPairs } from './chosen-pairs.ts';
import { type DescentSession, fitByDescent, type TrainedState } from './descent-fit.ts';
import { validationRecall } from './held-out.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import type { FitContext, Fitted, Recommender } from './recommender.ts';

export interface BprOptions extends BprRegularization {
  readonly factors: number;
  readonly epochs: number;
  /** Epochs without a better recall on validation before the fit ends. */
  readonly patience: number;
  /** Step of epoch e (from 1): learningRate · decay^(e − 1). */
  readonly learningRate: number;
  readonly decay: number;
  /** Standard deviation of the seeded start. */
  readonly initSd: number;
  readonly seed: number;
}

/** Time between turns of the event loop, ms. */
const TURN_MS = 25;
/** Triples drawn and learned from at a time: about two milliseconds. */
const TRIPLES_AT_ONCE = 2048;

/**
 * Chosen by recall@10 on the validation part (8:1:1 per customer). All have 64 factors; of fewer the gift shop lost a tenth.
 *
 *     step, kept per epoch, λ of customers, choices and biases / of what they are compared with
 *                     .05 .98    .1 .95    .15 .9    .1 .93     .1 .94
 *                     .01/.01    .01/.01   .01/.01   .01/.003   .01/.003
 *     MovieLens 100K  .244       —         .237      —          .237
 *     MovieLens 1M    —          .159      .159      .162       —
 *     gift shop       .122       —         .124      —          .126
 *     books           —          —         —         —          .093
 *
 * Steps that grow short are worth more than short ones: most of the gain comes where they have. With λ at .02 or .005
 * MovieLens 1M had .148 and .154, MovieLens 100K .230 and .225 (.003); the gift shop had .132 with .02, after 52 epochs;
 * books .094 with .02/.006 and .085 with .003/.001.
 */
const DEFAULTS: BprOptions = {
  factors: 64,
  epochs: 45,
  patience: 6,
  learningRate: 0.1,
  decay: 0.94,
  userReg: 0.01,
  positiveReg: 0.01,
  negativeReg: 0.003,
  biasReg: 0.01,
  initSd: 0.1,
  seed: 1,
};

/** Throws RangeError for what no fit could start from. */
function checked(options: BprOptions): BprOptions {
  const { factors, learningRate, decay } = options;
  if (!(Number.isInteger(factors) && factors >= 1)) throw new RangeError(`factors ${factors}`);
  if (!(learningRate > 0)) throw new RangeError(`learningRate ${learningRate}`);
  if (!(decay > 0)) throw new RangeError(`decay ${decay}`);
  for (const name of ['userReg', 'positiveReg', 'negativeReg', 'biasReg', 'initSd'] as const) {
    if (!(options[name] >= 0)) throw new RangeError(`${name} ${options[name]}`);
  }
  return options;
}

/**
 * Throws AppError `tooFewRatings` without a choice, `nothingLeft` where nobody who chose something lacks a product,
 * `trainingDiverged`; RangeError for nonsense.
 */
async function fit(ratings: Ratings, options: BprOptions, context: FitContext): Promise<Fitted<BprModel>> {
  const { factors, epochs, patience, learningRate, decay, initSd, seed, ...regularization } = checked(options);
  const chosen = someChosenPairs(ratings);
  const catalogue = RankedCatalogue.of(chosen);
  const { byCustomer } = inColumns(chosen, catalogue.order);
  const source = tripleSource(byCustomer, inColumns(ratings.byUser, catalogue.order).byCustomer, seed);
  if (source.count === 0) throw new AppError('nothingLeft');
  const toModel = (state: TrainedState) => {
    const { userFactors, itemFactors, itemBias } = state as Record<string, Float32Array>;
    return new BprModel(
      { catalogue, factors, userFactors, itemFactors, itemBias, userReg: options.userReg, seed },
      context.device,
    );
  };
  const recallOn = (pairs: FitContext['validation']) => {
    const recall = validationRecall(ratings, pairs);
    if (!recall) return null;
    return (state: TrainedState, tell?: (share: number) => void) => {
      const model = toModel(state);
      return recall((users, length, exclude) => model.topItemsForMany(users, length, exclude), tell);
    };
  };

  const start = async (from: TrainedState | null): Promise<DescentSession> => {
    const random = createRandom(seed);
    const state: Record<'userFactors' | 'itemFactors' | 'itemBias', Float32Array> = from
      ? {
          userFactors: from.userFactors.slice(),
          itemFactors: from.itemFactors.slice(),
          itemBias: from.itemBias.slice(),
        }
      : {
          userFactors: zeroWithoutChoice(random.normals(byCustomer.rows * factors, initSd), byCustomer, factors),
          itemFactors: random.normals(catalogue.size * factors, initSd),
          itemBias: new Float32Array(catalogue.size),
        };
    let epoch = from ? (context.resumeFrom?.epoch ?? 0) : 0;
    return {
      async sweep(tell) {
        epoch++;
        const rate = learningRate * decay ** (epoch - 1);
        let loss = 0;
        let seen = 0;
        let turn = performance.now();
        for (const triples of source.epoch(epoch, TRIPLES_AT_ONCE)) {
          loss += climb({ factors, ...state }, triples, rate, regularization);
          seen += triples.users.length;
          if (performance.now() - turn < TURN_MS) continue;
          tell(seen / source.count);
          await yieldToEvents();
          await context.gate?.();
          turn = performance.now();
          if (!context.signal?.aborted) continue;
          // Stopped in the middle: the whole epochs before are the model; in the first one, what there is.
          if (epoch > 1) return null;
          break;
        }
        return loss / seen;
      },
      state: async () => ({
        userFactors: state.userFactors.slice(),
        itemFactors: state.itemFactors.slice(),
        itemBias: state.itemBias.slice(),
      }),
      destroy() {},
    };
  };
  const outcome = await fitByDescent(
    {
      model: 'bpr',
      head: 'choice',
      epochs,
      patience,
      entries: source.count,
      better: 'higher',
      start,
      validate: recallOn(context.validation),
      test: recallOn(context.test),
    },
    context,
  );
  return {
    model: toModel(outcome.state),
    epochs: outcome.epochs,
    fitMs: outcome.fitMs,
    stoppedEarly: outcome.stoppedEarly,
  };
}

export const bpr: Recommender<BprOptions, BprModel> = {
  name: 'bpr',
  head: 'choice',
  defaults: () => DEFAULTS,
  fit,
  refitsBeforeTest: true,
};

/** Nobody would ever move the vectors of customers who chose nothing. */
function zeroWithoutChoice(userFactors: Float32Array, { rows, pointers }: Csr, factors: number): Float32Array {
  for (let user = 0; user < rows; user++) {
    if (pointers[user + 1] === pointers[user]) userFactors.fill(0, user * factors, (user + 1) * factors);
  }
  return userFactors;
}
