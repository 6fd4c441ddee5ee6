/**
 * The solvers alone, without the product around them: `npx tsx bench/kernels.ts --what devices|scaling
 * [--gpu system] [--small]`. Prints one JSON object last.
 *
 * `devices`: one round of each solver on every device, in turns, on a made-up problem of MovieLens 1M's shape.
 * `scaling`: wasm alone, over the number of ratings and of factors, on one thread and on two.
 */
import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { planFor } from './generate-ratings.ts';
import { withKernelPage } from './kernel-browser.ts';
import type { Lane, Timing } from './kernel-page/requests.ts';
import { FACTORS, ML_1M, PROCESSOR, ROUNDS, SEED, TINY, timeOn } from './kernel-problems.ts';

/** From here on three rounds say enough: they take seconds, and vary little. */
const LARGE = { ratings: 10_000_000, rounds: 3 } as const;

const EVERYBODY: readonly Lane[] = [
  { device: 'reference', threads: 1 },
  ...PROCESSOR,
  { device: 'webgpu', threads: 1 },
  { device: 'webgl', threads: 1 },
  { device: 'webgpu', threads: 1, halfReads: true },
];

const SIZES = [1e5, 3e5, 1e6, 3e6, 1e7, 2.5e7] as const;
const SMALL_SIZES = [3e4, 1e5] as const;
const WIDTHS = [8, 16, 32, 64, 128] as const;
const WIDTHS_AT = 1e6;

function devices(page: Page, small: boolean): Promise<Timing[]> {
  return timeOn(page, {
    plan: small ? TINY : ML_1M,
    factors: FACTORS,
    lanes: EVERYBODY,
    solvers: ['sweep', 'stochastic', 'sampled'],
    rounds: ROUNDS,
  });
}

async function scaling(page: Page, small: boolean) {
  const solvers = ['sweep', 'stochastic'] as const;
  const lanes = PROCESSOR;
  const overFactors: Timing[] = [];
  for (const factors of WIDTHS) {
    const plan = planFor(small ? SMALL_SIZES[0] : WIDTHS_AT, SEED);
    overFactors.push(...(await timeOn(page, { plan, factors, lanes, solvers, rounds: ROUNDS })));
  }
  const overRatings: Timing[] = [];
  for (const ratings of small ? SMALL_SIZES : SIZES) {
    const rounds = ratings >= LARGE.ratings ? LARGE.rounds : ROUNDS;
    const plan = planFor(ratings, SEED);
    overRatings.push(...(await timeOn(page, { plan, factors: FACTORS, lanes, solvers, rounds })));
  }
  return { overFactors, overRatings };
}

const { values } = parseArgs({
  options: {
    what: { type: 'string', default: 'devices' },
    gpu: { type: 'string', default: 'software' },
    small: { type: 'boolean', default: false },
  },
});
const result = await withKernelPage(values.gpu === 'system' ? 'system' : 'software', async (page, browser) =>
  values.what === 'scaling'
    ? { browser, ...(await scaling(page, values.small)) }
    : { browser, timings: await devices(page, values.small) },
);
console.log(JSON.stringify(result));
