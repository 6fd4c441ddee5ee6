import type { Csr } from '../base/sparse.ts';
import type { TopKResult } from '../compute/device.ts';
import type { Exclusions } from './exclusions.ts';
import { listsForMany, scoresForMany } from './lists-for-many.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import { choiceCounts, orderByCount } from './popularity-order.ts';
import type { ScoredList, ScoringChoice } from './recommender.ts';

const KIND = 'popularity-choice/1';
const ARRAYS = ['shares'] as const;

/** The same order for everyone, less what each of them has: by how many customers chose it, ties to the lower row. */
export class PopularityModel implements ScoringChoice {
  readonly name = 'popularity';
  readonly head = 'choice';
  readonly #shares: Float32Array;
  readonly #order: Uint32Array;

  /** `shares`: of the customers, those who chose each product; the score of it for everyone. */
  constructor(shares: Float32Array) {
    this.#shares = shares;
    this.#order = orderByCount(shares);
  }

  /** Of customers × products. */
  static of(chosen: Csr): PopularityModel {
    return new PopularityModel(Float32Array.from(choiceCounts(chosen), (count) => count / Math.max(1, chosen.rows)));
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): PopularityModel {
    const { arrays } = unpackModel(bytes, KIND, [], ARRAYS, (parts) =>
      parts.arrays.shares.every((share) => share >= 0),
    );
    return new PopularityModel(arrays.shares);
  }

  async topItems(_user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    return this.#list(count, exclude);
  }

  async topItemsForMany(users: Uint32Array, count: number, exclude: Exclusions): Promise<TopKResult> {
    return listsForMany(users, count, exclude, (_, excluded) => this.#list(count, excluded));
  }

  async scoresForMany(users: Uint32Array): Promise<Float32Array> {
    return scoresForMany(users, this.#shares.length, (_, into) => into.set(this.#shares));
  }

  toBytes(): Uint8Array {
    return packModel({ kind: KIND, numbers: {}, arrays: { shares: this.#shares } });
  }

  destroy(): void {}

  #list(count: number, exclude: Uint32Array): ScoredList {
    const excluded = new Set(exclude);
    const indices = new Uint32Array(Math.min(count, this.#order.length));
    let placed = 0;
    for (let at = 0; at < this.#order.length && placed < indices.length; at++) {
      if (!excluded.has(this.#order[at])) indices[placed++] = this.#order[at];
    }
    const listed = indices.slice(0, placed);
    return { indices: listed, scores: Float32Array.from(listed, (item) => this.#shares[item]) };
  }
}
