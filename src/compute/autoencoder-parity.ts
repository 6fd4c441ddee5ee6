/** Seeded autoencoders, and how far two devices are apart on them. Used by the self-test at run time and by tests. */
import { createRandom } from '../base/random.ts';
import { type Csr, csrFromPairs } from '../base/sparse.ts';
import { type AutoencoderProblem, type AutoencoderState, WEIGHT_NAMES, zeroWeights } from './autoencoder.ts';
import type { ComputeDevice } from './device.ts';
import { apart, worse } from './parity-difference.ts';

/** What is drawn at random in it follows from its numbers. */
export interface AutoencoderSize {
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

function randomItems({ items, users, length }: AutoencoderSize, seed: number): Csr {
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

export function autoencoderProblem(size: AutoencoderSize): AutoencoderProblem {
  const { items, users, hidden, batchSize } = size;
  const random = createRandom(items + hidden);
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
        encoder: random.normals(users * hidden, 0.2),
        decoder: random.normals(users * hidden, 0.2),
        userBias: random.normals(users, 0.2),
        hiddenBias: random.normals(hidden, 0.2),
      },
      first: zeroWeights(users, hidden),
      second: zeroWeights(users, hidden),
    },
  };
}

export const AUTOENCODER_EPOCHS = 3;

/** Everything a few epochs leave, side by side. */
export async function runAutoencoder(device: ComputeDevice, problem: AutoencoderProblem, epochs: number) {
  const session = await device.autoencoder(problem);
  try {
    const losses: number[] = [];
    for (let epoch = 0; epoch < epochs; epoch++) losses.push((await session.epoch()).loss);
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

/** The worst difference from the reference after a few epochs, in losses, codes, weights and moments. */
export async function autoencoderDifference(
  device: ComputeDevice,
  reference: ComputeDevice,
  problem: AutoencoderProblem,
  epochs = AUTOENCODER_EPOCHS,
): Promise<number> {
  const [found, wanted] = [
    await runAutoencoder(device, problem, epochs),
    await runAutoencoder(reference, problem, epochs),
  ];
  const states = statesOf(wanted.state).map(([name, values], at) => {
    const [foundName, foundValues] = statesOf(found.state)[at];
    return foundName === name ? apart(foundValues, values) : Number.POSITIVE_INFINITY;
  });
  return [apart(found.losses, wanted.losses), apart(found.codes, wanted.codes), ...states].reduce(worse);
}
