/** Lists drawn at random as a recommender: what chance alone achieves. */
import type { PlainOptions } from './popularity.ts';
import { RandomListsModel } from './random-lists-model.ts';
import type { Recommender } from './recommender.ts';
import { fitChoiceOnce } from './single-fit-choice.ts';

export const randomLists: Recommender<PlainOptions, RandomListsModel> = {
  name: 'random',
  head: 'choice',
  defaults: () => ({ epochs: 1, seed: 1 }),
  /** Throws AppError `tooFewRatings` without a choice. */
  fit: (ratings, { seed }, context) =>
    fitChoiceOnce('random', ratings, context, ({ rows, columns }) => {
      return new RandomListsModel({ users: rows, products: columns, seed });
    }),
  refitsBeforeTest: true,
  settled: true,
};
