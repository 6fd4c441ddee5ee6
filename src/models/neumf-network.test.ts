import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { hostOf } from '../compute/tfjs/hosts.testing.ts';
import { openTfjs, type Tensor, type Tensor2D, type TfjsRuntime } from '../compute/tfjs.ts';
import type { Batch } from './neumf-batches.ts';
import { NeuMfForward } from './neumf-forward.ts';
import { NeuMfNetwork } from './neumf-network.ts';
import type { NeuMfOptions } from './neumf-options.ts';
import { NeuMfScorer } from './neumf-scorer.ts';
import {
  denseLayout,
  initialWeights,
  type NeuMfShape,
  type NeuMfWeights,
  TABLES,
  WEIGHT_NAMES,
  weightsToRecord,
} from './neumf-weights.ts';
import type { Head } from './recommender.ts';

const shape: NeuMfShape = { users: 4, items: 5, embedding: 4 };
const options: NeuMfOptions = {
  epochs: 1,
  patience: 1,
  batchSize: 24,
  embedding: 4,
  learningRate: 0.01,
  decay: 1,
  productRegularization: 0,
  towerRegularization: 0,
  biasRegularization: 0,
  initialScale: 0.5,
  negatives: 4,
  seed: 1,
};

/** Weights with nothing at zero, where a mistake could hide. */
function lively(seed: number): NeuMfWeights {
  const random = createRandom(seed);
  const weights = initialWeights(shape, 0.5, seed);
  for (const name of WEIGHT_NAMES) {
    for (let at = 0; at < weights[name].length; at++) weights[name][at] += 0.3 * random.normal();
  }
  return weights;
}

/** Every customer and product occurs; the last four entries are padding. */
function sampleBatch(head: Head, seed: number): Batch {
  const random = createRandom(seed);
  const count = 20;
  const fill = (rows: number) => {
    const column = new Int32Array(options.batchSize);
    for (let e = 0; e < count; e++) column[e] = e < rows ? e : random.integer(rows);
    return column;
  };
  const targets = new Float32Array(options.batchSize);
  for (let e = 0; e < count; e++) targets[e] = head === 'taste' ? random.normal() : random.integer(2);
  return { users: fill(shape.users), items: fill(shape.items), targets, count };
}

/** Σ loss over the real entries, from the plain forward pass. */
function plainLoss(head: Head, weights: NeuMfWeights, batch: Batch): number {
  const forward = new NeuMfForward(weights, shape, 0);
  let sum = 0;
  for (let e = 0; e < batch.count; e++) {
    const y = forward.score(batch.users[e], batch.items[e]);
    const target = batch.targets[e];
    sum += head === 'taste' ? (y - target) ** 2 : Math.log1p(Math.exp(y)) - target * y;
  }
  return sum;
}

const copy = (weights: NeuMfWeights): NeuMfWeights =>
  Object.fromEntries(WEIGHT_NAMES.map((name) => [name, weights[name].slice()])) as unknown as NeuMfWeights;

describe.each(['reference', 'wasm'] as const)('the NeuMF network on %s', (kind) => {
  let runtime: TfjsRuntime;
  beforeAll(async () => {
    runtime = await openTfjs(hostOf(kind));
  });
  afterAll(() => runtime.destroy());

  it.each(['taste', 'choice'] as const)('has the gradients finite differences give (%s)', async (head) => {
    const weights = lively(21);
    const batch = sampleBatch(head, 4);
    const network = new NeuMfNetwork(runtime, head, shape, options, weights);
    await network.train(batch, 1, 0);
    expect(await network.takeLoss()).toBeCloseTo(plainLoss(head, weights, batch), 3);
    // After one step Adam's first moment is a tenth of the gradient.
    const state = await network.state();
    network.destroy();

    // Small, so that hardly any relu changes sides within it.
    const step = 2 ** -12;
    for (const name of WEIGHT_NAMES) {
      const gradient = state[`${name}.first`].map((moment) => moment / 0.1);
      for (let at = 0; at < gradient.length; at++) {
        const up = copy(weights);
        const down = copy(weights);
        up[name][at] += step;
        down[name][at] -= step;
        const width = up[name][at] - down[name][at];
        const expected = (plainLoss(head, up, batch) - plainLoss(head, down, batch)) / width;
        expect(Math.abs(gradient[at] - expected), `${name}[${at}]`).toBeLessThan(
          0.02 * Math.max(1, Math.abs(expected)),
        );
      }
    }
  });

  it('scores every product for many customers as the plain forward pass does', async () => {
    const weights = lively(33);
    const forward = new NeuMfForward(weights, shape, 0);
    const scorer = new NeuMfScorer(runtime, weights, shape);
    const users = Uint32Array.of(3, 0, 2);
    const scores = await scorer.score(users);
    scorer.destroy();
    users.forEach((user, row) => {
      for (let item = 0; item < shape.items; item++) {
        expect(scores[row * shape.items + item]).toBeCloseTo(forward.score(user, item), 5);
      }
    });
  });

  it('keeps the same number of tensors from step to step, and none after destroy', async () => {
    const { tf } = runtime;
    const before = tf.memory().numTensors;
    const network = new NeuMfNetwork(runtime, 'taste', shape, options, lively(2));
    const batch = sampleBatch('taste', 4);
    await network.train(batch, 1, 0.01);
    const during = tf.memory().numTensors;
    for (let step = 2; step < 6; step++) await network.train(batch, step, 0.01);
    await network.takeLoss();
    await network.state();
    expect(tf.memory().numTensors).toBe(during);
    network.destroy();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the embedding path', () => {
  it('trains as plain autodiff through gather and dense Adam do, when a batch touches every row', async () => {
    const runtime = await openTfjs(hostOf('reference'));
    runtime.activate();
    const weights = lively(5);
    const batch = sampleBatch('taste', 9);
    const network = new NeuMfNetwork(runtime, 'taste', shape, options, weights);

    // The same network written as a tutorial would: variables, gather, minimize.
    const tf = await import('@tensorflow/tfjs');
    await tf.setBackend('cpu');
    const variables = new Map(
      TABLES.map(({ name, branch }) => {
        const width = branch === 'bias' ? 1 : shape.embedding;
        return [name as string, tf.variable(tf.tensor2d(weights[name].slice(), [weights[name].length / width, width]))];
      }),
    );
    let at = 0;
    for (const { name, shape: size } of denseLayout(shape.embedding)) {
      const values = weights.dense.slice(at, at + size[0] * size[1]);
      at += values.length;
      variables.set(name, tf.variable(tf.tensor2d(values, [size[0], size[1]])));
    }
    const get = (name: string) => variables.get(name)! as unknown as Tensor2D;
    const users = tf.tensor1d(batch.users.slice(0, batch.count), 'int32');
    const items = tf.tensor1d(batch.items.slice(0, batch.count), 'int32');
    const targets = tf.tensor2d(batch.targets.slice(0, batch.count), [batch.count, 1]);
    const optimizer = tf.train.adam(options.learningRate, 0.9, 0.999, 1e-8);
    const row = (name: string) => tf.gather(get(name), name.startsWith('user') ? users : items) as Tensor2D;
    const loss = () => {
      const tower = tf.concat([row('userTower'), row('itemTower')], 1);
      const first = tf.concat([get('userHidden'), get('itemHidden')], 0);
      const hidden = tf.relu(tf.add(tf.matMul(tower as Tensor2D, first as Tensor2D), get('hiddenBias')));
      const top = tf.relu(tf.add(tf.matMul(hidden as Tensor2D, get('topHidden')), get('topBias')));
      const product = tf.matMul(tf.mul(row('userProduct'), row('itemProduct')) as Tensor2D, get('productOut'));
      const y = [product, tf.matMul(top as Tensor2D, get('towerOut')), row('userBias'), row('itemBias'), get('bias')];
      return tf.sum(
        tf.squaredDifference(
          y.reduce((sum: Tensor, part: Tensor) => tf.add(sum, part)),
          targets,
        ),
      );
    };
    for (let step = 1; step <= 5; step++) {
      await network.train(batch, step, options.learningRate);
      optimizer.minimize(loss as () => ReturnType<typeof tf.scalar>);
    }
    const trained = weightsToRecord(await network.weights());
    for (const { name } of TABLES) {
      const expected = await get(name).data();
      const worst = Math.max(...trained[name].map((value, cell) => Math.abs(value - expected[cell])));
      expect(worst, name).toBeLessThan(2e-6);
    }
    network.destroy();
    runtime.destroy();
  });
});
