/**
 * What follows what: a first-order Markov chain over the choices of a customer in the order of time. One state is one
 * choice; the next ones are also looked for a few steps further on, counting less the further they are (skipping:
 * Shani, Heckerman & Brafman 2005, "An MDP-based recommender system"). What is chosen at one moment is a step
 * of its own, a basket (Rendle, Freudenthaler & Schmidt-Thieme 2010, "Factorizing personalized Markov chains for
 * next-basket recommendation"), whose products count for each other both ways.
 */
import { AppError } from '../base/error.ts';
import type { Csr } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { rowOf } from './chosen-pairs.ts';
import { validationRecall } from './held-out.ts';
import { MarkovModel } from './markov-model.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import type { Recommender } from './recommender.ts';
import { type Sequences, sequencesOf } from './sequences.ts';
import type { StepWork } from './single-fit.ts';
import { fitChoiceOnce } from './single-fit-choice.ts';
import { countTransitions } from './transitions.ts';

export interface MarkovOptions {
  /** Steps a product is looked for after another. */
  readonly window: number;
  /** What a step more between them leaves of a product's count. */
  readonly decay: number;
  /** What two products of one basket count for each other; a product of the next basket counts 1. */
  readonly together: number;
  /** Times a product has to be followed until what follows it counts as much as what is popular. */
  readonly shrink: number;
  /**
   * From 0, where a score is how likely a product is, to 1, where it is how many times likelier than otherwise; below 0
   * it is chosen on validation (0 where there is none).
   */
  readonly lift: number;
  /** Latest steps of a customer that a list is made from. */
  readonly recent: number;
  /** What each step back leaves of their say. */
  readonly fade: number;
  /** Always one; nothing is drawn at random. */
  readonly epochs: number;
  readonly seed: number;
}

/**
 * Recall@10 on the validation part (the latest tenth, and the latest tenth before it), by `window` and `decay`, by what
 * a product of the same basket counts, and by `recent` and `fade`; all with lift 0. Products of one basket counting each
 * other, both ways, is worth most.
 *
 *                     bestsellers   1 1 / 0 / 5 .7   3 .7 / 0 / 5 .7   3 .7 / 1 / 5 .7   3 .7 / 2 / 5 .7
 *     gift shop          .035            .051             .054              .074              .075
 *     MovieLens 100K     .083            .083             .080              .090              .087
 *     MovieLens small    .053             —                —                .066              .067
 *
 *                                   1 1 / 1 / 5 .7   5 .8 / 1 / 5 .7   3 .7 / 1 / 1 1    3 .7 / 1 / 10 .8
 *     gift shop                          .074             .074              .072              .072
 *     MovieLens 100K                     .088             .089              .084              .091
 *     MovieLens small                    .066             .070              .054              .071
 *
 * With shrink 5 or 100 it is the same to within 5 %. A lift of 0.2, 0.3 and 0.4 takes the gift shop to .081, .083 and
 * .084 and MovieLens 100K from .090 to .074 at 0.3: it depends on the data, and is chosen on validation.
 */
const SETTINGS = { window: 3, decay: 0.7, together: 1, shrink: 20, recent: 5, fade: 0.7 } as const;
const TO_BE_CHOSEN = -1;
/** Lifts that are tried. */
const LIFTS = [0, 0.2, 0.4] as const;
/** What of the fit the counting takes, for the share that is told. */
const COUNTING_SHARE = 0.6;

/** Followers a product keeps: 8 bytes each. */
const MOST_FOLLOWERS = 500;

export const markov: Recommender<MarkovOptions, MarkovModel> = {
  name: 'markov',
  head: 'choice',
  defaults: () => ({ ...SETTINGS, lift: TO_BE_CHOSEN, epochs: 1, seed: 1 }),
  /**
   * Throws AppError `columnMissing` (time) without times, `noSequences` where nobody chose things at different times,
   * `tooFewRatings` without a choice; RangeError for nonsense.
   */
  fit(ratings, options, context) {
    const { recent, fade, shrink, lift, ...rule } = checked(options);
    return fitChoiceOnce('markov', ratings, context, async (chosen, work) => {
      const catalogue = RankedCatalogue.of(chosen);
      const sequences = ordered(ratings, catalogue);
      const undated = undatedOf(chosen, sequences, catalogue);
      const counting = { ...work, tell: (share: number) => work.tell(COUNTING_SHARE * share) };
      const transitions = await countTransitions(sequences, catalogue.size, rule, MOST_FOLLOWERS, counting);
      const modelWith = (own: number) =>
        new MarkovModel({ catalogue, transitions, sequences, undated, recent, fade, shrink, lift: own });
      if (lift >= 0) return modelWith(lift);
      const recall = validationRecall(ratings, context.validation);
      return recall ? bestOf(LIFTS.map(modelWith), recall, work) : modelWith(0);
    });
  },
  refitOptions: (options, { model, epochs }) => ({ ...options, lift: model.lift, epochs }),
  refitsBeforeTest: true,
};

/** The model with the best recall@10; ties to the first. */
async function bestOf(
  models: readonly MarkovModel[],
  recall: NonNullable<ReturnType<typeof validationRecall>>,
  work: StepWork,
): Promise<MarkovModel> {
  let [best, most] = [models[0], Number.NEGATIVE_INFINITY];
  for (const [at, model] of models.entries()) {
    const figure = await recall((users, count, exclude) => model.topItemsForMany(users, count, exclude));
    if (figure > most) [best, most] = [model, figure];
    work.tell(COUNTING_SHARE + ((1 - COUNTING_SHARE) * (at + 1)) / models.length);
    await work.turn();
  }
  return best;
}

function checked(options: MarkovOptions): MarkovOptions {
  const { window, decay, together, shrink, lift, recent, fade } = options;
  if (!(window >= 1)) throw new RangeError(`window ${window}`);
  if (!(recent >= 1)) throw new RangeError(`recent ${recent}`);
  for (const [name, share] of Object.entries({ decay, lift: Math.max(0, lift), fade })) {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`${name} ${share}`);
  }
  for (const [name, amount] of Object.entries({ together, shrink })) {
    if (!(amount >= 0 && amount < Number.POSITIVE_INFINITY)) throw new RangeError(`${name} ${amount}`);
  }
  return { ...options, window: Math.floor(window), recent: Math.floor(recent) };
}

/** What every customer chose that is not in the order, by ascending columns of the catalogue. */
function undatedOf(chosen: Csr, sequences: Sequences, catalogue: RankedCatalogue): Pick<Csr, 'pointers' | 'indices'> {
  const pointers = new Uint32Array(chosen.rows + 1);
  const indices: number[] = [];
  for (let user = 0; user < chosen.rows; user++) {
    const dated = new Set(sequences.items.subarray(sequences.pointers[user], sequences.pointers[user + 1]));
    for (const column of catalogue.columnsOf(rowOf(chosen, user))) if (!dated.has(column)) indices.push(column);
    pointers[user + 1] = indices.length;
  }
  return { pointers, indices: Uint32Array.from(indices) };
}

/** The sequences by columns of the catalogue. */
function ordered(ratings: Ratings, catalogue: RankedCatalogue): Sequences {
  const sequences = sequencesOf(ratings);
  if (!sequences) throw new AppError('columnMissing', { role: 'time' });
  if (!sequences.steps.some((step) => step > 0)) throw new AppError('noSequences');
  return { ...sequences, items: sequences.items.map((item) => catalogue.columnOf(item)) };
}
