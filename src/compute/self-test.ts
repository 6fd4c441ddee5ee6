import { yieldToEvents } from '../base/progress.ts';
import { type ComputeDevice, TOLERANCE } from './device.ts';
import { smallCases } from './parity-cases.ts';
import { even, explicitProblem } from './parity-problems.ts';
import { createReferenceDevice } from './reference/device.ts';

export interface SelfTestResult {
  readonly passed: boolean;
  /** The worst difference from the reference; Infinity for NaN, wrong keys and operations that failed. */
  readonly worst: number;
  /** Multiply–adds per second in a small sweep; 0 where the test was not passed. */
  readonly speed: number;
}

/** Per entry, factor and side of a sweep: the residual, its update, and two sums. */
const WORK_PER_ENTRY = 4;
const SPEED_FACTORS = 16;
const SPEED_SHAPE = even(600, 400, 40);
const SPEED_SWEEPS = 3;

async function measureSpeed(device: ComputeDevice): Promise<number> {
  const problem = explicitProblem(SPEED_SHAPE, SPEED_FACTORS);
  const descent = await device.explicitDescent(problem);
  try {
    // the first sweep compiles
    await descent.sweep();
    const start = performance.now();
    for (let sweep = 0; sweep < SPEED_SWEEPS; sweep++) await descent.sweep();
    const seconds = Math.max(1e-6, (performance.now() - start) / 1000);
    return (SPEED_SWEEPS * 2 * WORK_PER_ENTRY * problem.byUser.indices.length * SPEED_FACTORS) / seconds;
  } finally {
    descent.destroy();
  }
}

/**
 * Whether a device computes what the reference device computes, on a small problem of each operation,
 * and how fast. Never rejects: an operation that fails is a test not passed. Some drivers return zeros
 * or garbage without an error, so no device is used before this. One that reads in 16 bits is tested in 32: it is the
 * hardware that is asked about, and rounding that somebody chose is no fault of it.
 */
export async function selfTest(device: ComputeDevice): Promise<SelfTestResult> {
  const reference = createReferenceDevice();
  const halfReads = device.info.halfReads ?? false;
  let worst = 0;
  device.setHalfReads?.(false);
  try {
    for (const { difference } of smallCases()) {
      worst = Math.max(worst, await difference(device, reference));
      await yieldToEvents();
    }
    const passed = worst <= TOLERANCE.kernel;
    return { passed, worst, speed: passed ? await measureSpeed(device) : 0 };
  } catch {
    return { passed: false, worst: Number.POSITIVE_INFINITY, speed: 0 };
  } finally {
    device.setHalfReads?.(halfReads);
    reference.destroy();
  }
}
