/** What is said of any two models of a comparison. Pure. */
import type { Interval } from '../../evaluate/bootstrap.ts';
import type { Leader } from '../../evaluate/comparison-result.ts';
import { findPair, pairOf, turned } from '../../evaluate/entrant-pair.ts';
import type { Head } from '../../models/recommender.ts';
import type { Comparison } from '../../worker/api/comparing.ts';
import { DOUBT, type Line, sortedBy } from './quality-view.ts';

type Best = Pick<Comparison['result'], 'best' | 'across'>;

export interface PairSaid {
  readonly measure: 'recall' | 'rmse';
  /** Who is better beyond doubt; `same`: nobody at all is served otherwise by one than by the other. */
  readonly verdict: 'first' | 'second' | 'doubt' | 'same';
  /** By how much the first is better: more is found, or guesses are nearer. Below zero the second is. */
  readonly gain: Interval;
  readonly p: number;
  /** Cuts of which `gain` is the mean and `p` the test; null of one cut alone. */
  readonly cuts: number | null;
  /** Shares of the customers for whom the first is better, as good, worse; over several cuts: of the first cut. */
  readonly better: number;
  readonly equal: number;
  readonly worse: number;
}

/** The pairs that are spoken of; among published candidates another figure leads, which is in no column. */
function leaderIn(head: Head, { best }: Best): (Leader & { readonly metric: PairSaid['measure'] }) | null {
  const leader = head === 'choice' ? best.lists : best.taste;
  return leader && leader.metric !== 'hitRate' ? { ...leader, metric: leader.metric } : null;
}

/** Lines that were compared with another one, the best first. */
export function comparedLines(lines: readonly Line[], head: Head, result: Best): Line[] {
  const leader = leaderIn(head, result);
  if (!leader) return [];
  const ids = new Set(leader.pairs.flatMap(({ first, second }) => [first, second]));
  return sortedBy(
    lines.filter(({ entrant }) => ids.has(entrant.id)),
    leader.metric,
  );
}

/** How many pairs there are to look at. */
export const pairsIn = (head: Head, result: Best): number => leaderIn(head, result)?.pairs.length ?? 0;

/** Two ids. */
export type Two = readonly [first: string, second: string];

/** The two that are looked at: those somebody chose where they are there, else the best two; null of fewer than two lines. */
export function twoOf(lines: readonly Line[], wanted: Two | null): readonly [Line, Line] | null {
  const of = (id: string | undefined) => lines.find(({ entrant }) => entrant.id === id);
  const [first, second] = [of(wanted?.[0]), of(wanted?.[1])];
  if (first && second && first !== second) return [first, second];
  return lines.length < 2 ? null : [lines[0], lines[1]];
}

/** After somebody chooses one of the two: who is chosen on one side and stands on the other changes places. */
export function chosenTwo([first, second]: Two, side: 'first' | 'second', id: string): Two {
  if (side === 'first') return [id, id === second ? first : second];
  return [id === first ? second : first, id];
}

/** How two models stand over several cuts; null where there is one cut, or they were in the same one only once. */
function overCuts(
  first: Line,
  second: Line,
  head: Head,
  { across }: Best,
): { readonly difference: Interval; readonly p: number; readonly cuts: number } | null {
  const leader = head === 'choice' ? across?.best.lists : across?.best.taste;
  const found = leader && findPair(leader.pairs, first.entrant.id, second.entrant.id);
  if (!found) return null;
  const { p, difference } = found.pair;
  const { mean, low, high, cuts } = difference;
  if (p === null || low === null || high === null) return null;
  return { difference: found.turned ? turned({ mean, low, high }) : { mean, low, high }, p, cuts };
}

/**
 * How the first of two models stands against the second: over all cuts where there are several, because one cut may flatter
 * one of them. null where they were not compared.
 */
export function pairSaid(first: Line, second: Line, head: Head, result: Best): PairSaid | null {
  const leader = leaderIn(head, result);
  const paired = leader && pairOf(leader.pairs, first.entrant.id, second.entrant.id);
  if (!paired) return null;
  const { better, equal, worse } = paired;
  const over = overCuts(first, second, head, result);
  const { difference, p } = over ?? paired;
  // Errors are better where they are smaller.
  const gain = leader.metric === 'recall' ? difference : turned(difference);
  return { measure: leader.metric, verdict: verdictOf(), gain, p, cuts: over?.cuts ?? null, better, equal, worse };

  function verdictOf(): PairSaid['verdict'] {
    if (better === 0 && worse === 0 && gain.low === 0 && gain.high === 0) return 'same';
    if (p > DOUBT) return 'doubt';
    return gain.mean > 0 ? 'first' : 'second';
  }
}
