/**
 * Fetches every piece of code that is otherwise loaded when first needed, so that nothing the engine
 * does once data is in makes a request: the readers of rarer formats, TensorFlow.js with the backends
 * of the device in use and of those that may have to take over.
 */
import type { ComputeDevice, DeviceFinding, DeviceKind } from '../compute/device.ts';
import { openTfjs, type TfjsRuntime } from '../compute/tfjs.ts';

/** The readers that `data/read/open.ts` imports when a file of their kind appears. */
export async function preloadReaders(): Promise<void> {
  await Promise.all([
    import('../data/read/xlsx.ts'),
    import('../data/read/parquet.ts'),
    import('../data/read/json.ts'),
    import('../data/read/jsonl.ts'),
  ]);
}

/** The code of TensorFlow.js for every device a person may yet switch to by hand. */
export async function preloadBackends(findings: readonly DeviceFinding[]): Promise<void> {
  const code: Readonly<Record<DeviceKind, () => Promise<unknown>>> = {
    webgpu: async () => (await import('../compute/tfjs/backend-webgpu.ts')).loadWebGpu(),
    webgl: async () => (await import('../compute/tfjs/backend-webgl.ts')).loadWebGl(),
    // Always open as the spare, and started with it.
    wasm: () => Promise.resolve(),
    reference: async () => (await import('../compute/tfjs/backend-cpu.ts')).loadCpu(),
  };
  await Promise.all(findings.filter(({ state }) => state !== 'missing').map(({ kind }) => code[kind]()));
}

/** TensorFlow.js on every device that was opened, held so that its compiled shaders outlive a single fit. */
const held = new WeakMap<ComputeDevice, Promise<TfjsRuntime | null>>();

/**
 * Starts TensorFlow.js on each device and keeps it: only starting fetches its WebAssembly, and letting
 * go after each fit would compile every shader anew. A device on which it will not start is found out
 * again, and said, when a neural model is trained there.
 */
export async function preloadNeural(devices: readonly ComputeDevice[]): Promise<void> {
  for (const device of devices) {
    const started = held.get(device) ?? openTfjs(device).catch(() => null);
    held.set(device, started);
    await started;
  }
}
