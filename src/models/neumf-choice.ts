/**
 * NeuMF for choices (He et al. 2017): binary cross-entropy on what was chosen against products drawn
 * from those the customer does not have. Every list is ordered by the network's logit.
 */
import { AppError, isDeviceFailure } from '../base/error.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { NOT_FOUND } from '../compute/device.ts';
import { openTfjs } from '../compute/tfjs.ts';
import { choiceWeights, type Ratings } from '../data/ratings.ts';
import type { Exclusions } from './exclusions.ts';
import { validationRecall } from './held-out.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import { choiceExamples } from './neumf-batches.ts';
import { NeuMfCustomers } from './neumf-customer.ts';
import { shapeOf, trainNeuMf } from './neumf-fit.ts';
import { NeuMfForward } from './neumf-forward.ts';
import { type NeuMfOptions, type NeuMfPenalties, neumfDefaults, usualPenalties } from './neumf-options.ts';
import { NeuMfScorer } from './neumf-scorer.ts';
import {
  type NeuMfShape,
  type NeuMfWeights,
  WEIGHT_NAMES,
  weightsFit,
  weightsFromRecord,
  weightsToRecord,
} from './neumf-weights.ts';
import type {
  FitContext,
  Fitted,
  History,
  LeavesOut,
  PersonalChoice,
  Recommender,
  ScoredList,
  ScoringChoice,
} from './recommender.ts';
import { topRows } from './vector-lists.ts';

const KIND = 'neumf-choice/1';
const NUMBERS = ['users', 'items', 'embedding'] as const;
/** Bytes of before these were kept have none of them: such models were trained with the usual ones, or nearly. */
const PENALTIES = ['negatives', 'productRegularization', 'towerRegularization', 'biasRegularization'] as const;
/** Pairs below which plain loops are done before a device has been woken. */
const PAIRS_WORTH_A_DEVICE = 200_000;

/**
 * Lists from trained weights: single customers in plain loops, many at once on the device. What it says of histories it
 * was not trained on is worked out by moving one customer's parameters alone (`neumf-customer.ts`): close to what training
 * would make of them, and called approximate wherever it is shown. Weights of 0 or less are no choices, all others alike.
 */
export class NeuMfChoiceModel implements ScoringChoice, PersonalChoice, LeavesOut {
  readonly name = 'neumf';
  readonly head = 'choice';
  readonly #forward: NeuMfForward;
  readonly #customers: NeuMfCustomers;
  readonly #device: ComputeDevice;

  /** `device` scores for many customers at once; it stays its owner's to destroy. */
  constructor(
    readonly weights: NeuMfWeights,
    readonly shape: NeuMfShape,
    device: ComputeDevice,
    readonly penalties: NeuMfPenalties = usualPenalties(),
  ) {
    this.#forward = new NeuMfForward(weights, shape, 0);
    this.#customers = new NeuMfCustomers(this.#forward, weights, shape, penalties);
    this.#device = device;
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array, device: ComputeDevice): NeuMfChoiceModel {
    const { numbers, arrays } = unpackModel(
      bytes,
      KIND,
      NUMBERS,
      WEIGHT_NAMES,
      (parts) => weightsFit(parts.arrays, parts.numbers) && PENALTIES.every((name) => (parts.numbers[name] ?? 0) >= 0),
    );
    const { users, items, embedding } = numbers;
    const usual = usualPenalties();
    const penalties = Object.fromEntries(PENALTIES.map((name) => [name, numbers[name] ?? usual[name]]));
    return new NeuMfChoiceModel(
      weightsFromRecord(arrays, numbers),
      { users, items, embedding },
      device,
      penalties as unknown as NeuMfPenalties,
    );
  }

  async topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    return topRows(this.#scores(user), count, exclude);
  }

  /** As `HistoryChoice.topItemsFrom`, for somebody who was not trained on. */
  topItemsFrom(history: History, count: number, exclude: Uint32Array): ScoredList {
    return this.#customers.anybody.topItemsFrom(history, count, exclude);
  }

  /** As `HistoryChoice.scoresFrom`, for somebody who was not trained on. */
  scoresFrom(history: History): Float32Array {
    return this.#customers.anybody.scoresFrom(history);
  }

  scoresWithout(history: History, without: Uint32Array, items: Uint32Array): Float32Array {
    return this.#customers.anybody.scoresWithout(history, without, items);
  }

  inPersonOf(user: number, own: History): ReturnType<PersonalChoice['inPersonOf']> {
    return this.#customers.known(user, own);
  }

  async topItemsForMany(
    users: Uint32Array,
    count: number,
    exclude: Exclusions,
  ): Promise<{ indices: Uint32Array; scores: Float32Array }> {
    const indices = new Uint32Array(users.length * count).fill(NOT_FOUND);
    const scores = new Float32Array(users.length * count).fill(Number.NEGATIVE_INFINITY);
    await this.#scoreEach(users, (row, ofItems) => {
      const own = exclude.indices.subarray(exclude.pointers[row], exclude.pointers[row + 1]);
      const list = topRows(ofItems, count, own);
      indices.set(list.indices, row * count);
      scores.set(list.scores, row * count);
    });
    return { indices, scores };
  }

  /** users.length × products: the network's logits. */
  async scoresForMany(users: Uint32Array): Promise<Float32Array> {
    const { items } = this.shape;
    const scores = new Float32Array(users.length * items);
    await this.#scoreEach(users, (row, ofItems) => scores.set(ofItems, row * items));
    return scores;
  }

  toBytes(): Uint8Array {
    const { users, items, embedding } = this.shape;
    const kept = Object.fromEntries(PENALTIES.map((name) => [name, this.penalties[name]]));
    return packModel({
      kind: KIND,
      numbers: { users, items, embedding, ...kept },
      arrays: weightsToRecord(this.weights),
    });
  }

  destroy(): void {}

  /** Of every thing. */
  #scores(user: number): Float32Array {
    return this.#forward.scoresFor(this.#forward.rowOf(user), this.shape.items);
  }

  /**
   * `take` gets the scores of every thing, one customer after the other: in plain loops, or on the device where that is
   * worth it.
   */
  async #scoreEach(users: Uint32Array, take: (row: number, scores: Float32Array) => void): Promise<void> {
    let done = 0;
    if (users.length * this.shape.items >= PAIRS_WORTH_A_DEVICE) {
      try {
        await this.#onDevice(users, (row, block) => {
          take(row, block);
          done = row + 1;
        });
      } catch (thrown) {
        // A model outlives the device it was trained on.
        if (!isDeviceFailure(thrown)) throw thrown;
      }
    }
    for (let row = done; row < users.length; row++) take(row, this.#scores(users[row]));
  }

  async #onDevice(users: Uint32Array, take: (row: number, scores: Float32Array) => void): Promise<void> {
    const runtime = await openTfjs(this.#device);
    try {
      const scorer = new NeuMfScorer(runtime, this.weights, this.shape);
      try {
        for (let from = 0; from < users.length; from += scorer.usersPerBlock) {
          const block = users.subarray(from, from + scorer.usersPerBlock);
          const scores = await scorer.score(block);
          const { items } = this.shape;
          for (let at = 0; at < block.length; at++) take(from + at, scores.subarray(at * items, (at + 1) * items));
        }
      } catch (thrown) {
        throw await runtime.reasonFor(thrown);
      } finally {
        scorer.destroy();
      }
    } finally {
      runtime.destroy();
    }
  }
}

async function fit(ratings: Ratings, options: NeuMfOptions, context: FitContext): Promise<Fitted<NeuMfChoiceModel>> {
  const chosen = choiceWeights(ratings);
  const count = chosen.indices.length;
  if (count === 0) throw new AppError('tooFewRatings', { count, needed: 1 });
  const shape = shapeOf(ratings, options);
  const outcome = await trainNeuMf(
    {
      head: 'choice',
      shape,
      options,
      examples: choiceExamples(chosen, ratings.byUser, options.negatives, options.batchSize, options.seed),
      chart: (loss) => loss,
      better: 'higher',
      figureOn: (pairs) => {
        const recall = validationRecall(ratings, pairs);
        if (!recall) return null;
        return (weights, tell) => {
          const model = new NeuMfChoiceModel(weights, shape, context.device);
          return recall((users, length, exclude) => model.topItemsForMany(users, length, exclude), tell);
        };
      },
    },
    context,
  );
  const { epochs, fitMs, stoppedEarly, weights } = outcome;
  return { model: new NeuMfChoiceModel(weights, shape, context.device, options), epochs, fitMs, stoppedEarly };
}

export const neumfChoice: Recommender<NeuMfOptions, NeuMfChoiceModel> = {
  name: 'neumf',
  head: 'choice',
  defaults: (preset, ratings) => neumfDefaults('choice', preset, ratings),
  fit,
};
