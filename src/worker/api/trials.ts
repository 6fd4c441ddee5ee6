/** Measured fits for the bench. */
import type { SplitKind } from '../../data/split.ts';
import type { Head } from '../../models/recommender.ts';
import type { RunSummary, TrainRequest } from './training.ts';

/** Pairs to be tested on, by the ids of the files they came from. */
export interface TestPart {
  readonly customers: readonly string[];
  readonly products: readonly string[];
  /** Ratings; or the weights of choices. */
  readonly values: readonly number[];
}

/** One measured fit for the bench: chosen heads, chosen protocol, nothing kept. */
export interface TrialRequest {
  readonly train: TrainRequest;
  readonly heads: readonly Head[];
  readonly split: SplitKind;
  readonly holdout: number;
  /** Ratings below this are left out before anything else; null keeps all. */
  readonly minRating: number | null;
  /** A published test part instead of a split. Pairs with ids the training part lacks are scored too, and counted. */
  readonly test: TestPart | null;
  /** Adds test figures to each epoch; nothing ever looks at them to decide. */
  readonly testPerEpoch: boolean;
  /** Scores what was fitted on the training part alone, even where training + validation would be cheap. */
  readonly strict?: boolean;
}

export interface TrialOutcome {
  readonly summary: RunSummary;
  /** Training pairs. */
  readonly nnz: number;
  readonly unknownTestPairs: number;
  /** Share of held-out ratings inside their 90 % interval; null where the model gives none. */
  readonly intervalCoverage: number | null;
  /** Ten things for each of five fixed customers (the first, the last and three between). */
  readonly top: Readonly<Record<string, readonly string[]>>;
}
