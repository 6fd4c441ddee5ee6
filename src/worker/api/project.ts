/** What leaves the engine: files of lists, and the project kept in the browser. */
import type { PrivacySettings } from '../../data/protect.ts';
import type { EpochEvent } from '../../models/recommender.ts';
import type { RerankSettings } from '../../models/rerank-settings.ts';
import type { Comparison } from './comparing.ts';
import type { DatasetSummary } from './data.ts';
import type { QueuedRun, RunSummary } from './training.ts';
import type { Tuning } from './tuning.ts';

export interface ExportRequest {
  readonly count: number;
  readonly run: string | null;
  /** How every list is re-ordered; as the model has them without. */
  readonly rerank?: RerankSettings;
}

/** The project kept in the browser's own storage. */
export interface SavedProject {
  readonly summary: DatasetSummary;
  readonly runs: readonly RunSummary[];
  /** Newest first. */
  readonly comparisons: readonly Comparison[];
  /** The newest search for settings; null where none was made. */
  readonly tuning: Tuning | null;
  /** How lists are re-ordered. */
  readonly reshape: RerankSettings;
  /** What is not learned from. */
  readonly privacy: PrivacySettings;
  readonly savedAt: number;
  /** The runs in line when the tab was closed, in order, the one in progress first. */
  readonly line: readonly QueuedRun[];
  /** How far the first of them had come, where a checkpoint was kept: `train` with its id goes on from there. */
  readonly unfinished: {
    readonly id: string;
    readonly epochs: readonly EpochEvent[];
    readonly epoch: number;
  } | null;
}
