/**
 * The contract every recommender stands behind. A recommender serves one head: `taste` (what would
 * this person think of it: predicts ratings) or `choice` (what will they choose next: orders lists).
 */

import type { Pairs } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Validation } from './held-out.ts';

export type Head = 'taste' | 'choice';
export const PRESETS = ['quick', 'balanced', 'best'] as const;
export type Preset = (typeof PRESETS)[number];
/** Those that learn epoch by epoch: each has a card and a curve of its own. */
export const EPOCH_MODELS = ['mf', 'neumf', 'vae', 'autorec'] as const;
export type EpochModel = (typeof EPOCH_MODELS)[number];
/** Those with nothing to choose or to watch: one press trains them. */
export const PLAIN_MODELS = [
  'hybrid',
  'ease',
  'svd',
  'bpr',
  'itemNeighbours',
  'userNeighbours',
  'content',
  'markov',
  'slopeOne',
  'means',
  'trending',
  'popularity',
  'random',
] as const;
export const MODEL_NAMES = [...EPOCH_MODELS, ...PLAIN_MODELS] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/** What a model serves by itself. Where one is missing, a factorization's stands beside it. */
export const HEADS_OF: Readonly<Record<ModelName, readonly Head[]>> = {
  mf: ['taste', 'choice'],
  neumf: ['taste', 'choice'],
  vae: ['choice'],
  autorec: ['taste'],
  hybrid: ['choice'],
  ease: ['choice'],
  svd: ['choice'],
  bpr: ['choice'],
  itemNeighbours: ['taste', 'choice'],
  userNeighbours: ['taste', 'choice'],
  content: ['choice'],
  markov: ['choice'],
  slopeOne: ['taste'],
  means: ['taste'],
  trending: ['choice'],
  popularity: ['choice'],
  random: ['choice'],
};

/** The heads of its own that a model has on such data: purchases have no stars to guess. */
export function headsOn(feedback: 'explicit' | 'implicit', model: ModelName): readonly Head[] {
  return HEADS_OF[model].filter((head) => head === 'choice' || feedback === 'explicit');
}

/** One per epoch; epochs count from 1. */
export interface EpochEvent {
  readonly model: ModelName;
  readonly head: Head;
  readonly epoch: number;
  readonly epochs: number;
  /** taste: RMSE on the training ratings. choice: the objective per unit of weight. */
  readonly trainLoss: number;
  /** taste: RMSE on the validation ratings. choice: recall@10 on validation. null where there is no validation part. */
  readonly validation: number | null;
  /** Only the bench asks for it, and nothing ever looks at it to decide. */
  readonly test?: number;
  /** Time this epoch's arithmetic took; measuring excluded. */
  readonly seconds: number;
  readonly ratingsPerSecond: number;
}

/** How far a fit is. Told several times a second, within long epochs too: whoever listens thins it out. */
export interface FitProgress {
  /** The epoch that is running, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Of the whole fit, 0 to 1. Never falls within a fit; 1 at the latest when it ends. */
  readonly share: number;
}

/** A moment from which a fit can go on: after a pause, a lost device, a closed tab. */
export interface Checkpoint {
  readonly model: ModelName;
  readonly head: Head;
  readonly epoch: number;
  /** Everything trained, as plain arrays by name. */
  readonly state: Readonly<Record<string, Float32Array>>;
  readonly best: {
    readonly epoch: number;
    readonly validation: number;
    readonly state: Readonly<Record<string, Float32Array>>;
  } | null;
  /** What the fit has taken up to here, ms (see `Fitted`), so that one that goes on counts the whole. */
  readonly fitMs?: number;
}

export interface FitContext {
  readonly device: ComputeDevice;
  /** Held out of training; stopping looks only at this. */
  readonly validation?: Validation;
  /** Scored per epoch for the bench only. */
  readonly test?: Pairs;
  readonly onEpoch?: (event: EpochEvent) => void;
  readonly onProgress?: (progress: FitProgress) => void;
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void;
  /** Awaited between epochs, and within long ones; a pause is a promise that resolves later. */
  readonly gate?: () => Promise<void>;
  /** A stopped fit resolves with the best model so far. */
  readonly signal?: AbortSignal;
  /** Nobody wants what comes of it any more: a fit in one step, which has no model before its end, rejects with `cancelled`. */
  readonly cancel?: AbortSignal;
  readonly resumeFrom?: Checkpoint;
}

/** A fitted model together with how the fit went. */
export interface Fitted<M extends Model> {
  readonly model: M;
  /** The epoch validation chose (the last one where there is no validation). */
  readonly epochs: number;
  /** Arithmetic and set-up, evaluation excluded. */
  readonly fitMs: number;
  readonly stoppedEarly: boolean;
}

export interface Recommender<Options, M extends Model> {
  readonly name: ModelName;
  readonly head: Head;
  defaults(preset: Preset, ratings: Ratings): Options;
  /** Same seed, data, options and device → the same model bit for bit. Throws AppError deviceLost with the last checkpoint already delivered. */
  fit(ratings: Ratings, options: Options, context: FitContext): Promise<Fitted<M>>;
  /** Options for fitting again on more data without a validation part: the epochs that were chosen, and what else was learned. Without it: the epochs alone. */
  refitOptions?(options: Options, fitted: Fitted<M>): Options;
  /**
   * A part of the data whose epochs take as much less as it has fewer pairs: what a short fit is timed on. Without it
   * every so-many-th pair will do.
   */
  sample?(ratings: Ratings): Ratings;
  /** Cheap enough to be fitted again on training + validation before the test part is scored. */
  readonly refitsBeforeTest?: boolean;
  /** Its options say everything: validation has nothing to decide, so that the one fit before the test is on training + validation. */
  readonly settled?: boolean;
}

/** A customer who may not be in the data: what they did, by product row. For taste, value is the rating; for choice, the weight. */
export interface History {
  readonly items: Uint32Array;
  readonly values: Float32Array;
}

/** A customer in a model's own space, solved from a history. */
export interface UserVector {
  readonly vector: Float32Array;
  readonly bias: number;
}

export interface ScoredList {
  readonly indices: Uint32Array;
  readonly scores: Float32Array;
}

/** score = baseline + Σ contributions, exactly (up to float32 rounding). */
export interface Explanation {
  readonly score: number;
  readonly baseline: number;
  /** One per thing in the history, largest first. */
  readonly contributions: readonly { readonly item: number; readonly amount: number }[];
}

export interface Model {
  readonly name: ModelName;
  readonly head: Head;
  toBytes(): Uint8Array;
  /** How many bytes `toBytes` gives, without making them: of models so large that this takes long. */
  size?(): number;
  destroy(): void;
}

/** Predicts ratings. */
export interface TasteModel extends Model {
  readonly head: 'taste';
  /** Clipped to the scale; one per pair. */
  predict(users: Uint32Array, items: Uint32Array): Promise<Float32Array>;
}

/** Orders what is not yet chosen. */
export interface ChoiceModel extends Model {
  readonly head: 'choice';
  /** `exclude` is item rows, ascending. */
  topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList>;
  /** Lists for many customers at once, users.length × count, excluding per row. */
  topItemsForMany(
    users: Uint32Array,
    count: number,
    exclude: { readonly pointers: Uint32Array; readonly indices: Uint32Array },
  ): Promise<{ indices: Uint32Array; scores: Float32Array }>;
}

/** Orders things for anybody with a history, in the training data or not, and says exactly why. */
export interface HistoryChoice extends ChoiceModel {
  /** History values are choice weights. `exclude` is item rows, ascending. */
  topItemsFrom(history: History, count: number, exclude: Uint32Array): ScoredList;
  /** Of every product; −Infinity for what is never listed. The caller's to write into. */
  scoresFrom(history: History): Float32Array;
  explain(history: History, item: number): Explanation;
}

/** Cheaper at leaving one thing out of a history than at a whole new list. */
export interface LeavesOut {
  /**
   * The score of each of `items` without one thing of the history at a time: without.length × items.length, row-major;
   * −Infinity for what is never listed. Comparable with the scores of `topItemsFrom`.
   */
  scoresWithout(history: History, without: Uint32Array, items: Uint32Array): Float32Array;
}

/** Knows in which order the customers of its training data chose. */
export interface OrderedChoice extends HistoryChoice {
  /**
   * The same for one of them: each thing in a history counts as late as they chose it, what they did not choose then as
   * the latest. Their history as it was gives the list of `topItems`.
   */
  inOrderOf(user: number): Pick<HistoryChoice, 'topItemsFrom' | 'scoresFrom' | 'explain'>;
}

/** Has parameters of its own for each customer it was trained on, which a history alone would not give it. */
export interface PersonalChoice extends ChoiceModel {
  /**
   * Answers in the person of one of them, who was trained with the history `own`: that history gives the list of
   * `topItems`, another one what the customer would be with it. With nothing in `own` they are somebody new.
   * Throws RangeError for a customer who does not exist.
   */
  inPersonOf(user: number, own: History): Pick<HistoryChoice, 'topItemsFrom' | 'scoresFrom'> & LeavesOut;
}

/** Knows a score for every pair: for blends, and for protocols that rank given candidates. */
export interface ScoringChoice extends ChoiceModel {
  /** users.length × products, row-major; comparable within a row. What a customer has is scored like anything else. */
  scoresForMany(users: Uint32Array): Promise<Float32Array>;
}

/** Models with vectors for things: nearness, new customers and exact reasons come with them. */
export interface FoldableTaste extends TasteModel {
  foldIn(history: History): UserVector;
  predictFor(who: UserVector, items: Uint32Array): Float32Array;
  /** Half the width of the 90 % interval of a rating, the noise of ratings included. */
  ratingInterval(history: History, item: number): number;
  explain(history: History, item: number): Explanation;
  readonly itemVectors: { readonly data: Float32Array; readonly factors: number };
}

export interface FoldableChoice extends HistoryChoice, ScoringChoice {
  foldIn(history: History): UserVector;
  topItemsFor(who: UserVector, count: number, exclude: Uint32Array): ScoredList;
  scoreFor(who: UserVector, items: Uint32Array): Float32Array;
  /** Customers of the training data with the highest score for a thing. `exclude` is customer rows, ascending. */
  topUsers(item: number, count: number, exclude: Uint32Array, signal?: AbortSignal): Promise<ScoredList>;
  similarItems(item: number, count: number): ScoredList;
  similarUsers(who: UserVector, count: number): ScoredList;
  readonly itemVectors: { readonly data: Float32Array; readonly factors: number };
  readonly userVectors: { readonly data: Float32Array; readonly factors: number };
}
