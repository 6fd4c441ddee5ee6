/**
 * Embedding tables outside automatic differentiation. A step gathers rows, the network differentiates
 * with respect to the gathered rows, and the table runs "lazy Adam" on the touched rows only:
 *
 *   g_r = Σ_{e: row(e) = r} G_e + regularization · n_r · x_r
 *   m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  x ← x − lr · m̂ / (√v̂ + ε)     (Kingma & Ba 2015)
 *
 * with one step count for the whole table. Rows a batch does not touch keep x, m and v as they are
 * (plain Adam would let their momentum run on and decay). The entries of a batch are grouped by row on
 * the CPU, so sums run in a fixed order without atomics: same bits every time on the same device.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

export const BETA1 = 0.9;
export const BETA2 = 0.999;
/** Given explicitly everywhere: tfjs' own default differs on 16-bit devices. */
export const EPSILON = 1e-8;

/** What is the same for all parameters in one step. */
export interface AdamStep {
  /** Steps done so far, this one included: 1, 2, … */
  readonly count: number;
  readonly learningRate: number;
}

/** x ← x − scale · m / (√(v · correction) + ε): Adam's bias corrections folded into two numbers. */
export function adamScales(step: AdamStep): { readonly scale: number; readonly correction: number } {
  return {
    scale: step.learningRate / (1 - BETA1 ** step.count),
    correction: 1 / (1 - BETA2 ** step.count),
  };
}

/** Entries of a batch grouped by row: row rows[t] owns order[starts[t]] … order[starts[t + 1] − 1]. */
export class RowGroups {
  readonly rows: Uint32Array;
  readonly starts: Uint32Array;
  /** Positions in the batch; within a group ascending. */
  readonly order: Uint32Array;
  touched = 0;
  /** Per row of the table: how often it occurs in the batch, then where its next entry goes. All 0 between calls. */
  readonly #count: Uint32Array;

  constructor(tableRows: number, capacity: number) {
    this.rows = new Uint32Array(capacity);
    this.starts = new Uint32Array(capacity + 1);
    this.order = new Uint32Array(capacity);
    this.#count = new Uint32Array(tableRows);
  }

  /** Groups the first `entries` of `indices`, O(entries). Groups stand in order of first occurrence. */
  assign(indices: Int32Array, entries: number): void {
    const { rows, starts, order } = this;
    const count = this.#count;
    let touched = 0;
    for (let e = 0; e < entries; e++) {
      if (count[indices[e]]++ === 0) rows[touched++] = indices[e];
    }
    starts[0] = 0;
    for (let t = 0; t < touched; t++) {
      starts[t + 1] = starts[t] + count[rows[t]];
      count[rows[t]] = starts[t];
    }
    for (let e = 0; e < entries; e++) order[count[indices[e]]++] = e;
    for (let t = 0; t < touched; t++) count[rows[t]] = 0;
    this.touched = touched;
  }
}

/**
 * One side (customers or products) of the current batch, shared by all tables of that side.
 * Fixed shape: a batch shorter than `capacity` is padded, and the padding is gathered but never
 * updated.
 */
export interface BatchRows {
  readonly capacity: number;
  readonly groups: RowGroups;
  /** The row of each entry, padding included; length capacity. */
  readonly indices: Int32Array;
  /** `indices` on the device; null on CPU backends, which gather in plain loops. */
  readonly tensor: Tensor1D | null;
  /** Takes the next batch: `entries` ≤ capacity real entries, then padding with row 0. */
  assign(rows: Uint32Array | Int32Array, entries: number): void;
  destroy(): void;
}

/** Everything needed to go on training a table; rows × width each. */
export interface TableState {
  readonly values: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export interface EmbeddingTable {
  readonly rows: number;
  readonly width: number;
  /** capacity × width; the caller disposes of it. */
  gather(batch: BatchRows): Tensor2D;
  /**
   * One lazy Adam step from the gradient of the summed loss with respect to the gathered rows
   * (capacity × width). `regularization` counts once per entry, as in stochastic gradient descent.
   */
  update(gradient: Tensor2D, batch: BatchRows, step: AdamStep, regularization: number): Promise<void>;
  read(): Promise<Float32Array>;
  readState(): Promise<TableState>;
  /** Values and moments as `readState` gave them. */
  restore(state: TableState): void;
  destroy(): void;
}
