import { type ComputeDevice, NOT_FOUND, type TopKResult } from '../compute/device.ts';
import { rowOf } from './chosen-pairs.ts';
import type { Exclusions } from './exclusions.ts';
import { scoresForMany } from './lists-for-many.ts';
import type { ScoreBlock } from './ranked-catalogue.ts';
import type { History, LeavesOut, ScoredList, ScoringChoice } from './recommender.ts';
import { packVae, unpackVae } from './vae-bytes.ts';
import { addRows } from './vae-first-layer.ts';
import type { VaeParts } from './vae-parts.ts';
import { dotRow, dotRows, dotsAnywhere, topKAnywhere } from './vector-lists.ts';

/** Customers from whom on it pays to bring the catalogue to the device. */
const CUSTOMERS_WORTH_A_DEVICE = 16;

/**
 * score_i = b_i + z(history) · w_i, the logit of the network less the mean logit of the catalogue (which moves no place
 * in a list). Every choice counts the same, whatever its weight; weights of 0 or less count nothing. A history that says
 * nothing (empty, or only of products that are left out) is answered by popularity.
 *
 * The network is asked in plain loops: the history's rows of the first layer are added up, and the catalogue is one
 * product of a matrix with a vector, a millisecond for 3,706 products. For many customers the device does the latter.
 */
export class VaeModel implements ScoringChoice, LeavesOut {
  readonly name = 'vae';
  readonly head = 'choice';

  /** `device` scores for many customers at once; it stays its owner's to destroy. */
  constructor(
    readonly parts: VaeParts,
    readonly device: ComputeDevice,
  ) {}

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array, device: ComputeDevice): VaeModel {
    return new VaeModel(unpackVae(bytes), device);
  }

  /** Products that are not part of the model because they were too many. */
  get leftOut(): number {
    return this.parts.catalogue.leftOut;
  }

  async topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    return this.parts.catalogue.list(this.#scored(this.#historyOf(user)), count, exclude);
  }

  /** As `HistoryChoice.topItemsFrom`. */
  topItemsFrom(history: History, count: number, exclude: Uint32Array): ScoredList {
    const { catalogue } = this.parts;
    return catalogue.list(this.#scored(catalogue.chosenIn(history)), count, exclude);
  }

  /** As `HistoryChoice.scoresFrom`. */
  scoresFrom(history: History): Float32Array {
    const { catalogue } = this.parts;
    return catalogue.toProducts(this.#scored(catalogue.chosenIn(history)));
  }

  async topItemsForMany(users: Uint32Array, count: number, exclude: Exclusions): Promise<TopKResult> {
    const { catalogue } = this.parts;
    if (users.length < CUSTOMERS_WORTH_A_DEVICE) return catalogue.listsFor(users, count, exclude, this.#scoreBlock);
    const known = users.map((_, q) => q).filter((q) => this.#historyOf(users[q]).length > 0);
    const found = await this.#listsOnDevice(users, known, count, exclude);
    const indices = new Uint32Array(users.length * count).fill(NOT_FOUND);
    const scores = new Float32Array(users.length * count).fill(Number.NEGATIVE_INFINITY);
    known.forEach((q, at) => {
      const own = found.indices.subarray(at * count, (at + 1) * count);
      indices.set(
        own.map((column) => (column === NOT_FOUND ? NOT_FOUND : catalogue.order[column])),
        q * count,
      );
      scores.set(found.scores.subarray(at * count, (at + 1) * count), q * count);
    });
    const isKnown = new Set(known);
    users.forEach((_, q) => {
      if (isKnown.has(q)) return;
      const excluded = exclude.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1]);
      const list = catalogue.list(catalogue.popularity, count, excluded);
      indices.set(list.indices, q * count);
      scores.set(list.scores, q * count);
    });
    return { indices, scores };
  }

  async scoresForMany(users: Uint32Array): Promise<Float32Array> {
    const worthIt = users.length >= CUSTOMERS_WORTH_A_DEVICE;
    return this.parts.catalogue.scoresFor(users, worthIt ? this.#scoreBlockOnDevice : this.#scoreBlock);
  }

  /**
   * Of each of `items` when one thing at a time is left out of the history: without.length × items.length. Only the
   * first layer's sum changes by a row, so that this costs the small layers and not the catalogue. Without its last
   * thing the network is asked with nothing.
   */
  scoresWithout(history: History, without: Uint32Array, items: Uint32Array): Float32Array {
    const { catalogue, encoder, hidden, products, productBias, code } = this.parts;
    const columns = catalogue.chosenIn(history);
    const sum = new Float32Array(hidden);
    addRows(encoder, hidden, columns, 0, columns.length, sum);
    const asked = Array.from(items, (item) => catalogue.columnOf(item));
    const scores = new Float32Array(without.length * items.length);
    const left = new Float32Array(hidden);
    without.forEach((thing, row) => {
      const column = catalogue.columnOf(thing);
      const counts = column !== NOT_FOUND && columns.includes(column);
      left.set(sum);
      if (counts) for (let h = 0; h < hidden; h++) left[h] -= encoder[column * hidden + h];
      const z = this.#codeOf(left, columns.length - (counts ? 1 : 0));
      asked.forEach((own, at) => {
        scores[row * items.length + at] =
          own === NOT_FOUND
            ? Number.NEGATIVE_INFINITY
            : productBias[own] + dotRow(z, { data: products, factors: code }, own);
      });
    });
    return scores;
  }

  /**
   * 4 (choices + customers + 2n + n (hidden + code + 1)) bytes for n products, and the small layers: 6 MB for MovieLens
   * 1M and 200 units, 2 MB of it histories.
   */
  toBytes(): Uint8Array {
    return packVae(this.parts);
  }

  destroy(): void {}

  #historyOf(user: number): Uint32Array {
    const { histories } = this.parts;
    if (!(user >= 0 && user < histories.rows)) throw new RangeError(`user ${user} of ${histories.rows}`);
    return rowOf(histories, user);
  }

  /** z of a history, by column. */
  #encoded(columns: Uint32Array): Float32Array {
    const { encoder, hidden } = this.parts;
    const sum = new Float32Array(hidden);
    addRows(encoder, hidden, columns, 0, columns.length, sum);
    return this.#codeOf(sum, columns.length);
  }

  /** z from the sum of `count` rows of the first layer. */
  #codeOf(sum: Float32Array, count: number): Float32Array {
    const { hidden, latent, encoderBias, middle, middleBias } = this.parts;
    const scale = count > 0 ? 1 / Math.sqrt(count) : 0;
    const units = Float32Array.from(sum, (value, h) => Math.tanh(scale * value + encoderBias[h]));
    if (latent === 0) return units;
    const z = middleBias.slice();
    for (let h = 0; h < hidden; h++) {
      for (let k = 0, at = h * latent; k < latent; k++, at++) z[k] += units[h] * middle[at];
    }
    return z;
  }

  #scored(columns: Uint32Array): Float32Array {
    const { catalogue, products, productBias, code } = this.parts;
    if (columns.length === 0) return catalogue.popularity;
    const scores = dotRows(this.#encoded(columns), { data: products, factors: code });
    for (let column = 0; column < scores.length; column++) scores[column] += productBias[column];
    return scores;
  }

  readonly #scoreBlock: ScoreBlock = (users) =>
    scoresForMany(users, this.parts.catalogue.size, (user, into) => into.set(this.#scored(this.#historyOf(user))));

  readonly #scoreBlockOnDevice: ScoreBlock = async (users) => {
    const { catalogue, products, productBias, code } = this.parts;
    const scores = await dotsAnywhere(this.device, this.#codesOf(users), products, code);
    users.forEach((user, q) => {
      const own = scores.subarray(q * catalogue.size, (q + 1) * catalogue.size);
      if (this.#historyOf(user).length === 0) own.set(catalogue.popularity);
      else for (let column = 0; column < own.length; column++) own[column] += productBias[column];
    });
    return scores;
  };

  /** Columns of the best for those of `users` that `known` names, known.length × count. */
  #listsOnDevice(users: Uint32Array, known: Uint32Array, count: number, exclude: Exclusions): Promise<TopKResult> {
    const { catalogue, products, productBias, code } = this.parts;
    const rows = Array.from(known, (q) =>
      catalogue.columnsOf(exclude.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1])),
    );
    const pointers = new Uint32Array(rows.length + 1);
    rows.forEach((row, at) => {
      pointers[at + 1] = pointers[at] + row.length;
    });
    const indices = new Uint32Array(pointers[rows.length]);
    rows.forEach((row, at) => {
      indices.set(row, pointers[at]);
    });
    return topKAnywhere(this.device, {
      queries: this.#codesOf(known.map((q) => users[q])),
      keys: products,
      factors: code,
      keyBias: productBias,
      exclude: { pointers, indices },
      count,
    });
  }

  /** users.length × code; of somebody without a history what the network makes of nothing. */
  #codesOf(users: Uint32Array): Float32Array {
    const { code } = this.parts;
    const codes = new Float32Array(users.length * code);
    users.forEach((user, q) => {
      codes.set(this.#encoded(this.#historyOf(user)), q * code);
    });
    return codes;
  }
}
