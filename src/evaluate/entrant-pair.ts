/** Two entrants of a comparison on the same customers; every pair is kept once, and read from either side. */
import type { Interval, Paired } from './bootstrap.ts';

/** Ids of two entrants. What is said of them is `first` minus `second`. */
export interface TwoEntrants {
  readonly first: string;
  readonly second: string;
}

export interface EntrantPair extends Paired, TwoEntrants {}

/** What is kept of two entrants, and whether it is kept the other way round; null where they were not compared. */
export function findPair<Pair extends TwoEntrants>(
  pairs: readonly Pair[],
  first: string,
  second: string,
): { readonly pair: Pair; readonly turned: boolean } | null {
  for (const pair of pairs) {
    if (pair.first === first && pair.second === second) return { pair, turned: false };
    if (pair.first === second && pair.second === first) return { pair, turned: true };
  }
  return null;
}

/** How `first` stands against `second`, whichever way round the pair is kept; null where the two were not compared. */
export function pairOf(pairs: readonly EntrantPair[], first: string, second: string): Paired | null {
  const found = findPair(pairs, first, second);
  if (!found) return null;
  const { difference, p, better, equal, worse } = found.pair;
  // Chance is the same from both sides.
  return found.turned
    ? { difference: turned(difference), p, better: worse, equal, worse: better }
    : { difference, p, better, equal, worse };
}

/** A difference from the other side. From zero, so that none at all stays 0 and does not become −0. */
export function turned({ mean, low, high }: Interval): Interval {
  return { mean: 0 - mean, low: 0 - high, high: 0 - low };
}
