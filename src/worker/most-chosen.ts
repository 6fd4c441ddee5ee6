/** Lists for those of whom a run learned nothing: what most people choose, on the page and in the file alike. */
import { remembered } from '../base/remembered.ts';
import { NOT_FOUND } from '../compute/device.ts';
import type { Protected } from '../data/protect.ts';
import { choiceWeight, type Ratings } from '../data/ratings.ts';
import { orderByCount } from '../models/popularity-order.ts';
import type { ChoiceModel, ScoredList } from '../models/recommender.ts';

interface Bestsellers {
  /** Customers who chose each product; length = products. */
  readonly counts: Uint32Array;
  /** Product rows, most chosen first, ties to the lower row. */
  readonly order: Uint32Array;
}

/** Once for each data a run can have learned from. */
const bestsellers = remembered((ratings: Ratings): Bestsellers => {
  const { columns, indices, values } = ratings.byUser;
  const counts = new Uint32Array(columns);
  for (let e = 0; e < indices.length; e++) if (choiceWeight(values[e], ratings) > 0) counts[indices[e]]++;
  return { counts, order: orderByCount(counts) };
});

const asSet = remembered((rows: Uint32Array): ReadonlySet<number> => new Set(rows));

/** At most `count` products by the customers who chose them, which is their score. `exclude`: product rows in any order. */
export function mostChosen({ ratings, unlisted }: Protected, count: number, exclude: Uint32Array): ScoredList {
  const { counts, order } = bestsellers(ratings);
  const barred = asSet(unlisted);
  const excluded = new Set(exclude);
  const indices = new Uint32Array(Math.min(count, order.length));
  let found = 0;
  for (let at = 0; at < order.length && found < indices.length; at++) {
    if (!barred.has(order[at]) && !excluded.has(order[at])) indices[found++] = order[at];
  }
  const list = indices.subarray(0, found);
  return { indices: list, scores: Float32Array.from(list, (item) => counts[item]) };
}

/** Whether nothing a customer chose was learned from: they are new, or their privacy leaves nothing, or they liked nothing. */
export function isUnknown({ ratings }: Protected, customer: number): boolean {
  const { pointers, values } = ratings.byUser;
  for (let e = pointers[customer]; e < pointers[customer + 1]; e++) {
    if (choiceWeight(values[e], ratings) !== 0) return false;
  }
  return true;
}

export type ListsForMany = Pick<ChoiceModel, 'topItemsForMany'>;

/** A model's lists, those of customers of whom it learned nothing being what most people choose. */
export function withMostChosen(model: ListsForMany, learned: Protected): ListsForMany {
  return {
    async topItemsForMany(users, count, exclude) {
      const { indices, scores } = await model.topItemsForMany(users, count, exclude);
      for (let q = 0; q < users.length; q++) {
        if (!isUnknown(learned, users[q])) continue;
        const had = exclude.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1]);
        const list = mostChosen(learned, count, had);
        indices.fill(NOT_FOUND, q * count, (q + 1) * count).set(list.indices, q * count);
        scores.fill(Number.NEGATIVE_INFINITY, q * count, (q + 1) * count).set(list.scores, q * count);
      }
      return { indices, scores };
    },
  };
}
