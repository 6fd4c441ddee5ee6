import { describe, expect, it } from 'vitest';
import { adamScales, batchOrder, dealItems } from '../autoencoder.ts';
import { interrupted } from '../autoencoder-cases.testing.ts';
import { autoencoderProblem } from '../autoencoder-parity.ts';
import { autoencoder, autoencoderGradient } from './autoencoder.ts';
import { createReferenceDevice } from './device.ts';

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const small = () =>
  autoencoderProblem({
    items: 6,
    users: 5,
    hidden: 4,
    batchSize: 3,
    length: (item) => (item === 2 ? 0 : 1 + (item % 4)),
  });

/** ½ Σ e² written down once more, straight from the formula: every guess from the thing's other ratings. */
function halfSquares(problem: ReturnType<typeof small>, weights: ReturnType<typeof small>['initial']['weights']) {
  const { byItem, inputScale, inputShift, hidden } = problem;
  let sum = 0;
  for (let item = 0; item < byItem.rows; item++) {
    for (let e = byItem.pointers[item]; e < byItem.pointers[item + 1]; e++) {
      const user = byItem.indices[e];
      let guess = weights.userBias[user];
      for (let f = 0; f < hidden; f++) {
        let z = weights.hiddenBias[f];
        for (let o = byItem.pointers[item]; o < byItem.pointers[item + 1]; o++) {
          if (o === e) continue;
          const x = inputScale[item] * (byItem.values[o] + inputShift);
          z += x * weights.encoder[byItem.indices[o] * hidden + f];
        }
        guess += weights.decoder[user * hidden + f] * sigmoid(z);
      }
      sum += 0.5 * (guess - byItem.values[e]) ** 2;
    }
  }
  return sum;
}

describe('the gradient of the autoencoder', () => {
  it('is what finite differences of the formula say', () => {
    const problem = small();
    const { weights } = problem.initial;
    const all = Uint32Array.from({ length: 6 }, (_, item) => item);
    const { squares, gradient } = autoencoderGradient(problem, weights, all);
    expect(squares / 2).toBeCloseTo(halfSquares(problem, weights), 5);
    let largest = 0;
    for (const name of ['encoder', 'decoder', 'userBias', 'hiddenBias'] as const) {
      for (let at = 0; at < weights[name].length; at++) {
        const moved = (by: number) => {
          // in 64 bits: a difference of 32-bit numbers would be mostly rounding
          const values = Float64Array.from(weights[name]);
          values[at] += by;
          return halfSquares(problem, { ...weights, [name]: values as unknown as Float32Array });
        };
        const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        expect(gradient[name][at]).toBeCloseTo(slope, 5);
        largest = Math.max(largest, Math.abs(slope));
      }
    }
    expect(largest).toBeGreaterThan(0.05);
  });
});

describe('one epoch', () => {
  it('is a step of Adam a batch for whoever the batch touches, worked out by hand', async () => {
    const problem = { ...small(), batchSize: 6 };
    const { weights } = problem.initial;
    const all = Uint32Array.from({ length: 6 }, (_, item) => item);
    const { gradient, met } = autoencoderGradient(problem, weights, all);
    const session = autoencoder(problem);
    await session.epoch();
    const { weights: after } = await session.state();
    const touched = met.findIndex((count) => count > 0);
    // the first step of Adam is learningRate · g / (|g| + ε)
    for (let f = 0; f < 4; f++) {
      const at = touched * 4 + f;
      const slope = gradient.decoder[at] + problem.decoderReg[touched] * weights.decoder[at];
      expect(after.decoder[at] - weights.decoder[at]).toBeCloseTo((-0.01 * slope) / (Math.abs(slope) + 1e-8), 5);
    }
  });

  it('leaves customers without ratings alone, and its inputs', async () => {
    const problem = autoencoderProblem({ items: 4, users: 9, hidden: 4, batchSize: 2, length: () => 1 });
    const before = structuredClone(problem);
    const session = autoencoder(problem);
    await session.epoch();
    expect(problem).toEqual(before);
    const { weights } = await session.state();
    const met = new Set(problem.byItem.indices);
    const alone = Array.from({ length: 9 }, (_, user) => user).filter((user) => !met.has(user));
    expect(alone.length).toBeGreaterThan(3);
    for (const user of alone) {
      expect(weights.encoder.slice(user * 4, user * 4 + 4)).toEqual(
        before.initial.weights.encoder.slice(user * 4, user * 4 + 4),
      );
    }
  });

  it('makes the loss smaller, epoch by epoch', async () => {
    const session = autoencoder({
      ...autoencoderProblem({ items: 40, users: 30, hidden: 8, batchSize: 10, length: () => 12 }),
      decay: 1,
      encoderReg: new Float32Array(30),
      decoderReg: new Float32Array(30),
    });
    const losses: number[] = [];
    for (let epoch = 0; epoch < 40; epoch++) losses.push((await session.epoch()).loss);
    expect(losses[39]).toBeLessThan(0.5 * losses[0]);
  });

  it('continued from a state gives the same bits', async () => {
    const { whole, continued } = await interrupted(createReferenceDevice(), small());
    expect(continued).toEqual(whole);
  });
});

it('things are dealt once each, batches ordered anew every epoch, and a seed decides both', () => {
  expect([...dealItems(9, 4)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(dealItems(90, 4)).toEqual(dealItems(90, 4));
  expect(dealItems(90, 4)).not.toEqual(dealItems(90, 5));
  const orders = [0, 1, 2].map((epoch) => batchOrder(12, 4, epoch).join());
  expect(new Set(orders).size).toBe(3);
});

it('Adam is corrected for its start', () => {
  const { scale, correction } = adamScales(1, 0.01);
  // m = 0.1 g and v = 0.001 g² after one step: x moves by the learning rate
  expect((scale * 0.1) / Math.sqrt(0.001 * correction)).toBeCloseTo(0.01, 9);
});

it('wrong shapes are refused', () => {
  const problem = small();
  expect(() => autoencoder({ ...problem, hidden: 6 })).toThrow(RangeError);
  expect(() => autoencoder({ ...problem, inputScale: new Float32Array(5) })).toThrow(RangeError);
  expect(() =>
    autoencoder({ ...problem, initial: { ...problem.initial, first: problem.initial.weights } }),
  ).not.toThrow();
  expect(() => autoencoder({ ...problem, decoderReg: new Float32Array(1) })).toThrow(RangeError);
});
