/** A training step that throws leaves no tensor behind, wherever it throws: on a processor nobody would free it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { hostOf } from '../compute/tfjs/hosts.testing.ts';
import { openTfjs, type TfjsRuntime } from '../compute/tfjs.ts';
import { randomChoices } from './choices.testing.ts';
import { chosenPairs } from './chosen-pairs.ts';
import { networkSession } from './network-session.ts';
import { NeuMfNetwork } from './neumf-network.ts';
import { initialWeights } from './neumf-weights.ts';
import type { FitContext } from './recommender.ts';
import { choosersOf, vaeBatches } from './vae-batches.ts';
import { VaeNetwork } from './vae-network.ts';
import { livelyVae } from './vae-plain.testing.ts';

/** Of TensorFlow.js these compute nothing of their own. */
const NOT_COMPUTING = ['engine', 'tidy', 'keep', 'dispose', 'memory', 'customGrad', 'valueAndGrads', 'getBackend'];

/** Counts calls, and makes one of them fail. */
class Fault {
  calls = 0;
  at = Number.POSITIVE_INFINITY;

  readonly pass = (): void => {
    if (++this.calls === this.at) throw new AppError('deviceOutOfMemory', { device: 'wasm', neededMb: 0 });
  };
}

/** The runtime with every operation, reading back and table update passing by `fault`. */
function faulty(runtime: TfjsRuntime, fault: Fault): TfjsRuntime {
  const counted = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(from, name) {
        const member = Reflect.get(from, name);
        if (typeof name === 'symbol' || NOT_COMPUTING.includes(name)) return member;
        if (name === 'fused') return counted(member as object);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) => {
          fault.pass();
          return member.apply(from, given);
        };
      },
    });
  return {
    ...runtime,
    tf: counted({ ...runtime.tf }),
    async read(tensor) {
      fault.pass();
      return runtime.read(tensor);
    },
    table(values, rows, width) {
      const table = runtime.table(values, rows, width);
      return {
        ...table,
        gather(batch) {
          fault.pass();
          return table.gather(batch);
        },
        async update(...given) {
          fault.pass();
          await table.update(...given);
        },
      };
    },
    destroy: () => undefined,
  };
}

const chosen = chosenPairs(randomChoices(11, 9, 5));
const batchOf = (latent: number) => {
  const options = { batchCustomers: 8, dropout: 0.5, latent, seed: 7 };
  return [...vaeBatches(chosen, choosersOf(chosen), options, 1)][1];
};
const neumfShape = { users: 4, items: 5, embedding: 4 };
const NEUMF = {
  epochs: 1,
  patience: 1,
  batchSize: 6,
  embedding: 4,
  learningRate: 0.01,
  decay: 1,
  productRegularization: 0.1,
  towerRegularization: 0.1,
  biasRegularization: 0.1,
  initialScale: 0.5,
  negatives: 4,
  seed: 1,
};
/** The last entry is padding. */
const EXAMPLES = {
  users: Int32Array.of(0, 1, 2, 3, 1, 0),
  items: Int32Array.of(4, 3, 2, 1, 0, 0),
  targets: Float32Array.of(1, 0, 1, 1, 0, 0),
  count: 5,
};

const neumf = (head: 'taste' | 'choice') => (runtime: TfjsRuntime) => {
  const network = new NeuMfNetwork(runtime, head, neumfShape, NEUMF, initialWeights(neumfShape, 0.5, 1));
  return Object.assign(network, { step: () => network.train(EXAMPLES, 1, 0.01) });
};
const listAutoencoder = (latent: number) => (runtime: TfjsRuntime) => {
  const shape = { products: 9, hidden: 4, latent };
  const network = new VaeNetwork(runtime, shape, 8, livelyVae(shape, 4));
  const step = { count: 1, learningRate: 0.05, weightDecay: 0.4, kl: 0.3 };
  return Object.assign(network, { step: () => network.train(batchOf(latent), step) });
};
const NETWORKS = [
  ['NeuMF of stars', neumf('taste')],
  ['NeuMF of lists', neumf('choice')],
  ['the list autoencoder, without a code', listAutoencoder(0)],
  ['the list autoencoder, with a code', listAutoencoder(3)],
] as const;

describe.each(['reference', 'wasm'] as const)('on %s', (kind) => {
  let runtime: TfjsRuntime;
  beforeAll(async () => {
    runtime = await openTfjs(hostOf(kind));
  });
  afterAll(() => runtime.destroy());

  describe.each(NETWORKS)('%s', (_, make) => {
    /** One epoch of two steps; how many tensors more there are after it, and how many calls it took. */
    const leftBy = async (at: number) => {
      const { tf } = runtime;
      const before = tf.memory().numTensors;
      const fault = new Fault();
      fault.at = at;
      const host = faulty(runtime, fault);
      const run = async () => {
        const session = await networkSession(
          host,
          {} as FitContext,
          null,
          () => make(host),
          (network) => ({
            batches: () => [1, 2],
            async step() {
              await network.step();
              return 1;
            },
            loss: () => network.takeLoss(),
          }),
        );
        try {
          await session.sweep(() => undefined);
        } finally {
          session.destroy();
        }
      };
      const thrown = await run().then(
        () => null,
        (error: AppError) => error.code,
      );
      return { thrown, calls: fault.calls, left: tf.memory().numTensors - before };
    };

    it('leaves nothing behind, whichever of its operations throws', async () => {
      const whole = await leftBy(Number.POSITIVE_INFINITY);
      expect(whole).toMatchObject({ thrown: null, left: 0 });
      expect(whole.calls).toBeGreaterThan(50);
      const leaks: string[] = [];
      for (let at = 1; at <= whole.calls; at++) {
        const { thrown, left } = await leftBy(at);
        expect(thrown, `call ${at}`).toBe('deviceOutOfMemory');
        if (left !== 0) leaks.push(`call ${at} of ${whole.calls}: ${left}`);
      }
      expect(leaks).toEqual([]);
    });
  });
});
