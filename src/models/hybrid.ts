/**
 * EASE and the factorization of choices, blended: each customer's scores by either are standardized and added. How much
 * either counts is chosen on validation; nothing else is learned. Two models of different kinds err on different
 * customers, so that their blend beats both (Jahrer, Töscher & Legenstein 2010, "Combining predictions for accurate
 * recommender systems").
 */
import type { Pairs } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { ease } from './ease.ts';
import { groupChoices, historiesOf, hitPlaces, leastRelevant, sampleChoices } from './held-out.ts';
import { blend, HybridModel } from './hybrid-model.ts';
import { mfChoice } from './mf-choice.ts';
import type { FitContext, FitProgress, Fitted, Preset, Recommender, ScoringChoice } from './recommender.ts';
import { topRows } from './vector-lists.ts';

export interface HybridOptions {
  /** Weight of EASE, 0 … 1; below 0 it is chosen on validation (half and half where there is none). */
  readonly share: number;
  /** Of EASE. */
  readonly lambda: number;
  /** Of the factorization. */
  readonly factors: number;
  readonly epochs: number;
  readonly seed: number;
}

const TO_BE_CHOSEN = -1;
const EVEN = 0.5;
/** Weights that are tried. */
const STEPS = 20;
/** Customers the weights are tried on, and the length of their lists. */
const CUSTOMERS = 2000;
const LENGTH = 10;
const CUSTOMERS_AT_ONCE = 128;
/** What of the fit each part takes, for the share that is told. */
const EASE_SHARE = 0.5;

function defaults(preset: Preset, ratings: Ratings): HybridOptions {
  const { factors, epochs } = mfChoice.defaults(preset, ratings);
  return { share: TO_BE_CHOSEN, lambda: ease.defaults(preset, ratings).lambda, factors, epochs, seed: 1 };
}

/** The weight of `first` whose blend puts the largest share of the held-out choices into lists of ten; ties to the more even one. */
async function chooseShare(
  first: ScoringChoice,
  second: ScoringChoice,
  ratings: Ratings,
  pairs: Pairs,
): Promise<number> {
  const choices = sampleChoices(groupChoices(pairs, leastRelevant(ratings)), CUSTOMERS);
  const { users, pointers } = choices;
  const recalls = new Float64Array(STEPS + 1);
  const products = ratings.byUser.columns;
  for (let from = 0; from < users.length; from += CUSTOMERS_AT_ONCE) {
    const block = users.subarray(from, from + CUSTOMERS_AT_ONCE);
    const exclude = historiesOf(ratings.byUser, block);
    const [a, b] = [await first.scoresForMany(block), await second.scoresForMany(block)];
    for (let q = 0; q < block.length; q++) {
      const own = exclude.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1]);
      const relevant = pointers[from + q + 1] - pointers[from + q];
      const [x, y] = [a, b].map((scores) => scores.subarray(q * products, (q + 1) * products));
      for (let step = 0; step <= STEPS; step++) {
        const { indices } = topRows(blend(x.slice(), y, step / STEPS), LENGTH, own);
        recalls[step] += hitPlaces(indices, choices, from + q).length / relevant;
      }
    }
  }
  let best = STEPS / 2;
  for (let away = 1; away <= STEPS / 2; away++) {
    for (const step of [STEPS / 2 - away, STEPS / 2 + away]) if (recalls[step] > recalls[best]) best = step;
  }
  return best / STEPS;
}

/**
 * The epochs told are the factorization's; a stop keeps its best so far. Throws what either part throws. Validation of
 * the blend is what chooses its weight, and no figure of it is told.
 */
async function fit(ratings: Ratings, options: HybridOptions, context: FitContext): Promise<Fitted<HybridModel>> {
  const { device, gate, signal, validation, onEpoch, onProgress } = context;
  const part = (from: number, to: number) => (progress: FitProgress) =>
    onProgress?.({ ...progress, share: from + (to - from) * progress.share });
  const { seed, lambda, factors, epochs } = options;
  const items = await ease.fit(
    ratings,
    { ...ease.defaults('balanced', ratings), lambda, seed },
    { device, gate, signal, onProgress: part(0, EASE_SHARE) },
  );
  try {
    const vectors = await mfChoice.fit(
      ratings,
      { ...mfChoice.defaults('balanced', ratings), factors, epochs, seed },
      {
        device,
        gate,
        signal,
        validation,
        onProgress: part(EASE_SHARE, 1),
        onEpoch: onEpoch && ((event) => onEpoch({ ...event, model: 'hybrid' })),
      },
    );
    const share =
      options.share >= 0
        ? Math.min(1, options.share)
        : validation
          ? await chooseShare(items.model, vectors.model, ratings, validation)
          : EVEN;
    return {
      model: new HybridModel({ ease: items.model, factors: vectors.model, share }),
      epochs: vectors.epochs,
      fitMs: items.fitMs + vectors.fitMs,
      stoppedEarly: vectors.stoppedEarly,
    };
  } catch (thrown) {
    items.model.destroy();
    throw thrown;
  }
}

export const hybrid: Recommender<HybridOptions, HybridModel> = {
  name: 'hybrid',
  head: 'choice',
  defaults,
  fit,
  refitOptions: (options, { epochs, model }) => ({ ...options, epochs, share: model.share }),
  refitsBeforeTest: true,
};
