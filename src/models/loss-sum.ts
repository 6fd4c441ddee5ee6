import type { Scalar, TfjsRuntime } from '../compute/tfjs.ts';

/** A loss that is added up on the device from step to step, and read once per epoch. */
export class LossSum {
  readonly #runtime: TfjsRuntime;
  #sum: Scalar;

  constructor(runtime: TfjsRuntime) {
    this.#runtime = runtime;
    this.#sum = runtime.tf.scalar(0);
  }

  /** `loss` stays the caller's. */
  add(loss: Scalar): void {
    const sum = this.#runtime.tf.add(this.#sum, loss) as Scalar;
    this.#sum.dispose();
    this.#sum = sum;
  }

  /** What was added since the last call. */
  async take(): Promise<number> {
    const sum = this.#sum;
    this.#runtime.activate();
    this.#sum = this.#runtime.tf.scalar(0);
    try {
      const [loss] = await this.#runtime.read(sum);
      return loss;
    } finally {
      sum.dispose();
    }
  }

  destroy(): void {
    this.#sum.dispose();
  }
}
