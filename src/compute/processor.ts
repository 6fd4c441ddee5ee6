import type { ComputeDevice } from './device.ts';
import { createReferenceDevice } from './reference/device.ts';

/** The operations that GPU devices leave to the processor beside them. */
export interface Processor extends Pick<ComputeDevice, 'holdMatrix' | 'invert'> {
  /** Ends the device behind it, where one was opened. May be called twice. */
  destroy(): void;
}

async function open(): Promise<ComputeDevice> {
  try {
    return await (await import('./wasm/device.ts')).createWasmDevice();
  } catch {
    // no SIMD, or kernels that cannot be fetched: slow is better than not at all
    return createReferenceDevice();
  }
}

/**
 * What computes held matrices and inverses for a GPU device: WebAssembly on as many threads as the page may use, plain
 * loops where that is missing. The GPU devices have no kernels for the two, and get none before one can be measured on
 * a GPU: an inverse is a chain of small steps, each of which waits for the one before, and may well be slower there.
 * Opened by the first call; its code and its kernels were fetched when devices were looked for (`detect.ts`).
 * Nothing of it goes away with the GPU.
 */
export function createProcessor(): Processor {
  let opening: Promise<ComputeDevice> | null = null;
  let destroyed = false;
  const device = (): Promise<ComputeDevice> => {
    if (destroyed) throw new TypeError('device used after destroy()');
    opening ??= open();
    return opening;
  };
  return {
    holdMatrix: async (request) => (await device()).holdMatrix(request),
    invert: async (request) => (await device()).invert(request),
    destroy() {
      destroyed = true;
      opening?.then((opened) => opened.destroy());
    },
  };
}
