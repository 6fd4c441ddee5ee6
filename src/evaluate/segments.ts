/** Whom lists serve well, and which products: the same figures for customers by activity and for products by popularity. */
import { NOT_FOUND } from '../compute/device.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import { orderByCount } from '../models/popularity-order.ts';
import { bootstrap, type Interval, meanOver, type Resamples } from './bootstrap.ts';
import { LIST_METRICS, type ListMetric, type PerCustomer } from './list-metrics.ts';
import { type Lists, listOf } from './ranking.ts';
import { lengthOf, type TrainingChoices } from './training-choices.ts';

/** Customers with `from` … `to` choices in training; `to` null: and more. */
export interface ActivityGroup {
  readonly from: number;
  readonly to: number | null;
  readonly customers: number;
  readonly metrics: Readonly<Record<ListMetric, Interval>>;
}

/** First numbers of what is known of customers (for lists: training choices) of each group. */
export const ACTIVITY = [0, 5, 20, 100] as const;

/** Mean figures of the tested customers by how many choices of theirs were learned from; empty groups are left out. */
export async function qualityByActivity(
  figures: PerCustomer,
  users: Uint32Array,
  { byUser }: Pick<TrainingChoices, 'byUser'>,
  resamples: Resamples,
): Promise<ActivityGroup[]> {
  const groups: ActivityGroup[] = [];
  for (let g = 0; g < ACTIVITY.length; g++) {
    const from = ACTIVITY[g];
    const next = ACTIVITY[g + 1] ?? Number.POSITIVE_INFINITY;
    const within = (user: number) => lengthOf(byUser, user) >= from && lengthOf(byUser, user) < next;
    const customers = users.reduce((count, user) => count + (within(user) ? 1 : 0), 0);
    if (customers === 0) continue;
    const of = (metric: ListMetric) => meanOver(figures[metric].filter((_, row) => within(users[row])));
    const intervals = await bootstrap(LIST_METRICS.map(of), resamples);
    groups.push({
      from,
      to: Number.isFinite(next) ? next - 1 : null,
      customers,
      metrics: byMetric(intervals),
    });
  }
  return groups;
}

/** Intervals in the order of LIST_METRICS, by name. There is one of each: a metric is defined for every tested customer. */
export function byMetric(intervals: readonly (Interval | null)[]): Record<ListMetric, Interval> {
  return Object.fromEntries(LIST_METRICS.map((metric, m) => [metric, intervals[m]])) as Record<ListMetric, Interval>;
}

export const BANDS = ['head', 'middle', 'tail'] as const;
export type Band = (typeof BANDS)[number];

/** Tenths of the training choices after which the head and the middle end. */
const HEAD_TENTHS = 5;
const MIDDLE_TENTHS = 8;

/**
 * The band of each product, as a place in BANDS. Head: the most popular products that take the first half of the training
 * choices (the one that crosses the half included). Middle: the next 30 %. Tail: the rest.
 */
export function popularityBands(perProduct: Uint32Array): Uint8Array {
  const total = perProduct.reduce((sum, count) => sum + count, 0);
  const bands = new Uint8Array(perProduct.length).fill(BANDS.indexOf('tail'));
  let before = 0;
  for (const item of orderByCount(perProduct)) {
    if (10 * before < HEAD_TENTHS * total) bands[item] = BANDS.indexOf('head');
    else if (10 * before < MIDDLE_TENTHS * total) bands[item] = BANDS.indexOf('middle');
    before += perProduct[item];
  }
  return bands;
}

export interface PopularityGroup {
  readonly band: Band;
  /** Products in the band. */
  readonly products: number;
  /** Tested customers with a relevant thing of the band, and how many such things they have together. */
  readonly customers: number;
  readonly relevant: number;
  /** Mean over those customers of: their relevant things of the band that are listed, over all of theirs. */
  readonly recall: Interval;
}

/** Recall within each band of the relevant product; bands without a relevant product are left out. */
export async function recallByPopularity(
  lists: Lists,
  { users, pointers, items }: HeldOutChoices,
  bands: Uint8Array,
  resamples: Resamples,
): Promise<PopularityGroup[]> {
  const hits = BANDS.map(() => new Float32Array(users.length));
  const relevant = BANDS.map(() => new Float32Array(users.length));
  for (let q = 0; q < users.length; q++) {
    const listed = new Set(listOf(lists, q));
    listed.delete(NOT_FOUND);
    for (let at = pointers[q]; at < pointers[q + 1]; at++) {
      const band = bands[items[at]];
      relevant[band][q]++;
      if (listed.has(items[at])) hits[band][q]++;
    }
  }
  const recalls = BANDS.map((_, band) => meanOver(hits[band].map((found, q) => found / relevant[band][q])));
  const intervals = await bootstrap(recalls, resamples);
  return BANDS.flatMap((band, at) => {
    const recall = intervals[at];
    if (!recall) return [];
    return [
      {
        band,
        products: bands.reduce((count, one) => count + (one === at ? 1 : 0), 0),
        customers: relevant[at].reduce((count, of) => count + (of > 0 ? 1 : 0), 0),
        relevant: relevant[at].reduce((sum, of) => sum + of, 0),
        recall,
      },
    ];
  });
}
