/** What every kind of fit takes of a device's memory. Only tests import this file. */
import { expect } from 'vitest';
import { autoencoderProblem } from './autoencoder-parity.ts';
import type { ComputeDevice } from './device.ts';
import { even, explicitProblem, implicitProblem, sampledProblem, stochasticProblem } from './parity-problems.ts';

type Session = { destroy(): void } | undefined;

export interface MemoryCase {
  readonly name: string;
  /** What the operation's own file promises, bytes for each rating. */
  readonly promised: { readonly wasm: number; readonly webgpu: number };
  /** 32-bit numbers of both sides that no rating adds to. */
  readonly rowNumbers: number;
  /** Starts a fit on so many ratings. */
  start(device: ComputeDevice, ratings: number): Promise<Session>;
}

const [USERS, ITEMS, FACTORS] = [1200, 900, 8];
/** Whatever the fit: on the project's page. */
const MOST_PER_RATING = 40;
/** Ratings of the smaller of two fits that differ in nothing else, and of the larger one. */
const [FEW, MANY] = [120_000, 240_000];

const shape = (ratings: number) => even(USERS, ITEMS, ratings / USERS);
const factorRows = { rowNumbers: (USERS + ITEMS) * FACTORS };

export const MEMORY_CASES: readonly MemoryCase[] = [
  {
    name: 'explicit',
    promised: { wasm: 16, webgpu: 20 },
    ...factorRows,
    start: (device, ratings) => device.explicitDescent(explicitProblem(shape(ratings), FACTORS)),
  },
  {
    name: 'sampled',
    promised: { wasm: 16, webgpu: 20 },
    ...factorRows,
    start: async (device, ratings) => device.sampledDescent?.(sampledProblem(shape(ratings), FACTORS)),
  },
  {
    name: 'stochastic',
    promised: { wasm: 12, webgpu: 12 },
    ...factorRows,
    start: async (device, ratings) => device.stochasticDescent?.(stochasticProblem(shape(ratings), FACTORS)),
  },
  {
    name: 'implicit',
    promised: { wasm: 16, webgpu: 20 },
    ...factorRows,
    start: (device, ratings) => device.implicitDescent(implicitProblem(shape(ratings), FACTORS)),
  },
  {
    name: 'autoencoder',
    promised: { wasm: 20, webgpu: 28 },
    // two matrices and both moments of each
    rowNumbers: 6 * USERS * FACTORS,
    start: (device, ratings) =>
      device.autoencoder(
        autoencoderProblem({ items: 600, users: USERS, hidden: FACTORS, batchSize: 300, length: () => ratings / 600 }),
      ),
  },
];

/** `bytesOf` says what was taken while a fit was started. Two fits that differ in ratings alone show what a rating takes. */
export async function expectMemory(
  { promised, rowNumbers, start }: MemoryCase,
  device: ComputeDevice,
  bytesOf: (starting: () => Promise<void>) => Promise<number>,
): Promise<void> {
  const { kind } = device.info;
  if (kind !== 'wasm' && kind !== 'webgpu') throw new TypeError(`no promise for ${kind}`);
  const taken = (ratings: number) =>
    bytesOf(async () => {
      const session = await start(device, ratings);
      expect(session).toBeDefined();
      session?.destroy();
    });
  const [few, many] = [await taken(FEW), await taken(MANY)];
  const perRating = (many - few) / (MANY - FEW);
  // Chunk lists and scratch grow a little with the ratings too.
  expect(perRating).toBeGreaterThan(promised[kind] - 0.5);
  expect(perRating).toBeLessThan(promised[kind] + 0.5);
  expect((many - 4 * rowNumbers) / MANY).toBeLessThanOrEqual(MOST_PER_RATING);
}
