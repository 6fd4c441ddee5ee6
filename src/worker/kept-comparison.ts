import type { Comparison } from './api/comparing.ts';

/**
 * A comparison that came back from storage, if it says all that one says today. One kept by an earlier version lacks
 * figures that cannot be made up afterwards: it is left out, and one press makes it anew.
 */
export function keptComparison(comparison: Comparison | null): Comparison | null {
  const result = comparison?.result as Partial<Comparison['result']> | undefined;
  const { protocol, entrants, across } = result ?? {};
  const whole =
    across !== undefined &&
    Array.isArray(protocol?.ungrouped) &&
    Array.isArray(entrants) &&
    entrants.every(({ lists }) => lists === null || (lists.counts !== undefined && lists.byAttribute !== undefined));
  return whole ? comparison : null;
}
