/**
 * EASE and the factorization of choices, blended: each customer's scores by either are standardized and added. How much
 * either counts is chosen on validation; nothing else is learned. Two models of different kinds err on different
 * customers, so that their blend beats both (Jahrer, Töscher & Legenstein 2010, "Combining predictions for accurate
 * recommender systems").
 */
import { type Tell, yieldToEvents } from '../base/progress.ts';
import type { Pairs } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { ease } from './ease.ts';
import { groupChoices, historiesOf, leastRelevant, sampleChoices } from './held-out.ts';
import { HybridModel, standardOf } from './hybrid-model.ts';
import { mfChoice } from './mf-choice.ts';
import type { FitContext, FitProgress, Fitted, Preset, Recommender, ScoringChoice } from './recommender.ts';

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
/** Below every standardized score, and finite: nothing times it is not a number. */
const LOWEST = -1e30;
/** What of the fit is done after each part, for the share that is told. */
const EASE_SHARE = 0.5;
const FACTORS_SHARE = 0.85;

function defaults(preset: Preset, ratings: Ratings): HybridOptions {
  const { factors, epochs } = mfChoice.defaults(preset, ratings);
  return { share: TO_BE_CHOSEN, lambda: ease.defaults(preset, ratings).lambda, factors, epochs, seed: 1 };
}

/** z-scores of a customer's products, those of their history so low that nothing is below them. */
function standardized(scores: Float32Array, history: Uint32Array): Float32Array {
  const { mean, deviation } = standardOf(scores);
  const z = scores.map((score) => (score === Number.NEGATIVE_INFINITY ? 0 : (score - mean) / deviation));
  for (const item of history) z[item] = LOWEST;
  return z;
}

/** Whether fewer than LENGTH products score above this one when `share` goes to `first`; ties go to the lower row. */
function isListed(first: Float32Array, second: Float32Array, share: number, item: number): boolean {
  const own = share * first[item] + (1 - share) * second[item];
  let above = 0;
  for (let other = 0; other < first.length; other++) {
    const score = share * first[other] + (1 - share) * second[other];
    if ((score > own || (score === own && other < item)) && ++above === LENGTH) return false;
  }
  return true;
}

/** The weight of `first` whose blend puts the largest share of the held-out choices into lists of ten; ties to the more even one. */
async function chooseShare(
  [first, second]: readonly [ScoringChoice, ScoringChoice],
  ratings: Ratings,
  pairs: Pairs,
  tell: Tell,
): Promise<number> {
  const choices = sampleChoices(groupChoices(pairs, leastRelevant(ratings)), CUSTOMERS);
  const { users, pointers, items } = choices;
  const recalls = new Float64Array(STEPS + 1);
  const products = ratings.byUser.columns;
  for (let from = 0; from < users.length; from += CUSTOMERS_AT_ONCE) {
    const block = users.subarray(from, from + CUSTOMERS_AT_ONCE);
    const { pointers: rows, indices } = historiesOf(ratings.byUser, block);
    const scores = [await first.scoresForMany(block), await second.scoresForMany(block)];
    for (let q = 0; q < block.length; q++) {
      const history = indices.subarray(rows[q], rows[q + 1]);
      const [x, y] = scores.map((all) => standardized(all.subarray(q * products, (q + 1) * products), history));
      const relevant = items.subarray(pointers[from + q], pointers[from + q + 1]);
      for (let step = 0; step <= STEPS; step++) {
        for (const item of relevant) if (isListed(x, y, step / STEPS, item)) recalls[step] += 1 / relevant.length;
      }
    }
    tell(Math.min(1, (from + CUSTOMERS_AT_ONCE) / users.length));
    await yieldToEvents();
  }
  let best = STEPS / 2;
  for (let away = 1; away <= STEPS / 2; away++) {
    for (const step of [STEPS / 2 - away, STEPS / 2 + away]) if (recalls[step] > recalls[best] + 1e-9) best = step;
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
        onProgress: part(EASE_SHARE, validation ? FACTORS_SHARE : 1),
        onEpoch: onEpoch && ((event) => onEpoch({ ...event, model: 'hybrid' })),
      },
    );
    const share =
      options.share >= 0
        ? Math.min(1, options.share)
        : validation
          ? await chooseShare([items.model, vectors.model], ratings, validation, (share) =>
              onProgress?.({
                epoch: vectors.epochs,
                epochs: vectors.epochs,
                share: FACTORS_SHARE + (1 - FACTORS_SHARE) * share,
              }),
            )
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
