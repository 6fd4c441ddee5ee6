/**
 * AutoRec for ratings, by thing (Sedhain et al. 2015): one hidden layer reads all ratings of a thing and
 * writes them again; what it writes where nothing was read is the prediction. Inputs and outputs are what
 * averages leave over. `compute/autoencoder.ts` has the formulas.
 */
import { AppError } from '../base/error.ts';
import { createRandom } from '../base/random.ts';
import { type Csr, nnz, type Pairs } from '../base/sparse.ts';
import { type AutoencoderState, type AutoencoderWeights, WEIGHT_NAMES, zeroWeights } from '../compute/autoencoder.ts';
import type { Ratings } from '../data/ratings.ts';
import { AutoRecModel } from './autorec-model.ts';
import { alternatingMeans, type Means } from './baselines.ts';
import { fitByDescent, type TrainedState } from './descent-fit.ts';
import type { FitContext, Fitted, Preset, Recommender } from './recommender.ts';

export interface AutoRecOptions {
  /** Units of the hidden layer; rounded up to a multiple of 4. */
  readonly hidden: number;
  readonly epochs: number;
  /** Epochs without a better validation error before the fit ends. */
  readonly patience: number;
  /** Things in a batch. */
  readonly batchItems: number;
  readonly learningRate: number;
  /** The step of epoch n is learningRate · decay^(n − 1). */
  readonly decay: number;
  /** A customer with n ratings is held back by λ · n^regPower, apart in encoder and decoder. */
  readonly encoderReg: number;
  readonly decoderReg: number;
  readonly regPower: number;
  /** Inputs are multiplied by inputScale · n^(−1/4) for a thing with n ratings … */
  readonly inputScale: number;
  /** … after adding this to what averages leave over: who rated a thing says something, whatever they thought of it. */
  readonly inputShift: number;
  readonly seed: number;
}

/** Towards things with many ratings, whose sums would otherwise drown the curve of the hidden layer. */
const INPUT_POWER = -0.25;
/** Shrinkage of the averages, in ratings; the network mends what they get wrong. */
const SHRINKAGE = 5;
/** The settings were chosen on scales four wide (1–5): numbers inside are in quarters of the scale. */
const TUNED_RANGE = 4;
/** For each customer and hidden unit: a weight to read and one to write, each with both moments of Adam. */
const BYTES_PER_UNIT = 6 * 4;
/**
 * What the network may take on the device; the best epoch and the last are kept beside it. 2,776 hidden units for the
 * customers of MovieLens 1M, 104 for 160 thousand: more customers, fewer of them.
 */
const MOST_BYTES = 384 * 2 ** 20;
const LEAST_HIDDEN = 8;
/** Steps of Adam in an epoch that the settings were chosen with. */
const BATCHES_PER_EPOCH = 12;

/** Found on validation parts of MovieLens 100K and 1M. */
const EFFORT: Readonly<
  Record<Preset, Pick<AutoRecOptions, 'hidden' | 'epochs' | 'learningRate' | 'decay' | 'decoderReg'>>
> = {
  quick: { hidden: 100, epochs: 15, learningRate: 0.005, decay: 0.85, decoderReg: 7 },
  balanced: { hidden: 200, epochs: 35, learningRate: 0.003, decay: 0.93, decoderReg: 7 },
  best: { hidden: 400, epochs: 35, learningRate: 0.003, decay: 0.9, decoderReg: 9 },
};

function defaults(preset: Preset, ratings: Ratings): AutoRecOptions {
  const wanted = 2 ** Math.round(Math.log2(Math.max(1, ratings.byItem.rows / BATCHES_PER_EPOCH)));
  const effort = EFFORT[preset];
  const room = 4 * Math.floor(MOST_BYTES / (4 * BYTES_PER_UNIT * Math.max(1, ratings.byUser.rows)));
  return {
    ...effort,
    hidden: Math.max(LEAST_HIDDEN, Math.min(effort.hidden, room)),
    // Steps of Adam shake the error by a thousandth from epoch to epoch until the learning rate has come down.
    patience: 8,
    batchItems: Math.min(1024, Math.max(64, wanted)),
    encoderReg: 1,
    regPower: 0.5,
    inputScale: 4,
    inputShift: 1.5,
    seed: 1,
  };
}

/** Everything the network is made of, flat under names, with the codes beside it. */
function toRecord(state: AutoencoderState, codes: Float32Array): TrainedState {
  const record: Record<string, Float32Array> = { codes };
  for (const part of ['weights', 'first', 'second'] as const) {
    for (const name of WEIGHT_NAMES) record[`${part}.${name}`] = state[part][name];
  }
  return record;
}

function fromRecord(record: TrainedState): AutoencoderState {
  const weights = (part: string): AutoencoderWeights => ({
    encoder: record[`${part}.encoder`],
    decoder: record[`${part}.decoder`],
    userBias: record[`${part}.userBias`],
    hiddenBias: record[`${part}.hiddenBias`],
  });
  return { weights: weights('weights'), first: weights('first'), second: weights('second') };
}

/** Uniform in ±√(6 / (customers + hidden)) (Glorot & Bengio 2010), as the authors start; biases 0. */
function seededStart(users: number, hidden: number, seed: number): AutoencoderState {
  const random = createRandom(seed);
  const reach = Math.sqrt(6 / (users + hidden));
  const uniform = () => Float32Array.from({ length: users * hidden }, () => reach * (2 * random.next() - 1));
  return {
    weights: { ...zeroWeights(users, hidden), encoder: uniform(), decoder: uniform() },
    first: zeroWeights(users, hidden),
    second: zeroWeights(users, hidden),
  };
}

/** What averages leave over, in units, by thing. */
function leftOver(byItem: Csr, { mean, userBias, itemBias }: Means, unit: number): Csr {
  const values = new Float32Array(byItem.values.length);
  for (let item = 0; item < byItem.rows; item++) {
    for (let e = byItem.pointers[item]; e < byItem.pointers[item + 1]; e++) {
      values[e] = (byItem.values[e] - mean - userBias[byItem.indices[e]] - itemBias[item]) / unit;
    }
  }
  return { ...byItem, values };
}

async function fit(ratings: Ratings, options: AutoRecOptions, context: FitContext): Promise<Fitted<AutoRecModel>> {
  const { byUser, byItem, scale } = ratings;
  const count = nnz(byUser);
  if (count === 0) throw new AppError('tooFewRatings', { count, needed: 1 });
  if (!scale) throw new TypeError('the taste head needs a rating scale');
  const { device } = context;
  const hidden = Math.ceil(options.hidden / 4) * 4;
  const users = byUser.rows;
  const unit = Math.max(scale.max - scale.min, 1e-3) / TUNED_RANGE;
  const means = alternatingMeans(ratings, { itemShrinkage: SHRINKAGE, userShrinkage: SHRINKAGE });
  const heldBack = (reg: number) =>
    Float32Array.from(
      { length: users },
      (_, u) => reg * (byUser.pointers[u + 1] - byUser.pointers[u]) ** options.regPower,
    );

  const toModel = (state: TrainedState) =>
    new AutoRecModel({
      hidden,
      mean: means.mean,
      unit,
      scale,
      userBias: state['weights.userBias'].map((own, user) => means.userBias[user] + unit * own),
      itemBias: Float32Array.from(means.itemBias),
      decoder: state['weights.decoder'],
      codes: state['codes'],
    });
  const errorOn = (pairs: Pairs | undefined) =>
    pairs && pairs.users.length > 0 ? (state: TrainedState) => rootMeanSquare(toModel(state), pairs) : null;

  const outcome = await fitByDescent(
    {
      model: 'autorec',
      head: 'taste',
      epochs: options.epochs,
      patience: options.patience,
      entries: count,
      better: 'lower',
      validate: errorOn(context.validation),
      test: errorOn(context.test),
      start: async (from) => {
        const network = await device.autoencoder({
          byItem: leftOver(byItem, means, unit),
          inputScale: Float32Array.from(
            { length: byItem.rows },
            (_, i) => options.inputScale * Math.max(1, byItem.pointers[i + 1] - byItem.pointers[i]) ** INPUT_POWER,
          ),
          inputShift: options.inputShift,
          hidden,
          encoderReg: heldBack(options.encoderReg),
          decoderReg: heldBack(options.decoderReg),
          batchSize: options.batchItems,
          learningRate: options.learningRate,
          decay: options.decay,
          seed: options.seed,
          epoch: from ? (context.resumeFrom?.epoch ?? 0) : 0,
          initial: from ? fromRecord(from) : seededStart(users, hidden, options.seed),
        });
        return {
          sweep: async () => unit * Math.sqrt((await network.epoch()).loss),
          state: async () => toRecord(await network.state(), await network.codes()),
          destroy: () => network.destroy(),
        };
      },
    },
    context,
  );
  const { state, epochs, fitMs, stoppedEarly } = outcome;
  return { model: toModel(state), epochs, fitMs, stoppedEarly };
}

async function rootMeanSquare(model: AutoRecModel, pairs: Pairs): Promise<number> {
  const predicted = await model.predict(pairs.users, pairs.items);
  let sum = 0;
  for (let p = 0; p < predicted.length; p++) sum += (predicted[p] - pairs.values[p]) ** 2;
  return Math.sqrt(sum / predicted.length);
}

export const autorec: Recommender<AutoRecOptions, AutoRecModel> = {
  name: 'autorec',
  head: 'taste',
  defaults,
  fit,
  refitsBeforeTest: true,
};
