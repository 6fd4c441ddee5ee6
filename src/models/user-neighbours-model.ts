import { AppError } from '../base/error.ts';
import { transpose } from '../base/sparse.ts';
import { TopK } from '../base/top-k.ts';
import { rowsOfOnes } from './chosen-pairs.ts';
import { HistoryLists, type HistoryParts } from './history-lists.ts';
import { scoresForMany } from './lists-for-many.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import { createOverlapCounter, type OverlapOptions, type Overlaps, overlapSimilarity } from './overlap.ts';
import { RankedCatalogue, type ScoreBlock } from './ranked-catalogue.ts';
import type { HistoryChoice, ScoredList, ScoringChoice } from './recommender.ts';
import { rowsToFloats } from './square-matrix.ts';

export interface UserNeighboursParts extends OverlapOptions, HistoryParts {
  /** Neighbours that are listened to. */
  readonly k: number;
}

const KIND = 'user-neighbours-choice/1';
const NUMBERS = ['products', 'k', 'shrink', 'minimumOverlap', 'jaccard'] as const;
const ARRAYS = ['order', 'popularity', 'historyCounts', 'historyColumns'] as const;

/**
 * score_i = Σ sim(u, v) over the k customers v most like u who chose i. Neighbours are found from the history alone,
 * when somebody asks, so anybody with a history is answered, the same whether they are in the data or not: customers
 * who chose nothing beyond the history (the customer asked for among them) have nothing to say and are no neighbours.
 * Choices count 1; weights of 0 or less count nothing. An empty history is answered by popularity.
 *
 * There is no `explain`: with the history the neighbours change, so a score is no sum over it.
 */
export class UserNeighboursModel
  extends HistoryLists<UserNeighboursParts>
  implements ScoringChoice, Omit<HistoryChoice, 'explain'>
{
  readonly name = 'userNeighbours';
  readonly head = 'choice';
  readonly #overlapsOf: (columns: Uint32Array) => Overlaps;
  /** Emptied by every answer. */
  readonly #nearest: TopK;
  readonly #scoreBlock: ScoreBlock = (users) =>
    scoresForMany(users, this.parts.catalogue.size, (user, into) => this.#score(this.historyOf(user), into));

  constructor(parts: UserNeighboursParts) {
    super(parts);
    this.#overlapsOf = createOverlapCounter(transpose(parts.histories));
    this.#nearest = new TopK(Math.min(parts.k, parts.histories.rows));
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): UserNeighboursModel {
    const { numbers, arrays } = unpackModel(bytes, KIND, NUMBERS, ARRAYS, (parts) => parts.numbers.k >= 0);
    const { products, jaccard, ...options } = numbers;
    const catalogue = RankedCatalogue.fromFloats(products, arrays);
    const histories = catalogue && rowsOfOnes(arrays.historyCounts, arrays.historyColumns, catalogue.size);
    if (!histories) throw new AppError('projectDamaged');
    return new UserNeighboursModel({ ...options, measure: jaccard === 1 ? 'jaccard' : 'cosine', catalogue, histories });
  }

  /** 4 (choices + customers + 2n) bytes for n products. */
  toBytes(): Uint8Array {
    const { k, shrink, minimumOverlap, measure, catalogue, histories } = this.parts;
    const { counts, entries } = rowsToFloats(histories);
    return packModel({
      kind: KIND,
      numbers: { products: catalogue.products, k, shrink, minimumOverlap, jaccard: measure === 'jaccard' ? 1 : 0 },
      arrays: { ...catalogue.toFloats(), historyCounts: counts, historyColumns: entries },
    });
  }

  destroy(): void {}

  protected scored(columns: Uint32Array): Float32Array {
    const scores = new Float32Array(this.parts.catalogue.size);
    this.#score(columns, scores);
    return scores;
  }

  protected scorerFor(): ScoreBlock {
    return this.#scoreBlock;
  }

  /** `into` is zero. */
  #score(columns: Uint32Array, into: Float32Array): void {
    const { catalogue, histories } = this.parts;
    if (columns.length === 0) into.set(catalogue.popularity);
    const { indices, scores } = this.#neighboursOf(columns);
    for (let at = 0; at < indices.length; at++) {
      const end = histories.pointers[indices[at] + 1];
      for (let e = histories.pointers[indices[at]]; e < end; e++) into[histories.indices[e]] += scores[at];
    }
  }

  /** Customers and how alike they are, the most alike first. */
  #neighboursOf(columns: Uint32Array): ScoredList {
    const { pointers } = this.parts.histories;
    const { others, counts } = this.#overlapsOf(columns);
    for (let at = 0; at < others.length; at++) {
      const other = others[at];
      const size = pointers[other + 1] - pointers[other];
      if (counts[other] === size) continue;
      const similarity = overlapSimilarity(this.parts, counts[other], columns.length, size);
      if (similarity > 0) this.#nearest.offer(other, similarity);
    }
    return this.#nearest.drain();
  }
}
