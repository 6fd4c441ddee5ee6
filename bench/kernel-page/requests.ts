/** What the page of the kernels is asked, and what it answers: plain values, they cross `postMessage`. */
import type { DeviceKind } from '../../src/compute/device.ts';
import type { RatingsPlan } from '../generate-ratings.ts';

/** The descent that solves, the one that steps, the one that samples; one round of each visits every rating. */
export const SOLVERS = ['sweep', 'stochastic', 'sampled'] as const;
export type Solver = (typeof SOLVERS)[number];

/** Somebody who takes part in a comparison. */
export interface Lane {
  readonly device: DeviceKind;
  /** Compute threads; only wasm has several. */
  readonly threads: number;
  /** Sweeps read factors in 16 bits; webgpu alone can. */
  readonly halfReads?: boolean;
}

export interface TimingRequest {
  readonly plan: RatingsPlan;
  readonly factors: number;
  readonly lanes: readonly Lane[];
  readonly solvers: readonly Solver[];
  /** Timed rounds, after one that is not. */
  readonly rounds: number;
}

export interface Timing extends Lane {
  readonly solver: Solver;
  readonly factors: number;
  readonly ratings: number;
  readonly adapter: string;
  /** One per round, in ms. Round r of every lane was run right after round r of the lane before. Empty where the device lacks the solver. */
  readonly ms: readonly number[];
  /** Mean squared error on the ratings after the last round: the same for every lane, up to rounding. */
  readonly loss: number | null;
  /** Why there is nothing, '' where there is. */
  readonly missing: string;
}

/** One thread works at one kernel of assembly/ for a while. */
export interface RoofRequest {
  readonly module: Uint8Array;
  readonly kernel: RoofKernel;
  /** Copies: bytes of either buffer. */
  readonly bytes: number;
  readonly milliseconds: number;
}

export const ROOF_KERNELS = ['copyMemory', 'copyVectors', 'multiplyAdd'] as const;
export type RoofKernel = (typeof ROOF_KERNELS)[number];
