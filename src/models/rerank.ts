/**
 * A list re-ordered, one place after the other. Of the products a model puts first for a customer (the pool), each place
 * takes the one with the largest
 *
 *   (1 − μ) [(1 − λ) r_i − λ max_{j listed} cos(i, j)] − μ KL(p ‖ q̃(listed + i)),   r_i = s_i − β π_i
 *
 * - λ is variety: maximal marginal relevance (Carbonell & Goldstein 1998), with the cosine of the columns of choices;
 * - β is niche: s_i is the score and π_i the logarithm of how many chose the product, each scaled to 0 … 1 within the pool,
 *   so that a position means the same for every model and every catalogue;
 * - μ is the own mix of categories: Steck (2018), greedily as there; see `category-mix.ts`.
 *
 * Equal values keep the model's order, so that with all of them 0 nothing moves.
 */
import type { MultiDictionary } from '../data/interactions.ts';
import type { Ratings } from '../data/ratings.ts';
import { type CategoryMix, ListMix } from './category-mix.ts';
import { chosenPairs } from './chosen-pairs.ts';
import { ProductCosines } from './product-cosines.ts';
import type { ScoredList } from './recommender.ts';
import type { RerankSettings } from './rerank-settings.ts';

/** Candidates for each list; what the model puts behind them is never brought forward. A longer list has a pool of its own length. */
export const POOL = 200;

/** What re-ordering knows of the products. */
export interface Shelf {
  readonly products: number;
  readonly cosines: ProductCosines;
  /** log of the number of customers who chose each product; 0 for none, as for one. */
  readonly logPopularity: Float32Array;
  /** null where products have no categories. */
  readonly categories: MultiDictionary | null;
}

/** Counted on these ratings alone. */
export function shelfOf(ratings: Ratings): Shelf {
  const cosines = new ProductCosines(chosenPairs(ratings));
  return {
    products: ratings.itemIds.length,
    cosines,
    logPopularity: Float32Array.from(cosines.counts, (count) => Math.log(Math.max(1, count))),
    categories: ratings.about?.products.categories ?? null,
  };
}

export interface RerankInput {
  /** Best first, as the model gave it; scores are finite. */
  readonly pool: ScoredList;
  /** Listed before anything of the pool, which they are not in: they count for variety and for the mix. */
  readonly first?: Uint32Array;
  readonly settings: Pick<RerankSettings, 'variety' | 'niche' | 'ownMix'>;
  readonly shelf: Shelf;
  /** null where the customer has none: the list then has none to keep to. */
  readonly mix: CategoryMix | null;
}

/** Places in the pool, best first, at most `count` of them. O(count × pool). */
export function rerank({ pool, first, settings, shelf, mix }: RerankInput, count: number): Uint32Array {
  const { indices, scores } = pool;
  const { variety, niche, ownMix } = settings;
  const size = indices.length;
  const list = new Uint32Array(Math.min(count, size));
  const calibrated = ownMix > 0 && mix && shelf.categories ? new ListMix(mix, shelf.categories) : null;
  // Without a mix there is nothing to give the rest up for.
  const share = calibrated ? ownMix : 0;
  const relevance = scaled(Float64Array.from(scores));
  if (niche !== 0) {
    const popularity = new Float64Array(size);
    for (let at = 0; at < size; at++) popularity[at] = shelf.logPopularity[indices[at]];
    scaled(popularity);
    for (let at = 0; at < size; at++) relevance[at] -= niche * popularity[at];
  }
  const alike = new Float32Array(size);
  const taken = new Uint8Array(size);
  const take = (item: number) => {
    calibrated?.add(item);
    if (variety === 0) return;
    const cosines = shelf.cosines.to(item);
    for (let at = 0; at < size; at++) if (cosines[indices[at]] > alike[at]) alike[at] = cosines[indices[at]];
  };
  for (const item of first ?? []) take(item);
  for (let place = 0; place < list.length; place++) {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < size; at++) {
      if (taken[at] === 1) continue;
      let value = (1 - share) * ((1 - variety) * relevance[at] - variety * alike[at]);
      if (calibrated) value -= share * calibrated.divergenceWith(indices[at]);
      if (best < 0 || value > most) [best, most] = [at, value];
    }
    list[place] = best;
    taken[best] = 1;
    take(indices[best]);
  }
  return list;
}

/** In place: each value as a share of the way from the smallest to the largest; 0 where all are alike, and for what is not finite. */
function scaled(values: Float64Array): Float64Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return values.fill(0);
  for (let at = 0; at < values.length; at++) {
    values[at] = Number.isFinite(values[at]) ? (values[at] - low) / (high - low) : 0;
  }
  return values;
}
