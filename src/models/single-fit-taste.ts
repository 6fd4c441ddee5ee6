/** What the one-step recommenders of ratings have in common around their arithmetic. */
import { AppError } from '../base/error.ts';
import { type Tell, yieldToEvents } from '../base/progress.ts';
import { type Csr, nnz, type Pairs } from '../base/sparse.ts';
import type { RatingScale, Ratings } from '../data/ratings.ts';
import type { FitContext, Fitted, ModelName, TasteModel } from './recommender.ts';
import { type Figure, fitOnce, type StepWork } from './single-fit.ts';

/** Pairs predicted between two words on how far it is. */
const PAIRS_AT_ONCE = 2000;
/** Training ratings that are predicted for the training loss: enough for an RMSE to within about half a percent. */
const TRAINING_SAMPLE = 20_000;

/**
 * Fits a model of ratings in one step: `fit` is the arithmetic. The training loss is the RMSE over at most 20,000
 * training ratings, evenly spread; validation is the RMSE on the pairs held out. Throws AppError `tooFewRatings`
 * without a rating, TypeError for data without a rating scale, and what `fit` throws.
 */
export async function fitTasteOnce<M extends TasteModel>(
  name: ModelName,
  ratings: Ratings,
  context: FitContext,
  fit: (scale: RatingScale, work: StepWork) => M | Promise<M>,
): Promise<Fitted<M>> {
  const { byUser, scale } = ratings;
  const count = nnz(byUser);
  if (count === 0) throw new AppError('tooFewRatings', { count, needed: 1 });
  if (!scale) throw new TypeError('the taste head needs a rating scale');
  return fitOnce<M>(
    {
      model: name,
      head: 'taste',
      entries: count,
      async fit(work) {
        const model = await fit(scale, work);
        return { model, trainLoss: (tell) => rootMeanSquare(model, evenlySpread(byUser, TRAINING_SAMPLE), tell) };
      },
      figureOn: errorOn,
    },
    context,
  );
}

/** RMSE of a model's predictions on `pairs`; null without pairs. */
export function errorOn(pairs: Pairs | undefined): Figure<TasteModel> | null {
  if (!pairs || pairs.users.length === 0) return null;
  return (model, tell) => rootMeanSquare(model, pairs, tell);
}

async function rootMeanSquare(
  model: Pick<TasteModel, 'predict'>,
  { users, items, values }: Pairs,
  tell?: Tell,
): Promise<number> {
  let squares = 0;
  for (let from = 0; from < users.length; from += PAIRS_AT_ONCE) {
    const to = Math.min(users.length, from + PAIRS_AT_ONCE);
    const predicted = await model.predict(users.subarray(from, to), items.subarray(from, to));
    for (let p = from; p < to; p++) squares += (predicted[p - from] - values[p]) ** 2;
    tell?.(to / users.length);
    await yieldToEvents();
  }
  return Math.sqrt(squares / users.length);
}

/** At most `most` entries of the matrix, evenly spread over it. */
function evenlySpread({ rows, pointers, indices, values }: Csr, most: number): Pairs {
  const count = Math.min(most, indices.length);
  const pairs = { users: new Uint32Array(count), items: new Uint32Array(count), values: new Float32Array(count) };
  let row = 0;
  for (let p = 0; p < count; p++) {
    const e = Math.floor((p * indices.length) / count);
    while (row < rows && pointers[row + 1] <= e) row++;
    pairs.users[p] = row;
    pairs.items[p] = indices[e];
    pairs.values[p] = values[e];
  }
  return pairs;
}
