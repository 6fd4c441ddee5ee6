/**
 * Matrix factorization for choices: implicit feedback over all pairs by cyclic coordinate descent
 * (Hu, Koren & Volinsky 2008; He et al. 2016, eALS; settings after Rendle et al. 2021).
 */
import { AppError } from '../base/error.ts';
import { createRandom } from '../base/random.ts';
import { type Csr, transpose } from '../base/sparse.ts';
import type { PlainFactors } from '../compute/device.ts';
import { choiceWeights, type Ratings } from '../data/ratings.ts';
import { type DescentPlan, fitByDescent, type TrainedState } from './descent-fit.ts';
import { validationRecall } from './held-out.ts';
import { type Confidence, choiceRegularization, confidenceOf, MfChoiceModel } from './mf-choice-model.ts';
import type { FitContext, Fitted, Preset, Recommender } from './recommender.ts';

export interface MfChoiceOptions {
  readonly factors: number;
  readonly epochs: number;
  /** Epochs without a better recall on validation before the fit ends. */
  readonly patience: number;
  /** Weight of every pair, seen or not, beside the 1 of an average choice (α₀). */
  readonly unobservedWeight: number;
  /** Regularization of a row with n choices is reg · (n + α₀ · rows of the other side). */
  readonly reg: number;
  /** How much the strength of a choice matters: 0 counts all alike, 1 in proportion. */
  readonly weightPower: number;
  /** Standard deviation of the seeded start of the product factors. */
  readonly initSd: number;
  readonly seed: number;
}

const SIZES: Readonly<Record<Preset, Pick<MfChoiceOptions, 'factors' | 'epochs'>>> = {
  quick: { factors: 32, epochs: 5 },
  balanced: { factors: 64, epochs: 10 },
  best: { factors: 128, epochs: 14 },
};

function defaults(preset: Preset, _ratings: Ratings): MfChoiceOptions {
  return {
    ...SIZES[preset],
    patience: 3,
    unobservedWeight: 0.3,
    reg: 0.007,
    weightPower: 0,
    initSd: 0.1,
    seed: 1,
  };
}

async function fit(ratings: Ratings, options: MfChoiceOptions, context: FitContext): Promise<Fitted<MfChoiceModel>> {
  const { device } = context;
  const weights = choiceWeights(ratings);
  const count = weights.indices.length;
  if (count === 0) throw new AppError('tooFewRatings', { count, needed: 1 });
  const confidence: Confidence = { meanWeight: meanOf(weights.values), weightPower: options.weightPower };
  const byUser: Csr = { ...weights, values: weights.values.map((weight) => confidenceOf(confidence, weight)) };
  const byItem = transpose(byUser);
  const popularity = popularityScores(byItem, options.unobservedWeight);
  const { factors, unobservedWeight, reg } = options;
  const toModel = (state: TrainedState) =>
    new MfChoiceModel(
      { factors, unobservedWeight, reg, ...confidence, ...(state as unknown as PlainFactors), popularity },
      device,
    );
  const recallOn = (pairs: FitContext['validation']) => {
    const recall = validationRecall(ratings, pairs);
    if (!recall) return null;
    return (state: TrainedState) => {
      const model = toModel(state);
      return recall((users, length, exclude) => model.topItemsForMany(users, length, exclude));
    };
  };
  const regularization = (matrix: Csr) =>
    Float32Array.from({ length: matrix.rows }, (_, row) =>
      choiceRegularization(reg, matrix.pointers[row + 1] - matrix.pointers[row], unobservedWeight, matrix.columns),
    );

  const plan: DescentPlan = {
    model: 'mf',
    head: 'choice',
    epochs: options.epochs,
    patience: options.patience,
    entries: count,
    better: 'higher',
    start: async (from) => {
      const descent = await device.implicitDescent({
        byUser,
        byItem,
        factors,
        unobservedWeight,
        userReg: regularization(byUser),
        itemReg: regularization(byItem),
        initial: (from as PlainFactors | null) ?? seededStart(options, byUser.rows, byItem.rows),
      });
      return {
        sweep: async () => (await descent.sweep()).loss,
        state: async () => ({ ...(await descent.factors()) }),
        destroy: () => descent.destroy(),
      };
    },
    validate: recallOn(context.validation),
    test: recallOn(context.test),
  };
  const { state, epochs, fitMs, stoppedEarly } = await fitByDescent(plan, context);
  return { model: toModel(state), epochs, fitMs, stoppedEarly };
}

export const mfChoice: Recommender<MfChoiceOptions, MfChoiceModel> = {
  name: 'mf',
  head: 'choice',
  defaults,
  fit,
  refitsBeforeTest: true,
};

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** The constant s that minimizes Σ c(1 − s)² + w Σ s² over a product's column: Σc / (Σc + w·customers). */
function popularityScores(byItem: Csr, unobservedWeight: number): Float32Array {
  return Float32Array.from({ length: byItem.rows }, (_, item) => {
    let sum = 0;
    for (let e = byItem.pointers[item]; e < byItem.pointers[item + 1]; e++) sum += byItem.values[e];
    return sum === 0 ? 0 : sum / (sum + unobservedWeight * byItem.columns);
  });
}

/** Customers start at zero (the first half sweep solves them), products at small seeded normals. */
function seededStart({ factors, initSd, seed }: MfChoiceOptions, users: number, items: number): PlainFactors {
  const random = createRandom(seed);
  return {
    userFactors: new Float32Array(users * factors),
    itemFactors: Float32Array.from({ length: items * factors }, () => initSd * random.normal()),
  };
}
