import { createRandom } from '../base/random.ts';
import type { TopKResult } from '../compute/device.ts';
import type { Exclusions } from './exclusions.ts';
import { listsForMany, scoresForMany } from './lists-for-many.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import type { ScoredList, ScoringChoice } from './recommender.ts';
import { topRows } from './vector-lists.ts';

export interface RandomListsParts {
  readonly users: number;
  readonly products: number;
  readonly seed: number;
}

const KIND = 'random-choice/1';
const NUMBERS = ['users', 'products', 'seed'] as const;

/** An odd number, so that no two customers of one seed share a stream. */
const STREAM_STEP = 0x2c1b3c6d;

/**
 * An order drawn at random for each customer: what chance alone achieves. A customer's scores come from a generator
 * of their own, so a list does not depend on who else is asked for, or when.
 */
export class RandomListsModel implements ScoringChoice {
  readonly name = 'random';
  readonly head = 'choice';
  readonly #parts: RandomListsParts;

  constructor(parts: RandomListsParts) {
    this.#parts = parts;
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): RandomListsModel {
    const whole = (n: number) => Number.isInteger(n) && n >= 0;
    const { numbers } = unpackModel(bytes, KIND, NUMBERS, [], (parts) => {
      return whole(parts.numbers.users) && whole(parts.numbers.products);
    });
    return new RandomListsModel(numbers);
  }

  async topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    return this.#list(user, count, exclude);
  }

  async topItemsForMany(users: Uint32Array, count: number, exclude: Exclusions): Promise<TopKResult> {
    return listsForMany(users, count, exclude, (user, excluded) => this.#list(user, count, excluded));
  }

  async scoresForMany(users: Uint32Array): Promise<Float32Array> {
    return scoresForMany(users, this.#parts.products, (user, into) => this.#draw(user, into));
  }

  toBytes(): Uint8Array {
    return packModel({ kind: KIND, numbers: { ...this.#parts }, arrays: {} });
  }

  destroy(): void {}

  #list(user: number, count: number, exclude: Uint32Array): ScoredList {
    const scores = new Float32Array(this.#parts.products);
    this.#draw(user, scores);
    return topRows(scores, count, exclude);
  }

  /** Uniform in [0, 1), one number for each product. */
  #draw(user: number, into: Float32Array): void {
    const { users, seed } = this.#parts;
    if (!(user >= 0 && user < users)) throw new RangeError(`user ${user} of ${users}`);
    const random = createRandom(Math.imul(user + 1, STREAM_STEP) ^ seed);
    for (let item = 0; item < into.length; item++) into[item] = random.next();
  }
}
