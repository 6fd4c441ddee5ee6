import { expect, it } from 'vitest';
import { openDevice } from './detect.ts';
import { TOLERANCE } from './device.ts';
import { selfTest } from './self-test.ts';
import { openTfjs } from './tfjs.ts';

/** Rounding must leave so much of the tolerance unused: a device that computes rightly is not to be refused. */
const MARGIN = 4;

it.each(['webgpu', 'webgl', 'wasm', 'reference'] as const)(
  '%s passes by far, and TensorFlow.js opens on it',
  async (kind) => {
    const device = await openDevice(kind, { threads: 2 });
    const { passed, worst, speed } = await selfTest(device);
    expect(passed).toBe(true);
    expect(worst).toBeLessThan(TOLERANCE.kernel / MARGIN);
    expect(speed).toBeGreaterThan(0);
    const runtime = await openTfjs(device);
    expect(runtime.kind).toBe(kind);
    runtime.destroy();
    device.destroy();
  },
);
