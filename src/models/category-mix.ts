/**
 * Calibration of lists (Steck 2018, "Calibrated Recommendations", RecSys): the categories of a list in the proportions
 * of the history. With p(g|i) the share of category g in product i, one over the number of its categories:
 *
 * - p(g|u) = Σ w_ui p(g|i) / Σ w_ui over the history (2);
 * - q(g|u) = Σ p(g|i) / n over the list, every place weighing the same (3);
 * - C = KL(p ‖ q̃) = Σ_g p(g|u) log (p(g|u) / q̃(g|u)), in nats (4), with q̃ = (1 − α) q + α p, so that a category the list
 *   lacks costs much and not infinitely much (5).
 *
 * Products without a category have no part in either distribution.
 */
import type { MultiDictionary } from '../data/interactions.ts';
import type { History } from './recommender.ts';

/** α of (5), the paper's value. */
export const SMOOTHING = 0.01;

/** A distribution over categories: the codes with a share above 0, ascending, and their shares, which add up to 1. */
export interface CategoryMix {
  readonly codes: Uint32Array;
  readonly shares: Float64Array;
}

/** p(g|u) (2); null where nothing of the history has a category and a weight above 0. */
export function mixOf({ items, values }: History, { pointers, codes }: MultiDictionary): CategoryMix | null {
  const sums = new Map<number, number>();
  let total = 0;
  for (let at = 0; at < items.length; at++) {
    const from = pointers[items[at]];
    const count = pointers[items[at] + 1] - from;
    if (count === 0 || !(values[at] > 0)) continue;
    total += values[at];
    for (let e = from; e < from + count; e++) sums.set(codes[e], (sums.get(codes[e]) ?? 0) + values[at] / count);
  }
  if (total === 0) return null;
  const found = Uint32Array.from(sums.keys()).sort();
  return { codes: found, shares: Float64Array.from(found, (code) => (sums.get(code) ?? 0) / total) };
}

/** A list as it grows, and how far its categories are from a customer's own: C of (4). */
export class ListMix {
  readonly #own: CategoryMix;
  readonly #categories: MultiDictionary;
  /** Where a category stands in the own mix. */
  readonly #place: ReadonlyMap<number, number>;
  /** Σ p(g|i) over the list, by place in the own mix. */
  readonly #sums: Float64Array;
  /** Things with a category so far. */
  #things = 0;
  /** The terms of (4) for a list with one more thing that brings nothing to the category, and their sum. */
  readonly #terms: Float64Array;
  #bare = 0;

  constructor(own: CategoryMix, categories: MultiDictionary) {
    this.#own = own;
    this.#categories = categories;
    this.#place = new Map(Array.from(own.codes, (code, place) => [code, place]));
    this.#sums = new Float64Array(own.codes.length);
    this.#terms = new Float64Array(own.codes.length);
    this.#prepare();
  }

  add(item: number): void {
    const { pointers, codes } = this.#categories;
    const count = pointers[item + 1] - pointers[item];
    if (count === 0) return;
    this.#things++;
    for (let e = pointers[item]; e < pointers[item + 1]; e++) {
      const place = this.#place.get(codes[e]);
      if (place !== undefined) this.#sums[place] += 1 / count;
    }
    this.#prepare();
  }

  /** C of the list as it stands; that of q = 0, −log α, while nothing in it has a category. */
  divergence(): number {
    let sum = 0;
    for (let place = 0; place < this.#sums.length; place++) sum += this.#term(place, this.#sums[place], this.#things);
    return sum;
  }

  /** C of the list with one thing more. */
  divergenceWith(item: number): number {
    const { pointers, codes } = this.#categories;
    const count = pointers[item + 1] - pointers[item];
    if (count === 0) return this.divergence();
    let sum = this.#bare;
    for (let e = pointers[item]; e < pointers[item + 1]; e++) {
      const place = this.#place.get(codes[e]);
      if (place === undefined) continue;
      sum += this.#term(place, this.#sums[place] + 1 / count, this.#things + 1) - this.#terms[place];
    }
    return sum;
  }

  #term(place: number, sum: number, things: number): number {
    const own = this.#own.shares[place];
    const listed = things === 0 ? 0 : sum / things;
    return own * Math.log(own / ((1 - SMOOTHING) * listed + SMOOTHING * own));
  }

  #prepare(): void {
    this.#bare = 0;
    for (let place = 0; place < this.#sums.length; place++) {
      this.#terms[place] = this.#term(place, this.#sums[place], this.#things + 1);
      this.#bare += this.#terms[place];
    }
  }
}
