/**
 * Keeps the runs in line, and the newest checkpoint of the one in progress, in the browser's own
 * storage: closing the tab costs seconds of training, not a run and not its place in line.
 */

import { fingerprint } from '../data/fingerprint.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Checkpoint, EpochEvent } from '../models/recommender.ts';
import { type KeptLine, packLine, unpackLine } from '../storage/line.ts';
import { eraseSideFile, readSideFile, type SideFile, writeSideFile } from '../storage/opfs.ts';
import { packUnfinished, type UnfinishedRun, unpackUnfinished } from '../storage/unfinished.ts';
import type { QueuedRun, TrainRequest } from './api/training.ts';

/** Checkpoints are written at most this often; a run shorter than this is not written at all. */
const KEPT_EVERY_MS = 2000;
/** Writing may take this share of the time at most. */
const WRITING_SHARE = 0.1;
/** A run that brings the tab down before it gets any further is given back so often, and not for ever. */
const MOST_TRIES = 2;

export type Unfinished = UnfinishedRun<TrainRequest>;

/** What a closed tab left to do. */
export interface Left {
  /** In order; the run that was in progress first. */
  readonly line: readonly QueuedRun[];
  /** The checkpoint of the first of them, where one was written. */
  readonly unfinished: Unfinished | null;
}

/** Where it is kept; tests keep it in memory. */
export interface SideFiles {
  read(name: SideFile): Promise<Uint8Array<ArrayBuffer> | null>;
  write(name: SideFile, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  erase(name: SideFile): Promise<void>;
}

const PRIVATE_FILES: SideFiles = { read: readSideFile, write: writeSideFile, erase: eraseSideFile };
const NO_LINE: KeptLine<TrainRequest> = { ratings: 0, tries: 0, runs: [] };

export class RunKeeper {
  readonly #files: SideFiles;
  #line = NO_LINE;
  #lineWriting: Promise<void> = Promise.resolve();
  /** Begun and not yet dropped: these stay in the file until what they made is kept elsewhere. */
  readonly #begun = new Set<string>();
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  #next = 0;
  /** Whose checkpoint the file holds. */
  #kept: string | null = null;
  #unfinished: Unfinished | null = null;

  constructor(files: SideFiles = PRIVATE_FILES) {
    this.#files = files;
  }

  /** Call whenever the line changes: the run in progress, then those that wait. Its failure is not told. */
  keepLine(ratings: Ratings | null, runs: readonly QueuedRun[]): Promise<void> {
    const print = ratings ? fingerprint(ratings) : 0;
    const begun = this.#line.ratings === print ? this.#line.runs.filter(({ id }) => this.#begun.has(id)) : [];
    return this.#putLine(print, [...begun.filter(({ id }) => !runs.some((run) => run.id === id)), ...runs]);
  }

  /** Call when a run begins: gives what an earlier visit left of it, or null. */
  begin(id: string): Unfinished | null {
    this.#begun.add(id);
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
    this.#writing = this.#files
      .write('run.bin', bytes)
      // It got further than last time.
      .then(() => this.#putLine(this.#line.ratings, this.#line.runs, 0))
      .catch(() => undefined)
      .then(() => {
        const now = performance.now();
        this.#next = now + Math.max(KEPT_EVERY_MS, (now - started) / WRITING_SHARE);
        this.#busy = false;
      });
  }

  /** The run is over, and what it made is kept elsewhere or not wanted: it leaves the line, its checkpoint goes. */
  async drop(id: string): Promise<void> {
    this.#begun.delete(id);
    const { ratings, runs } = this.#line;
    await this.#putLine(
      ratings,
      runs.filter((run) => run.id !== id),
    );
    await this.#writing;
    if (this.#kept !== id) return;
    this.#kept = null;
    await this.#files.erase('run.bin');
  }

  /** What a closed tab left to do on these ratings, the `finished` runs left out; anything else is removed. */
  async find(ratings: Ratings, finished: readonly string[]): Promise<Left> {
    const print = fingerprint(ratings);
    const kept = await this.#storedLine(print);
    let runs = kept.runs.filter(({ id }) => !finished.includes(id));
    let tries = kept.runs[0]?.id === runs[0]?.id ? kept.tries : 0;
    if (tries >= MOST_TRIES) {
      runs = runs.slice(1);
      tries = 0;
      await this.#files.erase('run.bin');
    }
    // Counted before anything is read that could bring the tab down once more.
    await this.#putLine(print, runs, tries + 1);
    const unfinished = await this.#storedRun(print, finished);
    if (!unfinished) {
      await this.#files.erase('run.bin');
    } else if (unfinished.id !== runs[0]?.id) {
      const { id, request } = unfinished;
      runs = [{ id, request }, ...runs.filter((run) => run.id !== id)];
      await this.#putLine(print, runs, 1);
    }
    this.#kept = unfinished?.id ?? null;
    this.#unfinished = unfinished;
    return { line: runs, unfinished };
  }

  /** `tries` of the first run; where it is not said, the same run keeps what it had. */
  #putLine(ratings: number, runs: readonly QueuedRun[], tries?: number): Promise<void> {
    const before = this.#line;
    const same = before.ratings === ratings && before.runs[0]?.id === runs[0]?.id;
    const line = { ratings, runs, tries: tries ?? (same ? before.tries : 0) };
    this.#line = line;
    const text = (one: typeof line) => one.runs.map(({ id }) => id).join(' ');
    if (same && before.tries === line.tries && text(before) === text(line)) return this.#lineWriting;
    this.#lineWriting = this.#lineWriting
      .then(() => (runs.length > 0 ? this.#files.write('line.json', packLine(line)) : this.#files.erase('line.json')))
      .catch(() => undefined);
    return this.#lineWriting;
  }

  async #storedLine(print: number): Promise<KeptLine<TrainRequest>> {
    try {
      const bytes = await this.#files.read('line.json');
      const line = bytes && unpackLine<TrainRequest>(bytes);
      if (line?.ratings === print) return line;
    } catch {
      // A damaged line costs what waited in it and nothing else.
    }
    return { ...NO_LINE, ratings: print };
  }

  async #storedRun(print: number, finished: readonly string[]): Promise<Unfinished | null> {
    try {
      const bytes = await this.#files.read('run.bin');
      const run = bytes && unpackUnfinished<TrainRequest>(bytes);
      if (run && !finished.includes(run.id) && run.ratings === print) return run;
    } catch {
      // A damaged checkpoint costs what that run had learned and nothing else.
    }
    return null;
  }
}
