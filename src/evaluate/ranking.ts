import { type Tell, yieldToEvents } from '../base/progress.ts';
import type { Ratings } from '../data/ratings.ts';
import { customersAtOnce, type HeldOutChoices, historiesOf, hitPlaces } from '../models/held-out.ts';
import type { ChoiceModel } from '../models/recommender.ts';
import { expectedRandomHits, listQuality } from './metrics.ts';

/** Means over the test customers; see `metrics.ts` for each formula. */
export interface RankingFigures {
  readonly recall: number;
  readonly precision: number;
  readonly ndcg: number;
  /** Share of customers with at least one hit. */
  readonly hitRate: number;
  /** Hits per list. */
  readonly hits: number;
  /** The same for a list drawn at random from what the customer had not seen. */
  readonly randomHits: number;
  /** Customers ranked: those with at least one relevant held-out thing. */
  readonly customers: number;
}

/**
 * Full ranking over every product a customer has not seen in training (`ratings` is the training
 * part, whole rows of which are excluded), judged on held-out choices. All NaN without customers. Goes in blocks:
 * events have their turn between them, and `tell` learns the share that is done.
 */
export async function rankAll(
  model: Pick<ChoiceModel, 'topItemsForMany'>,
  ratings: Ratings,
  choices: HeldOutChoices,
  k = 10,
  tell?: Tell,
): Promise<RankingFigures> {
  const sums = { recall: 0, precision: 0, ndcg: 0, hitRate: 0, hits: 0, randomHits: 0 };
  const { users, pointers } = choices;
  const { byUser } = ratings;
  const atOnce = customersAtOnce(byUser.columns);
  for (let from = 0; from < users.length; from += atOnce) {
    const block = users.subarray(from, from + atOnce);
    const { indices } = await model.topItemsForMany(block, k, historiesOf(byUser, block));
    for (let q = 0; q < block.length; q++) {
      const row = from + q;
      const relevant = pointers[row + 1] - pointers[row];
      const seen = byUser.pointers[users[row] + 1] - byUser.pointers[users[row]];
      const quality = listQuality(hitPlaces(indices.subarray(q * k, (q + 1) * k), choices, row), relevant, k);
      sums.recall += quality.recall;
      sums.precision += quality.precision;
      sums.ndcg += quality.ndcg;
      sums.hitRate += quality.hit;
      sums.hits += quality.hits;
      sums.randomHits += expectedRandomHits(k, relevant, byUser.columns - seen);
    }
    tell?.(Math.min(1, (from + atOnce) / users.length));
    await yieldToEvents();
  }
  const n = users.length;
  return {
    recall: sums.recall / n,
    precision: sums.precision / n,
    ndcg: sums.ndcg / n,
    hitRate: sums.hitRate / n,
    hits: sums.hits / n,
    randomHits: sums.randomHits / n,
    customers: n,
  };
}
