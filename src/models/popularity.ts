/** Popularity as a recommender: the same order for everyone. It is what every other one of lists has to beat. */

import { PopularityModel } from './popularity-model.ts';
import type { Recommender } from './recommender.ts';
import { fitChoiceOnce } from './single-fit-choice.ts';

export interface PlainOptions {
  /** Always one. */
  readonly epochs: number;
  readonly seed: number;
}

export const popularity: Recommender<PlainOptions, PopularityModel> = {
  name: 'popularity',
  head: 'choice',
  defaults: () => ({ epochs: 1, seed: 1 }),
  /** Throws AppError `tooFewRatings` without a choice. */
  fit: (ratings, _options, context) =>
    fitChoiceOnce('popularity', ratings, context, (chosen) => PopularityModel.of(chosen)),
  refitsBeforeTest: true,
  settled: true,
};
