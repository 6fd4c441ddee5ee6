import type { Comparison } from './api/comparing.ts';
import { MOST_COMPARISONS } from './api/kept-comparisons.ts';

/**
 * A comparison that came back from storage, if it says all that one says today. One kept by an earlier version lacks
 * figures that cannot be made up afterwards: it is left out, and one press makes it anew.
 */
export function keptComparison(comparison: Comparison | null): Comparison | null {
  const result = comparison?.result as Partial<Comparison['result']> | undefined;
  const { protocol, entrants, across, best } = result ?? {};
  const whole =
    across !== undefined &&
    Array.isArray(protocol?.ungrouped) &&
    best !== undefined &&
    [best.taste, best.lists, across?.best.taste ?? null, across?.best.lists ?? null].every(
      (leader) => leader === null || Array.isArray(leader.pairs),
    ) &&
    Array.isArray(entrants) &&
    entrants.every(({ taste }) => !taste || taste.byActivity !== undefined) &&
    entrants.every(
      ({ lists }) =>
        lists === null ||
        (lists.counts !== undefined && lists.byAttribute !== undefined && lists.exposure?.coverage.mean !== undefined),
    );
  return whole ? comparison : null;
}

/** Those that came back, newest first, each by the same rule; projects of before there were several have none but the newest. */
export function keptComparisons(stored: {
  readonly comparison: Comparison | null;
  readonly earlier?: readonly Comparison[];
}): readonly Comparison[] {
  return [stored.comparison, ...(stored.earlier ?? [])]
    .map(keptComparison)
    .filter((comparison) => comparison !== null)
    .slice(0, MOST_COMPARISONS);
}
