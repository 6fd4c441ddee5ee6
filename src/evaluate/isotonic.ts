/**
 * Isotonic regression of what happened on a score: the map that never falls and fits best by squares (Barlow, Bartholomew,
 * Bremner & Brunk 1972), found by pooling adjacent violators. As a way from scores to probabilities: Zadrozny & Elkan 2002.
 */

/** Blocks by ascending score; block b goes from lows[b] to highs[b] and is worth values[b], which ascend strictly. */
export interface IsotonicMap {
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  /** Shares from 0 to 1. */
  readonly values: Float64Array;
}

/**
 * `scores` of everything that could happen and `hits`, the scores of what did (each one of `scores`); both finite, in any
 * order. Equal scores are one: they can only be worth the same. Throws RangeError without a score.
 */
export function fitIsotonic(scores: Float32Array, hits: Float32Array): IsotonicMap {
  if (scores.length === 0) throw new RangeError('isotonic regression of nothing');
  const all = scores.slice().sort();
  const happened = hits.slice().sort();
  const lows: number[] = [];
  const highs: number[] = [];
  const sums: number[] = [];
  const counts: number[] = [];
  let hit = 0;
  for (let at = 0; at < all.length; ) {
    const score = all[at];
    let count = 0;
    let sum = 0;
    for (; at < all.length && all[at] === score; at++) count++;
    for (; hit < happened.length && happened[hit] === score; hit++) sum++;
    lows.push(score);
    highs.push(score);
    sums.push(sum);
    counts.push(count);
    // A block worth no more than the one before it becomes one with it.
    for (
      let last = sums.length - 1;
      last > 0 && sums[last] * counts[last - 1] <= sums[last - 1] * counts[last];
      last--
    ) {
      sums[last - 1] += sums[last];
      counts[last - 1] += counts[last];
      highs[last - 1] = highs[last];
      for (const column of [lows, highs, sums, counts]) column.pop();
    }
  }
  return {
    lows: Float64Array.from(lows),
    highs: Float64Array.from(highs),
    values: Float64Array.from(sums, (sum, block) => sum / counts[block]),
  };
}

/** What a score is worth: its block's value, between two blocks on the straight line, outside the nearest block's. */
export function isotonicValue({ lows, highs, values }: IsotonicMap, score: number): number {
  // The first block that does not end below the score.
  let low = 0;
  let high = highs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (highs[middle] < score) low = middle + 1;
    else high = middle;
  }
  if (low === highs.length) return values[low - 1];
  if (low === 0 || score >= lows[low]) return values[low];
  const share = (score - highs[low - 1]) / (lows[low] - highs[low - 1]);
  return values[low - 1] + share * (values[low] - values[low - 1]);
}
