/** The portrait of the data: how ratings are spread, how long the tail is, when things happened, who is new. */
import { nnz } from '../base/sparse.ts';
import type { Interactions } from './interactions.ts';
import type { Feedback } from './plan.ts';
import type { RatingScale, Ratings } from './ratings.ts';

export interface Portrait {
  readonly feedback: Feedback;
  readonly customers: number;
  readonly products: number;
  readonly pairs: number;
  readonly interactions: number;
  /** pairs / (customers · products) */
  readonly density: number;
  /** Rating data: how many of each mark. Implicit: how many pairs with 1, 2, 3–4, 5–8 … units or actions. */
  readonly ratingHistogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
  readonly meanRating: number | null;
  readonly scale: RatingScale | null;
  /** Share of actions (0…1) of the most popular x share of products; both ascend from 0 to 1. */
  readonly longTail: { readonly x: readonly number[]; readonly y: readonly number[] };
  readonly topTenthShare: number;
  readonly overTime: {
    readonly unit: 'day' | 'month' | 'year';
    /** Milliseconds since 1970 UTC at which each period begins; without gaps. */
    readonly starts: readonly number[];
    readonly counts: readonly number[];
  } | null;
  /** Customers with fewer than five actions. */
  readonly newCustomers: number;
  readonly medianPerCustomer: number;
  readonly hasTitles: boolean;
  /** Most products first. */
  readonly categories: readonly string[];
}

const FEW_ACTIONS = 5;
const LONG_TAIL_POINTS = 200;
/** Bars of a rating histogram; a finer scale is put into equal bins. */
const MOST_BARS = 21;
const DAY = 86_400_000;
/** Up to about four months day by day, up to twenty years month by month. */
const MOST_DAYS = 125;
const MOST_MONTHS = 240;

/** Everything the Data page shows of a data set. An action is one kept row. */
export function portraitOf(interactions: Interactions, ratings: Ratings): Portrait {
  const { customers, products, customer, product } = interactions;
  const perCustomer = countBy(customer, customers.ids.length).sort();
  const perProduct = countBy(product, products.ids.length).sort().reverse();
  const { values } = ratings.byUser;
  const pairs = nnz(ratings.byUser);
  return {
    feedback: ratings.feedback,
    customers: customers.ids.length,
    products: products.ids.length,
    pairs,
    interactions: customer.length,
    density: pairs / (customers.ids.length * products.ids.length),
    ratingHistogram: ratings.scale === null ? unitHistogram(interactions) : markHistogram(values, ratings.scale),
    meanRating: ratings.scale === null ? null : values.reduce((sum, value) => sum + value, 0) / pairs,
    scale: ratings.scale,
    longTail: longTail(perProduct, customer.length),
    topTenthShare: shareOfTop(perProduct, Math.ceil(perProduct.length / 10), customer.length),
    overTime: interactions.time === null ? null : overTime(interactions.time),
    newCustomers: perCustomer.reduce((count, actions) => count + (actions < FEW_ACTIONS ? 1 : 0), 0),
    medianPerCustomer: median(perCustomer),
    hasTitles: products.titles?.some((title) => title !== '') ?? false,
    categories: categoriesByCount(interactions),
  };
}

function countBy(codes: Uint32Array, length: number): Uint32Array {
  const counts = new Uint32Array(length);
  for (let r = 0; r < codes.length; r++) counts[codes[r]]++;
  return counts;
}

function median(sorted: Uint32Array): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function markHistogram(values: Float32Array, { min, max, step }: RatingScale): Portrait['ratingHistogram'] {
  const steps = Math.round((max - min) / step) + 1;
  const width = steps <= MOST_BARS ? step : (max - min) / (MOST_BARS - 1);
  const bars = Math.min(steps, MOST_BARS);
  const counts = new Array<number>(bars).fill(0);
  // A mean of conflicting ratings counts for the mark nearest to it.
  for (let e = 0; e < values.length; e++) {
    counts[Math.min(bars - 1, Math.max(0, Math.round((values[e] - min) / width)))]++;
  }
  return { edges: counts.map((_, bar) => min + bar * width), counts };
}

/** Pairs by units bought (or actions, without quantities): 1, 2, 3–4, 5–8, 9–16 … */
function unitHistogram({
  customer,
  product,
  quantity,
  products,
  customers,
}: Interactions): Portrait['ratingHistogram'] {
  // Row by row of one customer after the other, so that the sums of one customer at a time are held, by product.
  const ends = new Uint32Array(customers.ids.length);
  for (const c of customer) ends[c]++;
  for (let c = 1; c < ends.length; c++) ends[c] += ends[c - 1];
  const rows = new Uint32Array(customer.length);
  const place = ends.slice();
  for (let r = customer.length - 1; r >= 0; r--) rows[--place[customer[r]]] = r;

  const units = new Float64Array(products.ids.length);
  const seen = new Int32Array(products.ids.length).fill(-1);
  const counts: number[] = [];
  const bought: number[] = [];
  for (let c = 0; c < ends.length; c++) {
    bought.length = 0;
    for (let at = place[c]; at < ends[c]; at++) {
      const p = product[rows[at]];
      if (seen[p] !== c) {
        seen[p] = c;
        units[p] = 0;
        bought.push(p);
      }
      units[p] += quantity === null ? 1 : quantity[rows[at]];
    }
    for (const p of bought) {
      const bar = units[p] <= 1 ? 0 : Math.ceil(Math.log2(units[p]) - 1e-9);
      while (counts.length <= bar) counts.push(0);
      counts[bar]++;
    }
  }
  return { edges: counts.map((_, bar) => (bar === 0 ? 1 : 2 ** (bar - 1) + 1)), counts };
}

function shareOfTop(descending: Uint32Array, top: number, total: number): number {
  return descending.subarray(0, top).reduce((sum, count) => sum + count, 0) / total;
}

function longTail(descending: Uint32Array, total: number): Portrait['longTail'] {
  const x = [0];
  const y = [0];
  const points = Math.min(LONG_TAIL_POINTS - 1, descending.length);
  let sum = 0;
  let next = 1;
  for (let p = 0; p < descending.length; p++) {
    sum += descending[p];
    if (p + 1 < Math.round((next * descending.length) / points)) continue;
    x.push((p + 1) / descending.length);
    y.push(sum / total);
    next++;
  }
  return { x, y };
}

function overTime(time: Float64Array): Portrait['overTime'] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let r = 0; r < time.length; r++) {
    if (time[r] < first) first = time[r];
    if (time[r] > last) last = time[r];
  }
  if (first > last) return null;
  const days = (last - first) / DAY;
  const unit = days <= MOST_DAYS ? 'day' : days / 30.44 <= MOST_MONTHS ? 'month' : 'year';
  const indexOf = (t: number) => {
    if (unit === 'day') return Math.floor(t / DAY);
    const date = new Date(t);
    return unit === 'month' ? date.getUTCFullYear() * 12 + date.getUTCMonth() : date.getUTCFullYear();
  };
  const startOf = (index: number) => {
    if (unit === 'day') return index * DAY;
    return unit === 'month' ? Date.UTC(Math.floor(index / 12), index % 12) : Date.UTC(index, 0);
  };
  const base = indexOf(first);
  const counts = new Array<number>(indexOf(last) - base + 1).fill(0);
  // All moments of one day fall into the same bar: a calendar is asked once a day, not once a row.
  const firstDay = Math.floor(first / DAY);
  const ofDay = new Uint32Array(Math.floor(last / DAY) - firstDay + 1);
  for (let r = 0; r < time.length; r++) if (time[r] === time[r]) ofDay[Math.floor(time[r] / DAY) - firstDay]++;
  ofDay.forEach((count, day) => {
    if (count > 0) counts[indexOf((firstDay + day) * DAY) - base] += count;
  });
  return { unit, starts: counts.map((_, at) => startOf(base + at)), counts };
}

function categoriesByCount({ products }: Interactions): string[] {
  const { categories } = products;
  if (categories === null) return [];
  const counts = countBy(categories.codes, categories.names.length);
  return categories.names
    .map((name, code) => ({ name, count: counts[code] }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}
