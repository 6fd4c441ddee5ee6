/**
 * The matrix models learn from: one value per customer and product, derived from Interactions.
 * Immutable. Rows and columns are the rows of Interactions.customers and .products (so an index
 * means the same thing everywhere); a customer whose rows were all held out simply has an empty row.
 */
import { AppError } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import { type Csr, findEntry, nnz, transpose } from '../base/sparse.ts';
import { type EntityTable, type Interactions, NO_CODE } from './interactions.ts';
import type { Feedback } from './plan.ts';
import { RatingCounts } from './rating-counts.ts';

export interface RatingScale {
  readonly min: number;
  readonly max: number;
  /** Smallest difference between two ratings seen (1, 0.5, …). */
  readonly step: number;
}

/** What counts as chosen, and how strongly (algorithms.md §2). */
export interface ChoiceRule {
  /** Explicit data: ratings at or above this are choices. Implicit data: 0. */
  readonly minRating: number;
  /** Weight of each kind of event (view 1, cart 3, purchase 5); 1 for names not listed. */
  readonly eventWeights: Readonly<Record<string, number>>;
}

export interface Ratings {
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  readonly feedback: Feedback;
  /** Explicit: the rating. Implicit: the choice weight (Σ event weight · (1 + ln quantity)). */
  readonly byUser: Csr;
  /** The same entries by item. */
  readonly byItem: Csr;
  /**
   * Latest time of each pair in byUser order, ms since 1970; null where there is no time. Found out anew at each call:
   * eight bytes a pair that only splits by time look at.
   */
  readonly lastTime: (() => Float64Array) | null;
  /** null for implicit feedback. */
  readonly scale: RatingScale | null;
  readonly rule: ChoiceRule;
  /**
   * What is known of customers and products beside who chose what: names, categories, attributes; the rows are those of
   * the matrices. Not there where nothing was ever read.
   */
  readonly about?: { readonly customers: EntityTable; readonly products: EntityTable };
}

/** How much an event says when nothing else is known (algorithms.md §2); names are compared in lower case. */
export const USUAL_EVENT_WEIGHTS: ChoiceRule['eventWeights'] = {
  view: 1,
  click: 1,
  cart: 3,
  addtocart: 3,
  add_to_cart: 3,
  purchase: 5,
  transaction: 5,
  buy: 5,
  order: 5,
};

/** Values this rare are averages of conflicting ratings, not marks of the scale. */
const RARE_MARK = 0.0005;

/**
 * One value per customer and product. Explicit: the rating (Interactions hold one per pair). Implicit: the choice
 * weight, Σ over the pair's rows of event weight · (1 + ln quantity), a quantity below 1 counting as 1.
 * Without a `rule`, ratings from the middle of the scale up are choices and events have their usual weights.
 * Throws TypeError when explicit ratings are asked of interactions that have none.
 */
export function toRatings(
  interactions: Interactions,
  options: {
    readonly feedback: Feedback;
    readonly rule?: Partial<ChoiceRule>;
    /** Hears what share of the rows has been sorted. */
    readonly onShare?: Tell;
  },
): Ratings {
  const { customers, products, value } = interactions;
  const explicit = options.feedback === 'explicit';
  if (explicit && value === null) throw new TypeError('Explicit ratings of interactions without ratings');
  const eventWeights = options.rule?.eventWeights ?? USUAL_EVENT_WEIGHTS;
  const rows = value !== null && explicit ? value : choiceAmounts(interactions, eventWeights);
  const { byUser, byItem } = sumPairs(interactions, rows, explicit, options.onShare);
  const scale = explicit ? ratingScale(byUser.values) : null;
  const minRating = scale === null ? 0 : (options.rule?.minRating ?? middleOf(scale));
  return {
    userIds: customers.ids,
    itemIds: products.ids,
    feedback: options.feedback,
    byUser,
    byItem,
    lastTime: interactions.time === null ? null : () => lastTimes(interactions, byUser),
    scale,
    rule: { minRating, eventWeights },
    about: { customers, products },
  };
}

function choiceAmounts({ customer, quantity, event }: Interactions, weights: ChoiceRule['eventWeights']): Float32Array {
  const amounts = new Float32Array(customer.length).fill(1);
  if (quantity !== null) for (let r = 0; r < amounts.length; r++) amounts[r] = 1 + Math.log(Math.max(1, quantity[r]));
  if (event !== null) {
    const byCode = event.names.map((name) => weights[name] ?? weights[name.toLowerCase()] ?? 1);
    for (let r = 0; r < amounts.length; r++) if (event.codes[r] !== NO_CODE) amounts[r] *= byCode[event.codes[r]];
  }
  return amounts;
}

/**
 * Rows to pairs: implicit amounts are added up; of explicit values the last one stands. Rows are put by customer,
 * transposed and transposed back, which sorts them by customer and product (stable counting sorts). Besides the
 * two matrices that are wanted nothing is held: 16 bytes a row at the most.
 */
function sumPairs(
  interactions: Interactions,
  amounts: Float32Array,
  explicit: boolean,
  onShare: Tell = () => undefined,
): { readonly byUser: Csr; readonly byItem: Csr } {
  onShare(0);
  const unsorted = rowsByCustomer(interactions, amounts);
  const quarter = (nth: number) => (share: number) => onShare((nth + share) / 4);
  onShare(1 / 4);
  const byItem = transpose(unsorted, undefined, quarter(1));
  onShare(1 / 2);
  const sorted = transpose(byItem, unsorted, quarter(2));
  onShare(3 / 4);
  const byUser = joinRepeated(sorted, explicit);
  return { byUser, byItem: byUser === sorted ? byItem : transpose(byUser, undefined, quarter(3)) };
}

/** The log's rows by customer, those of one customer as they stood in the file; a product may come twice. */
function rowsByCustomer({ customers, products, customer, product }: Interactions, amounts: Float32Array): Csr {
  const rows = customers.ids.length;
  const pointers = new Uint32Array(rows + 1);
  for (let r = 0; r < customer.length; r++) pointers[customer[r] + 1]++;
  for (let u = 0; u < rows; u++) pointers[u + 1] += pointers[u];
  const cursor = pointers.slice(0, rows);
  const indices = new Uint32Array(customer.length);
  const values = new Float32Array(customer.length);
  for (let r = 0; r < customer.length; r++) {
    const to = cursor[customer[r]]++;
    indices[to] = product[r];
    values[to] = amounts[r];
  }
  return { rows, columns: products.ids.length, pointers, indices, values };
}

/** One entry for each pair; the same matrix where every pair has one already. */
function joinRepeated(matrix: Csr, explicit: boolean): Csr {
  const { rows, pointers, indices, values } = matrix;
  const joined = new Uint32Array(rows + 1);
  let to = 0;
  for (let u = 0; u < rows; u++) {
    for (let e = pointers[u]; e < pointers[u + 1]; ) {
      let sum = values[e];
      const product = indices[e++];
      for (; e < pointers[u + 1] && indices[e] === product; e++) sum = explicit ? values[e] : sum + values[e];
      indices[to] = product;
      values[to++] = sum;
    }
    joined[u + 1] = to;
  }
  if (to === indices.length) return matrix;
  return { ...matrix, pointers: joined, indices: indices.slice(0, to), values: values.slice(0, to) };
}

/** By pair of `byUser`, the latest time of its rows; NaN where none of them has one. */
function lastTimes({ customer, product, time }: Interactions, byUser: Csr): Float64Array {
  const last = new Float64Array(nnz(byUser)).fill(Number.NaN);
  if (time === null) return last;
  for (let r = 0; r < customer.length; r++) {
    const e = findEntry(byUser, customer[r], product[r]);
    if (!(time[r] <= last[e])) last[e] = time[r] === time[r] ? time[r] : last[e];
  }
  return last;
}

/** Ends and step of the scale, from the marks that are really used. */
export function ratingScale(values: Float32Array): RatingScale {
  const counted = new RatingCounts();
  for (let e = 0; e < values.length; e++) counted.add(values[e]);
  const counts = counted.all();
  const all = [...counts.keys()].sort((a, b) => a - b);
  const marks = all.filter((mark) => (counts.get(mark) ?? 0) >= RARE_MARK * values.length);
  let step = Number.POSITIVE_INFINITY;
  for (let m = 1; m < marks.length; m++) step = Math.min(step, marks[m] - marks[m - 1]);
  return { min: all[0] ?? 0, max: all.at(-1) ?? 0, step: Number.isFinite(step) ? step : 1 };
}

function middleOf({ min, max }: RatingScale): number {
  return (min + max) / 2;
}

/**
 * How strongly one explicit rating says "chosen": 0 below `minRating`, from there
 * 1 + (rating − minRating) / (max − minRating), so 1 … 2 (on five stars: 3 weighs 1, 4 weighs 1.5, 5 weighs 2).
 * An implicit value is its own weight.
 */
export function choiceWeight(
  value: number,
  { scale, rule }: Pick<Ratings, 'scale' | 'rule'>,
  { minRating }: Pick<ChoiceRule, 'minRating'> = rule,
): number {
  if (scale === null) return value;
  if (value < minRating) return 0;
  return scale.max > minRating ? 1 + (value - minRating) / (scale.max - minRating) : 1;
}

/**
 * The matrix the choice head learns from, by customer: the pairs with a `choiceWeight` above 0. Lower ratings are no
 * choices; they stay in Ratings so that they are never recommended.
 */
export function choiceWeights(ratings: Ratings, rule: Pick<ChoiceRule, 'minRating'> = ratings.rule): Csr {
  const { byUser, scale } = ratings;
  if (scale === null) return byUser;
  const pointers = new Uint32Array(byUser.rows + 1);
  const indices = new Uint32Array(nnz(byUser));
  const values = new Float32Array(nnz(byUser));
  let to = 0;
  for (let u = 0; u < byUser.rows; u++) {
    for (let e = byUser.pointers[u]; e < byUser.pointers[u + 1]; e++) {
      const weight = choiceWeight(byUser.values[e], ratings, rule);
      if (weight === 0) continue;
      indices[to] = byUser.indices[e];
      values[to++] = weight;
    }
    pointers[u + 1] = to;
  }
  return {
    rows: byUser.rows,
    columns: byUser.columns,
    pointers,
    indices: indices.slice(0, to),
    values: values.slice(0, to),
  };
}

/** Pairs below which nothing can be held out and learned from. */
const FEWEST_PAIRS = 10;

/**
 * Throws the AppError that says why there is nothing to learn: `oneCustomer`, `oneProduct`, `allRatingsEqual` (a
 * rating that never differs says nothing), `tooFewRatings`.
 */
export function assertLearnable(ratings: Ratings): void {
  const { byUser, byItem, scale, userIds, itemIds } = ratings;
  if (userIds.length < 2 || filledRows(byUser) < 2) throw new AppError('oneCustomer');
  if (itemIds.length < 2 || filledRows(byItem) < 2) throw new AppError('oneProduct');
  if (scale !== null && scale.min === scale.max) throw new AppError('allRatingsEqual', { value: scale.min });
  if (nnz(byUser) < FEWEST_PAIRS) throw new AppError('tooFewRatings', { count: nnz(byUser), needed: FEWEST_PAIRS });
}

function filledRows({ rows, pointers }: Csr): number {
  let filled = 0;
  for (let r = 0; r < rows; r++) if (pointers[r + 1] > pointers[r]) filled++;
  return filled;
}
