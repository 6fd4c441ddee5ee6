import { AppError } from '../../base/error.ts';
import type { TfjsBackend } from './backend.ts';
import { cpuBatchRows, cpuTable } from './embedding-cpu.ts';

/**
 * tfjs on WebAssembly SIMD, one thread. Its threads are left off for good: their worker is made from
 * a function's source text, which minifiers break (then it waits for ever) and which needs a blob URL
 * the content security policy forbids.
 */
export async function startWasm(): Promise<TfjsBackend> {
  const tf = await import('@tensorflow/tfjs-core');
  tf.enableProdMode();
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // Node finds the files beside the package; a page has to be told where its own origin keeps them.
  if (typeof process === 'undefined' || !process.versions?.node) {
    const { wasmFiles } = await import('./wasm-files.ts');
    wasm.setWasmPaths(wasmFiles);
  }
  // While tfjs waits for a backend to start, every operation throws, those of other backends in the middle of a
  // fit included. So it is started here, and handed to tfjs ready.
  const backend = await tf.findBackendFactory('wasm')();
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => backend, 2);
  if (!(await tf.setBackend('wasm'))) throw new AppError('deviceMissing', { device: 'wasm' });
  return {
    tf,
    name: 'wasm',
    lost: new Promise(() => {}),
    table: (values, rows, width) => cpuTable(tf, values, rows, width),
    batchRows: cpuBatchRows,
    destroy() {},
  };
}
