import type { Ratings } from '../data/ratings.ts';
import type { Head, Preset } from './recommender.ts';

/** Everything a NeuMF fit depends on besides the data and the device. */
export interface NeuMfOptions {
  readonly epochs: number;
  /** Epochs without a better validation figure before stopping. */
  readonly patience: number;
  /** Training examples per step. */
  readonly batchSize: number;
  /** Width E of every embedding. The tower is 2E → E → E/2 (32: the 64-32-16 of the paper). Even. */
  readonly embedding: number;
  readonly learningRate: number;
  /** The learning rate of epoch n is learningRate · decay^(n − 1). */
  readonly decay: number;
  /** λ per training example on the embeddings of the product branch, those of the tower, and the biases. */
  readonly productRegularization: number;
  readonly towerRegularization: number;
  readonly biasRegularization: number;
  /** Standard deviation of the first embeddings. */
  readonly initialScale: number;
  /** Choice head: drawn products never chosen, per chosen one. The taste head ignores it. */
  readonly negatives: number;
  readonly seed: number;
}

/** Enough for an epoch to teach something, few enough to keep steps large. */
const STEPS_PER_EPOCH: Readonly<Record<Head, number>> = { taste: 40, choice: 80 };

/** A power of two near the wanted steps per epoch, within what keeps small data learnable and big data quick. */
function batchSizeFor(examples: number, head: Head): number {
  const wanted = 2 ** Math.round(Math.log2(Math.max(1, examples / STEPS_PER_EPOCH[head])));
  return Math.min(8192, Math.max(64, wanted));
}

const EFFORT: Readonly<Record<Preset, { epochs: number; embedding: number }>> = {
  quick: { epochs: 8, embedding: 16 },
  balanced: { epochs: 20, embedding: 32 },
  best: { epochs: 40, embedding: 64 },
};

/** Found on validation parts of MovieLens 100K and 1M. */
const TUNED = {
  taste: {
    learningRate: 0.005,
    decay: 0.75,
    productRegularization: 0.1,
    towerRegularization: 0.1,
    biasRegularization: 0.02,
  },
  choice: {
    learningRate: 0.01,
    decay: 0.75,
    productRegularization: 0.03,
    towerRegularization: 0.03,
    biasRegularization: 0.01,
  },
} as const;

/** Drawn products for each that was chosen, where nothing else is asked for. */
const NEGATIVES = 4;

/** What a customer's own part of the objective for choices depends on. */
export type NeuMfPenalties = Pick<
  NeuMfOptions,
  'negatives' | 'productRegularization' | 'towerRegularization' | 'biasRegularization'
>;

/** Those of `neumfDefaults`, whatever the preset: what models were trained with that do not say. */
export function usualPenalties(): NeuMfPenalties {
  const { productRegularization, towerRegularization, biasRegularization } = TUNED.choice;
  return { negatives: NEGATIVES, productRegularization, towerRegularization, biasRegularization };
}

export function neumfDefaults(head: Head, preset: Preset, ratings: Ratings): NeuMfOptions {
  const examples = ratings.byUser.indices.length * (head === 'choice' ? 1 + NEGATIVES : 1);
  return {
    ...EFFORT[preset],
    ...TUNED[head],
    patience: 3,
    batchSize: batchSizeFor(examples, head),
    initialScale: 0.01,
    negatives: NEGATIVES,
    seed: 1,
  };
}
