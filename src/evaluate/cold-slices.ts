/**
 * Two cuts of the data that nothing in it can help with by heart: customers who were never seen, and products nobody
 * has chosen yet. Rows and columns stay what they are.
 */

import { createRandom } from '../base/random.ts';
import { type Csr, csrFromPairs, findEntry, nnz, type Pairs } from '../base/sparse.ts';
import { choiceWeight, type Ratings } from '../data/ratings.ts';
import { splitByMask, splitRatings } from '../data/split.ts';
import { chosenPairs } from '../models/chosen-pairs.ts';
import { groupChoices, type HeldOutChoices, leastRelevant } from '../models/held-out.ts';
import { choiceCounts } from '../models/popularity-order.ts';
import type { Reply } from '../models/questions.ts';
import { renumberProducts } from './renumbered.ts';

/** Of the customers, or of the products that come into question. */
export const COLD_SHARE = 0.1;
/** Enough for recall@10 to within about ± 0.01; a list is made for each of them several times. */
const MOST_CUSTOMERS = 1000;
/** What of a new customer's history is to be found; the rest is what they can answer about. */
const HIDDEN_SHARE = 0.25;
/** With fewer pairs there is nothing to answer about beside what is to be found. */
const FEWEST_PAIRS = 4;
/** Choices of a product from which on it says something to take them all away. */
const FEWEST_CHOICES = 5;
/** Of the pairs of products that are not new: held out too, so that what new ones cost the others shows. */
const WARM_HOLDOUT = 0.1;

export interface ColdCustomers {
  /** Without a single pair of the new customers. */
  readonly train: Ratings;
  /** Ascending rows; those of `hidden`, in that order. */
  readonly users: Uint32Array;
  /** What each of them can answer about, users.length × products; values as in the data. */
  readonly known: Csr;
  /** What is to be found: at least one choice of each. */
  readonly hidden: HeldOutChoices;
  /** New customers with nothing to be found among what was hidden: they count in no figure. */
  readonly skipped: number;
}

/**
 * A tenth of the customers, 1,000 at most, leaves the training part with everything they did: a quarter of each one's
 * pairs, drawn at random, is to be found, the rest is known to them. Who did less than four things is never taken.
 */
export function cutColdCustomers(ratings: Ratings, seed: number, share = COLD_SHARE): ColdCustomers {
  const { byUser } = ratings;
  const random = createRandom(seed);
  const sizeOf = (user: number) => byUser.pointers[user + 1] - byUser.pointers[user];
  const able = Uint32Array.from({ length: byUser.rows }, (_, user) => user).filter(
    (user) => sizeOf(user) >= FEWEST_PAIRS,
  );
  const taken = random
    .shuffle(able)
    .slice(0, Math.min(MOST_CUSTOMERS, Math.ceil(share * able.length)))
    .sort();
  const mask = new Uint8Array(nnz(byUser));
  const hidden: number[] = [];
  const known: number[] = [];
  for (const user of taken) {
    const entries = Uint32Array.from({ length: sizeOf(user) }, (_, at) => byUser.pointers[user] + at);
    for (const e of entries) mask[e] = 1;
    const count = Math.max(1, Math.round(HIDDEN_SHARE * entries.length));
    random.shuffle(entries).forEach((e, at) => {
      (at < count ? hidden : known).push(e);
    });
  }
  const { train } = splitByMask(ratings, mask);
  const choices = groupChoices(pairsAt(byUser, hidden), leastRelevant(ratings));
  const place = new Map(Array.from(choices.users, (user, q) => [user, q]));
  const answers = pairsAt(byUser, known);
  const kept = answers.users.map((_, p) => p).filter((p) => place.has(answers.users[p]));
  return {
    train,
    users: choices.users,
    known: csrFromPairs(
      {
        users: kept.map((p) => place.get(answers.users[p]) ?? 0),
        items: kept.map((p) => answers.items[p]),
        values: Float32Array.from(kept, (p) => answers.values[p]),
      },
      choices.users.length,
      byUser.columns,
    ),
    hidden: choices,
    skipped: taken.length - choices.users.length,
  };
}

export interface ColdProducts {
  /** What row each product was before; everything else counts in the new rows. */
  readonly order: Uint32Array;
  /** Without a single pair of the new products, and without `warm`. */
  readonly train: Ratings;
  /** Ascending rows. */
  readonly products: Uint32Array;
  /** Who chose which of the new products. */
  readonly cold: HeldOutChoices;
  /** A tenth of each customer's other pairs, held out as in any other measurement. */
  readonly warm: HeldOutChoices;
}

/**
 * A tenth of the products that at least five customers chose lose all they ever had. Rows are numbered by who stood in the
 * file first, which tells how popular a product was, and equal scores are listed by row: so the products are put in an
 * order drawn at random before anything else.
 */
export function cutColdProducts(whole: Ratings, seed: number, share = COLD_SHARE): ColdProducts {
  const random = createRandom(seed);
  const order = random.shuffle(Uint32Array.from({ length: whole.byUser.columns }, (_, item) => item));
  const ratings = renumberProducts(whole, order);
  const { byUser } = ratings;
  const counts = choiceCounts(chosenPairs(ratings));
  const able = Uint32Array.from({ length: byUser.columns }, (_, item) => item).filter(
    (item) => counts[item] >= FEWEST_CHOICES,
  );
  const products = random
    .shuffle(able)
    .slice(0, Math.ceil(share * able.length))
    .sort();
  const isCold = new Uint8Array(byUser.columns);
  for (const item of products) isCold[item] = 1;
  const first = splitByMask(
    ratings,
    Uint8Array.from(byUser.indices, (item) => isCold[item]),
  );
  const { train, test } = splitRatings(first.train, { kind: 'per-customer', holdout: WARM_HOLDOUT, seed });
  const least = leastRelevant(ratings);
  return { train, order, products, cold: groupChoices(first.test, least), warm: groupChoices(test, least) };
}

/** What row `q` of `known` says of a product they are asked about: what they really thought, as far as they know it. */
export function replyOf({ known, train }: Pick<ColdCustomers, 'known' | 'train'>, q: number, item: number): Reply {
  const entry = findEntry(known, q, item);
  if (entry < 0) return 'unknown';
  return choiceWeight(known.values[entry], train) > 0 ? 'liked' : 'disliked';
}

/** Some entries as pairs. */
function pairsAt({ rows, pointers, indices, values }: Csr, entries: readonly number[]): Pairs {
  const users = new Uint32Array(entries.length);
  const ascending = Uint32Array.from(entries).sort();
  for (let at = 0, row = 0; at < ascending.length; at++) {
    while (row < rows && pointers[row + 1] <= ascending[at]) row++;
    users[at] = row;
  }
  return {
    users,
    items: ascending.map((e) => indices[e]),
    values: Float32Array.from(ascending, (e) => values[e]),
  };
}
