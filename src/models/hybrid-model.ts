import { keepLatest } from '../base/latest.ts';
import { type ComputeDevice, NOT_FOUND, type TopKResult } from '../compute/device.ts';
import {
  COLD_ARRAYS,
  type ColdProducts,
  coldFromFloats,
  coldToFloats,
  neighboursOf,
  scoreCold,
} from './cold-products.ts';
import type { Exclusions } from './exclusions.ts';
import { ItemWeightsModel } from './item-weights-model.ts';
import { joinedKind, joinedSize, joinModels, splitModels } from './joined-bytes.ts';
import { MfChoiceModel } from './mf-choice-model.ts';
import type { ModelParts } from './model-bytes.ts';
import type { Explanation, History, HistoryChoice, ScoredList, ScoringChoice } from './recommender.ts';
import { topRows } from './vector-lists.ts';

/** A blend without cold products is kept as it was before there were any. */
const KIND = 'hybrid/1';
const COLD_KIND = 'hybrid/2';
const PARTS = 2;

/** Customers scored at a time, in numbers: 16 MB. */
const SCORES_AT_ONCE = 2 ** 22;

/** How the scores of one customer are made comparable between models: z = (s − mean) / deviation. */
export interface Standard {
  readonly mean: number;
  readonly deviation: number;
}

/** Over the products a model scores; those it leaves out (−Infinity) do not count. A model that tells none apart has deviation 1. */
export function standardOf(scores: Float32Array): Standard {
  let [count, sum, squares] = [0, 0, 0];
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at];
    if (score === Number.NEGATIVE_INFINITY) continue;
    count++;
    sum += score;
    squares += score * score;
  }
  const mean = sum / Math.max(1, count);
  const variance = squares / Math.max(1, count) - mean * mean;
  return { mean, deviation: variance > 1e-12 * mean * mean ? Math.sqrt(variance) : 1 };
}

/**
 * share · z(first) + (1 − share) · z(second), into the first. A product one of them leaves out is an average one to it.
 */
export function blend(first: Float32Array, second: Float32Array, share: number): Float32Array {
  const [a, b] = [standardOf(first), standardOf(second)];
  for (let at = 0; at < first.length; at++) {
    const x = first[at] === Number.NEGATIVE_INFINITY ? 0 : (first[at] - a.mean) / a.deviation;
    const y = second[at] === Number.NEGATIVE_INFINITY ? 0 : (second[at] - b.mean) / b.deviation;
    first[at] = share * x + (1 - share) * y;
  }
  return first;
}

export interface HybridParts {
  readonly ease: ItemWeightsModel;
  readonly factors: MfChoiceModel;
  /** Weight of EASE, 0 … 1; the factorization has the rest. */
  readonly share: number;
  /** Products that are scored by those they are like; null where there are none, or nothing says what they are like. */
  readonly cold?: ColdProducts | null;
}

/**
 * Two models that err differently, blended: each customer's scores by either are standardized over the catalogue and
 * added with the weights that did best on validation. Reasons stay exact: both parts add up over the history, and
 * standardizing multiplies and shifts them. Products hardly anybody has chosen have the weighted mean of the scores of
 * those most like them (`cold-products.ts`), and of their reasons.
 */
export class HybridModel implements HistoryChoice, ScoringChoice {
  readonly name = 'hybrid';
  readonly head = 'choice';
  readonly #parts: HybridParts;
  /** Reasons of a whole list are asked for one after the other, and each needs the same two. */
  readonly #standards = keepLatest((history: History) => ({
    ease: standardOf(this.#parts.ease.scoresFrom(history)),
    factors: standardOf(this.#parts.factors.scoresFrom(history)),
  }));

  constructor(parts: HybridParts) {
    this.#parts = parts;
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array, device: ComputeDevice): HybridModel {
    if (joinedKind(bytes, PARTS) !== COLD_KIND) {
      const { numbers, models } = splitModels(bytes, KIND, ['share'], PARTS);
      return new HybridModel({ share: numbers.share, ...partsFrom(models, device) });
    }
    const { numbers, arrays, models } = splitModels(bytes, COLD_KIND, ['share', 'coldTrust'], PARTS, COLD_ARRAYS);
    const parts = partsFrom(models, device);
    const products = parts.factors.itemVectors.data.length / parts.factors.itemVectors.factors;
    const cold = { ...coldFromFloats(arrays, products), trust: numbers.coldTrust };
    return new HybridModel({ share: numbers.share, ...parts, cold });
  }

  get share(): number {
    return this.#parts.share;
  }

  /** What the scores of cold products count; null where there are none. */
  get coldTrust(): number | null {
    return this.#parts.cold?.trust ?? null;
  }

  /** Products scored by those they are like: how many. */
  get coldProducts(): number {
    return this.#parts.cold?.items.length ?? 0;
  }

  async topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    return topRows(await this.scoresForMany(Uint32Array.of(user)), count, exclude);
  }

  topItemsFrom(history: History, count: number, exclude: Uint32Array): ScoredList {
    return topRows(this.scoresFrom(history), count, exclude);
  }

  scoresFrom(history: History): Float32Array {
    const { ease, factors, share, cold } = this.#parts;
    const scores = blend(ease.scoresFrom(history), factors.scoresFrom(history), share);
    if (cold) scoreCold(scores, cold);
    return scores;
  }

  async topItemsForMany(users: Uint32Array, count: number, exclude: Exclusions): Promise<TopKResult> {
    const indices = new Uint32Array(users.length * count).fill(NOT_FOUND);
    const scores = new Float32Array(users.length * count).fill(Number.NEGATIVE_INFINITY);
    const { data, factors } = this.#parts.factors.itemVectors;
    const products = data.length / factors;
    const atOnce = Math.max(1, Math.floor(SCORES_AT_ONCE / products));
    for (let from = 0; from < users.length; from += atOnce) {
      const block = users.subarray(from, from + atOnce);
      const rows = await this.scoresForMany(block);
      for (let q = 0; q < block.length; q++) {
        const own = exclude.indices.subarray(exclude.pointers[from + q], exclude.pointers[from + q + 1]);
        const list = topRows(rows.subarray(q * products, (q + 1) * products), count, own);
        indices.set(list.indices, (from + q) * count);
        scores.set(list.scores, (from + q) * count);
      }
    }
    return { indices, scores };
  }

  async scoresForMany(users: Uint32Array): Promise<Float32Array> {
    const { ease, factors, share, cold } = this.#parts;
    const [first, second] = [await ease.scoresForMany(users), await factors.scoresForMany(users)];
    const products = users.length === 0 ? 0 : first.length / users.length;
    for (let q = 0; q < users.length; q++) {
      const [from, to] = [q * products, (q + 1) * products];
      const scores = blend(first.subarray(from, to), second.subarray(from, to), share);
      if (cold) scoreCold(scores, cold);
    }
    return first;
  }

  /**
   * Contributions of both parts, each over its deviation and by its weight; what standardizing shifts is the baseline. Of
   * a cold product: those of the products it is like, by what each of them counts.
   */
  explain(history: History, item: number): Explanation {
    const { ease, factors, share, cold } = this.#parts;
    const amounts = new Map<number, number>();
    let baseline = 0;
    const standards = this.#standards(history);
    for (const { item: speaking, weight: voice } of (cold && neighboursOf(cold, item)) ?? [{ item, weight: 1 }]) {
      for (const [part, weight, { mean, deviation }] of [
        [ease, voice * share, standards.ease],
        [factors, voice * (1 - share), standards.factors],
      ] as const) {
        const own = part.explain(history, speaking);
        if (own.score === Number.NEGATIVE_INFINITY) continue;
        baseline += (weight * (own.baseline - mean)) / deviation;
        for (const { item: cause, amount } of own.contributions) {
          amounts.set(cause, (amounts.get(cause) ?? 0) + (weight * amount) / deviation);
        }
      }
    }
    const contributions = Array.from(amounts, ([cause, amount]) => ({ item: cause, amount }));
    contributions.sort((a, b) => b.amount - a.amount || a.item - b.item);
    return { score: contributions.reduce((sum, { amount }) => sum + amount, baseline), baseline, contributions };
  }

  toBytes(): Uint8Array {
    const { ease, factors } = this.#parts;
    return joinModels(this.#joint(), [ease.toBytes(), factors.toBytes()]);
  }

  size(): number {
    const { ease, factors } = this.#parts;
    return joinedSize(this.#joint(), [ease.size(), factors.toBytes().length]);
  }

  /** What joins the two. */
  #joint(): ModelParts {
    const { share, cold } = this.#parts;
    return cold
      ? { kind: COLD_KIND, numbers: { share, coldTrust: cold.trust }, arrays: { ...coldToFloats(cold) } }
      : { kind: KIND, numbers: { share }, arrays: {} };
  }

  destroy(): void {
    this.#parts.ease.destroy();
    this.#parts.factors.destroy();
  }
}

function partsFrom([ease, factors]: readonly Uint8Array[], device: ComputeDevice) {
  return { ease: ItemWeightsModel.fromBytes(ease, device), factors: MfChoiceModel.fromBytes(factors, device) };
}
