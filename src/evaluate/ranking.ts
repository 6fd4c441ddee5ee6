import { throwIfAborted } from '../base/error.ts';
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

/** What some customers are recommended: list q is for users[q], best first. */
export interface Lists {
  readonly users: Uint32Array;
  readonly length: number;
  /** users × length, row-major; NOT_FOUND where fewer than `length` things were left to list. */
  readonly items: Uint32Array;
}

/** Lists with the model's scores: users × length, row-major; beside an empty place they say nothing. */
export interface ScoredLists extends Lists {
  readonly scores: Float32Array;
}

/** List q of them, with NOT_FOUND at its end where it is short. */
export function listOf({ items, length }: Lists, q: number): Uint32Array {
  return items.subarray(q * length, (q + 1) * length);
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
  const judge = (row: number, list: Uint32Array) => {
    const relevant = pointers[row + 1] - pointers[row];
    const seen = byUser.pointers[users[row] + 1] - byUser.pointers[users[row]];
    const quality = listQuality(hitPlaces(list, choices, row), relevant, k);
    sums.recall += quality.recall;
    sums.precision += quality.precision;
    sums.ndcg += quality.ndcg;
    sums.hitRate += quality.hit;
    sums.hits += quality.hits;
    sums.randomHits += expectedRandomHits(k, relevant, byUser.columns - seen);
  };
  await eachBlock(model, ratings, users, k, tell, undefined, (from, count, items) => {
    for (let q = 0; q < count; q++) judge(from + q, items.subarray(q * k, (q + 1) * k));
  });
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

/** The lists of the same full ranking, kept to be looked at from many sides. Throws AppError `cancelled`. */
export async function listsFor(
  model: Pick<ChoiceModel, 'topItemsForMany'>,
  ratings: Ratings,
  users: Uint32Array,
  length: number,
  tell?: Tell,
  signal?: AbortSignal,
): Promise<ScoredLists> {
  const items = new Uint32Array(users.length * length);
  const scores = new Float32Array(users.length * length);
  await eachBlock(model, ratings, users, length, tell, signal, (from, _, block, scored) => {
    items.set(block, from * length);
    scores.set(scored, from * length);
  });
  return { users, length, items, scores };
}

/** `visit` is given the lists of users[from] … users[from + count − 1] and their scores, count × length each. */
async function eachBlock(
  model: Pick<ChoiceModel, 'topItemsForMany'>,
  { byUser }: Ratings,
  users: Uint32Array,
  length: number,
  tell: Tell | undefined,
  signal: AbortSignal | undefined,
  visit: (from: number, count: number, items: Uint32Array, scores: Float32Array) => void,
): Promise<void> {
  const atOnce = customersAtOnce(byUser.columns);
  for (let from = 0; from < users.length; from += atOnce) {
    const block = users.subarray(from, from + atOnce);
    const { indices, scores } = await model.topItemsForMany(block, length, historiesOf(byUser, block));
    visit(from, block.length, indices, scores);
    tell?.(Math.min(1, (from + atOnce) / users.length));
    await yieldToEvents();
    throwIfAborted(signal);
  }
}
