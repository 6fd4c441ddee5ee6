/** A module of one function that splats a byte over a vector: valid only where SIMD is. */
const SIMD_MODULE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** True where WebAssembly knows 128-bit vectors. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_MODULE);
}

/** A module of one function that is nothing but `f32x4.relaxed_madd`. */
const RELAXED_SIMD_MODULE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
);

/** True where WebAssembly can multiply and add at once (relaxed SIMD; whether it rounds once or twice is the processor's). */
export function hasFusedMultiplyAdd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(RELAXED_SIMD_MODULE);
}

/** True where memory can be shared with workers: a cross-origin isolated page. Node has workers of another kind. */
export function hasThreads(): boolean {
  return (
    typeof Worker === 'function' && typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated === true
  );
}

/** More threads than this bring nothing: the factors then no longer fit the shared cache. */
const MOST_THREADS = 16;

/** How many threads compute where nobody says: one core is left to the page where there are more than two. */
export function defaultThreads(cores = globalThis.navigator?.hardwareConcurrency ?? 1): number {
  return Math.min(MOST_THREADS, Math.max(1, cores > 2 ? cores - 1 : cores));
}
