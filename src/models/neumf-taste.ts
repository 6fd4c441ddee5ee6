/**
 * NeuMF for ratings (He et al. 2017 with squared error): r̂ = μ + b_u + b_i + network(u, i), clipped
 * to the scale. `neumf-network.ts` says what the network is.
 */
import { AppError } from '../base/error.ts';
import type { Pairs } from '../base/sparse.ts';
import type { RatingScale, Ratings } from '../data/ratings.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import { ratingExamples } from './neumf-batches.ts';
import { shapeOf, trainNeuMf } from './neumf-fit.ts';
import { NeuMfForward } from './neumf-forward.ts';
import { type NeuMfOptions, neumfDefaults } from './neumf-options.ts';
import {
  type NeuMfShape,
  type NeuMfWeights,
  WEIGHT_NAMES,
  weightsFit,
  weightsFromRecord,
  weightsToRecord,
} from './neumf-weights.ts';
import type { FitContext, Fitted, Recommender, TasteModel } from './recommender.ts';

const KIND = 'neumf-taste/1';
const NUMBERS = ['users', 'items', 'embedding', 'mean', 'min', 'max'] as const;

/** Predicts ratings with trained weights, in plain loops: no device is needed or held. */
export class NeuMfTasteModel implements TasteModel {
  readonly name = 'neumf';
  readonly head = 'taste';
  readonly #forward: NeuMfForward;

  constructor(
    readonly weights: NeuMfWeights,
    readonly shape: NeuMfShape,
    readonly mean: number,
    readonly scale: Pick<RatingScale, 'min' | 'max'>,
  ) {
    this.#forward = new NeuMfForward(weights, shape, mean);
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): NeuMfTasteModel {
    const { numbers, arrays } = unpackModel(bytes, KIND, NUMBERS, WEIGHT_NAMES, (parts) =>
      weightsFit(parts.arrays, parts.numbers),
    );
    return new NeuMfTasteModel(weightsFromRecord(arrays, numbers), numbers, numbers.mean, numbers);
  }

  async predict(users: Uint32Array, items: Uint32Array): Promise<Float32Array> {
    const { min, max } = this.scale;
    return this.#forward.scorePairs(users, items).map((score) => Math.min(max, Math.max(min, score)));
  }

  toBytes(): Uint8Array {
    const { users, items, embedding } = this.shape;
    const { min, max } = this.scale;
    return packModel({
      kind: KIND,
      numbers: { users, items, embedding, mean: this.mean, min, max },
      arrays: weightsToRecord(this.weights),
    });
  }

  destroy(): void {}
}

async function fit(ratings: Ratings, options: NeuMfOptions, context: FitContext): Promise<Fitted<NeuMfTasteModel>> {
  const { byUser, scale } = ratings;
  const count = byUser.indices.length;
  if (count === 0) throw new AppError('tooFewRatings', { count, needed: 1 });
  if (!scale) throw new TypeError('the taste head needs a rating scale');
  const mean = byUser.values.reduce((sum, value) => sum + value, 0) / count;
  const shape = shapeOf(ratings, options);
  const outcome = await trainNeuMf(
    {
      head: 'taste',
      shape,
      options,
      examples: ratingExamples(byUser, mean, options.batchSize, options.seed),
      chart: Math.sqrt,
      better: 'lower',
      figureOn: (pairs) =>
        pairs && pairs.users.length > 0
          ? (weights) => rootMeanSquare(new NeuMfTasteModel(weights, shape, mean, scale), pairs)
          : null,
    },
    context,
  );
  const { epochs, fitMs, stoppedEarly, weights } = outcome;
  return { model: new NeuMfTasteModel(weights, shape, mean, scale), epochs, fitMs, stoppedEarly };
}

async function rootMeanSquare(model: NeuMfTasteModel, pairs: Pairs): Promise<number> {
  const predicted = await model.predict(pairs.users, pairs.items);
  let sum = 0;
  for (let p = 0; p < predicted.length; p++) sum += (predicted[p] - pairs.values[p]) ** 2;
  return Math.sqrt(sum / predicted.length);
}

export const neumfTaste: Recommender<NeuMfOptions, NeuMfTasteModel> = {
  name: 'neumf',
  head: 'taste',
  defaults: (preset, ratings) => neumfDefaults('taste', preset, ratings),
  fit,
};
