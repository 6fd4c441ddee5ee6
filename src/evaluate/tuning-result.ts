/** What a search for better settings gives: plain values that may be kept as JSON and sent between threads. */
import type { ErrorCode } from '../base/error-codes.ts';
import type { Head, ModelName } from '../models/recommender.ts';
import type { Interval, Paired } from './bootstrap.ts';
import type { SearchedSetting } from './search-spaces.ts';

/**
 * `waiting`: has run its rung and waits for the others. `promoted`: is to go on. `dropped`: others were better.
 * `finished`: has been learned as long as any. `unfinished`: the time was over, or the search was stopped.
 */
export type CandidateState = 'running' | 'waiting' | 'promoted' | 'dropped' | 'finished' | 'unfinished' | 'failed';

export interface Candidate {
  /** From 0 in the order they began; 0 are the defaults. */
  readonly id: number;
  /** Values by name, one for each searched setting; the defaults' own for 0. */
  readonly settings: Readonly<Record<string, number>>;
  readonly state: CandidateState;
  /** Epochs it has been learned for; 0 before its first figure. */
  readonly epochs: number;
  /** On the validation part; null before the first one, and where it failed. */
  readonly figure: number | null;
  /** What went wrong with one that failed. */
  readonly error: ErrorCode | null;
}

/** What a search is judged by: the share of the held-out choices in lists of ten, or how many stars off on average. */
export type TuningMetric = 'recall' | 'mae';

export function betterOf(metric: TuningMetric): 'higher' | 'lower' {
  return metric === 'recall' ? 'higher' : 'lower';
}

/** Figures on the test part, which nothing before had looked at. */
export interface TuningCheck {
  /** Customers with something to judge by. */
  readonly customers: number;
  /** null where they could not be trained. */
  readonly defaults: Interval | null;
  /** The same as `defaults` where those are the best found. */
  readonly best: Interval;
  /** Best found minus defaults; null where there are not two to compare. */
  readonly versus: Paired | null;
}

export interface TuningResult {
  readonly model: ModelName;
  readonly head: Head;
  readonly metric: TuningMetric;
  readonly seed: number;
  readonly settings: readonly SearchedSetting[];
  /** Epochs of each rung; of models without, 1. */
  readonly rungs: readonly number[];
  /** Defaults first. */
  readonly candidates: readonly Candidate[];
  /** The id of the one with the best figure on validation. */
  readonly best: number;
  /** What the search took, the check at its end included, pauses not. */
  readonly seconds: number;
  /** The person ended it before it was done. */
  readonly stopped: boolean;
  /** null where it was stopped before. */
  readonly check: TuningCheck | null;
}

/** The candidate with the best figure so far, of equals the first; null before there is any. */
export function bestOf(candidates: readonly Candidate[], metric: TuningMetric): Candidate | null {
  const sign = betterOf(metric) === 'higher' ? 1 : -1;
  let best: Candidate | null = null;
  for (const candidate of candidates) {
    if (candidate.figure === null) continue;
    const gain = best?.figure == null ? 1 : sign * (candidate.figure - best.figure);
    if (gain > 0) best = candidate;
  }
  return best;
}

/** Chance alone gives a difference as large less often than this. */
const SIGNIFICANT = 0.05;

/** What the check allows to be said: `better` where the whole interval of the difference is on the good side and chance is unlikely. */
export function verdictOf(result: Pick<TuningResult, 'best' | 'check' | 'metric'>): 'better' | 'same' | 'unchecked' {
  const { check, best, metric } = result;
  if (!check) return 'unchecked';
  if (best === 0 || !check.versus) return 'same';
  const { difference, p } = check.versus;
  const good = betterOf(metric) === 'higher' ? difference.low > 0 : difference.high < 0;
  return good && p < SIGNIFICANT ? 'better' : 'same';
}
