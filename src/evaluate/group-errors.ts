/**
 * For whom guessed stars are near, and for which products: mean absolute error by how much is known of customers, by how
 * popular products are, and by what is known of customers. Groups are told by the training part alone, and made once for a
 * comparison, so that every model is looked at in the same ones.
 */
import type { Pairs } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { chosenPairs } from '../models/chosen-pairs.ts';
import { choiceCounts } from '../models/popularity-order.ts';
import { type Interval, intervalOf, type Resamples } from './bootstrap.ts';
import { simultaneous } from './group-recall.ts';
import { type CustomerGrouping, type GroupKey, groupCustomers, isLeftOut, type LeftOutGrouping } from './groupings.ts';
import type { CustomerErrors } from './rating-errors.ts';
import { type Part, type PartResampled, resampledParts } from './resampled-parts.ts';
import { ACTIVITY, BANDS, type Band, popularityBands } from './segments.ts';
import { lengthOf } from './training-choices.ts';

/** What every group has. */
export interface GroupError {
  /** Customers with a held-out rating in the group, and how many such ratings there are. */
  readonly customers: number;
  readonly ratings: number;
  /** Σ |r̂ − r| over those ratings / how many there are, in stars; the interval over customers. */
  readonly mae: Interval;
}

/** Customers with `from` … `to` ratings in training; `to` null: and more. */
export interface ActivityErrors extends GroupError {
  readonly from: number;
  readonly to: number | null;
}

/** Ratings of the products of one band; the bands are those of lists. */
export interface PopularityErrors extends GroupError {
  readonly band: Band;
  /** Products in the band. */
  readonly products: number;
}

/** Customers alike in something. */
export interface AlikeErrors extends GroupKey, GroupError {
  /**
   * The error minus that of the ratings of all other tested customers. The intervals of all groups hold together with 95 %
   * certainty, as for lists; null where there is nobody else, or one customer alone.
   */
  readonly difference: Interval | null;
}

export interface AttributeErrors {
  readonly attribute: string;
  /** At least two, in the order they have for lists. */
  readonly groups: readonly AlikeErrors[];
  /** Tested customers without a value, and of values too few even together. */
  readonly unknown: number;
  readonly tooFew: number;
  /** The group of one value or range that is furthest off: its place in `groups`, and whether its difference is above 0 beyond chance. */
  readonly worst: { readonly group: number; readonly certain: boolean };
}

export interface GroupErrors {
  /** Groups without a held-out rating are left out. */
  readonly byActivity: readonly ActivityErrors[];
  readonly byPopularity: readonly PopularityErrors[];
  /** One for each attribute with at least two groups to compare. */
  readonly byAttribute: readonly AttributeErrors[];
}

/** Where nothing was asked about groups. */
export const WITHOUT_GROUPS: GroupErrors = { byActivity: [], byPopularity: [], byAttribute: [] };

/** Whom and what held-out ratings are told apart by. */
export interface RatingGroups {
  /** By held-out rating, the place of its customer among those with one (ascending, as in `errorsByCustomer`). */
  readonly rows: Uint32Array;
  /** By customer with a held-out rating, the place in ACTIVITY. */
  readonly activity: Uint8Array;
  /** By product, the place in BANDS. */
  readonly bands: Uint8Array;
  readonly attributes: readonly CustomerGrouping[];
  /** What customers could not be told apart by. */
  readonly ungrouped: readonly LeftOutGrouping[];
}

/** Groups of the ratings of `test`, by what stands in `train`. */
export function ratingGroups(train: Ratings, test: Pick<Pairs, 'users'>): RatingGroups {
  const users = Uint32Array.from(new Set(test.users)).sort();
  const rowOf = new Uint32Array(train.byUser.rows);
  users.forEach((user, row) => {
    rowOf[user] = row;
  });
  const made = (train.about?.customers.attributes ?? []).map((attribute) => groupCustomers(attribute, users));
  return {
    rows: test.users.map((user) => rowOf[user]),
    activity: Uint8Array.from(users, (user) => {
      const known = lengthOf(train.byUser, user);
      return ACTIVITY.findLastIndex((from) => known >= from);
    }),
    bands: popularityBands(choiceCounts(chosenPairs(train))),
    attributes: made.filter((grouping): grouping is CustomerGrouping => !isLeftOut(grouping)),
    ungrouped: made.filter(isLeftOut),
  };
}

/** `predicted`: one for each of `test`; `errors`: what `errorsByCustomer` made of them. Everything is resampled in one go. */
export async function errorsByGroup(
  predicted: ArrayLike<number>,
  test: Pairs,
  errors: Pick<CustomerErrors, 'absolute' | 'counts'>,
  { rows, activity, bands, attributes }: RatingGroups,
  resamples: Resamples,
): Promise<GroupErrors> {
  const { absolute, counts } = errors;
  const partOf = (groupOf: Uint8Array, group: number): Part =>
    partWhere((row) => groupOf[row] === group, absolute, counts);
  const byActivity = ACTIVITY.map((_, at) => partOf(activity, at));
  const byBand = partsByBand(predicted, test, rows, bands, absolute.length);
  const byValue = attributes.map(({ keys, of }) => keys.map((_, at) => partOf(of, at)));
  const parts = [...byActivity, ...byBand, ...byValue.flat()];
  const rounds = await resampledParts(parts, { sums: absolute, counts }, resamples);
  const made = parts.map((part, p) => ({ part, rounds: rounds[p], error: errorOf(part, rounds[p]) }));
  const take = (from: number, count: number) => made.slice(from, from + count);

  let values = byActivity.length + byBand.length;
  return {
    byActivity: take(0, byActivity.length).flatMap(({ error }, at) => {
      const next = ACTIVITY[at + 1];
      return error ? [{ from: ACTIVITY[at], to: next === undefined ? null : next - 1, ...error }] : [];
    }),
    byPopularity: take(byActivity.length, byBand.length).flatMap(({ error }, at) => {
      const products = bands.reduce((count, one) => count + (one === at ? 1 : 0), 0);
      return error ? [{ band: BANDS[at], products, ...error }] : [];
    }),
    byAttribute: attributes.map((grouping) => {
      const groups = take(values, grouping.keys.length);
      values += grouping.keys.length;
      return alike(grouping, groups);
    }),
  };
}

interface Made {
  readonly rounds: PartResampled;
  /** null: no held-out rating. */
  readonly error: GroupError | null;
}

function errorOf({ rows, counts }: Part, { own }: PartResampled): GroupError | null {
  const mae = intervalOf(own.value, own.drawn);
  let ratings = 0;
  for (let r = 0; r < counts.length; r++) ratings += counts[r];
  return mae && { customers: rows.length, ratings, mae };
}

/** Of each band, the errors of the customers with a rating of it. */
function partsByBand(
  predicted: ArrayLike<number>,
  { items, values }: Pairs,
  rows: Uint32Array,
  bands: Uint8Array,
  customers: number,
): Part[] {
  const sums = BANDS.map(() => new Float64Array(customers));
  const counts = BANDS.map(() => new Float64Array(customers));
  for (let p = 0; p < items.length; p++) {
    const band = bands[items[p]];
    sums[band][rows[p]] += Math.abs(predicted[p] - values[p]);
    counts[band][rows[p]]++;
  }
  return BANDS.map((_, band) => partWhere((row) => counts[band][row] > 0, sums[band], counts[band]));
}

/** What the customers within have. */
function partWhere(within: (row: number) => boolean, sums: Float64Array, counts: Float64Array): Part {
  const part = { rows: new Uint32Array(sums.length), sums: sums.slice(), counts: counts.slice() };
  let size = 0;
  for (let row = 0; row < sums.length; row++) {
    if (!within(row)) continue;
    part.rows[size] = row;
    part.sums[size] = sums[row];
    part.counts[size] = counts[row];
    size++;
  }
  return {
    rows: part.rows.subarray(0, size),
    sums: part.sums.subarray(0, size),
    counts: part.counts.subarray(0, size),
  };
}

function alike({ attribute, keys, unknown, tooFew }: CustomerGrouping, made: readonly Made[]): AttributeErrors {
  const differences = simultaneous(
    made.map(({ rounds: { own, rest }, error }) => ({
      value: own.value - rest.value,
      drawn: own.drawn.map((figure, round) => figure - rest.drawn[round]),
      customers: error?.customers ?? 0,
      // Hardly ever are all guesses of a group off by the same: its own spread is enough.
      least: 0,
    })),
    Number.POSITIVE_INFINITY,
  );
  const groups = keys.map((key, at): AlikeErrors => {
    const { error } = made[at];
    if (!error) throw new RangeError(`group ${key.value ?? at} of nobody`);
    return { ...key, ...error, difference: differences[at] };
  });
  let worst = -1;
  groups.forEach(({ pooled, mae }, at) => {
    if (pooled === 0 && (worst < 0 || mae.mean > groups[worst].mae.mean)) worst = at;
  });
  const low = groups[worst]?.difference?.low ?? Number.NaN;
  return { attribute, groups, unknown, tooFew, worst: { group: worst, certain: low > 0 } };
}
