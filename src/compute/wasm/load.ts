/**
 * The compiled kernels. Four builds of the same source: `shared` for memory that threads share, `plain` for pages
 * that are not cross-origin isolated; of each one that fuses multiplications and additions where the engine knows
 * relaxed SIMD. Loaded once, so that switching to this device later (a lost GPU) needs no request.
 */
import { hasFusedMultiplyAdd } from './support.ts';

const addressOf = {
  plain: () => new URL('./build/kernels.wasm', import.meta.url),
  shared: () => new URL('./build/kernels-shared.wasm', import.meta.url),
  plainFused: () => new URL('./build/kernels-fused.wasm', import.meta.url),
  sharedFused: () => new URL('./build/kernels-shared-fused.wasm', import.meta.url),
};
type ModuleName = keyof typeof addressOf;

const loaded = new Map<ModuleName, Promise<WebAssembly.Module>>();

async function bytesOf(address: URL): Promise<BufferSource> {
  if (address.protocol === 'file:') {
    // Node; asked for this way, the bundler for the browser sees no import
    return Uint8Array.from(process.getBuiltinModule('node:fs').readFileSync(address));
  }
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.pathname}: ${response.status}`);
  return response.arrayBuffer();
}

/**
 * The kernels, compiled, in the fastest build this engine can run (or, for comparison, with `fused` as it says);
 * rejects where `npm run build:wasm` has not run or the file cannot be fetched.
 */
export function loadModule(memory: 'plain' | 'shared', fused = hasFusedMultiplyAdd()): Promise<WebAssembly.Module> {
  const name: ModuleName = fused ? `${memory}Fused` : memory;
  let promise = loaded.get(name);
  if (!promise) {
    promise = bytesOf(addressOf[name]()).then((bytes) => WebAssembly.compile(bytes));
    promise.catch(() => loaded.delete(name));
    loaded.set(name, promise);
  }
  return promise;
}
