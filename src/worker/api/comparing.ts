/** The leaderboard: who is compared, on what, and what came of it. */
import type { SplitKind } from '../../data/split.ts';
import type { ComparisonResult, EntrantResult, EntrantState } from '../../evaluate/comparison-result.ts';
import type { Settings } from '../../evaluate/head-plan.ts';
import type { ModelName, Preset } from '../../models/recommender.ts';

/** What was found in a file of somebody's own to test on. */
export interface TestFile {
  /** Of this reading of it: another file may have the same name. */
  readonly id: string;
  readonly name: string;
  readonly pairs: number;
  readonly customers: number;
  /** Of the pairs: those the data holds as well, which are not learned from while they are tested on. */
  readonly inData: number;
  /** Of the pairs: those with a customer or a product the data does not know. */
  readonly unknown: number;
}

/** One line of the leaderboard. */
export interface EntrantRequest {
  /** The page's own name for it; unique within a comparison. */
  readonly id: string;
  readonly model: ModelName;
  readonly preset: Preset;
  readonly settings: Settings;
}

export interface CompareRequest {
  readonly entrants: readonly EntrantRequest[];
  readonly split: SplitKind;
  readonly holdout: number;
  readonly seed: number;
  /** The length of a list. */
  readonly length: number;
  /**
   * How many cuts the models are compared on; 1 without it. Of `random` and `per-customer` these are folds: each pair is
   * held out exactly once, and `holdout` is the validation's share alone. Of `leave-one-out` other draws where there are
   * no times; otherwise, and by time, rejected with `cannotRepeat`.
   */
  readonly repeats?: number;
  /** The test part is this file, read by `readTestFile`, instead of a cut; `split` cuts the validation part. */
  readonly testFile?: Pick<TestFile, 'id' | 'name'>;
  /** Beside the full ranking: how high the held-out thing stands among so many the customer does not have. */
  readonly sampled?: { readonly candidates: number };
}

export type CompareEvent =
  | {
      readonly kind: 'entrant';
      readonly id: string;
      readonly state: EntrantState;
      /** Of one that is done or failed. */
      readonly result: EntrantResult | null;
    }
  /** Share of an entrant, 0 to 1, several times a second; id null: of what is done for all of them, before the first and after the last. */
  | { readonly kind: 'progress'; readonly id: string | null; readonly share: number }
  /** With several cuts: the next begins, counted from 1. After the first one progress comes, and no more entrants. */
  | { readonly kind: 'cut'; readonly cut: number; readonly cuts: number };

/** A comparison as it is kept: what was asked, and what came out. */
export interface Comparison {
  readonly request: CompareRequest;
  readonly result: ComparisonResult;
  readonly madeAt: number;
}
