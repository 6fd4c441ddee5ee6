import { type BufferSet, supportsTimestamps } from './context.ts';
import type { Pace } from './pace.ts';

/** Dispatches of one sweep that are timed one by one; those behind them are as fast. */
const TIMED = 64;
const NS_PER_MS = 1e6;

/** Times the dispatches of one session's sweeps: with timestamps of the GPU, or by the clock from submit to answer. */
export class SweepTimer {
  /** To be read back with the loss; null where there are no timestamps. */
  readonly source: { readonly buffer: GPUBuffer; readonly bytes: number } | null = null;
  readonly #queries: GPUQuerySet | null = null;
  #visits: number[] = [];
  #begun = 0;

  constructor(
    buffers: BufferSet,
    /** What learns from the sweeps. */
    readonly pace: Pace = buffers.context.pace,
  ) {
    if (!supportsTimestamps(buffers.context.gpu)) return;
    this.#queries = buffers.queries('sweep', 2 * TIMED);
    const bytes = 2 * TIMED * BigUint64Array.BYTES_PER_ELEMENT;
    this.source = { buffer: buffers.timestamps('sweep timestamps', bytes), bytes };
  }

  begin(): void {
    this.#visits = [];
    this.#begun = performance.now();
  }

  /** What the pass of a dispatch of so many entry visits is to write. */
  pass(visits: number): GPUComputePassTimestampWrites | undefined {
    const at = this.#visits.push(visits) - 1;
    if (!this.#queries || at >= TIMED) return undefined;
    return { querySet: this.#queries, beginningOfPassWriteIndex: 2 * at, endOfPassWriteIndex: 2 * at + 1 };
  }

  /** Records what brings the timestamps of this sweep to `source`. */
  record(encoder: GPUCommandEncoder): void {
    const timed = Math.min(TIMED, this.#visits.length);
    if (this.#queries && this.source && timed > 0) {
      encoder.resolveQuerySet(this.#queries, 0, 2 * timed, this.source.buffer, 0);
    }
  }

  /** Ends the sweep: what was read from `source`, where there is one. */
  end(read: ArrayBuffer | undefined): void {
    const { pace } = this;
    const all = this.#visits.reduce((sum, visits) => sum + visits, 0);
    if (!read) {
      pace.learn(all, performance.now() - this.#begun);
      return;
    }
    const stamps = new BigUint64Array(read);
    const timed = this.#visits.slice(0, TIMED);
    const times = timed.map((_, at) => Math.max(0, Number(stamps[2 * at + 1] - stamps[2 * at]) / NS_PER_MS));
    const sweepMs = times.reduce((sum, ms) => sum + ms, 0);
    pace.timing = { sweepMs, longestDispatchMs: Math.max(0, ...times) };
    pace.learn(
      timed.reduce((sum, visits) => sum + visits, 0),
      sweepMs,
    );
  }
}
