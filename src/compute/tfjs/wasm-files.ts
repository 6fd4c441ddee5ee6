import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';

/**
 * Where the build keeps the compiled kernels. Addresses may be relative to the page or to this
 * module; made absolute here so that they mean the same inside a worker and under a sub-path.
 */
const absolute = (address: string) => new URL(address, import.meta.url).href;

export const wasmFiles = {
  'tfjs-backend-wasm.wasm': absolute(plain),
  'tfjs-backend-wasm-simd.wasm': absolute(simd),
  // Never fetched (threads are off), but tfjs insists on an entry.
  'tfjs-backend-wasm-threaded-simd.wasm': absolute(simd),
};
