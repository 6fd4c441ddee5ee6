import type { TopKResult } from '../compute/device.ts';
import { NO_KIND } from './customer-kinds.ts';
import type { Exclusions } from './exclusions.ts';
import { listsForMany, scoresForMany } from './lists-for-many.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import { orderByCount } from './popularity-order.ts';
import type { ScoredList, ScoringChoice } from './recommender.ts';

export interface TrendingParts {
  /** Days after which a choice counts half; 0: it never ages. */
  readonly halfLife: number;
  /** Of the customers' attributes, the one that tells kinds apart; −1: none. */
  readonly attribute: number;
  /** The share each product has of all choices, as they count today: of everybody first, then of each kind of customer. */
  readonly shares: readonly Float32Array[];
  /** By customer, `NO_KIND` for those of no kind; empty where there are no kinds. */
  readonly kindOf: Uint32Array;
}

const KIND = 'trending-choice/1';
const NUMBERS = ['halfLife', 'attribute', 'products'] as const;
const ARRAYS = ['shares', 'kinds'] as const;

/** One order for all customers of a kind, less what each of them has; ties to the lower row. Others get everybody's. */
export class TrendingModel implements ScoringChoice {
  readonly name = 'trending';
  readonly head = 'choice';
  readonly #parts: TrendingParts;
  /** Of everybody, and of each kind that was asked for. */
  readonly #orders: Uint32Array[] = [];

  constructor(parts: TrendingParts) {
    this.#parts = parts;
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): TrendingModel {
    const { numbers, arrays } = unpackModel(bytes, KIND, NUMBERS, ARRAYS, ({ numbers: { products }, arrays: both }) => {
      const lists = both.shares.length / products;
      const isKind = (kind: number) => Number.isInteger(kind) && kind >= 0 && kind < lists;
      return (
        Number.isInteger(lists) && lists >= 1 && both.shares.every((share) => share >= 0) && both.kinds.every(isKind)
      );
    });
    const { products, ...settings } = numbers;
    const shares = Array.from({ length: arrays.shares.length / products }, (_, list) =>
      arrays.shares.slice(list * products, (list + 1) * products),
    );
    return new TrendingModel({
      ...settings,
      shares,
      kindOf: Uint32Array.from(arrays.kinds, (list) => (list === 0 ? NO_KIND : list - 1)),
    });
  }

  get halfLife(): number {
    return this.#parts.halfLife;
  }

  get attribute(): number {
    return this.#parts.attribute;
  }

  /** A customer who is not in the training data gets everybody's list. */
  async topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    return this.#list(user, count, exclude);
  }

  async topItemsForMany(users: Uint32Array, count: number, exclude: Exclusions): Promise<TopKResult> {
    return listsForMany(users, count, exclude, (user, excluded) => this.#list(user, count, excluded));
  }

  async scoresForMany(users: Uint32Array): Promise<Float32Array> {
    const { shares } = this.#parts;
    return scoresForMany(users, shares[0].length, (user, into) => into.set(shares[this.#listOf(user)]));
  }

  /** 4 (products · (kinds + 1) + customers) bytes. */
  toBytes(): Uint8Array {
    const { halfLife, attribute, shares, kindOf } = this.#parts;
    const products = shares[0].length;
    const all = new Float32Array(products * shares.length);
    shares.forEach((own, list) => {
      all.set(own, list * products);
    });
    return packModel({
      kind: KIND,
      numbers: { halfLife, attribute, products },
      arrays: { shares: all, kinds: Float32Array.from(kindOf, (kind) => (kind === NO_KIND ? 0 : kind + 1)) },
    });
  }

  destroy(): void {}

  /** Which of `shares` a customer is answered from. */
  #listOf(user: number): number {
    const kind = this.#parts.kindOf[user] ?? NO_KIND;
    return kind === NO_KIND ? 0 : kind + 1;
  }

  #list(user: number, count: number, exclude: Uint32Array): ScoredList {
    const list = this.#listOf(user);
    const shares = this.#parts.shares[list];
    this.#orders[list] ??= orderByCount(shares);
    const order = this.#orders[list];
    const excluded = new Set(exclude);
    const indices = new Uint32Array(Math.min(count, order.length));
    let placed = 0;
    for (let at = 0; at < order.length && placed < indices.length; at++) {
      if (!excluded.has(order[at])) indices[placed++] = order[at];
    }
    const listed = indices.slice(0, placed);
    return { indices: listed, scores: Float32Array.from(listed, (item) => shares[item]) };
  }
}
