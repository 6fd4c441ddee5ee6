/**
 * Who and what can be told apart in figures: tested customers by an attribute of theirs, held-out choices by the category
 * of the product. Made once for a comparison, so that every model is looked at in the same groups.
 */
import type { Attribute, MultiDictionary } from '../data/interactions.ts';
import { NO_CODE } from '../data/interactions.ts';
import type { HeldOutChoices } from '../models/held-out.ts';

/** What a group is made of: a value, a range of numbers, or several values put together. */
export interface GroupKey {
  /** The value as it stands in the data; null for a range and for values put together. */
  readonly value: string | null;
  /** Numbers from … to, both included; null for anything else. */
  readonly range: { readonly from: number; readonly to: number } | null;
  /** How many values were put together because each alone was too small; 0 for a single value and for a range. */
  readonly pooled: number;
}

/** Why customers or held-out choices cannot be told apart by something. */
export interface LeftOutGrouping {
  /** The customers' attribute; null: the products' categories. */
  readonly attribute: string | null;
  /** `oneValue`: all who have one have the same. `tooFew`: fewer than two values have enough customers. */
  readonly why: 'oneValue' | 'tooFew';
}

/** Tested customers by something known of them. */
export interface CustomerGrouping {
  readonly attribute: string;
  readonly keys: readonly GroupKey[];
  /** By tested customer, the place in `keys`; NO_GROUP for nobody's. */
  readonly of: Uint8Array;
  /** Tested customers without a value, and those whose values are too few even together. */
  readonly unknown: number;
  readonly tooFew: number;
}

/** Held-out choices by category: a product of several categories counts in each. */
export interface CategoryGrouping {
  readonly keys: readonly GroupKey[];
  /** By product, the places in `keys`; empty for products of no group, and nothing for those the table does not know. */
  readonly of: readonly (readonly number[])[];
  /** Held-out choices of products without a category, and of categories too few even together. */
  readonly unknown: number;
  readonly tooFew: number;
}

export const NO_GROUP = 0xff;
/** Of fewer customers a mean says nothing. */
export const FEWEST_CUSTOMERS = 20;
export const MOST_GROUPS = 12;
/** Numbers of more than MOST_GROUPS values are cut into so many ranges of about as many customers. */
const RANGES = 4;

const single = (value: string): GroupKey => ({ value, range: null, pooled: 0 });
const together = (values: number): GroupKey => ({ value: null, range: null, pooled: values });

/** `users`: the tested customers. */
export function groupCustomers({ name, values }: Attribute, users: Uint32Array): CustomerGrouping | LeftOutGrouping {
  // Customers only a test file knows have no row in the table.
  const codeOf = (user: number) => values.codes[user] ?? NO_CODE;
  const known = (code: number) => code !== NO_CODE && values.names[code].trim() !== '';
  const counts = new Map<number, number>();
  let unknown = 0;
  for (const user of users) {
    const code = codeOf(user);
    if (known(code)) counts.set(code, (counts.get(code) ?? 0) + 1);
    else unknown++;
  }
  const codes = [...counts.keys()];
  if (codes.length < 2) return { attribute: name, why: codes.length === 1 ? 'oneValue' : 'tooFew' };
  const numbers = new Map(codes.map((code) => [code, Number(values.names[code])]));
  const inRanges = codes.length > MOST_GROUPS && [...numbers.values()].every(Number.isFinite);
  const { keys, groupOf, tooFew } = inRanges
    ? rangesOf(numbers, counts)
    : largestOf(counts, (code) => values.names[code]);
  if (keys.filter(({ pooled }) => pooled === 0).length < 2) return { attribute: name, why: 'tooFew' };
  const of = Uint8Array.from(users, (user) => groupOf.get(codeOf(user)) ?? NO_GROUP);
  return { attribute: name, keys, of, unknown, tooFew };
}

/** `choices`: those of the tested customers. */
export function groupCategories(
  { names, pointers, codes }: MultiDictionary,
  { users, pointers: held, items }: HeldOutChoices,
): CategoryGrouping | LeftOutGrouping {
  const products = pointers.length - 1;
  const rows = Array.from({ length: products }, (_, item) => [
    ...new Set(codes.subarray(pointers[item], pointers[item + 1])),
  ]);
  // Products only a test file knows have no row in the table.
  const ofProduct = (item: number): readonly number[] => rows[item] ?? [];
  const customers = new Map<number, number>();
  for (let q = 0; q < users.length; q++) {
    const theirs = new Set<number>();
    for (let at = held[q]; at < held[q + 1]; at++) for (const code of ofProduct(items[at])) theirs.add(code);
    for (const code of theirs) customers.set(code, (customers.get(code) ?? 0) + 1);
  }
  if (customers.size < 2) return { attribute: null, why: customers.size === 1 ? 'oneValue' : 'tooFew' };
  const own = [...customers].filter(([, count]) => count >= FEWEST_CUSTOMERS);
  const listed = own.sort(([a, m], [b, n]) => n - m || a - b).slice(0, MOST_GROUPS);
  if (listed.length < 2) return { attribute: null, why: 'tooFew' };

  const place = new Map(listed.map(([code], at) => [code, at]));
  const isOther = (item: number) => {
    const theirs = ofProduct(item);
    return theirs.length > 0 && theirs.every((code) => !place.has(code));
  };
  let [others, unknown] = [0, 0];
  let othersCustomers = 0;
  for (let q = 0; q < users.length; q++) {
    const before = others;
    for (let at = held[q]; at < held[q + 1]; at++) {
      if (ofProduct(items[at]).length === 0) unknown++;
      else if (isOther(items[at])) others++;
    }
    if (others > before) othersCustomers++;
  }
  const pool = othersCustomers >= FEWEST_CUSTOMERS;
  const keys = listed.map(([code]) => single(names[code]));
  if (pool) keys.push(together(customers.size - listed.length));
  const of = rows.map((row, item) => {
    const groups = row.flatMap((code) => place.get(code) ?? []);
    return pool && isOther(item) ? [listed.length] : groups.sort((a, b) => a - b);
  });
  return { keys, of, unknown, tooFew: pool ? 0 : others };
}

export function isLeftOut<G extends object>(grouping: G | LeftOutGrouping): grouping is LeftOutGrouping {
  return 'why' in grouping;
}

interface Cut {
  readonly keys: GroupKey[];
  /** By code of a value. */
  readonly groupOf: ReadonlyMap<number, number>;
  readonly tooFew: number;
}

/** The largest values each for itself, the others together where they are enough. */
function largestOf(counts: ReadonlyMap<number, number>, nameOf: (code: number) => string): Cut {
  const ordered = [...counts].sort(([a, m], [b, n]) => n - m || a - b);
  const own = ordered.filter(([, count]) => count >= FEWEST_CUSTOMERS).slice(0, MOST_GROUPS);
  const rest = ordered.slice(own.length);
  const others = rest.reduce((sum, [, count]) => sum + count, 0);
  const pool = others >= FEWEST_CUSTOMERS;
  const groupOf = new Map(own.map(([code], at) => [code, at]));
  const keys = own.map(([code]) => single(nameOf(code)));
  if (pool) {
    for (const [code] of rest) groupOf.set(code, own.length);
    keys.push(together(rest.length));
  }
  return { keys, groupOf, tooFew: pool ? 0 : others };
}

/** Ranges of about as many customers each, equal numbers in the same one; fewer ranges where customers are few. */
function rangesOf(numbers: ReadonlyMap<number, number>, counts: ReadonlyMap<number, number>): Cut {
  const ascending = [...counts].sort(([a], [b]) => (numbers.get(a) ?? 0) - (numbers.get(b) ?? 0));
  const all = ascending.reduce((sum, [, count]) => sum + count, 0);
  const wanted = Math.max(1, Math.min(RANGES, Math.floor(all / FEWEST_CUSTOMERS)));
  const keys: GroupKey[] = [];
  const groupOf = new Map<number, number>();
  let [within, behind, from] = [0, 0, Number.NaN];
  for (const [code, count] of ascending) {
    const number = numbers.get(code) ?? 0;
    if (within === 0) from = number;
    within += count;
    groupOf.set(code, keys.length);
    const left = all - behind - within;
    // The range is full, and what is left is enough for another.
    if (left === 0 || (within >= all / wanted && within >= FEWEST_CUSTOMERS && left >= FEWEST_CUSTOMERS)) {
      keys.push({ value: null, range: { from, to: number }, pooled: 0 });
      behind += within;
      within = 0;
    }
  }
  return { keys, groupOf, tooFew: 0 };
}
