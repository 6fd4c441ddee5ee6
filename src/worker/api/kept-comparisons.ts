/** Which comparisons stay: the same rule for the engine, which saves them, and for the page, which shows them. Pure. */
import type { Comparison } from './comparing.ts';

/** The newest so many. A dozen models are some hundred kilobytes each time, and nobody looks further back. */
export const MOST_COMPARISONS = 5;

/** With one that ended, newest first. One that was stopped before anything was done says nothing, and does not come in. */
export function withComparison(kept: readonly Comparison[], ended: Comparison): readonly Comparison[] {
  if (ended.result.entrants.every(({ state }) => state === 'waiting')) return kept;
  return [ended, ...kept].slice(0, MOST_COMPARISONS);
}

/** Without the one that was made at that moment. */
export function withoutComparison(kept: readonly Comparison[], madeAt: number): readonly Comparison[] {
  return kept.filter((comparison) => comparison.madeAt !== madeAt);
}
