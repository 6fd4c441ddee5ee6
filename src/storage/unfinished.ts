/** The run in progress as a file: from it a closed tab goes on where it was. Checked like everything read back. */
import { AppError } from '../base/error.ts';
import { joinBytes } from '../base/join-bytes.ts';
import { isPrivacy } from '../data/protect.ts';
import { type Checkpoint, type EpochEvent, MODEL_NAMES } from '../models/recommender.ts';
import { pack, unpack } from './pack.ts';

const VERSION = 1;

export interface UnfinishedRun<Request> {
  readonly id: string;
  readonly request: Request;
  /** `fingerprint` of the ratings it learns from: a checkpoint means nothing on other data. */
  readonly ratings: number;
  /** Epochs of the checkpoint's head so far. */
  readonly epochs: readonly EpochEvent[];
  readonly checkpoint: Checkpoint;
}

/** One piece of memory of its own: training goes on while it is written. */
export function packUnfinished<R>(run: UnfinishedRun<R>): Uint8Array<ArrayBuffer> {
  return joinBytes(pack(run, VERSION));
}

/** Runs of earlier versions have none. */
const hasPrivacy = (request: object): boolean =>
  !('privacy' in request) || request.privacy === undefined || isPrivacy(request.privacy);

const isState = (state: unknown): boolean =>
  typeof state === 'object' &&
  state !== null &&
  Object.values(state).every((array) => array instanceof Float32Array && array.every(Number.isFinite));

/** What `packUnfinished` wrote. Throws AppError `projectDamaged` for anything that cannot be trusted. */
export function unpackUnfinished<R>(bytes: Uint8Array<ArrayBuffer>): UnfinishedRun<R> {
  const { version, value } = unpack(bytes);
  const run = value as UnfinishedRun<R>;
  try {
    const { model, head, epoch, state, best, fitMs } = run.checkpoint;
    const sound =
      version === VERSION &&
      typeof run.id === 'string' &&
      typeof run.request === 'object' &&
      run.request !== null &&
      hasPrivacy(run.request) &&
      Array.isArray(run.epochs) &&
      MODEL_NAMES.includes(model) &&
      (head === 'taste' || head === 'choice') &&
      Number.isSafeInteger(epoch) &&
      epoch > 0 &&
      isState(state) &&
      (fitMs === undefined || (Number.isFinite(fitMs) && fitMs >= 0)) &&
      (best === null || (Number.isFinite(best.validation) && best.epoch <= epoch && isState(best.state)));
    if (!sound) throw new AppError('projectDamaged');
  } catch (cause) {
    // A missing field reads as TypeError: just as damaged.
    throw new AppError('projectDamaged', {}, { cause });
  }
  return run;
}
