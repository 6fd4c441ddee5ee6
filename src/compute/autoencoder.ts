/**
 * The item-based autoencoder of AutoRec (Sedhain et al. 2015) as a device operation: sparse × dense to
 * encode, sampled dense·dense to decode, their gradients and Adam. What is here is the contract and what
 * all four devices share; `reference/autoencoder.ts` is the oracle.
 *
 * For thing i with targets y_iu of the customers who rated it, x_iu = inputScale_i · (y_iu + inputShift):
 *
 *   z_i  = c + Σ_u x_iu V_u                    the code before its curve
 *   h_iu = σ(z_i − x_iu V_u)                   the code as the other ratings alone would have it
 *   ŷ_iu = b_u + W_u · h_iu,  e_iu = ŷ_iu − y_iu
 *
 * minimizing ½ Σ e² + ½ Σ_u (encoderReg_u ‖V_u‖² + decoderReg_u ‖W_u‖²). The paper decodes from the whole
 * code, which has seen the very rating it is to guess; leaving it out is what the model is asked to do
 * later, and was worth 0.003 RMSE on validation parts of both MovieLens sets.
 *
 * One epoch goes over batches of things in a seeded order. In a batch every customer it touches takes one
 * step of Adam on V_u, W_u and b_u, their regularization counted by the share of their ratings that are in
 * the batch; customers it does not touch stay as they are, moments included. c takes one step a batch.
 */
import { createRandom } from '../base/random.ts';
import type { Csr } from '../base/sparse.ts';

/** The trained numbers. `encoder` and `decoder` are users × hidden, row-major. */
export interface AutoencoderWeights {
  readonly encoder: Float32Array;
  readonly decoder: Float32Array;
  readonly userBias: Float32Array;
  readonly hiddenBias: Float32Array;
}

/** Weights and Adam's two moments of each: all that is needed to go on. */
export interface AutoencoderState {
  readonly weights: AutoencoderWeights;
  readonly first: AutoencoderWeights;
  readonly second: AutoencoderWeights;
}

export interface AutoencoderProblem {
  /** Targets y, things × customers. */
  readonly byItem: Csr;
  /** One factor a thing. */
  readonly inputScale: Float32Array;
  /** Above 0 it lets who rated a thing speak, whatever they thought of it. */
  readonly inputShift: number;
  /** Width of the hidden layer, a multiple of 4. */
  readonly hidden: number;
  /** One weight a customer. */
  readonly encoderReg: Float32Array;
  readonly decoderReg: Float32Array;
  /** Things in a batch. */
  readonly batchSize: number;
  /** The step of epoch e (from 0) is learningRate · decay^e. */
  readonly learningRate: number;
  readonly decay: number;
  /** Deals things to batches and orders the batches of every epoch. */
  readonly seed: number;
  /** Epochs `initial` has behind it: 0 for a fresh start. */
  readonly epoch: number;
  readonly initial: AutoencoderState;
}

export interface Autoencoder {
  /** One epoch. `loss` is the mean of e² as it was met on the way. */
  epoch(): Promise<{ readonly loss: number }>;
  /** σ(z_i) of every thing, items × hidden: what ŷ of a customer who has not rated it is decoded from. */
  codes(): Promise<Float32Array>;
  /** A copy of everything trained. */
  state(): Promise<AutoencoderState>;
  destroy(): void;
}

export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-8;

/** x ← x − scale · m / (√(v · correction) + ε): Adam's bias corrections in two numbers, for step 1, 2, … */
export function adamScales(
  step: number,
  learningRate: number,
): { readonly scale: number; readonly correction: number } {
  return { scale: learningRate / (1 - BETA1 ** step), correction: 1 / (1 - BETA2 ** step) };
}

export const WEIGHT_NAMES = ['encoder', 'decoder', 'userBias', 'hiddenBias'] as const;

/** Zeros in the shape of weights: the moments before the first step. */
export function zeroWeights(users: number, hidden: number): AutoencoderWeights {
  return {
    encoder: new Float32Array(users * hidden),
    decoder: new Float32Array(users * hidden),
    userBias: new Float32Array(users),
    hiddenBias: new Float32Array(hidden),
  };
}

/** The things in the order they are dealt to batches: batch b holds places b · batchSize … of it. */
export function dealItems(items: number, seed: number): Uint32Array {
  return createRandom(seed).shuffle(Uint32Array.from({ length: items }, (_, item) => item));
}

/** The order of the batches in an epoch (from 0); every epoch has a stream of its own. */
export function batchOrder(batches: number, seed: number, epoch: number): Uint32Array {
  const random = createRandom(Math.imul(seed ^ Math.imul(epoch + 1, 0x9e3779b1), 0x85ebca6b));
  return random.shuffle(Uint32Array.from({ length: batches }, (_, batch) => batch));
}

/** Throws RangeError unless every array has the length its neighbours ask for. */
export function checkAutoencoder(problem: AutoencoderProblem): void {
  const { byItem, hidden, batchSize, initial } = problem;
  if (!Number.isInteger(hidden) || hidden < 4 || hidden % 4 !== 0) throw new RangeError(`hidden ${hidden}`);
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new RangeError(`batchSize ${batchSize}`);
  const expect = (name: string, found: ArrayLike<number>, length: number) => {
    if (found.length !== length) throw new RangeError(`${name} has length ${found.length}, expected ${length}`);
  };
  const { rows: items, columns: users, pointers, indices, values } = byItem;
  expect('byItem.pointers', pointers, items + 1);
  expect('byItem.values', values, indices.length);
  if (pointers[items] !== indices.length) throw new RangeError(`byItem.pointers end at ${pointers[items]}`);
  expect('inputScale', problem.inputScale, items);
  expect('encoderReg', problem.encoderReg, users);
  expect('decoderReg', problem.decoderReg, users);
  const sizes = { encoder: users * hidden, decoder: users * hidden, userBias: users, hiddenBias: hidden };
  for (const part of ['weights', 'first', 'second'] as const) {
    for (const name of WEIGHT_NAMES) expect(`${part}.${name}`, initial[part][name], sizes[name]);
  }
}
