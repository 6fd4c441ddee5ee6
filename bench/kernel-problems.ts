/** The problems and the line-up that the scripts of the kernels share. */
import type { Page } from 'playwright';
import type { RatingsPlan } from './generate-ratings.ts';
import type { Lane, Timing, TimingRequest } from './kernel-page/requests.ts';

export const SEED = 1;
/** Customers and products of MovieLens 1M. */
export const ML_1M: RatingsPlan = { ratings: 1_000_209, customers: 6040, products: 3706, seed: SEED };
/** For a rehearsal. */
export const TINY: RatingsPlan = { ratings: 30_000, customers: 400, products: 500, seed: SEED };
export const FACTORS = 32;
export const ROUNDS = 5;

export const PROCESSOR: readonly Lane[] = [
  { device: 'wasm', threads: 1 },
  { device: 'wasm', threads: 2 },
];

export function timeOn(page: Page, request: TimingRequest): Promise<Timing[]> {
  return page.evaluate((asked) => window.kernelBench.time(asked), request);
}
