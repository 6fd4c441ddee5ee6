/** Autoencoders on which devices are held against the reference. Only tests import this file. */
import { createRandom } from '../base/random.ts';
import { type Csr, csrFromPairs } from '../base/sparse.ts';
import { type AutoencoderProblem, type AutoencoderState, WEIGHT_NAMES, zeroWeights } from './autoencoder.ts';
import type { ComputeDevice } from './device.ts';

export interface AutoencoderCase {
  readonly name: string;
  readonly problem: () => AutoencoderProblem;
}

interface Size {
  readonly items: number;
  readonly users: number;
  readonly hidden: number;
  readonly batchSize: number;
  /**
   * Adam's first step is the sign of the gradient: where thousands of terms cancel, rounding decides it, and the
   * difference between two devices is the learning rate.
   */
  readonly learningRate?: number;
  /** Ratings of thing i. */
  length(item: number): number;
}

function randomItems({ items, users, length }: Size, seed: number): Csr {
  const random = createRandom(seed);
  const everyone = Uint32Array.from({ length: users }, (_, user) => user);
  const pairs = { users: [] as number[], items: [] as number[], values: [] as number[] };
  for (let item = 0; item < items; item++) {
    for (const user of random.shuffle(everyone).subarray(0, length(item))) {
      pairs.users.push(item);
      pairs.items.push(user);
      pairs.values.push(2 * random.next() - 1);
    }
  }
  return csrFromPairs(
    {
      users: Uint32Array.from(pairs.users),
      items: Uint32Array.from(pairs.items),
      values: Float32Array.from(pairs.values),
    },
    items,
    users,
  );
}

export function autoencoderProblem(size: Size): AutoencoderProblem {
  const { items, users, hidden, batchSize } = size;
  const random = createRandom(items + hidden);
  const normals = (length: number, deviation: number) =>
    Float32Array.from({ length }, () => deviation * random.normal());
  const byItem = randomItems(size, 3 + hidden);
  return {
    byItem,
    inputScale: Float32Array.from({ length: items }, () => 0.5 + random.next()),
    inputShift: 0.4,
    hidden,
    encoderReg: Float32Array.from({ length: users }, () => random.next()),
    decoderReg: Float32Array.from({ length: users }, () => 2 * random.next()),
    batchSize,
    learningRate: size.learningRate ?? 0.01,
    decay: 0.5,
    seed: 7,
    epoch: 0,
    initial: {
      weights: {
        encoder: normals(users * hidden, 0.2),
        decoder: normals(users * hidden, 0.2),
        userBias: normals(users, 0.2),
        hiddenBias: normals(hidden, 0.2),
      },
      first: zeroWeights(users, hidden),
      second: zeroWeights(users, hidden),
    },
  };
}

const caseOf = (name: string, size: Size): AutoencoderCase => ({ name, problem: () => autoencoderProblem(size) });

export const AUTOENCODER_CASES: readonly AutoencoderCase[] = [
  caseOf('one batch', { items: 20, users: 30, hidden: 8, batchSize: 32, length: () => 9 }),
  caseOf('several batches, the last one short', {
    items: 50,
    users: 40,
    hidden: 20,
    batchSize: 16,
    length: (item) => 1 + (item % 15),
  }),
  caseOf('one thing of 3,000 and things without ratings', {
    items: 12,
    users: 3100,
    hidden: 12,
    batchSize: 5,
    learningRate: 0.002,
    length: (item) => (item === 3 ? 3000 : item % 4 === 1 ? 0 : 20 + item),
  }),
  caseOf('a wide code', { items: 30, users: 25, hidden: 260, batchSize: 10, length: () => 8 }),
  caseOf('one thing, one customer', { items: 1, users: 1, hidden: 4, batchSize: 4, length: () => 1 }),
  caseOf('no rating at all', { items: 3, users: 2, hidden: 4, batchSize: 2, length: () => 0 }),
  caseOf('nothing', { items: 0, users: 0, hidden: 4, batchSize: 2, length: () => 0 }),
];

const EPOCHS = 3;

/** Everything a few epochs leave, side by side. */
async function run(device: ComputeDevice, problem: AutoencoderProblem) {
  const session = await device.autoencoder(problem);
  try {
    const losses: number[] = [];
    for (let epoch = 0; epoch < EPOCHS; epoch++) losses.push((await session.epoch()).loss);
    return { losses, codes: await session.codes(), state: await session.state() };
  } finally {
    session.destroy();
  }
}

export function statesOf(state: AutoencoderState): [name: string, values: Float32Array][] {
  return (['weights', 'first', 'second'] as const).flatMap((part) =>
    WEIGHT_NAMES.map((name): [string, Float32Array] => [`${part}.${name}`, state[part][name]]),
  );
}

function apart(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let largest = 1;
  let worst = 0;
  for (let at = 0; at < wanted.length; at++) {
    largest = Math.max(largest, Math.abs(wanted[at]));
    const difference = Math.abs(found[at] - wanted[at]);
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }
  return worst / largest;
}

/** The worst difference from the reference after a few epochs, in losses, codes, weights and moments. */
export async function autoencoderDifference(
  device: ComputeDevice,
  reference: ComputeDevice,
  problem: AutoencoderProblem,
): Promise<number> {
  const [found, wanted] = [await run(device, problem), await run(reference, problem)];
  const states = statesOf(wanted.state).map(([name, values], at) => {
    const [foundName, foundValues] = statesOf(found.state)[at];
    return foundName === name ? apart(foundValues, values) : Number.POSITIVE_INFINITY;
  });
  return Math.max(apart(found.losses, wanted.losses), apart(found.codes, wanted.codes), ...states);
}

/** What continuing after one epoch must give: the same bits as never having stopped. */
export async function interrupted(device: ComputeDevice, problem: AutoencoderProblem) {
  const whole = await run(device, problem);
  const begun = await device.autoencoder(problem);
  await begun.epoch();
  const state = await begun.state();
  begun.destroy();
  const rest = await device.autoencoder({ ...problem, epoch: 1, initial: state });
  for (let epoch = 1; epoch < EPOCHS; epoch++) await rest.epoch();
  const continued = { codes: await rest.codes(), state: await rest.state() };
  rest.destroy();
  return { whole: { codes: whole.codes, state: whole.state }, continued };
}
