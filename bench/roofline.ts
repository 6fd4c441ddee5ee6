/**
 * How far the solvers are from what the machine can do: `npx tsx bench/roofline.ts [--small]`. Prints one JSON
 * object last: copies per second over buffers of three sizes, multiply–adds per second, and rounds of the solvers
 * on a made-up problem of MovieLens 1M's shape, all in one browser, on one thread and on two.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import asc from 'assemblyscript/asc';
import type { Page } from 'playwright';
import { withKernelPage } from './kernel-browser.ts';
import type { RoofKernel } from './kernel-page/requests.ts';
import { FACTORS, ML_1M, PROCESSOR, ROUNDS, TINY, timeOn } from './kernel-problems.ts';

/** Bytes of one of the two buffers: for the nearest cache, for the second, and far beyond the last. */
const COPIES = [12 << 10, 192 << 10, 256 << 20] as const;
const SMALL_COPIES = [12 << 10, 1 << 20] as const;
const MILLISECONDS = 600;
/** A roof is the best that was seen: anything else that ran can only lower it. */
const TRIES = 5;

/** What the best of some tries came to, per second. `bytes` is of both buffers; 0 for arithmetic. */
export interface Roof {
  readonly kernel: RoofKernel;
  readonly bytes: number;
  readonly threads: number;
  readonly perSecond: number;
}

const SOURCE = fileURLToPath(new URL('./kernel-page/assembly/kernels.ts', import.meta.url));

async function compile(features: readonly string[]): Promise<number[]> {
  let binary: Uint8Array | null = null;
  const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory'];
  const { error, stderr } = await asc.main(
    [SOURCE, '--outFile', 'out.wasm', ...flags, ...features.flatMap((name) => ['--enable', name])],
    {
      writeFile(name, contents) {
        if (name.endsWith('out.wasm')) binary = contents as Uint8Array;
      },
    },
  );
  if (error || !binary) throw error ?? new Error(stderr.toString());
  return [...(binary as Uint8Array)];
}

async function roofs(page: Page, small: boolean): Promise<Roof[]> {
  const plain = await compile(['simd']);
  const fused = await compile(['simd', 'relaxed-simd']);
  const milliseconds = small ? 50 : MILLISECONDS;
  const found: Roof[] = [];
  const measure = async (kernel: RoofKernel, bytes: number, module: number[]) => {
    for (const threads of [1, 2]) {
      let perSecond = 0;
      for (let attempt = 0; attempt < (small ? 1 : TRIES); attempt++) {
        const rate = await page.evaluate(
          ({ asked, module, threads }) => window.kernelBench.roof(asked, module, threads),
          { asked: { kernel, bytes, milliseconds }, module, threads },
        );
        perSecond = Math.max(perSecond, rate);
      }
      found.push({ kernel, bytes: 2 * bytes, threads, perSecond });
    }
  };
  for (const bytes of small ? SMALL_COPIES : COPIES) {
    await measure('copyMemory', bytes, plain);
    await measure('copyVectors', bytes, plain);
  }
  await measure('multiplyAdd', 0, plain);
  // A browser without relaxed SIMD refuses the module: then there is no such roof.
  await measure('multiplyAdd', 0, fused).catch((refused: Error) => console.log(refused.message));
  return found;
}

const { values } = parseArgs({ options: { small: { type: 'boolean', default: false } } });
const result = await withKernelPage(null, async (page, browser) => ({
  browser,
  roofs: await roofs(page, values.small),
  timings: await timeOn(page, {
    plan: values.small ? TINY : ML_1M,
    factors: FACTORS,
    lanes: PROCESSOR,
    solvers: ['sweep', 'stochastic', 'sampled'],
    rounds: ROUNDS,
  }),
}));
console.log(JSON.stringify(result));
