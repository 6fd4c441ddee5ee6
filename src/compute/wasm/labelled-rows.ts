import { type ArenaPlan, floatsAt, wordsAt } from './arena.ts';
import type { Workspace } from './workspace.ts';

/** Rows on their way in or out at a time. */
const ROWS_PER_BATCH = 1024;
/** The kernels take rows four vectors at a time. */
const ROW_STEP = 16;
/** Columns in front of the factors: one side has [1, b, …], the other [b, 1, …]. */
const BIAS_COLUMNS = 2;

/** Floats of a row of `factors`, biases included. */
export const labelledStride = (factors: number) => Math.ceil((factors + BIAS_COLUMNS) / ROW_STEP) * ROW_STEP;

/** One side of the stochastic solver's model: rows that lie by label, each with its bias and a 1 across from the other's. */
export class LabelledRows {
  /** Address of the row with label 0. */
  readonly at: number;
  readonly labels: Uint32Array;
  /** Address of the labels, from `load` on. */
  readonly labelsAt: number;
  readonly #packed: number;
  readonly #factors: number;
  readonly #biasColumn: 0 | 1;

  constructor(plan: ArenaPlan, labels: Uint32Array, factors: number, biasColumn: 0 | 1) {
    this.labels = labels;
    this.#factors = factors;
    this.#biasColumn = biasColumn;
    this.at = plan.words(labels.length * labelledStride(factors));
    this.labelsAt = plan.words(labels.length);
    this.#packed = plan.words(ROWS_PER_BATCH * factors);
  }

  /** Copies a start in; the memory behind it is zero. */
  load({ memory, kernels }: Workspace, factors: Float32Array, bias: Float32Array): void {
    const { length } = this.labels;
    wordsAt(memory, this.labelsAt, length).set(this.labels);
    this.#inBatches((first, count, from, to) => {
      floatsAt(memory, this.#packed, to - from).set(factors.subarray(from, to));
      kernels.loadRows(this.at, this.labelsAt, this.#rowBytes, first, count, this.#packed, 4 * this.#factors);
    });
    const stride = labelledStride(this.#factors);
    const rows = floatsAt(memory, this.at, length * stride);
    for (let row = 0; row < length; row++) {
      const at = this.labels[row] * stride;
      rows[at + this.#biasColumn] = bias[row];
      rows[at + 1 - this.#biasColumn] = 1;
    }
  }

  /** A copy of the rows as they are, in their own order. */
  unload({ memory, kernels }: Workspace): { readonly factors: Float32Array; readonly bias: Float32Array } {
    const { length } = this.labels;
    const factors = new Float32Array(length * this.#factors);
    this.#inBatches((first, count, from, to) => {
      kernels.unloadRows(this.at, this.labelsAt, this.#rowBytes, first, count, this.#packed, 4 * this.#factors);
      factors.set(floatsAt(memory, this.#packed, to - from), from);
    });
    const bias = new Float32Array(length);
    const stride = labelledStride(this.#factors);
    const rows = floatsAt(memory, this.at, length * stride);
    for (let row = 0; row < length; row++) bias[row] = rows[this.labels[row] * stride + this.#biasColumn];
    return { factors, bias };
  }

  get #rowBytes(): number {
    return 4 * labelledStride(this.#factors);
  }

  /** `from` and `to` are where a batch's factors begin and end in an array of all. */
  #inBatches(move: (first: number, count: number, from: number, to: number) => void): void {
    const { length } = this.labels;
    for (let first = 0; first < length; first += ROWS_PER_BATCH) {
      const count = Math.min(ROWS_PER_BATCH, length - first);
      move(first, count, first * this.#factors, (first + count) * this.#factors);
    }
  }
}
