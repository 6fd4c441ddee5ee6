/**
 * The baseline: matrix factorization as every TensorFlow.js tutorial writes it. Two tables of
 * variables, `gather` the rows of a batch, multiply and sum, mean squared error, `minimize` with
 * Adam. The gradient of `gather` is a dense table summed from segments and Adam then moves every row,
 * so a step costs as much as an epoch should; one or two steps are timed and an epoch is worked out.
 *
 * Runs in a page (the bench calls it); nothing of the product imports it.
 */
import type { Tensor1D } from '@tensorflow/tfjs-core';

export type TextbookBackend = 'webgpu' | 'webgl' | 'cpu';

export interface TextbookProblem {
  readonly users: number;
  readonly items: number;
  /** Ratings in one epoch. */
  readonly ratings: number;
  readonly factors: number;
  readonly batchSize: number;
}

export const TEXTBOOK_DEFAULTS = { factors: 32, batchSize: 8192 } as const;

export interface TextbookTiming {
  readonly backend: TextbookBackend;
  readonly stepMs: readonly number[];
  readonly stepsPerEpoch: number;
  /** The fastest step times the steps of an epoch. */
  readonly epochMs: number;
  readonly loss: number;
}

/**
 * Times `steps` steps (after one that compiles the kernels, where there is time for it) on random
 * ratings of the given size. Throws where the backend does not start; there is no wasm: its backend
 * lacks the gradient of `gather`.
 */
export async function timeTextbookStep(
  backend: TextbookBackend,
  problem: TextbookProblem,
  { steps = 1, warmUp = true }: { readonly steps?: number; readonly warmUp?: boolean } = {},
): Promise<TextbookTiming> {
  // The whole package, as in the tutorials: it brings the gradients and the optimizer with it.
  const tf = await import('@tensorflow/tfjs');
  if (backend === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend(backend))) throw new Error(`backend ${backend} did not start`);
  await tf.ready();

  const { users, items, factors, batchSize } = problem;
  const userFactors = tf.variable(tf.randomNormal([users, factors], 0, 0.1, 'float32', 1));
  const itemFactors = tf.variable(tf.randomNormal([items, factors], 0, 0.1, 'float32', 2));
  const optimizer = tf.train.adam(0.01);
  const draw = (bound: number, seed: number) =>
    tf.tidy(() => tf.cast(tf.floor(tf.randomUniform([batchSize], 0, bound, 'float32', seed)), 'int32') as Tensor1D);
  const batchUsers = draw(users, 3);
  const batchItems = draw(items, 4);
  const values = tf.randomUniform([batchSize], -2, 2, 'float32', 5);

  const step = async (): Promise<number> => {
    const loss = optimizer.minimize(
      () =>
        tf.tidy(() => {
          const predicted = tf.sum(tf.mul(tf.gather(userFactors, batchUsers), tf.gather(itemFactors, batchItems)), 1);
          return tf.mean(tf.squaredDifference(values, predicted)).asScalar();
        }),
      true,
    )!;
    const [value] = await loss.data();
    // The loss is known before Adam has moved the tables: wait for those too.
    await tf.slice(itemFactors, [0, 0], [1, 1]).data();
    loss.dispose();
    return value;
  };

  let loss = 0;
  const stepMs: number[] = [];
  try {
    if (warmUp) await step();
    for (let at = 0; at < steps; at++) {
      const start = performance.now();
      loss = await step();
      stepMs.push(performance.now() - start);
    }
  } finally {
    tf.dispose([userFactors, itemFactors, batchUsers, batchItems, values]);
    optimizer.dispose();
  }
  const stepsPerEpoch = Math.ceil(problem.ratings / batchSize);
  return { backend, stepMs, stepsPerEpoch, epochMs: Math.min(...stepMs) * stepsPerEpoch, loss };
}
