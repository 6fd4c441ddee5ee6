/**
 * What every price is measured on. Somebody changes a setting because of a price, so that the test part of the cut
 * comparisons begin with (per customer) stays unseen: its training part is cut once more, and there a model is fitted as
 * in a comparison (validation chooses, then training + validation) and judged.
 */
import { AppError, throwIfAborted } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import { assertLearnable, type Ratings } from '../data/ratings.ts';
import { splitRatings } from '../data/split.ts';
import { type HeldOutChoices, sampleChoices } from '../models/held-out.ts';
import type { Model } from '../models/recommender.ts';
import type { FitAnywhere } from './fit-anywhere.ts';
import { cutParts, headFits, type Parts } from './head-fits.ts';
import type { HeadPlan } from './head-plan.ts';
import { testedCustomers } from './list-metrics.ts';

const HOLDOUT = 0.1;
const LIST_LENGTH = 10;
/** Customers looked at: evenly spaced ones fix a difference of recall to a few thousandths. */
const MOST_CUSTOMERS = 1500;
/** So that the cut inside the training part draws other numbers than the cut itself. */
export const INSIDE_SEED = 0x9a1ce;

export interface PriceCutRequest {
  readonly data: Ratings;
  /** The cut whose test part stays unseen, and the one inside: per customer, this share (default a tenth), this seed. */
  readonly holdout?: number;
  readonly seed: number;
  /** Length of the lists, default 10. */
  readonly k?: number;
}

export interface PriceCut {
  readonly parts: Parts;
  /** Whose lists are judged, by what. */
  readonly choices: HeldOutChoices;
  /** At most as long as the catalogue. */
  readonly k: number;
}

/** The data a price is measured on: the training part of the cut. */
export function pricedPart(data: Ratings, seed: number, holdout = HOLDOUT): Ratings {
  return splitRatings(data, { kind: 'per-customer', holdout, seed }).train;
}

/** Throws AppError `nothingToTest` where nobody can be tested, and what is wrong with the data (`assertLearnable`). */
export function cutForPrice({ data, seed, holdout = HOLDOUT, k = LIST_LENGTH }: PriceCutRequest): PriceCut {
  assertLearnable(data);
  const part = pricedPart(data, seed, holdout);
  const parts = cutParts(part, { kind: 'per-customer', holdout, seed: seed ^ INSIDE_SEED });
  const choices = sampleChoices(testedCustomers(parts.test, parts.train).choices, MOST_CUSTOMERS);
  if (choices.users.length === 0) throw new AppError('nothingToTest');
  return { parts, choices, k: Math.min(k, parts.train.byUser.columns) };
}

/**
 * The model that is judged; the caller destroys it. Rejects with what a fit throws, and with `cancelled`. `tell` learns
 * the share of the fits that is done.
 */
export async function fitForPrice<M extends Model>(
  plan: HeadPlan<M>,
  parts: Pick<Parts, 'train' | 'inner'>,
  place: FitAnywhere,
  tell?: Tell,
  signal?: AbortSignal,
): Promise<M> {
  const made = new Set<Model>();
  const begins = { learning: 0, again: 0.5, everything: 0 };
  const fits = headFits({
    place,
    parts,
    made,
    hooks: { signal, cancel: signal, onProgress: (work, _, { share }) => tell?.(begins[work] + share / 2) },
  });
  try {
    const { scored } = await fits.prepare(plan);
    throwIfAborted(signal);
    made.delete(scored.model);
    return scored.model;
  } finally {
    // What validation chose has done its part; after a failure or a stop nothing is of use.
    for (const model of made) model.destroy();
  }
}
