/**
 * Compiles the AssemblyScript kernels into src/compute/wasm/build/: with shared memory (threads) and with plain memory
 * for pages that are not cross-origin isolated, each with fused multiply–add (relaxed SIMD) and without. Nothing is
 * done when the sources and the compiler are those of the last build.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const SOURCES = fileURLToPath(new URL('../src/compute/wasm/assembly/', import.meta.url));
const BUILD = fileURLToPath(new URL('../src/compute/wasm/build/', import.meta.url));
const STAMP = `${BUILD}stamp`;

const COMMON = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd'];
/** 65,536 pages of 64 KiB: all that 32-bit addresses reach. */
const SHARED = ['--enable', 'threads', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
const FUSED = ['--enable', 'relaxed-simd'];
const BUILDS: Readonly<Record<string, readonly string[]>> = {
  'kernels.wasm': [],
  'kernels-shared.wasm': SHARED,
  'kernels-fused.wasm': FUSED,
  'kernels-shared-fused.wasm': [...SHARED, ...FUSED],
};

/** A name for exactly this input: the sources, the flags and the compiler. */
function fingerprint(): string {
  const hash = createHash('sha256')
    .update(asc.version)
    .update(JSON.stringify([COMMON, BUILDS]));
  for (const file of readdirSync(SOURCES).sort()) hash.update(file).update(readFileSync(SOURCES + file));
  return hash.digest('hex');
}

async function build(): Promise<void> {
  const wanted = fingerprint();
  const built = Object.keys(BUILDS).every((file) => existsSync(BUILD + file));
  if (built && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  mkdirSync(BUILD, { recursive: true });
  for (const [file, flags] of Object.entries(BUILDS)) {
    // written aside and moved, so that nobody ever reads half a module
    const draft = `${BUILD}${process.pid}.${file}`;
    const result = await asc.main([`${SOURCES}kernels.ts`, '--outFile', draft, ...COMMON, ...flags], {
      stdout: process.stdout,
      stderr: process.stderr,
    });
    if (result.error) throw result.error;
    renameSync(draft, BUILD + file);
  }
  writeFileSync(STAMP, wanted);
}

await build();
