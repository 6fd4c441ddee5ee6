/**
 * Whom lists serve well by what is known of customers, and which categories: recall in each group, and how it differs
 * from that of everybody else. Whoever looks for the worst of many groups finds one by chance alone, so the intervals of
 * the differences hold for all groups together (max-t: Westfall & Young 1993; Hothorn, Bretz & Westfall 2008).
 */
import { NOT_FOUND } from '../compute/device.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import { type CustomerSums, type Interval, intervalOf, quantile, type Resamples, resampled } from './bootstrap.ts';
import type { CategoryGrouping, CustomerGrouping, GroupKey } from './groupings.ts';
import { type Lists, listOf } from './ranking.ts';
import { studentReach, studentTails } from './student.ts';

export interface ServedGroup extends GroupKey {
  /** Tested customers in the group; of a category: with a held-out choice in it. */
  readonly customers: number;
  /** Their held-out choices (in the category). */
  readonly relevant: number;
  readonly recall: Interval;
  /**
   * Recall minus that of all other tested customers (held-out choices). The intervals of all groups hold together with
   * 95 % certainty, so they are wider than those of one; null where there is nobody else, or one customer alone.
   */
  readonly difference: Interval | null;
}

export interface GroupedRecall {
  /** At least two; ranges ascending, otherwise the largest first, what was put together last. */
  readonly groups: readonly ServedGroup[];
  /** Customers (held-out choices) in no group: without a value, and of values too few even together. */
  readonly unknown: number;
  readonly tooFew: number;
  /** The group of one value or range with the lowest recall: its place in `groups`, and whether its difference is below 0 beyond chance. */
  readonly worst: { readonly group: number; readonly certain: boolean };
}

export interface AttributeRecall extends GroupedRecall {
  readonly attribute: string;
}

/** `recall`: one for each of `choices.users`. */
export async function recallByAttribute(
  { attribute, keys, of, unknown, tooFew }: CustomerGrouping,
  recall: Float32Array,
  { pointers }: HeldOutChoices,
  resamples: Resamples,
): Promise<AttributeRecall> {
  const among = (within: (group: number) => boolean): CustomerSums => ({
    sums: Float64Array.from(recall, (value, q) => (within(of[q]) ? value : 0)),
    counts: Float64Array.from(recall, (_, q) => (within(of[q]) ? 1 : 0)),
  });
  const sizes = keys.map((_, at) => {
    let [customers, relevant] = [0, 0];
    for (let q = 0; q < of.length; q++) {
      if (of[q] !== at) continue;
      customers++;
      relevant += pointers[q + 1] - pointers[q];
    }
    return { customers, relevant };
  });
  const figures = keys.map((_, at) => ({ own: among((group) => group === at), rest: among((group) => group !== at) }));
  return { attribute, ...(await served(keys, sizes, figures, resamples)), unknown, tooFew };
}

/** Recall within each category: of their held-out choices of it that are listed, over all of theirs. */
export async function recallByCategory(
  { keys, of, unknown, tooFew }: CategoryGrouping,
  lists: Lists,
  { users, pointers, items }: HeldOutChoices,
  resamples: Resamples,
): Promise<GroupedRecall> {
  const blank = () => new Float64Array(users.length);
  const own = keys.map(() => ({ hits: blank(), relevant: blank() }));
  const all = { hits: blank(), relevant: blank() };
  for (let q = 0; q < users.length; q++) {
    const listed = new Set(listOf(lists, q));
    listed.delete(NOT_FOUND);
    for (let at = pointers[q]; at < pointers[q + 1]; at++) {
      const found = listed.has(items[at]) ? 1 : 0;
      for (const { hits, relevant } of [all, ...(of[items[at]] ?? []).map((group) => own[group])]) {
        relevant[q]++;
        hits[q] += found;
      }
    }
  }
  const share = (hits: Float64Array, relevant: Float64Array): CustomerSums => ({
    sums: hits.map((found, q) => (relevant[q] > 0 ? found / relevant[q] : 0)),
    counts: relevant.map((count) => (count > 0 ? 1 : 0)),
  });
  const figures = own.map(({ hits, relevant }) => ({
    own: share(hits, relevant),
    rest: share(
      all.hits.map((found, q) => found - hits[q]),
      all.relevant.map((count, q) => count - relevant[q]),
    ),
  }));
  const sizes = own.map(({ relevant }) => ({
    customers: relevant.reduce((count, one) => count + (one > 0 ? 1 : 0), 0),
    relevant: relevant.reduce((sum, one) => sum + one, 0),
  }));
  return { ...(await served(keys, sizes, figures, resamples)), unknown, tooFew };
}

async function served(
  keys: readonly GroupKey[],
  sizes: readonly { readonly customers: number; readonly relevant: number }[],
  figures: readonly { readonly own: CustomerSums; readonly rest: CustomerSums }[],
  resamples: Resamples,
): Promise<Pick<GroupedRecall, 'groups' | 'worst'>> {
  const rounds = await resampled(
    figures.flatMap(({ own, rest }) => [own, rest]),
    resamples,
  );
  const spread = spreadOf(figures.map(({ own }) => own));
  const differences = simultaneous(
    keys.map((_, at) => {
      const [own, rest] = [rounds[2 * at], rounds[2 * at + 1]];
      return {
        value: own.value - rest.value,
        drawn: own.drawn.map((figure, round) => figure - rest.drawn[round]),
        customers: sizes[at].customers,
        least: spread * Math.sqrt(1 / sizes[at].customers + 1 / customersOf(figures[at].rest)),
      };
    }),
  );
  const groups = keys.map((key, at): ServedGroup => {
    const { value, drawn } = rounds[2 * at];
    const recall = intervalOf(value, drawn);
    if (!recall) throw new RangeError(`group ${key.value ?? at} of nobody`);
    return { ...key, ...sizes[at], recall, difference: differences[at] };
  });
  let worst = -1;
  groups.forEach(({ pooled, recall }, at) => {
    if (pooled === 0 && (worst < 0 || recall.mean < groups[worst].recall.mean)) worst = at;
  });
  const high = groups[worst]?.difference?.high ?? Number.NaN;
  return { groups, worst: { group: worst, certain: high < 0 } };
}

/**
 * Standard deviation over the customers of all groups. The error of a group's mean is taken to be no less than this gives
 * it: one in which by chance nobody found anything would look certain by its own.
 */
function spreadOf(figures: readonly CustomerSums[]): number {
  let [count, sum, squares] = [0, 0, 0];
  for (const { sums, counts } of figures) {
    for (let q = 0; q < sums.length; q++) {
      if (counts?.[q] === 0) continue;
      count++;
      sum += sums[q];
      squares += sums[q] * sums[q];
    }
  }
  return count < 2 ? 0 : Math.sqrt(Math.max(0, squares - (sum * sum) / count) / (count - 1));
}

function customersOf({ sums, counts }: CustomerSums): number {
  let customers = 0;
  for (let q = 0; q < sums.length; q++) customers += counts?.[q] ?? 1;
  return customers;
}

const CERTAINTY = 0.95;
/** Degrees of freedom with which t is the normal distribution. */
const AS_NORMAL = 1e6;

/**
 * Intervals that hold together: each value ± c standard errors, where c is the 95th percentile over the rounds of the
 * largest |drawn − value| / standard error of any of them. Errors of small groups are themselves guessed: theirs are those
 * of a sample, √(n / (n − 1)) larger, and c becomes the t of n − 1 degrees of freedom that is exceeded as seldom; and no
 * error is below the figure's `least`. null for NaN, and for a group of one. No end lies beyond ±`most`: 1 for shares.
 */
export function simultaneous(
  figures: readonly {
    readonly value: number;
    readonly drawn: Float64Array;
    readonly customers: number;
    readonly least: number;
  }[],
  most = 1,
): (Interval | null)[] {
  const errors = figures.map(({ drawn, customers }) => deviationOf(drawn) * Math.sqrt(customers / (customers - 1)));
  const rounds = figures[0]?.drawn.length ?? 0;
  const largest = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    figures.forEach(({ value, drawn }, f) => {
      const away = errors[f] > 0 ? Math.abs(drawn[round] - value) / errors[f] : 0;
      if (away > largest[round]) largest[round] = away;
    });
  }
  const reach = quantile(largest.sort(), CERTAINTY);
  const outside = studentTails(reach, AS_NORMAL);
  return figures.map(({ value, customers, least }, f) => {
    if (Number.isNaN(value) || customers < 2) return null;
    const error = Math.max(errors[f], least);
    const half = error > 0 ? studentReach(outside, customers - 1) * error : 0;
    return { mean: value, low: Math.max(-most, value - half), high: Math.min(most, value + half) };
  });
}

/** Standard deviation of the rounds that have the figure. */
function deviationOf(drawn: Float64Array): number {
  const real = drawn.filter((value) => !Number.isNaN(value));
  if (real.length < 2) return 0;
  const mean = real.reduce((sum, value) => sum + value, 0) / real.length;
  return Math.sqrt(real.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (real.length - 1));
}
