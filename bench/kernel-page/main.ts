/**
 * A page of its own for the kernels: built apart, so that none of it is in the product. The devices are the
 * product's, imported as they are; the problem is made up in the page.
 */
import type { RoofRequest, Timing, TimingRequest } from './requests.ts';

type Reply<T> = { readonly done: T } | { readonly failed: string };

function ask<T>(worker: Worker, request: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Reply<T>>) =>
      'done' in data ? resolve(data.done) : reject(new Error(data.failed));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(request);
  });
}

const timer = new Worker(new URL('./time.worker.ts', import.meta.url), { type: 'module' });

const kernelBench = {
  time: (request: TimingRequest) => ask<Timing[]>(timer, request),
  /** What `threads` threads do together at one kernel, per second. */
  async roof(request: Omit<RoofRequest, 'module'>, module: readonly number[], threads: number): Promise<number> {
    const workers = Array.from(
      { length: threads },
      () => new Worker(new URL('./roof.worker.ts', import.meta.url), { type: 'module' }),
    );
    try {
      const asked = { ...request, module: Uint8Array.from(module) };
      const rates = await Promise.all(workers.map((worker) => ask<number>(worker, asked)));
      return rates.reduce((sum, rate) => sum + rate, 0);
    } finally {
      for (const worker of workers) worker.terminate();
    }
  },
};

declare global {
  interface Window {
    kernelBench: typeof kernelBench;
  }
}

window.kernelBench = kernelBench;
