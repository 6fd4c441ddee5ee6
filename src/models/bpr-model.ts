import { AppError } from '../base/error.ts';
import { keepLatest } from '../base/latest.ts';
import { createRandom } from '../base/random.ts';
import type { ComputeDevice, TopKResult } from '../compute/device.ts';
import { foldIn } from './bpr-fold-in.ts';
import type { BprFactors } from './bpr-steps.ts';
import type { Exclusions } from './exclusions.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import { RankedCatalogue, type ScoreBlock } from './ranked-catalogue.ts';
import type { History, HistoryChoice, ScoredList, ScoringChoice } from './recommender.ts';
import type { Vectors } from './vector-lists.ts';
import { scoreBlocks, scoresOf } from './vector-scores.ts';

/** Product rows are columns of the catalogue; customers without a choice have zeros. */
export interface BprParts extends BprFactors {
  readonly catalogue: RankedCatalogue;
  /** λ of a customer's vector. */
  readonly userReg: number;
  /** Draws the products that a history is compared with. */
  readonly seed: number;
}

const KIND = 'bpr-choice/1';
const NUMBERS = ['products', 'factors', 'userReg', 'seed'] as const;
const ARRAYS = ['order', 'popularity', 'userFactors', 'itemFactors', 'itemBias'] as const;

/** Products that a history is compared with: see the steps in bpr-fold-in.ts. */
const COMPARED_WITH = 512;

/**
 * score_i = b_i + p·q_i. `topItems` and the answers for many are for customers of the training data, from the vectors
 * that were learned; a history is answered by the vector that suits it best with the products as they are (see
 * bpr-fold-in.ts), which is near the learned one and not the same. Choices count 1; weights of 0 or less count nothing.
 * Who chose nothing is answered by popularity.
 *
 * There is no `explain`: a vector is no sum over the history.
 */
export class BprModel implements ScoringChoice, Omit<HistoryChoice, 'explain'> {
  readonly name = 'bpr';
  readonly head = 'choice';
  readonly #parts: BprParts;
  /** Every product's vector with its bias behind it. */
  readonly #vectors: Vectors;
  readonly #scoreBlock: ScoreBlock;
  readonly #solve = keepLatest((history: History) => this.#folded(history));
  #drawn: Uint32Array | null = null;

  /** `device` scores for many customers at once; it stays its owner's to destroy. */
  constructor(parts: BprParts, device: ComputeDevice) {
    this.#parts = parts;
    this.#vectors = withBias(parts);
    this.#scoreBlock = scoreBlocks(device, parts.catalogue, this.#vectors, (user, into) =>
      writeQuery(this.#vectorOf(user), into),
    );
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array, device: ComputeDevice): BprModel {
    const { numbers, arrays } = unpackModel(
      bytes,
      KIND,
      NUMBERS,
      ARRAYS,
      ({ numbers: { factors }, arrays: a }) =>
        Number.isInteger(factors) &&
        factors >= 1 &&
        a.userFactors.length % factors === 0 &&
        a.itemFactors.length === a.order.length * factors &&
        a.itemBias.length === a.order.length,
    );
    const { products, ...settings } = numbers;
    const { userFactors, itemFactors, itemBias } = arrays;
    const catalogue = RankedCatalogue.fromFloats(products, arrays);
    if (!catalogue) throw new AppError('projectDamaged');
    return new BprModel({ catalogue, ...settings, userFactors, itemFactors, itemBias }, device);
  }

  /** Products by column of the catalogue, most popular first. */
  get columnVectors(): Vectors {
    return { data: this.#parts.itemFactors, factors: this.#parts.factors };
  }

  get customerVectors(): Vectors {
    return { data: this.#parts.userFactors, factors: this.#parts.factors };
  }

  /** As `columnVectors`. */
  get itemBias(): Float32Array {
    return this.#parts.itemBias;
  }

  async topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    const vector = this.#vectorOf(user);
    return this.#list((into) => writeQuery(vector, into), count, exclude);
  }

  topItemsFrom(history: History, count: number, exclude: Uint32Array): ScoredList {
    return this.#list(this.#queryOf(history), count, exclude);
  }

  scoresFrom(history: History): Float32Array {
    const { catalogue } = this.#parts;
    return catalogue.toProducts(scoresOf(catalogue, this.#vectors, this.#queryOf(history)));
  }

  async topItemsForMany(users: Uint32Array, count: number, exclude: Exclusions): Promise<TopKResult> {
    return this.#parts.catalogue.listsFor(users, count, exclude, this.#scoreBlock);
  }

  async scoresForMany(users: Uint32Array): Promise<Float32Array> {
    return this.#parts.catalogue.scoresFor(users, this.#scoreBlock);
  }

  /** 4 (mk + nk + 3n) bytes for m customers, n products and k factors. */
  toBytes(): Uint8Array {
    const { catalogue, factors, userReg, seed, userFactors, itemFactors, itemBias } = this.#parts;
    return packModel({
      kind: KIND,
      numbers: { products: catalogue.products, factors, userReg, seed },
      arrays: { ...catalogue.toFloats(), userFactors, itemFactors, itemBias },
    });
  }

  destroy(): void {}

  #vectorOf(user: number): Float32Array {
    const { userFactors, factors } = this.#parts;
    const users = userFactors.length / factors;
    if (!(user >= 0 && user < users)) throw new RangeError(`user ${user} of ${users}`);
    return userFactors.subarray(user * factors, (user + 1) * factors);
  }

  #list(write: (into: Float32Array) => boolean, count: number, exclude: Uint32Array): ScoredList {
    const { catalogue } = this.#parts;
    return catalogue.list(scoresOf(catalogue, this.#vectors, write), count, exclude);
  }

  #queryOf(history: History): (into: Float32Array) => boolean {
    const vector = this.#solve(history);
    return (into) => {
      if (!vector) return false;
      into.set(vector);
      into[vector.length] = 1;
      return true;
    };
  }

  /** null for a history that says nothing. */
  #folded(history: History): Float64Array | null {
    const { catalogue, userReg } = this.#parts;
    const chosen = catalogue.chosenIn(history);
    return chosen.length === 0 ? null : foldIn(this.#vectors, chosen, this.#othersThan(chosen), userReg);
  }

  /** The first of a fixed order of the catalogue that are not in the history: nearly the same for nearly the same one. */
  #othersThan(chosen: Uint32Array): Uint32Array {
    const { catalogue, seed } = this.#parts;
    this.#drawn ??= createRandom(seed).shuffle(Uint32Array.from(catalogue.order.keys()));
    const own = new Set(chosen);
    const others = new Uint32Array(COMPARED_WITH);
    let count = 0;
    for (let at = 0; at < this.#drawn.length && count < COMPARED_WITH; at++) {
      if (!own.has(this.#drawn[at])) others[count++] = this.#drawn[at];
    }
    return others.subarray(0, count);
  }
}

/** Products × (factors + 1). */
function withBias({ factors, itemFactors, itemBias }: BprFactors): Vectors {
  const width = factors + 1;
  const data = new Float32Array(itemBias.length * width);
  for (let item = 0; item < itemBias.length; item++) {
    data.set(itemFactors.subarray(item * factors, (item + 1) * factors), item * width);
    data[item * width + factors] = itemBias[item];
  }
  return { data, factors: width };
}

/** The vector with a 1 for the bias; false for zeros, which is somebody who chose nothing. */
function writeQuery(vector: Float32Array, into: Float32Array): boolean {
  if (vector.every((value) => value === 0)) return false;
  into.set(vector);
  into[vector.length] = 1;
  return true;
}
