/** Compiles the AssemblyScript kernels into src/compute/wasm/build/. Filled in by compute/wasm. */
export {};
