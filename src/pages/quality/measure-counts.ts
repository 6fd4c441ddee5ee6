/** Of whom the figures of one measure speak: whom it is the mean of, for whom it is undefined, who was not looked at. Pure. */
import type { ListCounts } from '../../evaluate/comparison-result.ts';
import type { Defined } from '../../evaluate/defined.ts';
import type { LIST_METRICS } from '../../evaluate/list-metrics.ts';
import type { Line, Measure } from './quality-view.ts';

/** So many customers of one line. */
export interface CountOf {
  readonly line: Line;
  readonly customers: number;
}

export interface MeasureCounts {
  /** How many customers the figures are the means of, from the line with the fewest to the one with the most; null for what is counted over all lists together. */
  readonly mean: { readonly fewest: number; readonly most: number } | null;
  /** For whom it is undefined: they are in no mean, and never zero. A number where it is the same for every line. */
  readonly undefined: number | readonly CountOf[];
  /** Not looked at, because evenly spaced customers stand for all. */
  readonly passed: number;
  /** Lists with fewer things than they have places, and how many of those have none. The most first. */
  readonly short: readonly (CountOf & { readonly empty: number })[];
}

/** Defined for every tested customer. */
const ALWAYS_DEFINED: readonly (typeof LIST_METRICS)[number][] = [
  'hitRate',
  'precision',
  'recall',
  'ndcg',
  'averagePrecision',
  'reciprocalRank',
];

/** null for a line without the measure, and where it is no mean over customers. */
function definedIn(counts: ListCounts, measure: Measure, customers: number): Defined | null {
  switch (measure) {
    case 'auc':
    case 'novelty':
    case 'diversity':
    case 'popularityLift':
      return counts[measure];
    default:
      return ALWAYS_DEFINED.some((metric) => metric === measure) ? { customers, undefined: 0, passed: 0 } : null;
  }
}

/** `customers`: tested. `lines`: those with figures of lists. */
export function countsOf(lines: readonly Line[], measure: Measure, customers: number): MeasureCounts {
  const known = lines.flatMap((line) => {
    const counts = line.result?.lists?.counts;
    return counts ? [{ line, counts, defined: definedIn(counts, measure, customers) }] : [];
  });
  const defined = known.flatMap(({ line, defined: own }) => (own ? [{ line, ...own }] : []));
  const means = defined.map((own) => own.customers).filter((count) => count > 0);
  const missing = defined
    .map(({ line, undefined: count }) => ({ line, customers: count }))
    .filter((one) => one.customers > 0)
    .sort((a, b) => b.customers - a.customers);
  const [first] = missing;
  const alike = missing.length === defined.length && missing.every((one) => one.customers === first.customers);
  return {
    mean: means.length === 0 ? null : { fewest: Math.min(...means), most: Math.max(...means) },
    undefined: missing.length === 0 ? 0 : alike && defined.length > 1 ? first.customers : missing,
    passed: Math.max(0, ...defined.map(({ passed }) => passed)),
    short: known
      .map(({ line, counts }) => ({ line, customers: counts.short, empty: counts.empty }))
      .filter((one) => one.customers > 0)
      .sort((a, b) => b.customers - a.customers),
  };
}
