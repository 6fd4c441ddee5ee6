/**
 * How likely a suggestion is to be chosen, and how far a model's score says so. The event: a product on a tested
 * customer's list is among their held-out choices. The forecast: isotonic regression of the score on those events,
 * cross-fitted: the customers are halved by seed and each half is forecast with what was learned on the other, so that
 * nothing is judged on what it was fitted on. Nothing of it goes back to a model. It speaks of the customers a protocol
 * tests, who all have something held out: of anybody at all fewer would choose.
 */
import { createPacer } from '../base/pacer.ts';
import { createRandom } from '../base/random.ts';
import { NOT_FOUND } from '../compute/device.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import { bootstrap, type Interval, type Resamples } from './bootstrap.ts';
import { fitIsotonic, isotonicValue } from './isotonic.ts';
import { listOf, type ScoredLists } from './ranking.ts';
import { wilson } from './wilson.ts';

/** Suggestions of about the same forecast, and how many of them were chosen. */
export interface ReliabilityBin {
  /** Mean forecast, and the share that was chosen: the same for a forecast one can rely on. */
  readonly forecast: number;
  readonly observed: number;
  /** Suggestions. */
  readonly count: number;
  /** 95 % interval of the share (Wilson 1927), as if suggestions were independent. */
  readonly low: number;
  readonly high: number;
}

export interface MeasuredCalibration {
  readonly kind: 'measured';
  /** Suggestions that were judged, and how many of them were chosen. */
  readonly suggestions: number;
  readonly hits: number;
  /** Suggestions without a finite score, and customers passed over because evenly spaced ones stand for all. */
  readonly unscored: number;
  readonly passed: number;
  /** Mean (forecast − chosen)² (Brier 1950), and the same where everything is forecast at the other half's base rate. */
  readonly brier: number;
  readonly baseBrier: number;
  /** 1 − brier / baseBrier: 0 tells nothing apart, 1 knows everything, below 0 misleads. Interval over customers. */
  readonly skill: Interval;
  /** Expected calibration error: mean |forecast − observed| of the bins, by their size (Naeini, Cooper & Hauskrecht 2015). */
  readonly error: number;
  /** At most 10 of about the same size, by ascending forecast; equal forecasts share a bin. */
  readonly bins: readonly ReliabilityBin[];
}

/** Too few suggestions were chosen, or too few were not, to learn how the score and being chosen go together. */
export interface TooFewToCalibrate {
  readonly kind: 'tooFew';
  readonly suggestions: number;
  readonly hits: number;
  readonly unscored: number;
  readonly passed: number;
  /** Hits, and as many misses, that it takes. */
  readonly needed: number;
}

export type Calibration = MeasuredCalibration | TooFewToCalibrate;

/** Of either kind: with fewer, a half of them says a share to no better than ± 0.1 where it matters. */
const LEAST_HITS = 50;
/** Suggestions looked at, at most: more would not move a bin by a thousandth. */
const MOST_SUGGESTIONS = 500_000;
const BINS = 10;
/** So that the halves are not the draws of the bootstrap. */
const HALVES_SEED = 0xca11;

/** Suggestions by list; those of list q stand at pointers[q] … pointers[q + 1] − 1. */
interface Suggestions {
  readonly pointers: Uint32Array;
  readonly scores: Float32Array;
  readonly chosen: Uint8Array;
  readonly unscored: number;
}

export async function calibrationOf(
  lists: ScoredLists,
  choices: HeldOutChoices,
  resamples: Resamples,
  signal?: AbortSignal,
): Promise<Calibration> {
  const customers = lists.users.length;
  const looked = Math.min(customers, Math.max(1, Math.floor(MOST_SUGGESTIONS / Math.max(1, lists.length))));
  const rows = Uint32Array.from({ length: looked }, (_, at) => Math.floor((at * customers) / looked));
  const { pointers, scores, chosen, unscored } = suggestionsOf(lists, choices, rows);
  const suggestions = scores.length;
  const hits = countOf(chosen, 1);
  const passed = customers - looked;
  const tooFew: TooFewToCalibrate = { kind: 'tooFew', suggestions, hits, unscored, passed, needed: LEAST_HITS };
  if (Math.min(hits, suggestions - hits) < LEAST_HITS) return tooFew;

  const halves = halvesOf(pointers, resamples.seed);
  const [first, second] = [0, 1].map((half) => chosen.filter((_, at) => halves[at] === half));
  // All of one kind may be a few customers' who fell into the same half.
  if ([first, second].some((half) => half.length === 0 || new Set(half).size < 2)) return tooFew;
  const pace = createPacer(signal);
  const forecasts = new Float64Array(suggestions);
  const base = new Float64Array(suggestions);
  for (const [half, other] of [
    [0, second],
    [1, first],
  ] as const) {
    const learnt = scores.filter((_, at) => halves[at] !== half);
    const map = fitIsotonic(
      learnt,
      learnt.filter((_, at) => other[at] === 1),
    );
    const rate = countOf(other, 1) / other.length;
    for (let at = 0; at < suggestions; at++) {
      if (halves[at] !== half) continue;
      forecasts[at] = isotonicValue(map, scores[at]);
      base[at] = rate;
    }
    await pace.turn();
  }

  const squares = (forecast: Float64Array) => forecast.map((value, at) => (value - chosen[at]) ** 2);
  const [missed, plain] = [squares(forecasts), squares(base)];
  const gained = missed.map((square, at) => plain[at] - square);
  const [skill] = await bootstrap([{ sums: byList(gained, pointers), counts: byList(plain, pointers) }], resamples);
  if (!skill) return tooFew;
  const bins = binsOf(forecasts, chosen);
  const gap = bins.reduce((sum, { forecast, observed, count }) => sum + count * Math.abs(forecast - observed), 0);
  return {
    kind: 'measured',
    suggestions,
    hits,
    unscored,
    passed,
    brier: sumOf(missed) / suggestions,
    baseBrier: sumOf(plain) / suggestions,
    skill,
    error: gap / suggestions,
    bins,
  };
}

function suggestionsOf(lists: ScoredLists, choices: HeldOutChoices, rows: Uint32Array): Suggestions {
  const pointers = new Uint32Array(rows.length + 1);
  const scores = new Float32Array(rows.length * lists.length);
  const chosen = new Uint8Array(scores.length);
  let [to, unscored] = [0, 0];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    const list = listOf(lists, row);
    const relevant = new Set(choices.items.subarray(choices.pointers[row], choices.pointers[row + 1]));
    for (let place = 0; place < list.length; place++) {
      if (list[place] === NOT_FOUND) continue;
      const score = lists.scores[row * lists.length + place];
      if (!Number.isFinite(score)) {
        unscored++;
        continue;
      }
      scores[to] = score;
      chosen[to++] = relevant.has(list[place]) ? 1 : 0;
    }
    pointers[at + 1] = to;
  }
  return { pointers, scores: scores.subarray(0, to), chosen: chosen.subarray(0, to), unscored };
}

/** 0 or 1 for each suggestion: that of its customer. The halves have the same number of customers, or one more. */
function halvesOf(pointers: Uint32Array, seed: number): Uint8Array {
  const customers = pointers.length - 1;
  const order = createRandom(seed ^ HALVES_SEED).shuffle(Uint32Array.from({ length: customers }, (_, row) => row));
  const halves = new Uint8Array(pointers[customers]);
  for (const row of order.subarray(0, customers >> 1)) halves.fill(1, pointers[row], pointers[row + 1]);
  return halves;
}

/** Suggestions by ascending forecast, a tenth of them to a bin; what is left over is a bin where it is half as large. */
function binsOf(forecasts: Float64Array, chosen: Uint8Array): ReliabilityBin[] {
  const all = forecasts.slice().sort();
  const hits = forecasts.filter((_, at) => chosen[at] === 1).sort();
  const ends: number[] = [];
  for (let at = 1, from = 0; at <= all.length; at++) {
    if (at < all.length && (all[at] === all[at - 1] || (at - from) * BINS < all.length)) continue;
    const leftOver = (at - from) * BINS * 2 < all.length;
    if (leftOver && ends.length > 0) ends[ends.length - 1] = at;
    else ends.push(at);
    from = at;
  }
  let hit = 0;
  return ends.map((end, b) => {
    const from = b === 0 ? 0 : ends[b - 1];
    const firstHit = hit;
    while (hit < hits.length && hits[hit] <= all[end - 1]) hit++;
    const count = end - from;
    const forecast = sumOf(all.subarray(from, end)) / count;
    return { forecast, observed: (hit - firstHit) / count, count, ...wilson(hit - firstHit, count) };
  });
}

function countOf(values: Uint8Array, wanted: number): number {
  let count = 0;
  for (const value of values) if (value === wanted) count++;
  return count;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function byList(values: Float64Array, pointers: Uint32Array): Float64Array {
  return Float64Array.from({ length: pointers.length - 1 }, (_, row) =>
    sumOf(values.subarray(pointers[row], pointers[row + 1])),
  );
}
