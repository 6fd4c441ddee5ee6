import { isDeviceFailure } from '../base/error.ts';
import { type ComputeDevice, type HeldMatrix, NOT_FOUND } from '../compute/device.ts';
import { takeRows } from './chosen-pairs.ts';
import { HistoryLists } from './history-lists.ts';
import type { ItemWeightsParts } from './item-weights.ts';
import { itemWeightsSize, packItemWeights, unpackItemWeights } from './item-weights-bytes.ts';
import { scoresForMany } from './lists-for-many.ts';
import type { ScoreBlock } from './ranked-catalogue.ts';
import type { Explanation, History, HistoryChoice, ScoredList, ScoringChoice } from './recommender.ts';
import { topRows } from './vector-lists.ts';

/** Customers from whom on it pays to bring the whole matrix to the device. */
const CUSTOMERS_WORTH_A_DEVICE = 16;

/**
 * score_i = Σ B_ji over the products j of a history: one square matrix says what the choice of one product says for
 * another. Every choice counts 1, whatever its weight; weights of 0 or less count nothing. A history that says nothing
 * (empty, or only of products that are left out) is answered by popularity.
 *
 * Products without a column (`leftOut`) are never listed and score −Infinity.
 */
export class ItemWeightsModel extends HistoryLists<ItemWeightsParts> implements HistoryChoice, ScoringChoice {
  readonly head = 'choice';
  readonly #device: ComputeDevice;
  #held: Promise<HeldMatrix> | null = null;
  #deviceFailed = false;

  /** `device` scores for many customers at once where the weights are dense; it stays its owner's to destroy. */
  constructor(parts: ItemWeightsParts, device: ComputeDevice) {
    super(parts);
    this.#device = device;
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array, device: ComputeDevice): ItemWeightsModel {
    return new ItemWeightsModel(unpackItemWeights(bytes), device);
  }

  get name(): ItemWeightsParts['name'] {
    return this.parts.name;
  }

  /** Products that are not part of the model because they were too many. */
  get leftOut(): number {
    return this.parts.catalogue.leftOut;
  }

  /** score = Σ B_ji over the history; the baseline is 0, or the popularity for a history that says nothing. */
  explain(history: History, item: number): Explanation {
    const { catalogue, weights } = this.parts;
    const column = catalogue.columnOf(item);
    const contributions = Array.from(history.items, (other, at) => {
      const from = catalogue.columnOf(other);
      const counts = history.values[at] > 0 && from !== NOT_FOUND && column !== NOT_FOUND;
      return { item: other, amount: counts ? weights.at(from, column) : 0 };
    });
    contributions.sort((a, b) => b.amount - a.amount || a.item - b.item);
    const baseline = this.#baseline(history, column);
    return { score: contributions.reduce((sum, { amount }) => sum + amount, baseline), baseline, contributions };
  }

  /** By `ItemWeights.nearTo`, the thing itself left out; fewer than `count` where fewer are near at all. */
  similarItems(item: number, count: number): ScoredList {
    const { catalogue, weights } = this.parts;
    const column = catalogue.columnOf(item);
    if (column === NOT_FOUND) return { indices: new Uint32Array(), scores: new Float32Array() };
    const { indices, scores } = topRows(weights.nearTo(column), count);
    const near = scores.filter((score) => score > 0).length;
    return { indices: indices.subarray(0, near).map((c) => catalogue.order[c]), scores: scores.subarray(0, near) };
  }

  /**
   * 4 (choices + customers + 2n) bytes for n columns, and the weights: 4 n² where they are dense (55 MB for 3,706
   * products), 8 for each and 4 for each column where they are sparse.
   */
  toBytes(): Uint8Array {
    return packItemWeights(this.parts);
  }

  size(): number {
    return itemWeightsSize(this.parts);
  }

  destroy(): void {
    this.#held?.then(
      (held) => held.destroy(),
      // There is nothing to free: it could not be held.
      () => undefined,
    );
    this.#held = null;
  }

  #baseline(history: History, column: number): number {
    const { catalogue } = this.parts;
    if (column === NOT_FOUND) return Number.NEGATIVE_INFINITY;
    return catalogue.chosenIn(history).length > 0 ? 0 : catalogue.popularity[column];
  }

  protected scored(columns: Uint32Array): Float32Array {
    const scores = new Float32Array(this.parts.catalogue.size);
    this.#score(columns, scores);
    return scores;
  }

  /** `into` is zero. */
  #score(columns: Uint32Array, into: Float32Array): void {
    const { catalogue, weights } = this.parts;
    if (columns.length === 0) into.set(catalogue.popularity);
    for (let at = 0; at < columns.length; at++) weights.addRow(columns[at], into);
  }

  /** How these customers are scored, in blocks: on the device where that is worth it and it is there. */
  protected scorerFor(all: Uint32Array): ScoreBlock {
    const { dense } = this.parts.weights;
    const { size } = this.parts.catalogue;
    const worthIt = this.#held !== null || all.length >= CUSTOMERS_WORTH_A_DEVICE;
    return async (users) => {
      if (dense && worthIt && !this.#deviceFailed) {
        try {
          return await this.#onDevice(users, dense);
        } catch (thrown) {
          // A model outlives the device it was trained on.
          if (!isDeviceFailure(thrown)) throw thrown;
          this.#deviceFailed = true;
        }
      }
      return scoresForMany(users, size, (user, into) => this.#score(this.historyOf(user), into));
    };
  }

  async #onDevice(users: Uint32Array, data: Float32Array): Promise<Float32Array> {
    const { histories, catalogue } = this.parts;
    const own = Array.from(users, (user) => this.historyOf(user));
    // Held once for all questions: it is n² numbers.
    this.#held ??= this.#device.holdMatrix({ data, columns: catalogue.size });
    const held = await this.#held;
    const scores = await held.timesSparse(takeRows(histories, users));
    own.forEach((columns, q) => {
      if (columns.length === 0) scores.set(catalogue.popularity, q * catalogue.size);
    });
    return scores;
  }
}
