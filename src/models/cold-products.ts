/**
 * Scores for products nobody has chosen yet, or hardly anybody: what a customer's scores say of the products most like
 * them by name, categories and attributes. A weighted mean of other scores is linear in them, so that what holds of
 * those (reasons that add up) holds of it.
 */
import { AppError } from '../base/error.ts';
import { createPacer, type Pace, partOf } from '../base/pacer.ts';
import type { Csr } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { contentNeighbours } from './content-neighbours.ts';
import { rowsFromFloats, rowsToFloats } from './square-matrix.ts';
import { contentVectors } from './text-features.ts';

export interface ColdProducts {
  /** Ascending product rows. */
  readonly items: Uint32Array;
  /** items.length × products: what each of the products they are most like counts. Every row adds up to 1. */
  readonly near: Csr;
  /** What the mean of their scores counts beside a score that choices stand behind. */
  readonly trust: number;
}

export interface ColdOptions {
  /** Products that at most so many have are cold; below 0 none is. */
  readonly coldAtMost: number;
  /** `ColdProducts.trust`. */
  readonly coldTrust: number;
}

/** Products that speak for one that is cold. */
const NEIGHBOURS = 10;

/**
 * The cold products of some training data, each with its nearest warm ones weighted by cosine; null where there are
 * none, or where nothing is said of products to go by. What people have and did not like is not new: it is not cold. A cold product that is like no warm one keeps its own score.
 */
export async function coldProductsOf(
  ratings: Ratings,
  { coldAtMost, coldTrust }: ColdOptions,
  pace: Pace = createPacer(),
): Promise<ColdProducts | null> {
  if (!ratings.about || coldAtMost < 0) return null;
  const { rows, pointers } = ratings.byItem;
  const cold = Uint32Array.from({ length: rows }, (_, item) => item).filter(
    (item) => pointers[item + 1] - pointers[item] <= coldAtMost,
  );
  if (cold.length === 0) return null;
  const near = await spokenFor(ratings, cold, pace);
  return near && { ...near, trust: coldTrust };
}

/**
 * Some products with their nearest others, weighted by cosine: weights of a product add up to 1. Those like no other are
 * left out; null where none is left, or where nothing is said of products to go by. Nobody speaks for anybody who is
 * one of them.
 */
export async function spokenFor(
  { about, byUser }: Pick<Ratings, 'about' | 'byUser'>,
  items: Uint32Array,
  pace: Pace = createPacer(),
): Promise<Omit<ColdProducts, 'trust'> | null> {
  const vectors = about ? await contentVectors(about.products, { pace: partOf(pace, 0, 0.5) }) : null;
  if (!vectors) return null;
  const taken = new Set(items);
  const others = Uint32Array.from({ length: byUser.columns }, (_, item) => item).filter((item) => !taken.has(item));
  return weighted(items, await contentNeighbours(vectors, items, others, NEIGHBOURS, partOf(pace, 0.5, 0.5)));
}

/** Rows without a neighbour left out, the others divided by their sum. */
function weighted(cold: Uint32Array, near: Csr): Omit<ColdProducts, 'trust'> | null {
  const kept = cold.map((_, row) => row).filter((row) => near.pointers[row + 1] > near.pointers[row]);
  if (kept.length === 0) return null;
  const pointers = new Uint32Array(kept.length + 1);
  const values = near.values.slice();
  kept.forEach((row, at) => {
    const [from, to] = [near.pointers[row], near.pointers[row + 1]];
    let sum = 0;
    for (let e = from; e < to; e++) sum += values[e];
    for (let e = from; e < to; e++) values[e] /= sum;
    pointers[at + 1] = to;
  });
  return {
    items: kept.map((row) => cold[row]),
    near: { rows: kept.length, columns: near.columns, pointers, indices: near.indices, values },
  };
}

/** One customer's scores of all products: those of cold ones are replaced. */
export function scoreCold(scores: Float32Array, { items, near, trust }: ColdProducts): void {
  const { pointers, indices, values } = near;
  for (let row = 0; row < items.length; row++) {
    let sum = 0;
    // No cold product is a neighbour, so that none of what is read here was replaced.
    for (let e = pointers[row]; e < pointers[row + 1]; e++) sum += values[e] * scores[indices[e]];
    scores[items[row]] = trust * sum;
  }
}

/** Who speaks for a product, and how much each counts; null for one that is not cold. */
export function neighboursOf(
  { items, near, trust }: ColdProducts,
  item: number,
): readonly { readonly item: number; readonly weight: number }[] | null {
  const row = items.indexOf(item);
  if (row < 0) return null;
  const [from, to] = [near.pointers[row], near.pointers[row + 1]];
  return Array.from(near.indices.subarray(from, to), (other, at) => ({
    item: other,
    weight: trust * near.values[from + at],
  }));
}

export const COLD_ARRAYS = ['coldItems', 'coldCounts', 'coldNear', 'coldWeights'] as const;
type ColdArrays = Readonly<Record<(typeof COLD_ARRAYS)[number], Float32Array>>;

/** 8 bytes for each cold product, and 8 for each that speaks for it. Product rows are exact below 2²⁴. */
export function coldToFloats({ items, near }: Omit<ColdProducts, 'trust'>): ColdArrays {
  const { counts, entries } = rowsToFloats(near);
  return { coldItems: Float32Array.from(items), coldCounts: counts, coldNear: entries, coldWeights: near.values };
}

/** What `coldToFloats` gave, for a catalogue of so many products. Throws AppError `projectDamaged`. */
export function coldFromFloats(arrays: ColdArrays, products: number): Omit<ColdProducts, 'trust'> {
  const { coldItems: items, coldWeights: values } = arrays;
  const near = rowsFromFloats({ counts: arrays.coldCounts, entries: arrays.coldNear }, products);
  const ascending = items.every(
    (item, at) => Number.isInteger(item) && item >= 0 && item < products && (at === 0 || item > items[at - 1]),
  );
  if (near?.rows !== items.length || values.length !== near.indices.length || !ascending) {
    throw new AppError('projectDamaged');
  }
  return { items: Uint32Array.from(items), near: { ...near, values } };
}
