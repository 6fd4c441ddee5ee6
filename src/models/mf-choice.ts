/**
 * Matrix factorization for choices: implicit feedback over all pairs by cyclic coordinate descent
 * (Hu, Koren & Volinsky 2008; He et al. 2016, eALS; settings after Rendle et al. 2021).
 */

import { AppError } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import { createRandom } from '../base/random.ts';
import { type Csr, nnz, transpose } from '../base/sparse.ts';
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
  /**
   * Regularization of a typical row. One with n choices gets reg · (n + α₀ · rows of the other side) over the same
   * for the average row of both sides: the shape of Rendle et al. (2021) in units that suit any size of data.
   */
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

/**
 * Chosen on held-out parts of seven data sets from 10,000 to a million pairs: with regularization per typical
 * row, 5 suits small ones and 8 to 11 a million pairs, whatever the shape of the catalogue (as a fixed multiple
 * of n + α₀N, 0.007 cost a quarter of the recall on 17,632 artists).
 */
const REG = { at: 6, pairs: 250_000, power: 0.25, least: 5, most: 10 } as const;

function defaults(preset: Preset, ratings: Ratings): MfChoiceOptions {
  const pairs = Math.max(1, nnz(choiceWeights(ratings)));
  return {
    ...SIZES[preset],
    patience: 3,
    unobservedWeight: 0.3,
    reg: Math.min(REG.most, Math.max(REG.least, REG.at * (pairs / REG.pairs) ** REG.power)),
    weightPower: 0.5,
    initSd: 0.1,
    seed: 1,
  };
}

/** n + α₀ · rows of the other side for the average row: geometric mean over the two sides. */
function typicalRow({ rows, columns, indices }: Csr, unobservedWeight: number): number {
  const perUser = indices.length / rows + unobservedWeight * columns;
  const perItem = indices.length / columns + unobservedWeight * rows;
  return Math.sqrt(perUser * perItem);
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
  const { factors, unobservedWeight } = options;
  const reg = options.reg / typicalRow(byUser, unobservedWeight);
  const toModel = (state: TrainedState) =>
    new MfChoiceModel(
      { factors, unobservedWeight, reg, ...confidence, ...(state as unknown as PlainFactors), popularity },
      device,
    );
  const recallOn = (pairs: FitContext['validation']) => {
    const recall = validationRecall(ratings, pairs);
    if (!recall) return null;
    return (state: TrainedState, tell?: Tell) => {
      const model = toModel(state);
      return recall((users, length, exclude) => model.topItemsForMany(users, length, exclude), tell);
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
        sweep: async (tell) => (await descent.sweep(tell)).loss,
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
  return {
    userFactors: new Float32Array(users * factors),
    itemFactors: createRandom(seed).normals(items * factors, initSd),
  };
}
