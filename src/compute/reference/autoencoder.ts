import {
  type Autoencoder,
  type AutoencoderProblem,
  type AutoencoderState,
  type AutoencoderWeights,
  adamScales,
  BETA1,
  BETA2,
  batchOrder,
  checkAutoencoder,
  dealItems,
  EPSILON,
} from '../autoencoder.ts';
import { copyCsr } from '../check.ts';

type Inputs = Pick<AutoencoderProblem, 'byItem' | 'inputScale' | 'inputShift' | 'hidden'>;

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** ½ Σ e² of some things, its gradient, and how often each customer occurs. Exported for the test by finite differences. */
export function autoencoderGradient(
  { byItem, inputScale, inputShift, hidden }: Inputs,
  { encoder, decoder, userBias, hiddenBias }: AutoencoderWeights,
  items: Uint32Array,
): {
  readonly squares: number;
  readonly gradient: Record<keyof AutoencoderWeights, Float64Array>;
  readonly met: Uint32Array;
} {
  const users = byItem.columns;
  const gradient = {
    encoder: new Float64Array(users * hidden),
    decoder: new Float64Array(users * hidden),
    userBias: new Float64Array(users),
    hiddenBias: new Float64Array(hidden),
  };
  const met = new Uint32Array(users);
  let squares = 0;
  for (const item of items) {
    const from = byItem.pointers[item];
    const to = byItem.pointers[item + 1];
    const z = encode({ byItem, inputScale, inputShift, hidden }, item, { encoder, hiddenBias });
    // how each error answers to its own z, entry by entry, and all of them together
    const slopes = new Float64Array((to - from) * hidden);
    const sum = new Float64Array(hidden);
    for (let e = from; e < to; e++) {
      const user = byItem.indices[e];
      const x = inputScale[item] * (byItem.values[e] + inputShift);
      const row = user * hidden;
      const h = z.map((whole, f) => sigmoid(whole - x * encoder[row + f]));
      let error = userBias[user] - byItem.values[e];
      for (let f = 0; f < hidden; f++) error += decoder[row + f] * h[f];
      squares += error * error;
      met[user]++;
      gradient.userBias[user] += error;
      for (let f = 0; f < hidden; f++) {
        gradient.decoder[row + f] += error * h[f];
        const slope = error * decoder[row + f] * h[f] * (1 - h[f]);
        slopes[(e - from) * hidden + f] = slope;
        sum[f] += slope;
      }
    }
    for (let f = 0; f < hidden; f++) gradient.hiddenBias[f] += sum[f];
    // every rating went into the codes of all the others of its thing
    for (let e = from; e < to; e++) {
      const x = inputScale[item] * (byItem.values[e] + inputShift);
      const row = byItem.indices[e] * hidden;
      for (let f = 0; f < hidden; f++) gradient.encoder[row + f] += x * (sum[f] - slopes[(e - from) * hidden + f]);
    }
  }
  return { squares, gradient, met };
}

function encode(
  { byItem, inputScale, inputShift, hidden }: Inputs,
  item: number,
  { encoder, hiddenBias }: Pick<AutoencoderWeights, 'encoder' | 'hiddenBias'>,
): Float64Array {
  const z = Float64Array.from(hiddenBias);
  for (let e = byItem.pointers[item]; e < byItem.pointers[item + 1]; e++) {
    const x = inputScale[item] * (byItem.values[e] + inputShift);
    for (let f = 0; f < hidden; f++) z[f] += x * encoder[byItem.indices[e] * hidden + f];
  }
  return z;
}

const copyWeights = (weights: AutoencoderWeights): AutoencoderWeights => ({
  encoder: weights.encoder.slice(),
  decoder: weights.decoder.slice(),
  userBias: weights.userBias.slice(),
  hiddenBias: weights.hiddenBias.slice(),
});

const copyState = ({ weights, first, second }: AutoencoderState): AutoencoderState => ({
  weights: copyWeights(weights),
  first: copyWeights(first),
  second: copyWeights(second),
});

/** The autoencoder in plain loops; ../autoencoder.ts says what it computes. Throws RangeError on wrong shapes. */
export function autoencoder(problem: AutoencoderProblem): Autoencoder {
  checkAutoencoder(problem);
  const { hidden, batchSize, learningRate, decay, seed, inputShift } = problem;
  const byItem = copyCsr(problem.byItem);
  const inputs: Inputs = { byItem, inputScale: problem.inputScale.slice(), inputShift, hidden };
  const regs = { encoder: problem.encoderReg.slice(), decoder: problem.decoderReg.slice() };
  const users = byItem.columns;
  const total = new Uint32Array(users);
  for (const user of byItem.indices) total[user]++;
  const dealt = dealItems(byItem.rows, seed);
  const batches = Math.ceil(dealt.length / batchSize);
  const state = copyState(problem.initial);
  let epoch = problem.epoch;

  const step = (items: Uint32Array, count: number, rate: number): number => {
    const { squares, gradient, met } = autoencoderGradient(inputs, state.weights, items);
    const { scale, correction } = adamScales(count, rate);
    const descend = (name: keyof AutoencoderWeights, at: number, slope: number) => {
      const { weights, first, second } = state;
      first[name][at] = BETA1 * first[name][at] + (1 - BETA1) * slope;
      second[name][at] = BETA2 * second[name][at] + (1 - BETA2) * slope * slope;
      weights[name][at] -= (scale * first[name][at]) / (Math.sqrt(second[name][at] * correction) + EPSILON);
    };
    for (let user = 0; user < users; user++) {
      if (met[user] === 0) continue;
      const share = met[user] / total[user];
      descend('userBias', user, gradient.userBias[user]);
      for (const name of ['encoder', 'decoder'] as const) {
        for (let at = user * hidden; at < (user + 1) * hidden; at++) {
          descend(name, at, gradient[name][at] + share * regs[name][user] * state.weights[name][at]);
        }
      }
    }
    for (let f = 0; f < hidden; f++) descend('hiddenBias', f, gradient.hiddenBias[f]);
    return squares;
  };

  return {
    async epoch() {
      let squares = 0;
      let count = epoch * batches;
      for (const batch of batchOrder(batches, seed, epoch)) {
        const items = dealt.subarray(batch * batchSize, (batch + 1) * batchSize);
        squares += step(items, ++count, learningRate * decay ** epoch);
      }
      epoch++;
      return { loss: byItem.indices.length === 0 ? 0 : squares / byItem.indices.length };
    },
    async codes() {
      const codes = new Float32Array(byItem.rows * hidden);
      for (let item = 0; item < byItem.rows; item++) {
        codes.set(encode(inputs, item, state.weights).map(sigmoid), item * hidden);
      }
      return codes;
    },
    state: async () => copyState(state),
    destroy() {},
  };
}
