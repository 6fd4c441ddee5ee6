/** What a comparison gives: plain values that may be kept as JSON and sent between threads. */

import type { ErrorParams } from '../base/error.ts';
import type { ErrorCode } from '../base/error-codes.ts';
import type { SplitKind } from '../data/split.ts';
import type { AcrossCuts } from './across-result.ts';
import type { Interval, Paired } from './bootstrap.ts';
import type { Calibration } from './calibration.ts';
import type { SampledMetric } from './candidates.ts';
import type { Decided } from './decided.ts';
import type { Defined } from './defined.ts';
import type { EntrantPair } from './entrant-pair.ts';
import type { Exposure, ExposureCounts } from './exposure.ts';
import type { GroupErrors } from './group-errors.ts';
import type { AttributeRecall, GroupedRecall } from './group-recall.ts';
import type { LeftOutGrouping } from './groupings.ts';
import type { ListMetric } from './list-metrics.ts';
import type { ActivityGroup, PopularityGroup } from './segments.ts';

/** How everything was measured; the same for all entrants. */
export interface ComparisonProtocol {
  readonly split: SplitKind;
  /** Share held out as the test part; of a comparison over folds: 1 / folds. */
  readonly holdout: number;
  readonly seed: number;
  /** Length of the lists: what was asked for, or the size of the catalogue where that is smaller. */
  readonly k: number;
  /** Customers whose lists are judged: those with a relevant thing held out. */
  readonly customers: number;
  /** Customers with something held out of which nothing is relevant: in no figure of lists. */
  readonly skipped: number;
  readonly trainPairs: number;
  readonly testPairs: number;
  /** The sampled protocol beside the full ranking; null without candidates. */
  readonly sampled: SampledProtocol | null;
  /** What customers or products could not be told apart by, and why: no `byAttribute`, no `byCategory` of it. */
  readonly ungrouped: readonly LeftOutGrouping[];
  /** What those whose ratings are guessed could not be told apart by; only where ratings are looked at in groups. */
  readonly ungroupedStars?: readonly LeftOutGrouping[];
}

export interface SampledProtocol {
  readonly customers: number;
  /** Candidates each, the held-out one counted, on average. */
  readonly candidates: number;
  /** Drawn here, with the comparison's seed; false: those of a published file. */
  readonly drawn: boolean;
  /** Tested customers without a single product to draw, because they have all of them: in no sampled figure. */
  readonly skipped: number;
}

/** RMSE and MAE of the test ratings, intervals over customers; the MAE by group too, without any in further cuts. */
export interface TasteScores extends GroupErrors {
  readonly rmse: Interval;
  readonly mae: Interval;
}

/** Figures among given candidates only (`candidates.ts`). */
export interface SampledScores {
  readonly metrics: Readonly<Record<SampledMetric, Interval>>;
}

/** Of whom the figures of one model's lists speak. Every metric of `LIST_METRICS` is defined for every tested customer. */
export interface ListCounts extends ExposureCounts {
  /** Lists with fewer than k things, and those with none: their missing places found nothing, which is a result. */
  readonly short: number;
  readonly empty: number;
  /** Undefined for customers with nothing but relevant things left; null for a model without scores for every product. */
  readonly auc: Defined | null;
}

export interface ListScores {
  readonly metrics: Readonly<Record<ListMetric, Interval>>;
  /** Area under the ROC curve, mean over customers; null for a model without scores for every product. */
  readonly auc: Interval | null;
  readonly exposure: Exposure;
  readonly counts: ListCounts;
  readonly byActivity: readonly ActivityGroup[];
  readonly byPopularity: readonly PopularityGroup[];
  /** Recall by what is known of customers, one for each attribute with at least two groups to compare. */
  readonly byAttribute: readonly AttributeRecall[];
  /** Recall by the category of what was held out; null without categories, or with fewer than two to compare. */
  readonly byCategory: GroupedRecall | null;
  /** How far the score says how likely a suggestion is to be chosen; null in further cuts of a repeated comparison. */
  readonly calibration: Calibration | null;
  /** null without candidates, and for a model without scores for every product. */
  readonly sampled: SampledScores | null;
  /** Recall (with published candidates: HR among them) against the popularity lists; null for those themselves and where either has none. */
  readonly versus: { readonly popularity: Paired } | null;
}

export type EntrantState = 'waiting' | 'running' | 'done' | 'failed';

export interface EntrantResult {
  readonly id: string;
  /** `waiting`: the comparison was stopped before it was finished. */
  readonly state: Exclude<EntrantState, 'running'>;
  /** Why a head of it could not be fitted here; its other head is there all the same, and `failed` means that neither is. */
  readonly error: { readonly code: ErrorCode; readonly params: ErrorParams } | null;
  /** Set-up and arithmetic of the fits that were scored, ms. */
  readonly fitMs: number;
  /** Of the models that were scored. */
  readonly bytes: number;
  /** Products its lists can never hold, because they were too many for it. */
  readonly leftOut: number;
  /** Not in a row of an earlier version. */
  readonly decided?: Decided;
  /** null without a taste head or without test ratings. */
  readonly taste: TasteScores | null;
  /** null without a choice head or without tested customers. */
  readonly lists: ListScores | null;
}

/**
 * The best entrant in a figure, and how every two that have it stand against each other. p-values are of one pair each: with
 * many entrants some are small by chance (Holm 1979 would multiply the smallest by the number of pairs somebody looks at).
 */
export interface Leader {
  readonly id: string;
  readonly metric: 'rmse' | 'recall' | 'hitRate';
  /** Each two once, in the order of the entrants; `pairOf` finds one from either side. Of one entrant alone: none. */
  readonly pairs: readonly EntrantPair[];
}

export interface ComparisonResult {
  readonly protocol: ComparisonProtocol;
  /** true when the person stopped before every entrant was done, in every cut that was asked for. */
  readonly stopped: boolean;
  /** The most popular things for everyone, which every list has to beat; null without tested customers. */
  readonly popularity: ListScores | null;
  /** In the order they were given. */
  readonly entrants: readonly EntrantResult[];
  /** By RMSE, and by recall (with published candidates: HR among them); null where no entrant has it. */
  readonly best: { readonly taste: Leader | null; readonly lists: Leader | null };
  /** Over several cuts, of which all the above is the first; null for a single one. */
  readonly across: AcrossCuts | null;
}
