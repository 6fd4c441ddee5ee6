import type { ComputeDevice } from '../device.ts';
import { autoencoder } from './autoencoder.ts';
import { dots } from './dots.ts';
import { explicitDescent } from './explicit-descent.ts';
import { holdMatrix } from './held-matrix.ts';
import { implicitDescent } from './implicit-descent.ts';
import { invert } from './inverse.ts';
import { rowProducts } from './row-products.ts';
import { sampledDescent } from './sampled-descent.ts';
import { stochasticDescent } from './stochastic-descent.ts';
import { topK } from './top-k.ts';

/**
 * The reference device: the formulas of `../device.ts` written down as plainly as possible. It is slow
 * and it is the measure of every other device. Factors are stored in 32 bits, sums kept in 64.
 */
export function createReferenceDevice(): ComputeDevice {
  return {
    info: { kind: 'reference', adapter: '', software: false, threads: 1, simd: false },
    // plain loops cannot go away
    lost: new Promise(() => {}),
    explicitDescent: async (problem) => explicitDescent(problem),
    stochasticDescent: async (problem) => stochasticDescent(problem),
    sampledDescent: async (problem) => sampledDescent(problem),
    implicitDescent: async (problem) => implicitDescent(problem),
    autoencoder: async (problem) => autoencoder(problem),
    topK,
    dots: async (a, b, factors) => dots(a, b, factors),
    rowProducts,
    holdMatrix: async (request) => holdMatrix(request),
    invert,
    destroy() {},
  };
}
