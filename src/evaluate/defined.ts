/** Of whom a figure is the mean. */

/** Tested customers of whom a figure is the mean. Those without it are in no mean; they are never counted as zero. */
export interface Defined {
  readonly customers: number;
  /** Looked at, and the figure is not defined for them. */
  readonly undefined: number;
  /** Not looked at: of large data evenly spaced customers stand for all. */
  readonly passed: number;
}

/** Of whom a figure by customer is the mean: NaN where it is not defined for one; values of fewer than `all` are of those looked at. */
export function definedAmong(values: Float64Array, all: number): Defined {
  const customers = values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  return { customers, undefined: values.length - customers, passed: all - values.length };
}

/** A mean that is taken one by one, of those who have the figure. */
export class DefinedMean {
  #sum = 0;
  #customers = 0;

  /** null or NaN where the figure is not defined. */
  add(value: number | null): void {
    if (value === null || Number.isNaN(value)) return;
    this.#sum += value;
    this.#customers++;
  }

  /** null where nobody has the figure. */
  get mean(): number | null {
    return this.#customers === 0 ? null : this.#sum / this.#customers;
  }
}
