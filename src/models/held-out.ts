/**
 * Held-out choices grouped by customer: what recall on validation (early stopping of every choice
 * head) and the ranking figures of a test are counted on.
 */
import { type Tell, yieldToEvents } from '../base/progress.ts';
import type { Csr, Pairs } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { type Exclusions, joined, union } from './exclusions.ts';

export interface HeldOutChoices {
  /** Customers with at least one relevant held-out thing, ascending; length m. */
  readonly users: Uint32Array;
  /** Relevant things of users[q]: items[pointers[q]] … items[pointers[q + 1] − 1], ascending. */
  readonly pointers: Uint32Array;
  readonly items: Uint32Array;
}

/** Pairs held out of training that a fit is chosen by. */
export interface Validation extends Pairs {
  /** What customers have, where that is more than what is learned from: nobody's list holds any of it. */
  readonly had?: Csr;
  /** Product rows, ascending, that are in nobody's list. */
  readonly barred?: Uint32Array;
}

/** The least value that makes a held-out pair a choice: the rule's for ratings, anything for implicit data. */
export function leastRelevant(ratings: Ratings): number {
  return ratings.feedback === 'explicit' ? ratings.rule.minRating : Number.NEGATIVE_INFINITY;
}

/** Pairs with a value of at least `least`, by customer; customers without one are left out. */
export function groupChoices(pairs: Pairs, least: number): HeldOutChoices {
  const relevant: number[] = [];
  for (let p = 0; p < pairs.users.length; p++) if (pairs.values[p] >= least) relevant.push(p);
  relevant.sort((a, b) => pairs.users[a] - pairs.users[b] || pairs.items[a] - pairs.items[b]);
  const users: number[] = [];
  const pointers: number[] = [];
  relevant.forEach((p, at) => {
    if (users.at(-1) === pairs.users[p]) return;
    users.push(pairs.users[p]);
    pointers.push(at);
  });
  pointers.push(relevant.length);
  return {
    users: Uint32Array.from(users),
    pointers: Uint32Array.from(pointers),
    items: Uint32Array.from(relevant, (p) => pairs.items[p]),
  };
}

/** Evenly spaced over the customers, at most `most` of them. */
export function sampleChoices(choices: HeldOutChoices, most: number): HeldOutChoices {
  const { users, pointers, items } = choices;
  if (users.length <= most) return choices;
  const rows = Array.from({ length: most }, (_, q) => Math.floor((q * users.length) / most));
  const lists = rows.map((row) => items.subarray(pointers[row], pointers[row + 1]));
  const out = new Uint32Array(most + 1);
  lists.forEach((list, q) => {
    out[q + 1] = out[q] + list.length;
  });
  const outItems = new Uint32Array(out[most]);
  lists.forEach((list, q) => {
    outItems.set(list, out[q]);
  });
  return { users: Uint32Array.from(rows, (row) => users[row]), pointers: out, items: outItems };
}

/** Exclusions with some rows more for everybody. */
function without(own: Exclusions, barred: Uint32Array | undefined): Exclusions {
  if (!barred || barred.length === 0) return own;
  const { pointers, indices } = own;
  return joined(
    Array.from({ length: pointers.length - 1 }, (_, q) =>
      union(indices.subarray(pointers[q], pointers[q + 1]), barred),
    ),
  );
}

/** Everything each of `users` already has: their whole rows, chosen or disliked. */
export function historiesOf(byUser: Csr, users: Uint32Array): Exclusions {
  const pointers = new Uint32Array(users.length + 1);
  for (let q = 0; q < users.length; q++) {
    pointers[q + 1] = pointers[q] + byUser.pointers[users[q] + 1] - byUser.pointers[users[q]];
  }
  const indices = new Uint32Array(pointers[users.length]);
  for (let q = 0; q < users.length; q++) {
    const user = users[q];
    indices.set(byUser.indices.subarray(byUser.pointers[user], byUser.pointers[user + 1]), pointers[q]);
  }
  return { pointers, indices };
}

/** Which places of a list (from 0) hold a relevant thing. */
export function hitPlaces(list: Uint32Array, choices: HeldOutChoices, row: number): number[] {
  const relevant = new Set(choices.items.subarray(choices.pointers[row], choices.pointers[row + 1]));
  const places: number[] = [];
  for (let place = 0; place < list.length; place++) if (relevant.has(list[place])) places.push(place);
  return places;
}

/** Customers validation ranks for each epoch: enough for recall@10 to within about ±0.005. */
const VALIDATION_CUSTOMERS = 2000;
const VALIDATION_LENGTH = 10;

/** Customers ranked between two looks at events, where the catalogue makes that many pairs worth a device. */
const LEAST_AT_ONCE = 128;
const PAIRS_AT_ONCE = 200_000;

/** How many customers to ask lists for at once so that progress is told several times a second: in products. */
export function customersAtOnce(products: number): number {
  return Math.max(LEAST_AT_ONCE, Math.ceil(PAIRS_AT_ONCE / Math.max(1, products)));
}

type ListsFor = (users: Uint32Array, count: number, exclude: Exclusions) => Promise<{ readonly indices: Uint32Array }>;

/**
 * recall@10 on validation as a function of "who gets which list": full ranking, training histories
 * (or what customers have beyond them) excluded, hits divided by all relevant things, averaged over customers. null without relevant pairs. Lists are asked
 * for in blocks; events have their turn between them, and `tell` learns the share that is done.
 */
export function validationRecall(
  ratings: Ratings,
  pairs: Validation | undefined,
): ((lists: ListsFor, tell?: Tell) => Promise<number>) | null {
  if (!pairs) return null;
  const choices = sampleChoices(groupChoices(pairs, leastRelevant(ratings)), VALIDATION_CUSTOMERS);
  const { users, pointers } = choices;
  if (users.length === 0) return null;
  const had = pairs.had ?? ratings.byUser;
  const atOnce = customersAtOnce(ratings.byUser.columns);
  return async (lists, tell) => {
    let sum = 0;
    for (let from = 0; from < users.length; from += atOnce) {
      const block = users.subarray(from, from + atOnce);
      const { indices } = await lists(block, VALIDATION_LENGTH, without(historiesOf(had, block), pairs.barred));
      for (let q = 0; q < block.length; q++) {
        const row = from + q;
        const list = indices.subarray(q * VALIDATION_LENGTH, (q + 1) * VALIDATION_LENGTH);
        sum += hitPlaces(list, choices, row).length / (pointers[row + 1] - pointers[row]);
      }
      tell?.(Math.min(1, (from + atOnce) / users.length));
      await yieldToEvents();
    }
    return sum / users.length;
  };
}
