/** Figures of merit of ranked lists, customer by customer, so that models can be compared on the same people. */
import { throwIfAborted } from '../base/error.ts';
import { type Tell, yieldToEvents } from '../base/progress.ts';
import { findEntry, type Pairs } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { customersAtOnce, groupChoices, type HeldOutChoices, hitPlaces, leastRelevant } from '../models/held-out.ts';
import type { ScoringChoice } from '../models/recommender.ts';
import { listQuality } from './metrics.ts';
import { type Lists, listOf } from './ranking.ts';

/**
 * With binary relevance, k places, R relevant held-out things and rel(p) = 1 where place p (from 1) holds one of them:
 *
 * - `hitRate`: 1 if there is a hit at all (Deshpande & Karypis 2004);
 * - `precision`: hits / k; `recall`: hits / R (`metrics.ts`);
 * - `ndcg`: Σ rel(p) / log₂(p + 1) over the same sum for the best possible list (Järvelin & Kekäläinen 2002; `metrics.ts`);
 * - `averagePrecision`: Σ rel(p) · (hits up to p) / p, over min(R, k): its mean is MAP@k;
 * - `reciprocalRank`: 1 / place of the first hit, 0 without one: its mean is MRR@k (Voorhees 1999).
 */
export const LIST_METRICS = ['hitRate', 'precision', 'recall', 'ndcg', 'averagePrecision', 'reciprocalRank'] as const;
export type ListMetric = (typeof LIST_METRICS)[number];

/** By metric, one figure for each tested customer, in their order. */
export type PerCustomer = Readonly<Record<ListMetric, Float32Array>>;

/** Who is tested: the same customers for every model. */
export interface TestedCustomers {
  readonly choices: HeldOutChoices;
  /** Customers with something held out for whom no list can be right or wrong: they count in no figure. */
  readonly skipped: number;
}

/**
 * Customers with at least one relevant held-out thing that a list may hold (not in their training row). Nothing relevant,
 * or no such candidate, leaves every figure undefined: those customers are skipped and counted, not given a zero.
 */
export function testedCustomers(test: Pairs, train: Ratings): TestedCustomers {
  const least = leastRelevant(train);
  const testable = new Uint8Array(train.byUser.rows);
  const held = new Uint8Array(train.byUser.rows);
  for (let p = 0; p < test.users.length; p++) {
    const user = test.users[p];
    held[user] = 1;
    if (test.values[p] >= least && findEntry(train.byUser, user, test.items[p]) < 0) testable[user] = 1;
  }
  const kept = test.users.map((_, p) => p).filter((p) => testable[test.users[p]] === 1);
  const pairs: Pairs = {
    users: kept.map((p) => test.users[p]),
    items: kept.map((p) => test.items[p]),
    values: Float32Array.from(kept, (p) => test.values[p]),
  };
  const choices = groupChoices(pairs, least);
  return { choices, skipped: held.reduce((sum, one) => sum + one, 0) - choices.users.length };
}

/** Every metric of every list; `lists` are those of `choices.users`, in their order, and their length is k. */
export function judgeLists(lists: Lists, choices: HeldOutChoices): PerCustomer {
  const { users, pointers } = choices;
  if (lists.users.length !== users.length)
    throw new RangeError(`${lists.users.length} lists of ${users.length} customers`);
  const blank = () => new Float32Array(users.length);
  const figures: PerCustomer = {
    hitRate: blank(),
    precision: blank(),
    recall: blank(),
    ndcg: blank(),
    averagePrecision: blank(),
    reciprocalRank: blank(),
  };
  const k = lists.length;
  for (let q = 0; q < users.length; q++) {
    const relevant = pointers[q + 1] - pointers[q];
    const places = hitPlaces(listOf(lists, q), choices, q);
    const quality = listQuality(places, relevant, k);
    figures.hitRate[q] = quality.hit;
    figures.precision[q] = quality.precision;
    figures.recall[q] = quality.recall;
    figures.ndcg[q] = quality.ndcg;
    figures.averagePrecision[q] = averagePrecision(places, relevant, k);
    figures.reciprocalRank[q] = reciprocalRank(places, k);
  }
  return figures;
}

/** Σ over hits of the precision up to their place, over min(relevant, k). `places` ascend from 0; relevant ≥ 1. */
export function averagePrecision(places: readonly number[], relevant: number, k: number): number {
  let hits = 0;
  let sum = 0;
  for (const place of places) if (place < k) sum += ++hits / (place + 1);
  return sum / Math.min(relevant, k);
}

/** 1 / place of the first hit (from 1), 0 where none is within k. `places` ascend from 0. */
export function reciprocalRank(places: readonly number[], k: number): number {
  return places.length > 0 && places[0] < k ? 1 / (places[0] + 1) : 0;
}

/** Scores looked at for one model's area at most: beyond, customers evenly spaced stand for all. */
const MOST_SCORES = 2_000_000;

/** How many of `customers` have their area looked at. */
export function areasLookedAt(customers: number, products: number): number {
  return Math.min(customers, Math.max(1, Math.floor(MOST_SCORES / Math.max(1, products))));
}

/**
 * `areaUnderCurve` of each tested customer from full rows of scores, NaN where it is undefined or was not looked at (large
 * data: enough are to fix the mean to a few thousandths). Throws AppError `cancelled`.
 */
export async function areasUnderCurve(
  model: Pick<ScoringChoice, 'scoresForMany'>,
  train: Ratings,
  { users, pointers, items }: HeldOutChoices,
  tell?: Tell,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { byUser } = train;
  const areas = new Float32Array(users.length).fill(Number.NaN);
  const most = areasLookedAt(users.length, byUser.columns);
  const rows = Uint32Array.from({ length: most }, (_, q) => Math.floor((q * users.length) / most));
  const atOnce = customersAtOnce(byUser.columns);
  for (let from = 0; from < rows.length; from += atOnce) {
    const block = rows.subarray(from, from + atOnce);
    const scores = await model.scoresForMany(block.map((row) => users[row]));
    for (let q = 0; q < block.length; q++) {
      const row = block[q];
      const [start, end] = [byUser.pointers[users[row]], byUser.pointers[users[row] + 1]];
      areas[row] = areaUnderCurve(
        scores.subarray(q * byUser.columns, (q + 1) * byUser.columns),
        items.subarray(pointers[row], pointers[row + 1]),
        byUser.indices.subarray(start, end),
      );
    }
    tell?.(Math.min(1, (from + atOnce) / rows.length));
    await yieldToEvents();
    throwIfAborted(signal);
  }
  return areas;
}

/**
 * How often a relevant thing scores above one that is not, over all such pairs of candidates, equal scores counting a half
 * (Mann & Whitney 1947; per customer as in Rendle et al. 2009, eq. for AUC(u)). `scores`: one a product; candidates are
 * those not in `excluded`. Both lists of products ascend. NaN without a relevant or without an irrelevant candidate.
 * A score that is NaN is below all others.
 */
export function areaUnderCurve(scores: Float32Array, relevant: Uint32Array, excluded: Uint32Array): number {
  const others = scores.slice();
  for (let item = 0; item < others.length; item++) {
    if (others[item] !== others[item]) others[item] = Number.NEGATIVE_INFINITY;
  }
  // From here on NaN says: no candidate.
  for (let e = 0; e < excluded.length; e++) others[excluded[e]] = Number.NaN;
  const good = Float32Array.from(relevant, (item) => others[item])
    .filter((score) => score === score)
    .sort();
  for (let r = 0; r < relevant.length; r++) others[relevant[r]] = Number.NaN;
  let won = 0;
  let count = 0;
  for (let item = 0; item < others.length; item++) {
    const score = others[item];
    if (score !== score) continue;
    count++;
    // Relevant things below this one: the first place that is not, by halving.
    let low = 0;
    let high = good.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (good[middle] < score) low = middle + 1;
      else high = middle;
    }
    let equal = 0;
    while (good[low + equal] === score) equal++;
    won += good.length - low - equal / 2;
  }
  return won / (good.length * count);
}
