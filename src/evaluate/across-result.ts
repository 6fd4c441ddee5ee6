/** What several cuts of the data came to, put together: plain values that may be kept as JSON and sent between threads. */
import type { TwoEntrants } from './entrant-pair.ts';
import type { Exposure } from './exposure.ts';
import type { ListMetric } from './list-metrics.ts';

/** Figures of what lists show that are followed over the cuts. */
export const EXPOSURE = [
  'coverage',
  'gini',
  'novelty',
  'popularityLift',
  'diversity',
  'serendipity',
] as const satisfies readonly (keyof Exposure)[];

/** Every figure that is followed over the cuts. */
export type AcrossMetric =
  | 'rmse'
  | 'mae'
  | ListMetric
  | 'auc'
  | (typeof EXPOSURE)[number]
  | 'sampledHitRate'
  | 'sampledNdcg'
  | 'fitMs';

/** One figure over several cuts. */
export interface AcrossFigure {
  /** Cuts that have it. */
  readonly cuts: number;
  readonly mean: number;
  /** Sample standard deviation; null of a single cut, as is the interval. */
  readonly deviation: number | null;
  /** 95 % interval of the mean, corrected for training parts that overlap. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface AcrossEntrant {
  readonly id: string;
  /** Those it has in at least one cut. */
  readonly figures: Readonly<Partial<Record<AcrossMetric, AcrossFigure>>>;
}

/** One of two minus the other, cut by cut. */
export interface AcrossPaired {
  readonly difference: AcrossFigure;
  /** Two-sided, of the corrected resampled t-test; null of a single cut. Of one comparison, as in `Leader`. */
  readonly p: number | null;
}

export interface AcrossPair extends AcrossPaired, TwoEntrants {}

/** The best mean over the cuts, and how every two stand against each other, on the cuts that both have. */
export interface AcrossLeader {
  readonly id: string;
  readonly metric: 'rmse' | 'recall';
  /** Each two once, in the order of the entrants; `findPair` finds one. */
  readonly pairs: readonly AcrossPair[];
}

export interface AcrossCuts {
  /** `folds`: every pair is held out exactly once. `seeds`: the same cut with other draws. */
  readonly kind: 'folds' | 'seeds';
  /** Cuts asked for, and those in which every entrant came to its end. */
  readonly asked: number;
  readonly done: number;
  /** Cuts that left nobody to test, or too little to learn from. */
  readonly untested: number;
  /** Test pairs per training pair, on average: what the correction for overlapping training parts goes by. */
  readonly ratio: number;
  /** The popularity lists; null without tested customers. */
  readonly popularity: AcrossEntrant['figures'] | null;
  /** In the order they were given. */
  readonly entrants: readonly AcrossEntrant[];
  /** Among those who have the figure in every cut that anybody has it in; null where nobody has. */
  readonly best: { readonly taste: AcrossLeader | null; readonly lists: AcrossLeader | null };
}
