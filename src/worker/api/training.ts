/** What is trained, and what a training tells and comes to. */
import type { DeviceInfo, DeviceKind } from '../../compute/device.ts';
import type { PrivacySettings } from '../../data/protect.ts';
import type { Decided } from '../../evaluate/decided.ts';
import type { Settings } from '../../evaluate/head-plan.ts';
import type { Economy, TrialFigures, TrialProgress } from '../../evaluate/protocol.ts';
import type { Solver } from '../../models/mf-taste-options.ts';
import type { EpochEvent, Head, ModelName, Preset } from '../../models/recommender.ts';
import type { SettingValue } from '../../models/setting-values.ts';

interface SettingOf {
  /** `taste.factors`: what `Settings` calls it. */
  readonly key: string;
  readonly head: Head;
  readonly name: string;
  /** Of no effect unless the setting of this key has this value. */
  readonly onlyWith?: { readonly key: string; readonly value: SettingValue };
}

export interface NumberSetting extends SettingOf {
  readonly kind: 'number';
  /** The preset's value for the data in hand; null: validation decides. */
  readonly value: number | null;
  readonly min: number;
  readonly max: number;
  /** 1 for whole numbers, else the step of the arrows. */
  readonly step: number;
}

/** One of a few. */
export interface ChoiceSetting extends SettingOf {
  readonly kind: 'choice';
  readonly value: SettingValue;
  /** `label`: what the data itself calls it, where it is the data's. */
  readonly options: readonly { readonly value: SettingValue; readonly label?: string }[];
}

/** One hyperparameter of a preset, for the advanced fold. */
export type SettingField = NumberSetting | ChoiceSetting;

export interface TrainRequest {
  readonly model: ModelName;
  readonly preset: Preset;
  /** Changes to the preset; empty for none. */
  readonly settings: Settings;
  readonly seed: number;
  /** How the factorization finds its predicted stars, with that solver's settings; the preset's choice without it. */
  readonly solver?: Solver;
  /** What is not learned from; without it everything is. */
  readonly privacy?: PrivacySettings;
}

/** A run in line; its id is what `train` is called with when its turn comes. */
export interface QueuedRun {
  readonly id: string;
  readonly request: TrainRequest;
  /** It follows by itself: only if it is done within so many seconds here, as far as a moment of it tells. */
  readonly within?: number;
}

/** What one run learned about itself. All figures are of the held-out test part, scored once. */
export interface RunSummary extends TrialFigures {
  readonly id: string;
  readonly request: TrainRequest;
  /** Without `choice` where it was stopped before it had lists: then it answers nothing, and its figures are all of it. */
  readonly heads: readonly Head[];
  readonly device: DeviceInfo;
  readonly epochs: readonly EpochEvent[];
  /** Not in a run of an earlier version. */
  readonly decided?: Decided;
}

/** Why another device goes on: the one before is gone, has no room for this, or lost one of its threads. */
export type DeviceChangeReason = 'lost' | 'memory' | 'wrong' | 'thread';

export type TrainEvent =
  | {
      readonly kind: 'phase';
      readonly run: string;
      readonly phase: 'preparing' | 'taste' | 'choice' | 'scoring' | 'refitting' | 'done';
    }
  | { readonly kind: 'epochs'; readonly run: string; readonly epochs: readonly EpochEvent[] }
  /** At most four a second, at least two while anything is worked at that can say how far it is. */
  | { readonly kind: 'progress'; readonly run: string; readonly progress: TrialProgress }
  | {
      readonly kind: 'baseline';
      readonly run: string;
      readonly rmse: number | null;
      readonly itemMeanRmse: number | null;
      readonly recall10: number;
    }
  | {
      readonly kind: 'deviceChanged';
      readonly run: string;
      readonly why: DeviceChangeReason;
      readonly from: DeviceKind;
      readonly to: DeviceKind;
      readonly epoch: number;
    }
  /** After `smaller` the epochs of that head begin anew. */
  | { readonly kind: 'economy'; readonly run: string; readonly economy: Economy };
