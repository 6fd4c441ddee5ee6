/** Holding a part of the ratings out. Rows and columns of what remains are those of the whole, whatever is left in them. */
import { AppError } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import { createRandom } from '../base/random.ts';
import { type Csr, findEntry, nnz, type Pairs, pairsFromCsr, transpose } from '../base/sparse.ts';
import { type Ratings, ratingScale } from './ratings.ts';

export const SPLIT_KINDS = ['random', 'per-customer', 'leave-one-out', 'time', 'time-per-customer'] as const;
export type SplitKind = (typeof SPLIT_KINDS)[number];

export interface SplitOptions {
  readonly kind: SplitKind;
  /** Share of the pairs held out, 0 … 1; of each customer's for the kinds per customer; not used for 'leave-one-out'. */
  readonly holdout: number;
  readonly seed: number;
}

export interface Split {
  readonly train: Ratings;
  readonly test: Pairs;
}

/**
 * A seeded split.
 *
 * - `random`: any pair, `holdout` of them all (rounded).
 * - `per-customer`: `holdout` of each customer's pairs (rounded), never all of them.
 * - `leave-one-out`: one pair of every customer with at least two: the latest, without times one at random.
 * - `time`: the latest `holdout` of all pairs; pairs without a time stay in training.
 * - `time-per-customer`: the latest `holdout` of each customer's pairs (rounded), never all of them; pairs without a time
 *   stay in training. Every customer has a past to learn from, but what one of them did later than another's last is
 *   learned from too: nothing says that the models stood at one moment (Meng et al. 2020, "Exploring Data Splitting
 *   Strategies").
 *
 * Nothing of the held-out part reaches training: scale, times and both matrices are made from what remains (the rule
 * of what counts as chosen is a setting and stays). Throws RangeError for a share outside 0 … 1 and
 * AppError `columnMissing` (time) for the splits by time of data without times. `tell` learns the share that is done.
 */
export function splitRatings(ratings: Ratings, options: SplitOptions, tell?: Tell): Split {
  if (!(options.holdout >= 0 && options.holdout <= 1)) throw new RangeError(`holdout ${options.holdout}`);
  tell?.(0);
  const mask = heldOut(ratings, options, tell && ((share) => tell(0.4 * share)));
  tell?.(0.4);
  return without(ratings, mask, tell);
}

/**
 * A published split: `test` was read from a file of its own, `all` from the training and the test file together.
 * Its pairs leave the training part; their values are the test file's.
 */
export function splitByPairs(all: Ratings, test: Ratings): Split {
  const rowOf = new Map(all.userIds.map((id, row) => [id, row]));
  const columnOf = new Map(all.itemIds.map((id, column) => [id, column]));
  const pairs = pairsFromCsr(test.byUser);
  const mask = new Uint8Array(nnz(all.byUser));
  const users: number[] = [];
  const items: number[] = [];
  const values: number[] = [];
  for (let p = 0; p < pairs.users.length; p++) {
    const u = rowOf.get(test.userIds[pairs.users[p]]);
    const i = columnOf.get(test.itemIds[pairs.items[p]]);
    if (u === undefined || i === undefined) continue;
    const entry = findEntry(all.byUser, u, i);
    if (entry < 0) continue;
    mask[entry] = 1;
    users.push(u);
    items.push(i);
    values.push(pairs.values[p]);
  }
  const { train } = without(all, mask);
  return {
    train,
    test: { users: Uint32Array.from(users), items: Uint32Array.from(items), values: Float32Array.from(values) },
  };
}

/**
 * By a date: pairs last seen at `from` (ms since 1970) or later are held out. A customer's last time with a product is
 * what counts, so that nothing after that moment is learned from. Throws AppError `columnMissing` (time) without times.
 */
export function splitByTime(ratings: Ratings, from: number): Split {
  const lastTime = ratings.lastTime?.() ?? null;
  if (lastTime === null) throw new AppError('columnMissing', { role: 'time' });
  return without(
    ratings,
    Uint8Array.from(lastTime, (time) => (time >= from ? 1 : 0)),
  );
}

/** Any other cut: `mask` is 1 for each entry of byUser that is held out. Throws RangeError for a mask of another length. */
export function splitByMask(ratings: Ratings, mask: Uint8Array): Split {
  if (mask.length !== nnz(ratings.byUser)) throw new RangeError(`a mask of ${mask.length} of ${nnz(ratings.byUser)}`);
  return without(ratings, mask);
}

/** 1 for each entry of byUser that is held out. */
function heldOut(ratings: Ratings, { kind, holdout, seed }: SplitOptions, tell?: Tell): Uint8Array {
  const { byUser } = ratings;
  const random = createRandom(seed);
  const mask = new Uint8Array(nnz(byUser));
  switch (kind) {
    case 'random': {
      const order = random.shuffle(upTo(mask.length), tell);
      for (const e of order.subarray(0, Math.round(holdout * mask.length))) mask[e] = 1;
      return mask;
    }
    case 'per-customer':
      for (let u = 0; u < byUser.rows; u++) {
        const from = byUser.pointers[u];
        const count = byUser.pointers[u + 1] - from;
        const order = random.shuffle(Uint32Array.from({ length: count }, (_, at) => from + at));
        const take = Math.min(Math.round(holdout * count), count - 1);
        for (const e of order.subarray(0, Math.max(0, take))) mask[e] = 1;
      }
      return mask;
    case 'leave-one-out': {
      const lastTime = ratings.lastTime?.() ?? null;
      for (let u = 0; u < byUser.rows; u++) {
        const from = byUser.pointers[u];
        const to = byUser.pointers[u + 1];
        if (to - from < 2) continue;
        mask[latest(lastTime, from, to) ?? from + random.integer(to - from)] = 1;
      }
      return mask;
    }
    case 'time': {
      const lastTime = ratings.lastTime?.() ?? null;
      if (lastTime === null) throw new AppError('columnMissing', { role: 'time' });
      const dated = upTo(mask.length).filter((e) => lastTime[e] === lastTime[e]);
      dated.sort((a, b) => lastTime[b] - lastTime[a] || a - b);
      for (const e of dated.subarray(0, Math.round(holdout * mask.length))) mask[e] = 1;
      return mask;
    }
    case 'time-per-customer': {
      const lastTime = ratings.lastTime?.() ?? null;
      if (lastTime === null) throw new AppError('columnMissing', { role: 'time' });
      for (let u = 0; u < byUser.rows; u++) {
        const from = byUser.pointers[u];
        const count = byUser.pointers[u + 1] - from;
        const take = Math.min(Math.round(holdout * count), count - 1);
        if (take <= 0) continue;
        const dated = upTo(count)
          .map((at) => from + at)
          .filter((e) => lastTime[e] === lastTime[e]);
        dated.sort((a, b) => lastTime[b] - lastTime[a] || a - b);
        for (const e of dated.subarray(0, take)) mask[e] = 1;
      }
      return mask;
    }
    default:
      return kind satisfies never;
  }
}

/** 0, 1, 2 … length − 1 */
function upTo(length: number): Uint32Array {
  const numbers = new Uint32Array(length);
  for (let e = 0; e < length; e++) numbers[e] = e;
  return numbers;
}

/** The entry with the latest time (the first of several), null where no entry has one. */
function latest(lastTime: Float64Array | null, from: number, to: number): number | null {
  if (lastTime === null) return null;
  let best: number | null = null;
  for (let e = from; e < to; e++) {
    if (lastTime[e] === lastTime[e] && (best === null || lastTime[e] > lastTime[best])) best = e;
  }
  return best;
}

/** The pairs with a 1 in `mask` (one for each entry of byUser) held out of the others. `tell` learns the share that is done. */
export function without(ratings: Ratings, mask: Uint8Array, tell?: Tell): Split {
  const { byUser, lastTime } = ratings;
  const total = nnz(byUser);
  let held = 0;
  for (let e = 0; e < mask.length; e++) held += mask[e];
  const pointers = new Uint32Array(byUser.rows + 1);
  const indices = new Uint32Array(total - held);
  const values = new Float32Array(total - held);
  const test = { users: new Uint32Array(held), items: new Uint32Array(held), values: new Float32Array(held) };
  let kept = 0;
  let out = 0;
  for (let u = 0; u < byUser.rows; u++) {
    for (let e = byUser.pointers[u]; e < byUser.pointers[u + 1]; e++) {
      if (mask[e] === 1) {
        test.users[out] = u;
        test.items[out] = byUser.indices[e];
        test.values[out++] = byUser.values[e];
      } else {
        indices[kept] = byUser.indices[e];
        values[kept] = byUser.values[e];
        kept++;
      }
    }
    pointers[u + 1] = kept;
  }
  const train: Csr = { rows: byUser.rows, columns: byUser.columns, pointers, indices, values };
  const scale = ratings.scale === null ? null : ratingScale(values);
  tell?.(0.6);
  const byItem = transpose(train, undefined, tell && ((share) => tell(0.6 + 0.4 * share)));
  tell?.(1);
  return {
    train: {
      ...ratings,
      byUser: train,
      byItem,
      lastTime: lastTime && (() => lastTime().filter((_, e) => mask[e] === 0)),
      scale,
    },
    test,
  };
}
