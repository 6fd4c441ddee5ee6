import { type BufferSet, type GpuContext, supportsTimestamps } from './context.ts';
import type { Pace } from './pace.ts';

/** Dispatches of one sweep that are timed one by one; those behind them are as fast. */
const TIMED = 64;
const NS_PER_MS = 1e6;

/** Times the dispatches of one session's sweeps: with timestamps of the GPU, or by the clock from submit to answer. */
export class SweepTimer {
  /** To be read back with the loss; null where there are no timestamps. */
  readonly source: { readonly buffer: GPUBuffer; readonly bytes: number } | null = null;
  readonly #context: GpuContext;
  readonly #queries: GPUQuerySet | null = null;
  #work: number[] = [];
  #begun = 0;

  constructor(
    buffers: BufferSet,
    /** What learns from the sweeps. */
    readonly pace: Pace = buffers.context.pace,
  ) {
    this.#context = buffers.context;
    if (!supportsTimestamps(buffers.context.gpu)) return;
    this.#queries = buffers.queries('sweep', 2 * TIMED);
    const bytes = 2 * TIMED * BigUint64Array.BYTES_PER_ELEMENT;
    this.source = { buffer: buffers.timestamps('sweep timestamps', bytes), bytes };
  }

  begin(): void {
    this.#work = [];
    this.#begun = performance.now();
  }

  /** What the pass of a dispatch of so much work is to write. */
  pass(work: number): GPUComputePassTimestampWrites | undefined {
    const at = this.#work.push(work) - 1;
    if (!this.#queries || at >= TIMED) return undefined;
    return { querySet: this.#queries, beginningOfPassWriteIndex: 2 * at, endOfPassWriteIndex: 2 * at + 1 };
  }

  /** Records what brings the timestamps of this sweep to `source`. */
  record(encoder: GPUCommandEncoder): void {
    const timed = Math.min(TIMED, this.#work.length);
    if (this.#queries && this.source && timed > 0) {
      encoder.resolveQuerySet(this.#queries, 0, 2 * timed, this.source.buffer, 0);
    }
  }

  /** Ends the sweep: what was read from `source`, where there is one. */
  end(read: ArrayBuffer | undefined): void {
    const { pace } = this;
    const all = this.#work.reduce((sum, work) => sum + work, 0);
    if (!read) {
      pace.learn(all, performance.now() - this.#begun);
      return;
    }
    const stamps = new BigUint64Array(read);
    const timed = this.#work.slice(0, TIMED);
    const times = timed.map((_, at) => Math.max(0, Number(stamps[2 * at + 1] - stamps[2 * at]) / NS_PER_MS));
    const sweepMs = times.reduce((sum, ms) => sum + ms, 0);
    this.#context.timing = { sweepMs, longestDispatchMs: Math.max(0, ...times) };
    pace.learn(
      timed.reduce((sum, work) => sum + work, 0),
      sweepMs,
    );
  }
}

/** Launches that are cut anew whenever the pace has changed; what they bind lives in the set that they are given. */
export function recut<T>(buffers: BufferSet, pace: Pace, cut: (most: number, set: BufferSet) => T[]): () => T[] {
  let most = 0;
  let launches: T[] = [];
  let set: BufferSet | null = null;
  return () => {
    if (most === pace.perDispatch) return launches;
    most = pace.perDispatch;
    set?.destroy();
    set = buffers.child();
    launches = cut(most, set);
    return launches;
  };
}
