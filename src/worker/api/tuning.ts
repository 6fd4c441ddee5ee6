/** The search for settings. */

import type { TuningProgress } from '../../evaluate/tuning.ts';
import type { Candidate, TuningResult } from '../../evaluate/tuning-result.ts';
import type { Head, ModelName, Preset } from '../../models/recommender.ts';

/** A search for better settings of one head of one model, beginning at a preset. */
export interface TuneRequest {
  readonly model: ModelName;
  readonly head: Head;
  readonly preset: Preset;
  /** Seconds in all, the check at the end included. */
  readonly seconds: number;
  readonly seed: number;
  /** So many candidates beside the preset whatever the time: repeats a search exactly. */
  readonly candidates?: number;
}

export type TuneEvent =
  /** Once, when it is known what is searched. */
  | { readonly kind: 'space'; readonly space: Pick<TuningResult, 'settings' | 'rungs' | 'metric'> }
  /** New ones and those that changed. */
  | { readonly kind: 'candidates'; readonly candidates: readonly Candidate[] }
  /** At most seven a second, and one whenever a candidate has changed. */
  | { readonly kind: 'progress'; readonly progress: TuningProgress };

/** A search as it is kept: what was asked, and what came out. */
export interface Tuning {
  readonly request: TuneRequest;
  readonly result: TuningResult;
  readonly madeAt: number;
}
