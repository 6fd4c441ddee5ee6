/**
 * EASE and the factorization of choices, blended: each customer's scores by either are standardized and added. How much
 * either counts is chosen on validation; nothing else is learned. Two models of different kinds err on different
 * customers, so that their blend beats both (Jahrer, Töscher & Legenstein 2010, "Combining predictions for accurate
 * recommender systems").
 */
import { breathe, createPacer, type Pace, partOf } from '../base/pacer.ts';
import type { Pairs } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { type ColdProducts, coldProductsOf } from './cold-products.ts';
import { createTrustTrial } from './cold-trust.ts';
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
  /** Products with at most so many choices are scored by those they are like; below 0 none is. */
  readonly coldAtMost: number;
  /** What such a score counts beside one that choices stand behind; below 0 it is chosen on validation. */
  readonly coldTrust: number;
  readonly epochs: number;
  readonly seed: number;
}

/** Nobody's choice stands behind their score at all; of those with a few, the parts know as much as the text does. */
const COLD_AT_MOST = 0;
/** Where no validation says how much a score by likeness may count. */
const USUAL_TRUST = 0.4;

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
const FACTORS_SHARE = 0.8;
const WEIGHT_SHARE = 0.87;
const COLD_SHARE = 0.95;

function defaults(preset: Preset, ratings: Ratings): HybridOptions {
  const { factors, epochs } = mfChoice.defaults(preset, ratings);
  const { lambda } = ease.defaults(preset, ratings);
  return {
    share: TO_BE_CHOSEN,
    lambda,
    factors,
    coldAtMost: COLD_AT_MOST,
    coldTrust: TO_BE_CHOSEN,
    epochs,
    seed: 1,
  };
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

/** What validation says of lists is asked for customer by customer. */
interface Trial {
  readonly ratings: Ratings;
  /** Held out of them. */
  readonly pairs: Pairs;
  readonly pace: Pace;
}

/** One customer's scores by each model, what they have (ascending), and what was held out of them. */
type See = (scores: readonly Float32Array[], history: Uint32Array, relevant: Uint32Array) => void;

/** Shows customers with something held out, a block of them after the other, with events in between. */
async function seeLists(models: readonly ScoringChoice[], { ratings, pairs, pace }: Trial, see: See): Promise<void> {
  const { users, pointers, items } = sampleChoices(groupChoices(pairs, leastRelevant(ratings)), CUSTOMERS);
  const products = ratings.byUser.columns;
  for (let from = 0; from < users.length; from += CUSTOMERS_AT_ONCE) {
    const block = users.subarray(from, from + CUSTOMERS_AT_ONCE);
    const { pointers: rows, indices } = historiesOf(ratings.byUser, block);
    const scores: Float32Array[] = [];
    for (const model of models) scores.push(await model.scoresForMany(block));
    for (let q = 0; q < block.length; q++) {
      see(
        scores.map((all) => all.subarray(q * products, (q + 1) * products)),
        indices.subarray(rows[q], rows[q + 1]),
        items.subarray(pointers[from + q], pointers[from + q + 1]),
      );
      if (pace.due()) await breathe(pace, from + q + 1, users.length);
    }
  }
}

/** The weight of `first` whose blend puts the largest share of the held-out choices into lists of ten; ties to the more even one. */
async function chooseShare(models: readonly [ScoringChoice, ScoringChoice], trial: Trial): Promise<number> {
  const recalls = new Float64Array(STEPS + 1);
  await seeLists(models, trial, (scores, history, relevant) => {
    const [x, y] = scores.map((own) => standardized(own, history));
    for (let step = 0; step <= STEPS; step++) {
      for (const item of relevant) if (isListed(x, y, step / STEPS, item)) recalls[step] += 1 / relevant.length;
    }
  });
  let best = STEPS / 2;
  for (let away = 1; away <= STEPS / 2; away++) {
    for (const step of [STEPS / 2 - away, STEPS / 2 + away]) if (recalls[step] > recalls[best] + 1e-9) best = step;
  }
  return best / STEPS;
}

/** How far scores of products nobody has chosen are to be trusted (`cold-trust.ts`); null where there is nothing to try it on. */
async function chooseTrust(
  model: HybridModel,
  cold: ColdProducts,
  { ratings, pairs, pace }: Trial,
  seed: number,
): Promise<number | null> {
  const trust = await createTrustTrial(ratings, seed, cold, partOf(pace, 0, 0.5));
  if (!trust) return null;
  await seeLists([model], { ratings, pairs, pace: partOf(pace, 0.5, 0.5) }, ([scores], history, relevant) =>
    trust.see(scores, history, relevant),
  );
  return trust.chosen();
}

/**
 * The epochs told are the factorization's; a stop keeps its best so far. Throws what either part throws. Validation of
 * the blend is what chooses its weight, and no figure of it is told.
 */
async function fit(ratings: Ratings, options: HybridOptions, context: FitContext): Promise<Fitted<HybridModel>> {
  const { device, gate, signal, cancel, validation, onEpoch, onProgress } = context;
  const part = (from: number, to: number) => (progress: FitProgress) =>
    onProgress?.({ ...progress, share: from + (to - from) * progress.share });
  const { seed, lambda, factors, epochs } = options;
  const items = await ease.fit(
    ratings,
    { ...ease.defaults('balanced', ratings), lambda, seed },
    { device, gate, signal, cancel, onProgress: part(0, EASE_SHARE) },
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
        onProgress: part(EASE_SHARE, validation ? FACTORS_SHARE : WEIGHT_SHARE),
        onEpoch: onEpoch && ((event) => onEpoch({ ...event, model: 'hybrid' })),
      },
    );
    const pacer = createPacer();
    const whole: Pace = {
      due: pacer.due,
      async turn() {
        await gate?.();
        await pacer.turn();
      },
      tell: (share) => onProgress?.({ epoch: vectors.epochs, epochs: vectors.epochs, share }),
    };
    const trial = (from: number, to: number): Trial | null =>
      validation ? { ratings, pairs: validation, pace: partOf(whole, from, to - from) } : null;
    const weighing = trial(FACTORS_SHARE, WEIGHT_SHARE);
    const share =
      options.share >= 0
        ? Math.min(1, options.share)
        : weighing
          ? await chooseShare([items.model, vectors.model], weighing)
          : EVEN;
    const parts = { ease: items.model, factors: vectors.model, share };
    const cold = await coldProductsOf(ratings, options, partOf(whole, WEIGHT_SHARE, COLD_SHARE - WEIGHT_SHARE));
    const trusting = options.coldTrust < 0 ? trial(COLD_SHARE, 1) : null;
    const chosen = cold && trusting ? await chooseTrust(new HybridModel(parts), cold, trusting, seed) : null;
    const trust = chosen ?? (options.coldTrust < 0 ? USUAL_TRUST : options.coldTrust);
    return {
      model: new HybridModel({ ...parts, cold: cold && { ...cold, trust } }),
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
  refitOptions: (options, { epochs, model }) => ({
    ...options,
    epochs,
    share: model.share,
    coldTrust: model.coldTrust ?? options.coldTrust,
  }),
  refitsBeforeTest: true,
};
