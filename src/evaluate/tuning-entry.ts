/** A candidate of a search with what it goes on from, and what becomes of those that fail. */
import { AppError, isDeviceFailure, isOutOfMemory } from '../base/error.ts';
import type { ErrorCode } from '../base/error-codes.ts';
import type { Checkpoint, Model } from '../models/recommender.ts';
import type { HeadPlan } from './head-plan.ts';
import { betterOf, type Candidate, type TuningMetric } from './tuning-result.ts';

/** Where fits stand that may go on; of more, the better ones are kept, and others are fitted from their beginning. */
const CHECKPOINT_BYTES = 256e6;

/** A candidate with what it goes on from. */
export interface Entry<M extends Model> {
  row: Candidate;
  readonly plan: HeadPlan<M>;
  checkpoint: Checkpoint | null;
  /** What each of its rungs took, s. */
  readonly costs: number[];
  /** Of its whole fit the arithmetic, and of its last figure the judging, s; null before it is finished. */
  whole: { readonly fit: number; readonly judging: number } | null;
}

/** Lets go of the checkpoints of the worse ones where all together would take too much. */
export function letGo<M extends Model>(entries: readonly Entry<M>[], metric: TuningMetric): void {
  const sign = betterOf(metric) === 'higher' ? -1 : 1;
  const holding = entries
    .filter(({ checkpoint }) => checkpoint !== null)
    .sort((a, b) => sign * ((a.row.figure ?? 0) - (b.row.figure ?? 0)) || a.row.id - b.row.id);
  let bytes = 0;
  for (const entry of holding) {
    bytes += bytesOf(entry.checkpoint as Checkpoint);
    if (bytes > CHECKPOINT_BYTES) entry.checkpoint = null;
  }
}

function bytesOf({ state, best }: Checkpoint): number {
  const arrays = new Set([...Object.values(state), ...Object.values(best?.state ?? {})]);
  let bytes = 0;
  for (const { byteLength } of arrays) bytes += byteLength;
  return bytes;
}

/** Why one candidate failed. What the device says is thrown on: no settings would do better. So is a mistake of ours. */
export function codeOf(thrown: unknown): ErrorCode {
  if (isOutOfMemory(thrown)) return 'trainingOutOfMemory';
  if (isDeviceFailure(thrown)) throw thrown;
  if (thrown instanceof AppError && thrown.code !== 'cancelled') return thrown.code;
  // A recommender that says so of a value: this data does not stand it.
  if (thrown instanceof RangeError) return 'trainingDiverged';
  throw thrown;
}

/** Not for the settings' sake but for the data's, where all say the same. */
export function failureOfAll(failures: readonly unknown[]): AppError {
  const [first] = failures;
  const inData = first instanceof AppError && first.code !== 'trainingDiverged' && !isOutOfMemory(first);
  const same = failures.every((thrown) => thrown instanceof AppError && thrown.code === (first as AppError).code);
  return inData && same ? first : new AppError('searchFailed', { tried: failures.length }, { cause: first });
}
