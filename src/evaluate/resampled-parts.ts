/** Parts of one figure, and what is left of it without each: all of them from one pass over the resamples. */
import { createPacer } from '../base/pacer.ts';
import { MOST_GROUPS, type Resampled, type Resamples } from './bootstrap.ts';

/** What some customers have in a figure Σ sums / Σ counts, or a part of what each has. The others have nothing in it. */
export interface Part {
  /** Their places among all customers. */
  readonly rows: ArrayLike<number>;
  /** One for each of `rows`. */
  readonly sums: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

/** Rounds worked out side by side: a customer's figures are then read once for all of them. */
const BLOCK = 4;

/** A part of a figure, and the figure without it; NaN for the figure of nobody. */
export interface PartResampled {
  readonly own: Resampled;
  readonly rest: Resampled;
}

/**
 * Each part of `whole` (one sum and one count for each customer) with its rounds, and what `whole` is without it. Customers
 * are drawn as `bootstrap` draws them. A part costs as much as it has customers, and the rest of it is a subtraction: groups
 * that are everybody together cost about as much as everybody, however many they are.
 */
export async function resampledParts(
  parts: readonly Part[],
  whole: { readonly sums: ArrayLike<number>; readonly counts: ArrayLike<number> },
  resamples: Resamples,
): Promise<PartResampled[]> {
  const everybody = wholeOf(whole);
  const groups = everybody.sums.length;
  const compact = parts.map((part) => compacted(part, groups));
  const times = await resamples.timesDrawn(groups);
  const drawn = parts.map(() => ({
    own: new Float64Array(resamples.rounds),
    rest: new Float64Array(resamples.rounds),
  }));
  const pace = createPacer();
  // By place, its weight in each round of a block; in bytes, which stay near the processor.
  const weights = new Uint8Array(groups * BLOCK);
  const all = new Float64Array(2 * BLOCK);
  const own = new Float64Array(2 * BLOCK);
  for (let from = 0; from < resamples.rounds; from += BLOCK) {
    if (pace.due()) await pace.turn();
    const rounds = Math.min(BLOCK, resamples.rounds - from);
    for (let r = 0; r < rounds; r++) {
      for (let group = 0; group < groups; group++) weights[group * BLOCK + r] = times[(from + r) * groups + group];
    }
    weigh(weights, everybody, all);
    compact.forEach((part, p) => {
      weigh(weights, part, own);
      for (let r = 0; r < rounds; r++) {
        const [sum, count] = [own[r], own[BLOCK + r]];
        drawn[p].own[from + r] = ratio({ sum, count });
        drawn[p].rest[from + r] = ratio(without({ sum: all[r], count: all[BLOCK + r] }, { sum, count }));
      }
    });
  }
  const total = totalOf(everybody);
  return compact.map((part, p) => {
    const partTotal = totalOf(part);
    return {
      own: { value: ratio(partTotal), drawn: drawn[p].own },
      rest: { value: ratio(without(total, partTotal)), drawn: drawn[p].rest },
    };
  });
}

/** Places in a round's weights, ascending, with what stands there. */
interface Compact {
  readonly at: Uint16Array;
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

interface Total {
  readonly sum: number;
  readonly count: number;
}

function wholeOf({ sums, counts }: { readonly sums: ArrayLike<number>; readonly counts: ArrayLike<number> }): Compact {
  const rows = Uint32Array.from({ length: sums.length }, (_, row) => row);
  return compacted({ rows, sums, counts }, Math.min(sums.length, MOST_GROUPS), true);
}

/** Customers that are drawn together are put together, as in `bootstrap`; places without a count are left out. */
function compacted({ rows, sums, counts }: Part, groups: number, all = false): Compact {
  const sumAt = new Float64Array(groups);
  const countAt = new Float64Array(groups);
  for (let r = 0; r < rows.length; r++) {
    sumAt[rows[r] % groups] += sums[r];
    countAt[rows[r] % groups] += counts[r];
  }
  const at = new Uint16Array(groups);
  let places = 0;
  for (let group = 0; group < groups; group++) {
    if (!all && countAt[group] === 0) continue;
    at[places] = group;
    sumAt[places] = sumAt[group];
    countAt[places] = countAt[group];
    places++;
  }
  return { at: at.slice(0, places), sums: sumAt.slice(0, places), counts: countAt.slice(0, places) };
}

/** Σ weight · sum of each round of a block, then Σ weight · count of each, into `into`. */
function weigh(weights: Uint8Array, { at, sums, counts }: Compact, into: Float64Array): void {
  let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
  let [countA, countB, countC, countD] = [0, 0, 0, 0];
  for (let e = 0; e < at.length; e++) {
    const w = at[e] * BLOCK;
    const sum = sums[e];
    const count = counts[e];
    const [a, b, c, d] = [weights[w], weights[w + 1], weights[w + 2], weights[w + 3]];
    sumA += a * sum;
    sumB += b * sum;
    sumC += c * sum;
    sumD += d * sum;
    countA += a * count;
    countB += b * count;
    countC += c * count;
    countD += d * count;
  }
  into.set([sumA, sumB, sumC, sumD, countA, countB, countC, countD]);
}

function totalOf({ sums, counts }: Compact): Total {
  return { sum: sums.reduce((sum, one) => sum + one, 0), count: counts.reduce((sum, one) => sum + one, 0) };
}

const without = (all: Total, own: Total): Total => ({ sum: all.sum - own.sum, count: all.count - own.count });
/** Counts are whole numbers: of nobody they are 0, whatever rounding leaves of the sums. */
const ratio = ({ sum, count }: Total): number => (count > 0 ? sum / count : Number.NaN);
