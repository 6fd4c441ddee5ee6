/**
 * Figures of merit, with their exact formulas. Lists are judged with binary relevance against all the
 * held-out things of a customer.
 */

/** √(mean of (r̂ − r)²). NaN without pairs. */
export function rmse(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  let sum = 0;
  for (let p = 0; p < actual.length; p++) sum += (predicted[p] - actual[p]) ** 2;
  return Math.sqrt(sum / actual.length);
}

/** Mean of |r̂ − r|. NaN without pairs. */
export function mae(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  let sum = 0;
  for (let p = 0; p < actual.length; p++) sum += Math.abs(predicted[p] - actual[p]);
  return sum / actual.length;
}

export interface ListQuality {
  /** hits / relevant, the whole held-out set below the line (as RecBole and Krichene & Rendle 2020 do), not min(k, relevant). */
  readonly recall: number;
  /** hits / k */
  readonly precision: number;
  /** Σ_hits 1/log₂(place + 1) over the same sum for the best possible list of k (places from 1). */
  readonly ndcg: number;
  /** 1 if there is a hit at all. */
  readonly hit: number;
  readonly hits: number;
}

/** Quality of one list of k, from the places (from 0) of its hits and the number of relevant things (≥ 1). */
export function listQuality(places: readonly number[], relevant: number, k: number): ListQuality {
  if (!(relevant >= 1)) throw new RangeError(`relevant ${relevant}`);
  const within = places.filter((place) => place < k);
  const hits = within.length;
  let ideal = 0;
  for (let place = 0; place < Math.min(k, relevant); place++) ideal += discount(place);
  return {
    recall: hits / relevant,
    precision: hits / k,
    ndcg: within.reduce((sum, place) => sum + discount(place), 0) / ideal,
    hit: hits > 0 ? 1 : 0,
    hits,
  };
}

function discount(place: number): number {
  return 1 / Math.log2(place + 2);
}

/** Expected hits of k things drawn at random from `candidates`, `relevant` of which are relevant (hypergeometric mean). */
export function expectedRandomHits(k: number, relevant: number, candidates: number): number {
  return candidates === 0 ? 0 : (Math.min(k, candidates) * relevant) / candidates;
}
