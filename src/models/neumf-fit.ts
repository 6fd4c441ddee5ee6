/** How both heads of NeuMF are trained; the loop around epochs is the one every model goes through. */
import type { Tell } from '../base/progress.ts';
import type { Pairs } from '../base/sparse.ts';
import { openTfjs } from '../compute/tfjs.ts';
import type { Ratings } from '../data/ratings.ts';
import { type DescentOutcome, type DescentSession, fitByDescent, type TrainedState } from './descent-fit.ts';
import { networkSession } from './network-session.ts';
import type { ExampleSource } from './neumf-batches.ts';
import { NeuMfNetwork } from './neumf-network.ts';
import type { NeuMfOptions } from './neumf-options.ts';
import { initialWeights, type NeuMfShape, type NeuMfWeights, weightsFromRecord } from './neumf-weights.ts';
import type { FitContext, Head } from './recommender.ts';

export interface NeuMfTraining {
  readonly head: Head;
  readonly shape: NeuMfShape;
  readonly options: NeuMfOptions;
  readonly examples: ExampleSource;
  /** From the mean loss of an epoch to what the chart shows. */
  readonly chart: (meanLoss: number) => number;
  readonly better: 'lower' | 'higher';
  /** The figure of some weights on held-out pairs; null where there are none. */
  figureOn(pairs: Pairs | undefined): ((weights: NeuMfWeights, tell?: Tell) => Promise<number>) | null;
}

/** Throws RangeError for an odd embedding width: the tower halves it. */
export function shapeOf(ratings: Ratings, options: NeuMfOptions): NeuMfShape {
  if (options.embedding % 2 !== 0) throw new RangeError(`NeuMF embedding width ${options.embedding} is not even`);
  return { users: ratings.byUser.rows, items: ratings.byItem.rows, embedding: options.embedding };
}

/**
 * Trains on `context.device` through TensorFlow.js and gives the best weights. A checkpoint holds
 * Adam's moments too, so a continued fit gives the same bits as an uninterrupted one. Throws what
 * `fitByDescent` throws.
 */
export async function trainNeuMf(
  training: NeuMfTraining,
  context: FitContext,
): Promise<DescentOutcome & { readonly weights: NeuMfWeights }> {
  const { head, shape, options, examples } = training;
  const figureOf = (pairs: Pairs | undefined) => {
    const figure = training.figureOn(pairs);
    return figure && ((state: TrainedState, tell?: Tell) => figure(weightsFromRecord(state, shape), tell));
  };
  const outcome = await fitByDescent(
    {
      model: 'neumf',
      head,
      epochs: options.epochs,
      patience: options.patience,
      entries: examples.count,
      better: training.better,
      validate: figureOf(context.validation),
      test: figureOf(context.test),
      start: (from) => startSession(training, context, from),
    },
    context,
  );
  return { ...outcome, weights: weightsFromRecord(outcome.state, shape) };
}

async function startSession(
  { head, shape, options, examples, chart }: NeuMfTraining,
  context: FitContext,
  from: TrainedState | null,
): Promise<DescentSession> {
  const runtime = await openTfjs(context.device);
  const stepsPerEpoch = Math.ceil(examples.count / options.batchSize);
  let [steps, seen] = [0, 0];
  return networkSession(
    runtime,
    context,
    from,
    () => {
      const start = initialWeights(shape, options.initialScale, options.seed);
      return new NeuMfNetwork(runtime, head, shape, options, start);
    },
    (network) => ({
      batches(epoch) {
        [steps, seen] = [(epoch - 1) * stepsPerEpoch, 0];
        return examples.epoch(epoch);
      },
      async step(batch, epoch) {
        await network.train(batch, ++steps, options.learningRate * options.decay ** (epoch - 1));
        seen += batch.count;
        return seen / examples.count;
      },
      loss: async () => chart((await network.takeLoss()) / seen),
    }),
  );
}
