import { createPacer } from '../base/pacer.ts';
import type { Csr } from '../base/sparse.ts';
import { NOT_FOUND, type TopKResult } from '../compute/device.ts';
import type { Exclusions } from './exclusions.ts';
import { choiceCounts, orderByCount } from './popularity-order.ts';
import type { History, ScoredList } from './recommender.ts';
import { topRows } from './vector-lists.ts';

/** Scores of the columns for each of these customers: users.length × size, row-major. */
export type ScoreBlock = (users: Uint32Array) => Promise<Float32Array>;

/** Scores held at once, 4 MB: customers are taken in blocks of so many numbers. */
const SCORES_AT_ONCE = 2 ** 20;

/**
 * The products a model ranks, by popularity: column c of the model is product `order[c]`. Equal scores are thereby
 * listed most popular first. Products without a column are left out: never listed, and they score −Infinity.
 */
export class RankedCatalogue {
  /** Columns. */
  readonly size: number;
  readonly #columnOf: Uint32Array;

  /**
   * `products` in the catalogue; `order`: product row of each column; `popularity`: share of the customers who chose
   * it, by column, which is the score for somebody of whom nothing is known.
   */
  constructor(
    readonly products: number,
    readonly order: Uint32Array,
    readonly popularity: Float32Array,
  ) {
    this.size = order.length;
    this.#columnOf = new Uint32Array(products).fill(NOT_FOUND);
    for (let column = 0; column < order.length; column++) this.#columnOf[order[column]] = column;
  }

  /** The `most` products that most customers chose. */
  static of(chosen: Csr, most = Number.POSITIVE_INFINITY): RankedCatalogue {
    const counts = choiceCounts(chosen);
    const order = orderByCount(counts).slice(0, Math.min(most, counts.length));
    const popularity = Float32Array.from(order, (item) => counts[item] / Math.max(1, chosen.rows));
    return new RankedCatalogue(chosen.columns, order, popularity);
  }

  /** What `toFloats` wrote; null where it is no catalogue. */
  static fromFloats(
    products: number,
    { order, popularity }: { readonly order: Float32Array; readonly popularity: Float32Array },
  ): RankedCatalogue | null {
    if (order.length !== popularity.length || order.length !== new Set(order).size) return null;
    if (!order.every((item) => Number.isInteger(item) && item >= 0 && item < products)) return null;
    return new RankedCatalogue(products, Uint32Array.from(order), popularity);
  }

  /** Product rows are exact below 2²⁴. */
  toFloats(): { readonly order: Float32Array; readonly popularity: Float32Array } {
    return { order: Float32Array.from(this.order), popularity: this.popularity };
  }

  /** Products without a column. */
  get leftOut(): number {
    return this.products - this.size;
  }

  /** NOT_FOUND for a product that is left out. Throws RangeError for one that does not exist. */
  columnOf(item: number): number {
    if (!(item >= 0 && item < this.products)) throw new RangeError(`item ${item} of ${this.products}`);
    return this.#columnOf[item];
  }

  /** Ascending columns of some products; what is left out has none. */
  columnsOf(items: Uint32Array): Uint32Array {
    const columns = new Uint32Array(items.length);
    let found = 0;
    for (let at = 0; at < items.length; at++) {
      const column = this.columnOf(items[at]);
      if (column !== NOT_FOUND) columns[found++] = column;
    }
    return columns.subarray(0, found).sort();
  }

  /** Ascending columns of what a history holds with a weight above 0. */
  chosenIn({ items, values }: History): Uint32Array {
    return this.columnsOf(items.filter((_, at) => values[at] > 0));
  }

  /** The best of one customer's scores. `exclude` is product rows. */
  list(scores: Float32Array, count: number, exclude: Uint32Array): ScoredList {
    const best = topRows(scores, count, this.columnsOf(exclude));
    return { indices: best.indices.map((column) => this.order[column]), scores: best.scores };
  }

  /** Scores of the columns as scores of all products; −Infinity for those that are left out. */
  toProducts(scores: Float32Array, into = new Float32Array(this.products)): Float32Array {
    if (this.leftOut > 0) into.fill(Number.NEGATIVE_INFINITY);
    for (let column = 0; column < scores.length; column++) into[this.order[column]] = scores[column];
    return into;
  }

  /** As `ChoiceModel.topItemsForMany`; events have their turn between blocks. */
  async listsFor(users: Uint32Array, count: number, exclude: Exclusions, scoresOf: ScoreBlock): Promise<TopKResult> {
    const indices = new Uint32Array(users.length * count).fill(NOT_FOUND);
    const scores = new Float32Array(users.length * count).fill(Number.NEGATIVE_INFINITY);
    await this.#inBlocks(users, scoresOf, (q, own) => {
      const list = this.list(own, count, exclude.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1]));
      indices.set(list.indices, q * count);
      scores.set(list.scores, q * count);
    });
    return { indices, scores };
  }

  /** As `ScoringChoice.scoresForMany`; events have their turn between blocks. */
  async scoresFor(users: Uint32Array, scoresOf: ScoreBlock): Promise<Float32Array> {
    const scores = new Float32Array(users.length * this.products);
    await this.#inBlocks(users, scoresOf, (q, own) => {
      this.toProducts(own, scores.subarray(q * this.products, (q + 1) * this.products));
    });
    return scores;
  }

  async #inBlocks(
    users: Uint32Array,
    scoresOf: ScoreBlock,
    take: (q: number, scores: Float32Array) => void,
  ): Promise<void> {
    const { size } = this;
    const atOnce = Math.max(1, Math.floor(SCORES_AT_ONCE / Math.max(1, size)));
    const pace = createPacer();
    for (let from = 0; from < users.length; from += atOnce) {
      const block = users.subarray(from, from + atOnce);
      const scores = await scoresOf(block);
      for (let at = 0; at < block.length; at++) take(from + at, scores.subarray(at * size, (at + 1) * size));
      if (pace.due()) await pace.turn();
    }
  }
}
