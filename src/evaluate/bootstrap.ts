/**
 * How sure a figure is, and whether two models really differ: resampling of customers. Everything is seeded, and a resample
 * is drawn once and used for every figure.
 */

import { createPacer } from '../base/pacer.ts';
import type { Tell } from '../base/progress.ts';
import { createRandom } from '../base/random.ts';

/** A figure with its 95 % interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * One figure of one model, customer by customer: Σ sums / Σ counts, its square root where `root`. Metrics of lists are
 * means (counts of 1); RMSE and MAE have a customer's summed errors over how many ratings were held out.
 */
export interface CustomerSums {
  readonly sums: ArrayLike<number>;
  /** null: 1 each. A customer with 0 has no part in the figure; their sum is 0 too. */
  readonly counts: ArrayLike<number> | null;
  readonly root?: boolean;
}

/** A metric as a mean over customers; those for whom it is NaN have no part in it. */
export function meanOver(values: Float32Array | Float64Array): CustomerSums {
  if (!values.some(Number.isNaN)) return { sums: values, counts: null };
  return {
    sums: values.map((value) => (Number.isNaN(value) ? 0 : value)),
    counts: values.map((value) => (Number.isNaN(value) ? 0 : 1)),
  };
}

/** Draws of customers with replacement, made once for each number of them: all figures of a comparison see the same ones. */
export interface Resamples {
  readonly seed: number;
  readonly rounds: number;
  /** rounds × groups, row-major: how often each group is drawn in each round; groups in all. */
  timesDrawn(groups: number): Promise<Uint8Array>;
}

/** 1,000 rounds: the ends of an interval then vary by a few percent of its width. */
const ROUNDS = 1000;

export function createResamples(seed: number, rounds = ROUNDS): Resamples {
  const known = new Map<number, Uint8Array>();
  return {
    seed,
    rounds,
    async timesDrawn(groups) {
      const before = known.get(groups);
      if (before) return before;
      const random = createRandom(seed);
      // Nothing is ever drawn 255 times: ten times has a chance of one in ten million.
      const times = new Uint8Array(rounds * groups);
      const pace = createPacer();
      for (let from = 0; from < times.length; from += groups) {
        if (pace.due()) await pace.turn();
        for (let draw = 0; draw < groups; draw++) times[from + random.integer(groups)]++;
      }
      known.set(groups, times);
      return times;
    },
  };
}

const OUTSIDE = 0.05;
/** Customers beyond so many are put together in this many groups, which are drawn instead: the interval stays the same to about 1 %. */
export const MOST_GROUPS = 10_000;
/** So that the flips of a paired test are not the draws of its interval. */
const FLIP_SEED = 0xf11b;

/**
 * Percentile bootstrap over customers (Efron & Tibshirani 1993, ch. 13): each round draws as many customers as there are,
 * with replacement, and works every figure out on them; the interval goes from the 2.5th to the 97.5th percentile (linear
 * between rounds). `mean` is the figure itself. null where no customer has a part in a figure. All figures are of the
 * same customers (RangeError otherwise).
 */
export async function bootstrap(figures: readonly CustomerSums[], resamples: Resamples): Promise<(Interval | null)[]> {
  const rounds = await resampled(figures, resamples);
  return rounds.map(({ value, drawn }) => intervalOf(value, drawn));
}

/** A figure, and what it came to in each round; NaN where nobody with a part in it was drawn. */
export interface Resampled {
  readonly value: number;
  readonly drawn: Float64Array;
}

/** Figures of the same customers with their rounds, for what is worked out of several figures at once. */
export async function resampled(figures: readonly CustomerSums[], resamples: Resamples): Promise<Resampled[]> {
  const grouped = figures.map(group);
  const drawn = await figuresOfResamples(grouped, resamples);
  return grouped.map((figure, f) => ({ value: figureOf(figure), drawn: drawn[f] }));
}

/** Two models on the same customers. */
export interface Paired {
  /** The first one's figure minus the second one's. */
  readonly difference: Interval;
  /** Two-sided p of the paired randomization test: how often chance alone gives a difference as large. Never 0. */
  readonly p: number;
  /** Shares of the customers for whom the first is better, as good, worse. */
  readonly better: number;
  readonly equal: number;
  readonly worse: number;
}

/** Two of several models, by their places in what was given; `first` stands before `second`. */
export interface PairedFigures {
  readonly first: number;
  readonly second: number;
  readonly paired: Paired;
}

/**
 * Difference of two models with a percentile bootstrap interval, and Fisher's paired randomization test (Smucker, Allan &
 * Carterette 2007): if the models were the same, which of the two a customer's figures came from would be chance, so every
 * round exchanges them for each customer with probability ½; p = (1 + rounds with a difference as large) / (1 + rounds)
 * (Davison & Hinkley 1997, eq. 4.11). 1,000 rounds tell p = 0.05 to ± 0.007. Of √ and of a mean alike, the difference
 * grows with Σ (first − second), so that sum is what is compared. null where no customer has a part in the figure.
 * RangeError for different customers.
 */
export async function comparePaired(
  first: CustomerSums,
  second: CustomerSums,
  better: 'higher' | 'lower',
  resamples: Resamples,
): Promise<Paired | null> {
  const [pair] = await comparePairs([first, second], better, resamples);
  return pair?.paired ?? null;
}

/** What of comparing pairs the resamples take, and the exchanges after them; the pairs themselves are quick. */
const RESAMPLED = 0.6;
const EXCHANGED = 0.9;

/**
 * Every two of several models, each as `comparePaired` has it to the last bit. Customers are drawn, and exchanged, alike for
 * all pairs, and both are sums over customers: they are worked out once for each model, so that many pairs cost little more
 * than their models. Left out are pairs with a figure in which no customer has a part. RangeError for different customers.
 */
export async function comparePairs(
  figures: readonly CustomerSums[],
  better: 'higher' | 'lower',
  resamples: Resamples,
  tell?: Tell,
): Promise<PairedFigures[]> {
  const grouped = figures.map(group);
  const values = grouped.map(figureOf);
  const drawn = await figuresOfResamples(grouped, resamples, (share) => tell?.(RESAMPLED * share));
  const exchanges = await exchangesOf(grouped, resamples, (share) =>
    tell?.(RESAMPLED + (EXCHANGED - RESAMPLED) * share),
  );
  const pace = createPacer();
  const pairs: PairedFigures[] = [];
  for (let first = 0; first < figures.length; first++) {
    for (let second = first + 1; second < figures.length; second++) {
      if (pace.due()) await pace.turn();
      const ofSecond = drawn[second];
      const difference = intervalOf(
        values[first] - values[second],
        drawn[first].map((figure, round) => figure - ofSecond[round]),
      );
      if (!difference) continue;
      const p = randomizationP(exchanges[first], exchanges[second]);
      pairs.push({ first, second, paired: { difference, p, ...sharesOf(figures[first], figures[second], better) } });
    }
    tell?.(EXCHANGED + (1 - EXCHANGED) * ((first + 1) / figures.length));
  }
  return pairs;
}

/** Customers, or groups of them, as plain arrays. */
interface Grouped {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  readonly root: boolean;
}

/** Customer c goes to group c mod MOST_GROUPS, so that neighbours in the file do not stay together. */
function group({ sums, counts, root = false }: CustomerSums): Grouped {
  const groups = Math.min(sums.length, MOST_GROUPS);
  const grouped = { sums: new Float64Array(groups), counts: new Float64Array(groups), root };
  for (let c = 0; c < sums.length; c++) {
    grouped.sums[c % groups] += sums[c];
    grouped.counts[c % groups] += counts ? counts[c] : 1;
  }
  return grouped;
}

function figureOf({ sums, counts, root }: Grouped): number {
  let sum = 0;
  let count = 0;
  for (let g = 0; g < sums.length; g++) {
    sum += sums[g];
    count += counts[g];
  }
  return root ? Math.sqrt(sum / count) : sum / count;
}

/** By figure, one for each round; NaN where nobody with a part in the figure was drawn. */
async function figuresOfResamples(
  figures: readonly Grouped[],
  resamples: Resamples,
  tell?: Tell,
): Promise<Float64Array[]> {
  const groups = figures[0]?.sums.length ?? 0;
  for (const { sums } of figures) {
    if (sums.length !== groups) throw new RangeError(`${sums.length} of ${groups} customers`);
  }
  const times = await resamples.timesDrawn(groups);
  const pace = createPacer();
  const drawn = figures.map(() => new Float64Array(resamples.rounds));
  // As many are drawn in every round: where all count the same, so does every round.
  const together = figures.map(({ counts }) =>
    counts.every((count) => count === counts[0]) ? groups * counts[0] : null,
  );
  for (let round = 0; round < resamples.rounds; round++) {
    if (pace.due()) {
      tell?.(round / resamples.rounds);
      await pace.turn();
    }
    const weights = times.subarray(round * groups, (round + 1) * groups);
    figures.forEach(({ sums, counts, root }, f) => {
      const ratio = weightedSum(weights, sums) / (together[f] ?? weightedSum(weights, counts));
      drawn[f][round] = root ? Math.sqrt(ratio) : ratio;
    });
  }
  return drawn;
}

/** Four sums side by side: one alone would wait for every addition. */
function weightedSum(weights: Uint8Array, values: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const fours = values.length - (values.length % 4);
  for (let g = 0; g < fours; g += 4) {
    a += weights[g] * values[g];
    b += weights[g + 1] * values[g + 1];
    c += weights[g + 2] * values[g + 2];
    d += weights[g + 3] * values[g + 3];
  }
  for (let g = fours; g < values.length; g++) a += weights[g] * values[g];
  return a + b + c + d;
}

/** Percentiles of the rounds; those in which nobody with a part in the figure was drawn are left out. null for NaN. */
export function intervalOf(mean: number, drawn: Float64Array): Interval | null {
  if (Number.isNaN(mean)) return null;
  const ascending = drawn.filter((value) => !Number.isNaN(value)).sort();
  return { mean, low: quantile(ascending, OUTSIDE / 2), high: quantile(ascending, 1 - OUTSIDE / 2) };
}

/** Linear between the two nearest values. */
export function quantile(ascending: Float64Array, share: number): number {
  const at = share * (ascending.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, ascending.length - 1);
  return ascending[low] + (at - low) * (ascending[high] - ascending[low]);
}

/** What exchanging customers' figures needs to know of one model. */
interface Exchanges {
  /** Over all customers. */
  readonly total: number;
  readonly size: number;
  /** By round: the sum over the customers who are exchanged in it. */
  readonly drawn: Float64Array;
}

const BITS = 30;

/** By figure. Every customer is exchanged with probability ½, and in a round the same ones of every figure. */
async function exchangesOf(
  figures: readonly Grouped[],
  { seed, rounds }: Resamples,
  tell: Tell,
): Promise<readonly Exchanges[]> {
  const groups = figures[0]?.sums.length ?? 0;
  const random = createRandom(seed ^ FLIP_SEED);
  const chosen = new Uint8Array(groups);
  const drawn = figures.map(() => new Float64Array(rounds));
  const pace = createPacer();
  for (let round = 0; round < rounds; round++) {
    if (pace.due()) {
      tell(round / rounds);
      await pace.turn();
    }
    for (let from = 0; from < groups; from += BITS) {
      const to = Math.min(groups, from + BITS);
      let bits = random.integer(2 ** BITS);
      for (let g = from; g < to; g++, bits >>>= 1) chosen[g] = bits & 1;
    }
    figures.forEach(({ sums }, f) => {
      drawn[f][round] = weightedSum(chosen, sums);
    });
  }
  return figures.map(({ sums }, f) => ({
    total: sums.reduce((sum, value) => sum + value, 0),
    size: sums.reduce((sum, value) => sum + Math.abs(value), 0),
    drawn: drawn[f],
  }));
}

/** p of Σ (first − second): whoever is exchanged changes its sign. Customers without a difference change nothing. */
function randomizationP(first: Exchanges, second: Exchanges): number {
  const total = first.total - second.total;
  // Sums that are equal but for the order they were added in count as equal.
  const observed = Math.abs(total) - 1e-12 * (first.size + second.size);
  const rounds = first.drawn.length;
  let asLarge = 0;
  for (let round = 0; round < rounds; round++) {
    if (Math.abs(total - 2 * (first.drawn[round] - second.drawn[round])) >= observed) asLarge++;
  }
  return (1 + asLarge) / (1 + rounds);
}

/** Of the customers with a part in both figures, by their own figure. */
function sharesOf(
  first: CustomerSums,
  second: CustomerSums,
  better: 'higher' | 'lower',
): Pick<Paired, 'better' | 'equal' | 'worse'> {
  let [higher, equal, lower] = [0, 0, 0];
  for (let c = 0; c < first.sums.length; c++) {
    const [n, m] = [first.counts?.[c] ?? 1, second.counts?.[c] ?? 1];
    if (n === 0 || m === 0) continue;
    const difference = first.sums[c] / n - second.sums[c] / m;
    if (difference > 0) higher++;
    else if (difference < 0) lower++;
    else equal++;
  }
  const all = higher + equal + lower;
  const [up, down] = [higher / all, lower / all];
  return better === 'higher'
    ? { better: up, equal: equal / all, worse: down }
    : { better: down, equal: equal / all, worse: up };
}
