/** How the places of all lists are dealt out among the products: figures of the lists together, each with its interval. */
import { NOT_FOUND } from '../compute/device.ts';
import type { Interval } from './bootstrap.ts';
import { jackknife } from './jackknife.ts';
import { type Lists, listOf } from './ranking.ts';

export interface CatalogueSpread {
  /** Share of the products listed at least once (Ge, Delgado-Battenfeld & Jannach 2010, catalogue coverage). */
  readonly coverage: Interval;
  /** `giniOf` of how often each product is listed: 0 all alike, 1 all lists hold one product; null where nothing is listed. */
  readonly gini: Interval | null;
}

export function spreadOf(lists: Lists, products: number): CatalogueSpread {
  const listed = new Float64Array(products);
  for (const item of lists.items) if (item !== NOT_FOUND) listed[item]++;
  const gini = giniOf(listed);
  return {
    coverage: jackknife({
      figure: coverageOf(listed),
      without: coverageWithoutEach(lists, listed),
      least: 0,
      most: 1,
      squared: hangsOnFew(listed) ? 1 / products ** 2 : 0,
    }),
    gini:
      gini === null ? null : jackknife({ figure: gini, without: giniWithoutEach(lists, listed), least: 0, most: 1 }),
  };
}

/**
 * Gini coefficient Σ_j (2j − n − 1) x_j / ((n − 1) Σ x), x ascending, j from 1 (Castells, Hurley & Vargas 2015; Fleder &
 * Hosanagar 2009 draw it from the Lorenz curve). null where all are zero; 0 for a single product.
 */
export function giniOf(amounts: Float64Array): number | null {
  const { weighted, total } = lorenz(amounts.slice().sort());
  if (total === 0) return null;
  return amounts.length === 1 ? 0 : weighted / ((amounts.length - 1) * total);
}

function lorenz(ascending: Float64Array): { readonly weighted: number; readonly total: number } {
  const n = ascending.length;
  let weighted = 0;
  let total = 0;
  for (let j = 0; j < n; j++) {
    weighted += weightOf(j, n) * ascending[j];
    total += ascending[j];
  }
  return { weighted, total };
}

/** 2j − n − 1, j counting from 1; `rank` counts from 0. */
const weightOf = (rank: number, n: number) => 2 * (rank + 1) - n - 1;

function coverageOf(listed: Float64Array): number {
  return listed.length === 0 ? 0 : listed.filter((times) => times > 0).length / listed.length;
}

/** On fewer lists a product might as well have been on none. */
const FEW_LISTS = 5;

/**
 * Whether other customers might see a product more or less. Then one more is counted than leaving out a list shows: where
 * hardly a product stands on one list alone, as with bestsellers, that shows none, and the interval would hold the truth in
 * half of the samples.
 */
function hangsOnFew(listed: Float64Array): boolean {
  return listed.some((times) => times > 0) && listed.some((times) => times < FEW_LISTS);
}

/** Without a list there is less of what stands on no other one. */
function coverageWithoutEach(lists: Lists, listed: Float64Array): Float64Array {
  const whole = coverageOf(listed);
  const without = new Float64Array(lists.users.length);
  for (let q = 0; q < without.length; q++) {
    let alone = 0;
    for (const item of listOf(lists, q)) if (item !== NOT_FOUND && listed[item] === 1) alone++;
    without[q] = whole - alone / listed.length;
  }
  return without;
}

/**
 * Nothing is sorted anew: of products listed as often as each other those of the list may be taken for the lowest, and stay
 * where they are with one time less. NaN where nothing is listed without a list.
 */
function giniWithoutEach(lists: Lists, listed: Float64Array): Float64Array {
  const n = listed.length;
  const ascending = listed.slice().sort();
  const { weighted, total } = lorenz(ascending);
  /** Of those listed so many times, the lowest rank. */
  const lowest = new Uint32Array((ascending.at(-1) ?? 0) + 1);
  for (let rank = n - 1; rank >= 0; rank--) lowest[ascending[rank]] = rank;
  const without = new Float64Array(lists.users.length);
  const times = new Float64Array(lists.length);
  for (let q = 0; q < without.length; q++) {
    let length = 0;
    for (const item of listOf(lists, q)) if (item !== NOT_FOUND) times[length++] = listed[item];
    times.subarray(0, length).sort();
    let left = weighted;
    let alike = 0;
    for (let at = 0; at < length; at++) {
      alike = at > 0 && times[at - 1] === times[at] ? alike + 1 : 0;
      left -= weightOf(lowest[times[at]] + alike, n);
    }
    without[q] = length === total ? Number.NaN : n === 1 ? 0 : left / ((n - 1) * (total - length));
  }
  return without;
}
