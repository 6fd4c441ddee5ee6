import { AppError, isDeviceFailure, isOutOfMemory } from '../base/error.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { Checkpoint, FitContext, Fitted, Model } from '../models/recommender.ts';

/** Gives the device that takes over from `failed`, or rejects when there is none left. `epoch` is the last one kept. */
export type NextDevice = (error: AppError, failed: ComputeDevice, epoch: number) => Promise<ComputeDevice>;

/** The failure of a device as an AppError, null for anything else. Arrays and heaps that cannot be had count as memory. */
function deviceFailure(thrown: unknown, device: ComputeDevice): AppError | null {
  if (isDeviceFailure(thrown)) return thrown;
  if (!isOutOfMemory(thrown)) return null;
  return new AppError('deviceOutOfMemory', { device: device.info.kind, neededMb: 0 }, { cause: thrown });
}

/**
 * A place to compute that survives the loss of its hardware: a fit that fails with `deviceLost`, `deviceOutOfMemory` or
 * `deviceFailedSelfTest` goes on from its last checkpoint on the device `next` gives. What `next` rejects with is what
 * the fit rejects with; fits after that begin where this one ended.
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
        const failure = deviceFailure(thrown, this.#device);
        if (!failure || !this.#next) throw failure ?? thrown;
        this.#device = await this.#next(failure, this.#device, resumeFrom?.epoch ?? 0);
      }
    }
  }
}
