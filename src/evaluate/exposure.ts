/**
 * What lists do to the catalogue and how they look beside a customer's own taste: beyond-accuracy figures of the lists of
 * all tested customers. Only the training part is looked at, and the held-out choices for serendipity alone.
 */
import { throwIfAborted } from '../base/error.ts';
import { createPacer } from '../base/pacer.ts';
import type { Tell } from '../base/progress.ts';
import { NOT_FOUND } from '../compute/device.ts';
import type { MultiDictionary } from '../data/interactions.ts';
import { type HeldOutChoices, hitPlaces } from '../models/held-out.ts';
import { bootstrap, type CustomerSums, type Interval, meanOver, type Resamples } from './bootstrap.ts';
import { type CatalogueSpread, spreadOf } from './catalogue-spread.ts';
import { type Defined, definedAmong } from './defined.ts';
import { type Lists, listOf } from './ranking.ts';
import { lengthOf, type TrainingChoices } from './training-choices.ts';

/** Each with its 95 % interval; null where a figure is undefined: nothing was listed, nobody hit, no list had two things. */
export interface Exposure extends CatalogueSpread {
  /** Mean over lists of the mean −log₂(share of customers who chose the thing), in bits (Vargas & Castells 2011; Zhou et al. 2010). */
  readonly novelty: Interval | null;
  /**
   * Popularity of what is listed over popularity of what the same customers chose themselves, each the mean over customers
   * of the mean over their things (the ratio of the two group averages in Abdollahpouri et al. 2019). 1: as popular as their own taste.
   */
  readonly popularityLift: Interval | null;
  /** Mean over lists of 1 − mean similarity of two things in it (Ziegler et al. 2005; Castells, Hurley & Vargas 2015). */
  readonly diversity: Interval | null;
  /**
   * Share of all hits that are not in the list of the most popular things of the same length (Ge et al. 2010, with
   * popularity as the primitive model that says what is expected).
   */
  readonly serendipity: Interval | null;
}

/** Of whom the figures that not every list has are the mean. */
export interface ExposureCounts {
  /** Undefined for lists without anything on them. */
  readonly novelty: Defined;
  /** Undefined for those lists too, and for customers without a choice in training. */
  readonly popularityLift: Defined;
  /** Undefined for lists with fewer than two things. */
  readonly diversity: Defined;
}

/** How alike two products are, at most 1. */
export type ProductSimilarity = (a: number, b: number) => number;

/** Lists whose pairs are compared, at most: evenly spaced ones fix the mean to within half a percent. */
const DIVERSITY_LISTS = 2000;

/** What lists do to the catalogue, and of whom the figures are the mean. */
export interface ExposureOfLists {
  readonly exposure: Exposure;
  readonly counts: ExposureCounts;
}

/**
 * `popular`: the popularity lists of the same customers, as long as these. What is a mean over customers, or a ratio of two,
 * has an interval by the bootstrap, coverage and Gini by leaving out one list at a time. Throws AppError `cancelled`.
 */
export async function exposureOf(
  lists: Lists,
  choices: HeldOutChoices,
  training: TrainingChoices,
  popular: Lists,
  similarity: ProductSimilarity,
  resamples: Resamples,
  tell?: Tell,
  signal?: AbortSignal,
): Promise<ExposureOfLists> {
  const all = lists.users.length;
  const [unknown, varied] = [novelty(lists, training), await diversity(lists, similarity, tell, signal)];
  const lift = popularityLift(lists, training);
  const [bits, fame, surprise] = await bootstrap(
    [
      meanOver(unknown),
      { sums: withoutGaps(lift.listed), counts: withoutGaps(lift.own) },
      serendipity(lists, choices, popular),
    ],
    resamples,
  );
  const [mix] = await bootstrap([meanOver(varied)], resamples);
  return {
    exposure: {
      ...spreadOf(lists, training.perProduct.length),
      novelty: bits,
      popularityLift: fame,
      diversity: mix,
      serendipity: surprise,
    },
    counts: {
      novelty: definedAmong(unknown, all),
      popularityLift: definedAmong(lift.listed, all),
      diversity: definedAmong(varied, all),
    },
  };
}

/** Who has no part in a ratio adds nothing to either side. */
function withoutGaps(values: Float64Array): Float64Array {
  return values.map((value) => (Number.isNaN(value) ? 0 : value));
}

/** NaN of nothing. */
function meanOf(items: Uint32Array, of: (item: number) => number): number {
  let sum = 0;
  for (const item of items) sum += of(item);
  return sum / items.length;
}

/** The list without its empty places, which stand at the end. */
function thingsOf(lists: Lists, q: number): Uint32Array {
  const list = listOf(lists, q);
  const end = list.indexOf(NOT_FOUND);
  return end < 0 ? list : list.subarray(0, end);
}

/**
 * By list, NaN for an empty one. A product nobody chose in training counts as one that a single customer chose: the most
 * that could be observed.
 */
function novelty(lists: Lists, { perProduct, choosers }: TrainingChoices): Float64Array {
  const bits = (item: number) => -Math.log2(Math.max(1, perProduct[item]) / choosers);
  return Float64Array.from(lists.users, (_, q) => (choosers === 0 ? Number.NaN : meanOf(thingsOf(lists, q), bits)));
}

/**
 * By customer; NaN in both for those without a choice in training, or without a list: they have nothing to compare. Both
 * means are of the same customers, whose number is no part of their ratio.
 */
function popularityLift(
  lists: Lists,
  { byUser, perProduct }: TrainingChoices,
): { readonly listed: Float64Array; readonly own: Float64Array } {
  const listed = new Float64Array(lists.users.length);
  const own = new Float64Array(lists.users.length);
  const popularity = (item: number) => perProduct[item];
  for (let q = 0; q < lists.users.length; q++) {
    const user = lists.users[q];
    const history = meanOf(byUser.indices.subarray(byUser.pointers[user], byUser.pointers[user + 1]), popularity);
    const list = meanOf(thingsOf(lists, q), popularity);
    const both = !Number.isNaN(history) && !Number.isNaN(list);
    listed[q] = both ? list : Number.NaN;
    own[q] = both ? history : Number.NaN;
  }
  return { listed, own };
}

/** By list looked at; NaN for one with fewer than two things. */
async function diversity(
  lists: Lists,
  similarity: ProductSimilarity,
  tell?: Tell,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const varied = new Float64Array(Math.min(DIVERSITY_LISTS, lists.users.length));
  const pace = createPacer();
  for (let at = 0; at < varied.length; at++) {
    if (pace.due()) {
      tell?.(at / varied.length);
      await pace.turn();
      throwIfAborted(signal);
    }
    const items = thingsOf(lists, Math.floor((at * lists.users.length) / varied.length));
    let alike = 0;
    for (let a = 1; a < items.length; a++) for (let b = 0; b < a; b++) alike += similarity(items[a], items[b]);
    varied[at] = items.length < 2 ? Number.NaN : 1 - alike / ((items.length * (items.length - 1)) / 2);
  }
  return varied;
}

/** By customer: hits that the popular list does not have, over hits. */
function serendipity(lists: Lists, choices: HeldOutChoices, popular: Lists): CustomerSums {
  const hits = new Float64Array(lists.users.length);
  const surprising = new Float64Array(lists.users.length);
  for (let q = 0; q < lists.users.length; q++) {
    const list = listOf(lists, q);
    const expected = listOf(popular, q);
    for (const place of hitPlaces(list, choices, q)) {
      hits[q]++;
      if (!expected.includes(list[place])) surprising[q]++;
    }
  }
  return { sums: surprising, counts: hits };
}

/** Pairs remembered before all are forgotten: popular ones come again and again, and are the longest to compare. */
const PAIRS_KEPT = 250_000;

/** Cosine of the products' training columns, chosen or not: n_ab / √(n_a n_b); 0 with a product nobody chose. */
export function columnCosine({ byItem, perProduct }: TrainingChoices): ProductSimilarity {
  const known = new Map<number, number>();
  return (a, b) => {
    const key = Math.min(a, b) * byItem.rows + Math.max(a, b);
    const before = known.get(key);
    if (before !== undefined) return before;
    const both = lengthOf(byItem, a) === 0 || lengthOf(byItem, b) === 0 ? 0 : inCommon(byItem, a, b);
    const cosine = both === 0 ? 0 : both / Math.sqrt(perProduct[a] * perProduct[b]);
    if (known.size >= PAIRS_KEPT) known.clear();
    known.set(key, cosine);
    return cosine;
  };
}

/** Cosine of the products' category sets: |A ∩ B| / √(|A| |B|); 0 with a product without a category. */
export function categoryCosine(categories: MultiDictionary): ProductSimilarity {
  const { pointers, codes } = categories;
  const sets = new Map<number, ReadonlySet<number>>();
  const setOf = (product: number) => {
    const set = sets.get(product) ?? new Set(codes.subarray(pointers[product], pointers[product + 1]));
    sets.set(product, set);
    return set;
  };
  return (a, b) => {
    const [first, second] = [setOf(a), setOf(b)];
    let both = 0;
    for (const code of first) if (second.has(code)) both++;
    return both === 0 ? 0 : both / Math.sqrt(first.size * second.size);
  };
}

/** Columns two rows both have. Without branches: what comes next in two long rows cannot be foreseen. */
function inCommon({ pointers, indices }: TrainingChoices['byItem'], a: number, b: number): number {
  let [i, j] = [pointers[a], pointers[b]];
  const [endOfA, endOfB] = [pointers[a + 1], pointers[b + 1]];
  let both = 0;
  while (i < endOfA && j < endOfB) {
    const [x, y] = [indices[i], indices[j]];
    both += x === y ? 1 : 0;
    i += x <= y ? 1 : 0;
    j += y <= x ? 1 : 0;
  }
  return both;
}
