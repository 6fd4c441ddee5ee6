/**
 * What is learned from when people ask for more privacy than "nothing leaves this machine": no product that only a few
 * chose (small counts suppressed, the thresholding behind k-anonymity: Sweeney 2002, "k-anonymity: a model for protecting
 * privacy"), and no more than so much of any one customer (contribution bounding: Wilson et al. 2020, "Differentially
 * Private SQL with Bounded User Contribution", §3). Nothing is added at random, so that nothing is promised formally: this
 * is neither differential privacy nor k-anonymity of the model.
 */
import { createRandom } from '../base/random.ts';
import { nnz } from '../base/sparse.ts';
import { choiceWeight, type Ratings } from './ratings.ts';
import { splitByMask } from './split.ts';

export interface PrivacySettings {
  /** Products that fewer customers chose are not learned from; 0 and 1: none is left out for that. */
  readonly fewest: number;
  /** Of each customer the latest so many things are learned from; null: all. */
  readonly most: number | null;
}

export const NO_PRIVACY: PrivacySettings = { fewest: 0, most: null };
/** What the pages offer. */
export const FEWEST_OFFERED = [0, 3, 5, 10, 20] as const;
export const MOST_OFFERED = [null, 200, 50, 20] as const;

export function isProtecting({ fewest, most }: PrivacySettings): boolean {
  return fewest > 1 || most !== null;
}

/** A run without settings has none. */
export function samePrivacy(a: PrivacySettings = NO_PRIVACY, b: PrivacySettings = NO_PRIVACY): boolean {
  return (!isProtecting(a) && !isProtecting(b)) || (a.fewest === b.fewest && a.most === b.most);
}

const isCount = (value: unknown, least: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least;

/** True for settings that can be followed. */
export function isPrivacy(value: unknown): value is PrivacySettings {
  if (typeof value !== 'object' || value === null) return false;
  const { fewest, most } = value as Partial<PrivacySettings>;
  return isCount(fewest, 0) && (most === null || isCount(most, 1));
}

export interface Protected {
  /** What may be learned from; rows and columns are those of the whole. */
  readonly ratings: Ratings;
  readonly left: {
    /** Products with an entry. */
    readonly products: number;
    readonly entries: number;
  };
  /**
   * Product rows, ascending, that were left out because too few chose them. Whoever learned from `ratings` is not to list
   * them, by whatever else is known of them. What has no entry in the whole is not among them: it gives nobody away.
   */
  readonly unlisted: Uint32Array;
}

/** So that the draw is the same wherever the same customer has the same things. */
const DRAW_SEED = 0xb0d5;

/**
 * First each customer's latest `most` things stay, whatever was thought of them: things with a time before those without
 * one, and a draw among those that are equally late. Then products that fewer than `fewest` customers chose, as counted
 * on what stayed, lose their entries. Settings that protect nothing give the very same ratings. Throws RangeError for
 * settings that cannot be followed.
 */
export function protect(ratings: Ratings, settings: PrivacySettings): Protected {
  if (!isPrivacy(settings)) throw new RangeError(`privacy settings ${JSON.stringify(settings)}`);
  if (!isProtecting(settings)) return left(ratings, new Uint32Array());
  const gone = new Uint8Array(nnz(ratings.byUser));
  const { unlisted, bounded } = suppressed(ratings, settings, gone);
  const out = bounded + withoutProducts(ratings, unlisted, gone);
  return left(out === 0 ? ratings : splitByMask(ratings, gone).train, unlisted);
}

/** `protect(…).unlisted` alone: nothing is copied. */
export function unlistedBy(ratings: Ratings, settings: PrivacySettings): Uint32Array {
  if (settings.fewest <= 1) return new Uint32Array();
  return suppressed(ratings, settings, new Uint8Array(nnz(ratings.byUser))).unlisted;
}

/** Marks what the bound per customer leaves out, and finds the products that too few chose of the rest. */
function suppressed(ratings: Ratings, { fewest, most }: PrivacySettings, gone: Uint8Array) {
  const bounded = most === null ? 0 : beyondLatest(ratings, most, gone);
  return { bounded, unlisted: fewest > 1 ? chosenByFew(ratings, fewest, gone) : new Uint32Array() };
}

function left(ratings: Ratings, unlisted: Uint32Array): Protected {
  return { ratings, left: { products: filled(ratings), entries: nnz(ratings.byUser) }, unlisted };
}

/** Marks what of each customer is not among their latest `most`; gives how many entries that are. */
function beyondLatest({ byUser, lastTime }: Ratings, most: number, gone: Uint8Array): number {
  const { rows, pointers } = byUser;
  // Missing times are the earliest there are.
  const times = lastTime?.().map((time) => (Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time)) ?? null;
  let marked = 0;
  for (let user = 0; user < rows; user++) {
    const [from, to] = [pointers[user], pointers[user + 1]];
    if (to - from <= most) continue;
    marked += to - from - most;
    // The last time that is not too early: among what is that late a draw decides, unless all of it stays.
    const edge = times ? times.slice(from, to).sort()[to - from - most] : 0;
    const equal: number[] = [];
    let later = 0;
    for (let e = from; e < to; e++) {
      const time = times ? times[e] : edge;
      if (time > edge) later++;
      else if (time === edge) equal.push(e);
      else gone[e] = 1;
    }
    const stay = most - later;
    if (equal.length === stay) continue;
    for (const e of createRandom(DRAW_SEED ^ user)
      .shuffle(Uint32Array.from(equal))
      .subarray(stay))
      gone[e] = 1;
  }
  return marked;
}

/** Products with an entry that fewer than `fewest` customers chose, by entries that are not gone. */
function chosenByFew(ratings: Ratings, fewest: number, gone: Uint8Array): Uint32Array {
  const { columns, indices, values } = ratings.byUser;
  const choosers = new Uint32Array(columns);
  const known = new Uint8Array(columns);
  for (let e = 0; e < indices.length; e++) {
    known[indices[e]] = 1;
    if (gone[e] === 0 && choiceWeight(values[e], ratings) > 0) choosers[indices[e]]++;
  }
  const few: number[] = [];
  for (let item = 0; item < columns; item++) if (known[item] === 1 && choosers[item] < fewest) few.push(item);
  return Uint32Array.from(few);
}

/** Marks every entry of these products; gives how many were not marked before. */
function withoutProducts({ byUser }: Ratings, items: Uint32Array, gone: Uint8Array): number {
  if (items.length === 0) return 0;
  const without = new Uint8Array(byUser.columns);
  for (const item of items) without[item] = 1;
  let marked = 0;
  for (let e = 0; e < gone.length; e++) {
    if (without[byUser.indices[e]] === 0 || gone[e] === 1) continue;
    gone[e] = 1;
    marked++;
  }
  return marked;
}

function filled({ byItem: { rows, pointers } }: Ratings): number {
  let count = 0;
  for (let item = 0; item < rows; item++) if (pointers[item + 1] > pointers[item]) count++;
  return count;
}
