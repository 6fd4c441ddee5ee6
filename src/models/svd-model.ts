import { AppError } from '../base/error.ts';
import { type ComputeDevice, NOT_FOUND } from '../compute/device.ts';
import { rowsOfOnes } from './chosen-pairs.ts';
import { HistoryLists, type HistoryParts } from './history-lists.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import { RankedCatalogue, type ScoreBlock } from './ranked-catalogue.ts';
import type { Explanation, History, HistoryChoice, ScoredList, ScoringChoice } from './recommender.ts';
import { rowsToFloats } from './square-matrix.ts';
import { nearestRows, type Vectors } from './vector-lists.ts';
import { scoreBlocks, scoresOf } from './vector-scores.ts';

export interface SvdParts extends HistoryParts {
  readonly factors: number;
  /** The right singular vectors: catalogue.size × factors, row-major, the columns of it orthonormal. */
  readonly vectors: Float32Array;
  /** Largest first; length = factors. */
  readonly singularValues: Float32Array;
}

const KIND = 'svd-choice/1';
const NUMBERS = ['products', 'factors'] as const;
const ARRAYS = ['order', 'popularity', 'historyCounts', 'historyColumns', 'vectors', 'singularValues'] as const;

/**
 * score_i = r Q q_iᵀ, where r is 1 for everything in a history and q_i the product's row of the right singular vectors Q
 * (Cremonesi, Koren & Turrin 2010, formula 5): the history as those few directions can tell it again. No customer has a
 * vector of their own, so anybody with a history is answered, the same whether they are in the data or not. Choices count
 * 1; weights of 0 or less count nothing. An empty history is answered by popularity.
 */
export class SvdModel extends HistoryLists<SvdParts> implements HistoryChoice, ScoringChoice {
  readonly name = 'svd';
  readonly head = 'choice';
  readonly #scoreBlock: ScoreBlock;
  #spread: Vectors | null = null;

  /** `device` scores for many customers at once; it stays its owner's to destroy. */
  constructor(parts: SvdParts, device: ComputeDevice) {
    super(parts);
    this.#scoreBlock = scoreBlocks(device, parts.catalogue, this.columnVectors, (user, into) =>
      this.#write(this.historyOf(user), into),
    );
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array, device: ComputeDevice): SvdModel {
    const { numbers, arrays } = unpackModel(
      bytes,
      KIND,
      NUMBERS,
      ARRAYS,
      ({ numbers: { factors }, arrays: a }) =>
        Number.isInteger(factors) &&
        factors >= 1 &&
        a.vectors.length === a.order.length * factors &&
        a.singularValues.length === factors,
    );
    const catalogue = RankedCatalogue.fromFloats(numbers.products, arrays);
    const histories = catalogue && rowsOfOnes(arrays.historyCounts, arrays.historyColumns, catalogue.size);
    if (!histories) throw new AppError('projectDamaged');
    const { vectors, singularValues } = arrays;
    return new SvdModel({ catalogue, factors: numbers.factors, vectors, singularValues, histories }, device);
  }

  /** By column of the catalogue, most popular first. */
  get columnVectors(): Vectors {
    return { data: this.parts.vectors, factors: this.parts.factors };
  }

  /** Largest first. */
  get singularValues(): Float32Array {
    return this.parts.singularValues;
  }

  /** score = Σ q_j·q_i over the history; the baseline is 0, or the popularity for an empty history. */
  explain(history: History, item: number): Explanation {
    const { catalogue } = this.parts;
    const column = catalogue.columnOf(item);
    const contributions = Array.from(history.items, (other, at) => ({
      item: other,
      amount: history.values[at] > 0 ? this.#together(catalogue.columnOf(other), column) : 0,
    }));
    contributions.sort((a, b) => b.amount - a.amount || a.item - b.item);
    const baseline = catalogue.chosenIn(history).length > 0 ? 0 : catalogue.popularity[column];
    return { score: contributions.reduce((sum, { amount }) => sum + amount, baseline), baseline, contributions };
  }

  /**
   * By the cosine of rows of QΣ, which is that of the products' columns once all but the kept directions is taken out of
   * the data; the thing itself left out, and those that nobody chose.
   */
  similarItems(item: number, count: number): ScoredList {
    const { catalogue } = this.parts;
    this.#spread ??= this.#spreadVectors();
    const { data, factors } = this.#spread;
    const column = catalogue.columnOf(item);
    const own = data.subarray(column * factors, (column + 1) * factors);
    const { indices, scores } = nearestRows(own, { data, factors }, count, Uint32Array.of(column));
    return { indices: indices.map((near) => catalogue.order[near]), scores };
  }

  /** 4 (choices + customers + 2n + nk + k) bytes for n products and k factors. */
  toBytes(): Uint8Array {
    const { catalogue, factors, vectors, singularValues, histories } = this.parts;
    const { counts, entries } = rowsToFloats(histories);
    return packModel({
      kind: KIND,
      numbers: { products: catalogue.products, factors },
      arrays: { ...catalogue.toFloats(), historyCounts: counts, historyColumns: entries, vectors, singularValues },
    });
  }

  destroy(): void {}

  /** QΣ. */
  #spreadVectors(): Vectors {
    const { vectors, singularValues, factors } = this.parts;
    return { data: vectors.map((value, at) => value * singularValues[at % factors]), factors };
  }

  /** q_j·q_i, by column. */
  #together(j: number, i: number): number {
    const { vectors, factors } = this.parts;
    if (j === NOT_FOUND || i === NOT_FOUND) return 0;
    let sum = 0;
    for (let f = 0; f < factors; f++) sum += vectors[j * factors + f] * vectors[i * factors + f];
    return sum;
  }

  protected scored(columns: Uint32Array): Float32Array {
    return scoresOf(this.parts.catalogue, this.columnVectors, (into) => this.#write(columns, into));
  }

  protected scorerFor(): ScoreBlock {
    return this.#scoreBlock;
  }

  /** r Q; false for an empty history. */
  #write(columns: Uint32Array, into: Float32Array): boolean {
    const { vectors, factors } = this.parts;
    for (let at = 0; at < columns.length; at++) {
      for (let f = 0, from = columns[at] * factors; f < factors; f++, from++) into[f] += vectors[from];
    }
    return columns.length > 0;
  }
}
