import { AppError } from '../base/error.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { Checkpoint, FitContext, Fitted, Model } from '../models/recommender.ts';

/** Gives the device that takes over, or rejects when there is none left. `epoch` is the last one kept. */
export type NextDevice = (error: AppError, epoch: number) => Promise<ComputeDevice>;

/**
 * A place to compute that survives the loss of its hardware: a fit that fails with `deviceLost` or
 * `deviceOutOfMemory` goes on from its last checkpoint on the device `next` gives.
 */
export class FitAnywhere {
  #device: ComputeDevice;
  readonly #next: NextDevice | undefined;

  constructor(device: ComputeDevice, next?: NextDevice) {
    this.#device = device;
    this.#next = next;
  }

  /** Where the latest fit ran. */
  get device(): ComputeDevice {
    return this.#device;
  }

  async run<M extends Model>(
    fit: (context: FitContext) => Promise<Fitted<M>>,
    context: Omit<FitContext, 'device'>,
  ): Promise<Fitted<M>> {
    let resumeFrom: Checkpoint | undefined = context.resumeFrom;
    const onCheckpoint = (checkpoint: Checkpoint) => {
      resumeFrom = checkpoint;
      context.onCheckpoint?.(checkpoint);
    };
    for (;;) {
      try {
        return await fit({ ...context, device: this.#device, onCheckpoint, resumeFrom });
      } catch (thrown) {
        const replaceable =
          thrown instanceof AppError && (thrown.code === 'deviceLost' || thrown.code === 'deviceOutOfMemory');
        if (!replaceable || !this.#next) throw thrown;
        this.#device = await this.#next(thrown, resumeFrom?.epoch ?? 0);
      }
    }
  }
}
