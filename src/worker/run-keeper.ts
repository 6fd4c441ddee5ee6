/**
 * Keeps the newest checkpoint of the run in progress in the browser's own storage, so that closing the
 * tab costs seconds of training and not the run.
 */
import type { Ratings } from '../data/ratings.ts';
import type { Checkpoint, EpochEvent } from '../models/recommender.ts';
import { eraseRun, readRun, writeRun } from '../storage/opfs.ts';
import { packUnfinished, type UnfinishedRun, unpackUnfinished } from '../storage/unfinished.ts';
import type { TrainRequest } from './api.ts';

/** Checkpoints are written at most this often; a run shorter than this is not written at all. */
const KEPT_EVERY_MS = 2000;
/** Writing may take this share of the time at most. */
const WRITING_SHARE = 0.1;

export type Unfinished = UnfinishedRun<TrainRequest>;

/** Equal for equal ratings (FNV-1a over the matrix, 32 bits). */
export function fingerprint({ byUser }: Pick<Ratings, 'byUser'>): number {
  let hash = 0x811c9dc5;
  const bits = new Uint32Array(byUser.values.buffer, byUser.values.byteOffset, byUser.values.length);
  for (const numbers of [byUser.pointers, byUser.indices, bits]) {
    for (let at = 0; at < numbers.length; at++) hash = Math.imul(hash ^ numbers[at], 0x01000193);
  }
  return hash >>> 0;
}

export class RunKeeper {
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  #next = 0;
  /** Whose checkpoint the file holds. */
  #kept: string | null = null;
  #unfinished: Unfinished | null = null;

  /** Call when a run begins: gives what an earlier visit left of it, or null. */
  begin(id: string): Unfinished | null {
    this.#next = performance.now() + KEPT_EVERY_MS;
    const earlier = this.#unfinished?.id === id ? this.#unfinished : null;
    this.#unfinished = null;
    return earlier;
  }

  /** Takes the newest checkpoint. Most are passed over; writing goes on beside the training and its failure is not told. */
  offer(
    id: string,
    request: TrainRequest,
    ratings: Ratings,
    epochs: readonly EpochEvent[],
    checkpoint: Checkpoint,
  ): void {
    const started = performance.now();
    if (this.#busy || started < this.#next) return;
    this.#busy = true;
    const { head, epoch } = checkpoint;
    const bytes = packUnfinished<TrainRequest>({
      id,
      request,
      ratings: fingerprint(ratings),
      epochs: epochs.filter((event) => event.head === head && event.epoch <= epoch),
      checkpoint,
    });
    this.#kept = id;
    this.#writing = writeRun(bytes)
      .catch(() => undefined)
      .then(() => {
        const now = performance.now();
        this.#next = now + Math.max(KEPT_EVERY_MS, (now - started) / WRITING_SHARE);
        this.#busy = false;
      });
  }

  /** The run is over, and what it made is kept elsewhere or not wanted: its file goes. */
  async drop(id: string): Promise<void> {
    await this.#writing;
    if (this.#kept !== id) return;
    this.#kept = null;
    await eraseRun();
  }

  /** What a closed tab left of a run on these ratings that is not among the `finished` ones; anything else is removed. */
  async find(ratings: Ratings, finished: readonly string[]): Promise<Unfinished | null> {
    try {
      const bytes = await readRun();
      if (!bytes) return null;
      const run = unpackUnfinished<TrainRequest>(bytes);
      if (!finished.includes(run.id) && run.ratings === fingerprint(ratings)) {
        this.#kept = run.id;
        this.#unfinished = run;
        return run;
      }
    } catch {
      // A damaged checkpoint costs the run in progress and nothing else.
    }
    await eraseRun();
    return null;
  }
}
