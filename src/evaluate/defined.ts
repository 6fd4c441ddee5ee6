/** Of whom a figure is the mean. */

/** Tested customers of whom a figure is the mean. Those without it are in no mean; they are never counted as zero. */
export interface Defined {
  readonly customers: number;
  /** Looked at, and the figure is not defined for them. */
  readonly undefined: number;
  /** Not looked at: of large data evenly spaced customers stand for all. */
  readonly passed: number;
}

/** A mean that is taken one by one: of those looked at, how many have the figure and what they sum to. */
export class DefinedMean {
  #sum = 0;
  #customers = 0;
  #undefined = 0;

  /** One that was looked at; null or NaN where the figure is not defined. */
  add(value: number | null): void {
    if (value === null || Number.isNaN(value)) {
      this.#undefined++;
      return;
    }
    this.#sum += value;
    this.#customers++;
  }

  /** null where nobody has the figure. */
  get mean(): number | null {
    return this.#customers === 0 ? null : this.#sum / this.#customers;
  }

  /** Among `all`. */
  counts(all: number): Defined {
    return {
      customers: this.#customers,
      undefined: this.#undefined,
      passed: all - this.#customers - this.#undefined,
    };
  }
}
