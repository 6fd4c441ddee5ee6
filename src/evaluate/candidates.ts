/**
 * The sampled protocol of many papers (He et al. 2017, Neural Collaborative Filtering): each tested customer has one
 * held-out product and a given list of others, mostly 99, and models are judged by how high they rank the one among them.
 * Kept to compare with those papers: sampled figures are inconsistent, two models may come out in the other order than
 * over the whole catalogue (Krichene & Rendle 2020, "On Sampled Metrics for Item Recommendation").
 */
import { AppError, throwIfAborted } from '../base/error.ts';
import { type Tell, yieldToEvents } from '../base/progress.ts';
import type { Ratings } from '../data/ratings.ts';
import { customersAtOnce } from '../models/held-out.ts';
import type { ScoringChoice } from '../models/recommender.ts';
import { listQuality } from './metrics.ts';

/** For users[q]: the held-out product and items[pointers[q]] … items[pointers[q + 1] − 1] to beat. */
export interface CandidateLists {
  readonly users: Uint32Array;
  readonly held: Uint32Array;
  readonly pointers: Uint32Array;
  readonly items: Uint32Array;
}

export interface ReadCandidates extends CandidateLists {
  /** Candidates left out because they are the held-out product itself (156 in the published MovieLens 1M file). */
  readonly repeated: number;
  /** Candidates left out because the data does not know them, and customers left out because it knows neither them nor their product. */
  readonly unknownItems: number;
  readonly unknownCustomers: number;
}

/**
 * Reads the published form, one customer a line: `(customer,product)` and the others, separated by tabs, all by their
 * external ids. Throws AppError `fileDamaged` (with the line) for a line of another form.
 */
export function readCandidates(
  text: string,
  ratings: Pick<Ratings, 'userIds' | 'itemIds'>,
  file: string,
): ReadCandidates {
  const rowOf = new Map(ratings.userIds.map((id, row) => [id, row]));
  const columnOf = new Map(ratings.itemIds.map((id, column) => [id, column]));
  const users: number[] = [];
  const held: number[] = [];
  const pointers = [0];
  const items: number[] = [];
  let [repeated, unknownItems, unknownCustomers] = [0, 0, 0];
  text.split('\n').forEach((line, at) => {
    if (line.trim() === '') return;
    const [pair, ...others] = line.trim().split('\t');
    const [, customer, product] = /^\(([^,]+),(.+)\)$/.exec(pair) ?? [];
    if (customer === undefined) throw new AppError('fileDamaged', { file, detail: `line ${at + 1}` });
    const user = rowOf.get(customer.trim());
    const item = columnOf.get(product.trim());
    if (user === undefined || item === undefined) {
      unknownCustomers++;
      return;
    }
    users.push(user);
    held.push(item);
    for (const other of others) {
      const column = columnOf.get(other.trim());
      if (column === undefined) unknownItems++;
      else if (column === item) repeated++;
      else items.push(column);
    }
    pointers.push(items.length);
  });
  return {
    users: Uint32Array.from(users),
    held: Uint32Array.from(held),
    pointers: Uint32Array.from(pointers),
    items: Uint32Array.from(items),
    repeated,
    unknownItems,
    unknownCustomers,
  };
}

export const SAMPLED_METRICS = ['hitRate', 'ndcg'] as const;
export type SampledMetric = (typeof SAMPLED_METRICS)[number];

/**
 * HR@k (1 where the held-out product is among the first k) and NDCG@k (1 / log₂(place + 1) there, else 0), one a
 * customer. Candidates stand in the order of their scores; **equal scores count against the model**: the held-out
 * product stands behind them, so that a model that scores everything alike gets nothing. A score that is NaN is below all.
 * Throws AppError `cancelled`.
 */
export async function judgeCandidates(
  model: Pick<ScoringChoice, 'scoresForMany'>,
  candidates: CandidateLists,
  products: number,
  k: number,
  tell?: Tell,
  signal?: AbortSignal,
): Promise<Record<SampledMetric, Float32Array>> {
  const { users, held, pointers, items } = candidates;
  const figures = { hitRate: new Float32Array(users.length), ndcg: new Float32Array(users.length) };
  const atOnce = customersAtOnce(products);
  for (let from = 0; from < users.length; from += atOnce) {
    const block = users.subarray(from, from + atOnce);
    const scores = await model.scoresForMany(block);
    for (let q = 0; q < block.length; q++) {
      const row = from + q;
      const own = scores[q * products + held[row]];
      let ahead = 0;
      for (let at = pointers[row]; at < pointers[row + 1]; at++) {
        if (own !== own || scores[q * products + items[at]] >= own) ahead++;
      }
      const quality = listQuality([ahead], 1, k);
      figures.hitRate[row] = quality.hit;
      figures.ndcg[row] = quality.ndcg;
    }
    tell?.(Math.min(1, (from + atOnce) / users.length));
    await yieldToEvents();
    throwIfAborted(signal);
  }
  return figures;
}
