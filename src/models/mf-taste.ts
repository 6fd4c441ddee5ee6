/**
 * Matrix factorization for ratings: r̂ = μ + b_u + b_i + p_u·q_i by cyclic coordinate descent
 * (Koren, Bell & Volinsky 2009; the solver is algorithms.md §1, the arithmetic `compute/`).
 */
import { AppError } from '../base/error.ts';
import { createRandom } from '../base/random.ts';
import { type Csr, nnz, type Pairs } from '../base/sparse.ts';
import type { BiasedFactors } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { type DescentPlan, fitByDescent, type TrainedState } from './descent-fit.ts';
import { MfTasteModel, regularizationOf, type TasteRegularization } from './mf-taste-model.ts';
import type { FitContext, Fitted, Preset, Recommender } from './recommender.ts';

export interface MfTasteOptions extends TasteRegularization {
  readonly factors: number;
  readonly epochs: number;
  /** Epochs without a better validation error before the fit ends. */
  readonly patience: number;
  /** Standard deviation of the seeded start of the product factors. */
  readonly initSd: number;
  /** σ² of ratings, where it is known from an earlier fit; 0 to measure it on what is at hand. */
  readonly noiseVariance: number;
  readonly seed: number;
}

/** Few ratings stop improving after a few sweeps, and more factors then help; many want more sweeps of fewer factors. */
const FEW_RATINGS = 250_000;
const SIZES: Readonly<
  Record<Preset, { readonly factors: number; readonly factorsOfFew: number; readonly epochs: number }>
> = {
  quick: { factors: 16, factorsOfFew: 16, epochs: 6 },
  balanced: { factors: 16, factorsOfFew: 32, epochs: 12 },
  best: { factors: 16, factorsOfFew: 64, epochs: 40 },
};

/** Factor regularization that was best on validation at a million ratings, and how it grows for fewer (9.3 at 100,000). */
const REG = { at: 7, ratings: 1_000_000, power: 1 / 8, least: 6, most: 10 } as const;
/** It was chosen on scales four wide (1–5). */
const TUNED_RANGE = 4;

/**
 * Ratings s times as wide give factors √s times as large, and the same trade-off between error and
 * size needs factor regularization s times as strong; biases grow with s and theirs stays.
 */
function defaults(preset: Preset, ratings: Ratings): MfTasteOptions {
  const count = Math.max(1, nnz(ratings.byUser));
  const range = ratings.scale ? Math.max(ratings.scale.max - ratings.scale.min, 1e-3) / TUNED_RANGE : 1;
  const base = Math.min(REG.most, Math.max(REG.least, REG.at * (REG.ratings / count) ** REG.power));
  const { factors, factorsOfFew, epochs } = SIZES[preset];
  return {
    factors: count < FEW_RATINGS ? factorsOfFew : factors,
    epochs,
    patience: 3,
    initSd: 0.01 * Math.sqrt(range),
    factorBase: base * range,
    factorPerRating: 0.03 * range,
    biasBase: 2,
    biasPerRating: 0.005,
    noiseVariance: 0,
    seed: 1,
  };
}

async function fit(ratings: Ratings, options: MfTasteOptions, context: FitContext): Promise<Fitted<MfTasteModel>> {
  const { byUser, byItem } = ratings;
  const count = byUser.indices.length;
  if (count === 0) throw new AppError('tooFewRatings', { count, needed: 1 });
  let sum = 0;
  for (const value of byUser.values) sum += value;
  const mean = sum / count;
  const { scale } = ratings;
  if (!scale) throw new TypeError('the taste head needs a rating scale');
  const { factorBase, factorPerRating, biasBase, biasPerRating } = options;
  const toModel = (state: TrainedState, noiseVariance: number) =>
    new MfTasteModel({
      factors: options.factors,
      mean,
      scale,
      regularization: { factorBase, factorPerRating, biasBase, biasPerRating },
      noiseVariance,
      ...(state as unknown as BiasedFactors),
    });
  const errorOn = (pairs: Pairs | undefined) =>
    pairs && pairs.users.length > 0 ? (state: TrainedState) => rootMeanSquare(toModel(state, 0), pairs) : null;

  const plan: DescentPlan = {
    model: 'mf',
    head: 'taste',
    epochs: options.epochs,
    patience: options.patience,
    entries: count,
    better: 'lower',
    start: async (from) => {
      const descent = await context.device.explicitDescent({
        byUser,
        byItem,
        mean,
        factors: options.factors,
        ...regularizationArrays(options, byUser, byItem),
        initial: (from as BiasedFactors | null) ?? seededStart(options, byUser.rows, byItem.rows),
      });
      return {
        sweep: async () => Math.sqrt((await descent.sweep()).loss),
        state: async () => ({ ...(await descent.factors()) }),
        destroy: () => descent.destroy(),
      };
    },
    validate: errorOn(context.validation),
    test: errorOn(context.test),
  };
  const outcome = await fitByDescent(plan, context);
  const model = toModel(outcome.state, options.noiseVariance);
  return {
    model: options.noiseVariance > 0 ? model : model.withNoiseVariance(await noiseVariance(model, byUser, context)),
    epochs: outcome.epochs,
    fitMs: outcome.fitMs,
    stoppedEarly: outcome.stoppedEarly,
  };
}

export const mfTaste: Recommender<MfTasteOptions, MfTasteModel> = {
  name: 'mf',
  head: 'taste',
  defaults,
  fit,
  refitOptions: (options, { epochs, model }) => ({ ...options, epochs, noiseVariance: model.noiseVariance }),
  refitsBeforeTest: true,
};

/** One weight per row and side, from how many ratings each has. */
function regularizationArrays(options: MfTasteOptions, byUser: Csr, byItem: Csr) {
  const side = (matrix: Csr, of: 'factor' | 'bias') =>
    Float32Array.from(
      { length: matrix.rows },
      (_, row) => regularizationOf(options, matrix.pointers[row + 1] - matrix.pointers[row])[of],
    );
  return {
    userFactorReg: side(byUser, 'factor'),
    userBiasReg: side(byUser, 'bias'),
    itemFactorReg: side(byItem, 'factor'),
    itemBiasReg: side(byItem, 'bias'),
  };
}

/** Customers start at zero (the first half sweep solves them), products at small seeded normals. */
function seededStart({ factors, initSd, seed }: MfTasteOptions, users: number, items: number): BiasedFactors {
  const random = createRandom(seed);
  return {
    userFactors: new Float32Array(users * factors),
    itemFactors: Float32Array.from({ length: items * factors }, () => initSd * random.normal()),
    userBias: new Float32Array(users),
    itemBias: new Float32Array(items),
  };
}

async function rootMeanSquare(model: MfTasteModel, pairs: Pairs): Promise<number> {
  const predicted = await model.predict(pairs.users, pairs.items);
  let sum = 0;
  for (let p = 0; p < predicted.length; p++) sum += (predicted[p] - pairs.values[p]) ** 2;
  return Math.sqrt(sum / predicted.length);
}

/** Pairs looked at for σ²: each costs an exact solve, and 1,000 fix a variance to about 5 %. */
const NOISE_SAMPLE = 1000;

/**
 * σ² = Σ e² / Σ (1 + leverage) over held-out ratings: what is left of the squared error once the
 * uncertainty of the customer's own solve is taken out. Without a validation part each sampled rating
 * of the training data is predicted from its customer's other ratings.
 */
async function noiseVariance(model: MfTasteModel, byUser: Csr, { validation }: FitContext): Promise<number> {
  const held = validation && validation.users.length > 0;
  const count = held ? validation.users.length : byUser.indices.length;
  const step = Math.max(1, count / NOISE_SAMPLE);
  let squares = 0;
  let units = 0;
  let user = 0;
  for (let at = 0; at < count; at += step) {
    const p = Math.floor(at);
    if (!held) while (byUser.pointers[user + 1] <= p) user++;
    const who = held ? validation.users[p] : user;
    const from = byUser.pointers[who];
    const to = byUser.pointers[who + 1];
    const history = held
      ? { items: byUser.indices.subarray(from, to), values: byUser.values.subarray(from, to) }
      : { items: without(byUser.indices, from, to, p), values: without(byUser.values, from, to, p) };
    const item = held ? validation.items[p] : byUser.indices[p];
    const value = held ? validation.values[p] : byUser.values[p];
    const { stars, leverage } = model.appraise(history, item);
    squares += (stars - value) ** 2;
    units += 1 + leverage;
  }
  return squares / units;
}

/** Entries from … to − 1 but one. */
function without<T extends Uint32Array | Float32Array>(values: T, from: number, to: number, left: number): T {
  const kept = values.slice(from, to - 1) as T;
  kept.set(values.subarray(left + 1, to), left - from);
  return kept;
}
