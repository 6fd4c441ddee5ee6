/** What candidates are judged by: a figure on the validation part, and at the end one on the test part, customer by customer. */
import { AppError } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import { validationRecall } from '../models/held-out.ts';
import type { ChoiceModel, Model, TasteModel } from '../models/recommender.ts';
import { type CustomerSums, meanOver } from './bootstrap.ts';
import type { Parts } from './head-fits.ts';
import { judgeLists, testedCustomers } from './list-metrics.ts';
import { listsFor } from './ranking.ts';
import { errorsByCustomer, predictPairs } from './rating-errors.ts';
import type { TuningMetric } from './tuning-result.ts';

export interface TuningJudge<M extends Model> {
  readonly metric: TuningMetric;
  /** Customers of the test part that a figure can be had of. */
  readonly customers: number;
  onValidation(model: M, tell?: Tell): Promise<number>;
  /** Throws AppError `cancelled`. */
  onTest(model: M, tell: Tell, signal?: AbortSignal): Promise<CustomerSums>;
}

const LIST_LENGTH = 10;

/** Lists of ten: what share of the choices held out they hold. Throws `nothingToTest` where either part has none. */
export function choiceJudge({ train, test, inner }: Parts): TuningJudge<ChoiceModel> {
  const recall = validationRecall(inner.train, inner.test);
  const { choices } = testedCustomers(test, train);
  if (!recall || choices.users.length === 0) throw new AppError('nothingToTest');
  const length = Math.min(LIST_LENGTH, train.byUser.columns);
  return {
    metric: 'recall',
    customers: choices.users.length,
    onValidation: (model, tell) =>
      recall((users, count, exclude) => model.topItemsForMany(users, count, exclude), tell),
    async onTest(model, tell, signal) {
      const lists = await listsFor(model, train, choices.users, length, tell, signal);
      return meanOver(judgeLists(lists, choices).recall);
    },
  };
}

/** Stars: how many a guess is off on average. Throws `nothingToTest` where either part has no rating. */
export function tasteJudge({ test, inner }: Parts): TuningJudge<TasteModel> {
  if (inner.test.users.length === 0 || test.users.length === 0) throw new AppError('nothingToTest');
  return {
    metric: 'mae',
    customers: new Set(test.users).size,
    async onValidation(model, tell) {
      const predicted = await predictPairs(model, inner.test, tell);
      let sum = 0;
      for (let p = 0; p < predicted.length; p++) sum += Math.abs(predicted[p] - inner.test.values[p]);
      return sum / predicted.length;
    },
    async onTest(model, tell, signal) {
      const { absolute, counts } = errorsByCustomer(await predictPairs(model, test, tell, signal), test);
      return { sums: absolute, counts };
    },
  };
}
