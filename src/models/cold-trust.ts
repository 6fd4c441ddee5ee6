/**
 * How far a score by likeness is to be trusted: as far as it costs next to nothing, which lists of validation say twice.
 * What listing new things takes from the others: a tenth of the products are treated as if nobody had chosen them (the
 * model has learned from choices of theirs, but a score by likeness uses none of them). And what listing those that are
 * really cold takes from what is found in all: where things have been around for long, nobody wants what nobody chose.
 */
import { createPacer, type Pace } from '../base/pacer.ts';
import { createRandom } from '../base/random.ts';
import type { Csr } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { chosenPairs } from './chosen-pairs.ts';
import { type ColdProducts, spokenFor } from './cold-products.ts';
import { choiceCounts } from './popularity-order.ts';

/** Trusts that are tried; 0 lists no product nobody has chosen. */
const TRUSTS = [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.6] as const;
/** What of the recall of the others may be lost. */
const MOST_LOST = 0.01;
/** And of the recall in all, what is found of the really cold ones among it. */
const MOST_LOST_IN_ALL = 0.003;
const SHARE = 0.1;
/** Choices from which on a product is known well enough to stand for one that is not. */
const FEWEST_CHOICES = 5;
const LENGTH = 10;

export interface TrustTrial {
  /** One customer's scores, what they have (ascending), and what was held out of them. */
  see(scores: Float32Array, history: Uint32Array, relevant: Uint32Array): void;
  /** The largest trust whose cost is within the bounds; null where none of them finds anything. */
  chosen(): number | null;
}

/** `cold`: those that are really cold. null where there is nothing to try it on: no text, or too few products. */
export async function createTrustTrial(
  ratings: Ratings,
  seed: number,
  cold: Pick<ColdProducts, 'items' | 'near'> | null,
  pace: Pace = createPacer(),
): Promise<TrustTrial | null> {
  const counts = choiceCounts(chosenPairs(ratings));
  const able = Uint32Array.from({ length: counts.length }, (_, item) => item).filter(
    (item) => counts[item] >= FEWEST_CHOICES,
  );
  const taken = createRandom(seed)
    .shuffle(able)
    .slice(0, Math.ceil(SHARE * able.length))
    .sort();
  const drawn = await spokenFor(ratings, taken, pace);
  if (!drawn) return null;
  const others = trialOf(drawn.items, drawn.near, counts.length, MOST_LOST, (item, isCold) => isCold[item] === 0);
  const all = cold && trialOf(cold.items, cold.near, counts.length, MOST_LOST_IN_ALL, () => true);
  return {
    see(scores, history, relevant) {
      others.see(scores, history, relevant);
      all?.see(scores, history, relevant);
    },
    chosen() {
      const bounds = [others.chosen(), all?.chosen() ?? null].filter((trust) => trust !== null);
      return bounds.length > 0 ? Math.min(...bounds) : null;
    },
  };
}

function trialOf(
  items: Uint32Array,
  near: Csr,
  products: number,
  mostLost: number,
  counts: (item: number, isCold: Uint8Array) => boolean,
): TrustTrial {
  const isCold = new Uint8Array(products);
  for (const item of items) isCold[item] = 1;
  const recalls = new Float64Array(TRUSTS.length);
  const means = new Float64Array(items.length);
  return {
    see(scores, history, relevant) {
      const wanted = new Set(relevant.filter((item) => counts(item, isCold)));
      if (wanted.size === 0) return;
      for (let row = 0; row < items.length; row++) {
        means[row] = 0;
        for (let e = near.pointers[row]; e < near.pointers[row + 1]; e++) {
          means[row] += near.values[e] * scores[near.indices[e]];
        }
      }
      const has = new Set(history);
      const warm = best(scores, (item) => isCold[item] === 0 && !has.has(item));
      // Nobody has what is new: the very ones a customer chose are what takes up most places.
      const fresh = best(means, () => true);
      TRUSTS.forEach((trust, t) => {
        // Merged best first: what stands at the end are the places the others have left.
        let [listed, places] = [0, 0];
        for (let place = 0; place < LENGTH && listed < warm.length; place++) {
          const isNew = places < fresh.length && trust * means[fresh[places]] > scores[warm[listed]];
          if (wanted.has(isNew ? items[fresh[places++]] : warm[listed++])) recalls[t] += 1 / wanted.size;
        }
      });
    },
    chosen() {
      // Where nothing is found whatever the trust, all of them lose nothing.
      if (recalls.every((recall) => recall === 0)) return null;
      let trust = 0;
      TRUSTS.forEach((tried, t) => {
        if (recalls[t] >= (1 - mostLost) * recalls[0]) trust = Math.max(trust, tried);
      });
      return trust;
    },
  };
}

/** The LENGTH largest, best first, ties to the lower row. */
function best(values: ArrayLike<number>, counts: (row: number) => boolean): number[] {
  const kept: number[] = [];
  for (let row = 0; row < values.length; row++) {
    if (!counts(row) || (kept.length === LENGTH && !(values[row] > values[kept[LENGTH - 1]]))) continue;
    let at = kept.length;
    while (at > 0 && values[kept[at - 1]] < values[row]) at--;
    kept.splice(at, 0, row);
    if (kept.length > LENGTH) kept.pop();
  }
  return kept;
}
