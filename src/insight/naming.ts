import type { EntityTable, MultiDictionary } from '../data/interactions.ts';
import { labelOf } from '../data/label.ts';
import type { Ratings } from '../data/ratings.ts';
import type { GroupSpan } from './groups.ts';
import type { HeatmapGroup, Side } from './heatmap-types.ts';

/** A category names a group only if at least half of its members have it, … */
const MIN_SHARE = 0.5;
/** … it is this many times as common among them as on the whole map, … */
const MIN_LIFT = 1.5;
/** … and chance would hardly do it: standard deviations above a random draw of as many rows. */
const MIN_SURPRISE = 2.5;
/** A product sets a group of customers apart if at least this share of them have it, and the lift above holds. */
const MIN_SHARE_OF_PRODUCT = 0.3;

/**
 * Names groups of rows by what is known, never by invention: by the category that sets a group apart
 * (by lift; a category names one group only), otherwise by its two most typical members, those with
 * the highest mean similarity to the rest of their group.
 *
 * @param values n × n in display order
 * @param rows display position → row of the table
 */
export function nameGroups(
  spans: readonly GroupSpan[],
  values: Float32Array,
  rows: Uint32Array,
  table: EntityTable,
  distinctive: (span: GroupSpan) => readonly string[] = () => [],
): HeatmapGroup[] {
  const names = table.categories ? categoryNames(spans, rows, table.categories) : spans.map(() => null);
  return spans.map((span, at) => ({
    ...span,
    category: names[at],
    members: typicalMembers(span, values, rows.length).map((position) => labelOf(table, rows[position])),
    distinctive: distinctive(span),
  }));
}

/** Display positions of the two rows most like the rest of their group, the most typical first. */
export function typicalMembers({ from, to }: GroupSpan, values: Float32Array, n: number): number[] {
  const closeness = (position: number) => {
    let sum = 0;
    for (let other = from; other < to; other++) {
      const value = values[position * n + other];
      if (other !== position && value === value) sum += value;
    }
    return sum;
  };
  return Array.from({ length: to - from }, (_, at) => ({ position: from + at, closeness: closeness(from + at) }))
    .sort((x, y) => y.closeness - x.closeness || x.position - y.position)
    .slice(0, 2)
    .map(({ position }) => position);
}

/** For each group the category that sets it apart, or null; the strongest claims are settled first. */
function categoryNames(
  spans: readonly GroupSpan[],
  rows: Uint32Array,
  { names, pointers, codes }: MultiDictionary,
): (string | null)[] {
  const count = (from: number, to: number) => {
    const counts = new Uint32Array(names.length);
    for (let position = from; position < to; position++) {
      for (let e = pointers[rows[position]]; e < pointers[rows[position] + 1]; e++) counts[codes[e]]++;
    }
    return counts;
  };
  const everywhere = count(0, rows.length);
  const claims: { group: number; category: number; surprise: number }[] = [];
  for (const [group, { from, to }] of spans.entries()) {
    const size = to - from;
    for (const [category, here] of count(from, to).entries()) {
      if (here === 0) continue;
      const share = here / size;
      const lift = share / (everywhere[category] / rows.length);
      const surprise = surpriseOf(here, size, everywhere[category], rows.length);
      if (share >= MIN_SHARE && lift >= MIN_LIFT && surprise >= MIN_SURPRISE)
        claims.push({ group, category, surprise });
    }
  }
  claims.sort((x, y) => y.surprise - x.surprise || x.group - y.group || x.category - y.category);
  const result: (string | null)[] = spans.map(() => null);
  const taken = new Set<number>();
  for (const { group, category } of claims) {
    if (result[group] !== null || taken.has(category)) continue;
    result[group] = names[category];
    taken.add(category);
  }
  return result;
}

/** Standard deviations by which `here` of `size` drawn without replacement beats its expectation (hypergeometric). */
function surpriseOf(here: number, size: number, all: number, population: number): number {
  const share = all / population;
  const variance = (size * share * (1 - share) * (population - size)) / Math.max(1, population - 1);
  return variance > 0 ? (here - size * share) / Math.sqrt(variance) : 0;
}

/**
 * What a group of customers has in common: the two products with the largest lead in share over
 * everyone on the map, among those at least three in ten of the group have and that are half again
 * as common there.
 */
export function distinctiveProducts(
  ratings: Ratings,
  side: Side,
  rows: Uint32Array,
  products: EntityTable,
): (span: GroupSpan) => readonly string[] {
  if (side === 'products') return () => [];
  const { pointers, indices } = ratings.byUser;
  const count = (from: number, to: number) => {
    const counts = new Uint32Array(ratings.itemIds.length);
    for (let position = from; position < to; position++) {
      for (let e = pointers[rows[position]]; e < pointers[rows[position] + 1]; e++) counts[indices[e]]++;
    }
    return counts;
  };
  const everywhere = count(0, rows.length);
  return ({ from, to }) => {
    const here = count(from, to);
    const leads: { product: number; lead: number }[] = [];
    for (let product = 0; product < here.length; product++) {
      const share = here[product] / (to - from);
      const overall = everywhere[product] / rows.length;
      if (share >= MIN_SHARE_OF_PRODUCT && share >= MIN_LIFT * overall) leads.push({ product, lead: share - overall });
    }
    return leads
      .sort((x, y) => y.lead - x.lead || x.product - y.product)
      .slice(0, 2)
      .map(({ product }) => labelOf(products, product));
  };
}
