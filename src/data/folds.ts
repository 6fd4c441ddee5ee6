/** Cross-validation: the pairs dealt out into parts, each of which is held out once. */
import { AppError } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import { createRandom } from '../base/random.ts';
import { nnz } from '../base/sparse.ts';
import type { Ratings } from './ratings.ts';
import { type Split, without } from './split.ts';

export interface FoldOptions {
  /** From 2. */
  readonly folds: number;
  /** `random`: any pairs. `per-customer`: the pairs of every customer dealt out evenly. */
  readonly kind: 'random' | 'per-customer';
  readonly seed: number;
}

/** Every pair is in the test part of exactly one fold and in the training part of all the others. */
export interface Folds {
  readonly folds: number;
  /** Made when it is asked for: one fold at a time is in memory. `fold` from 0; `tell` learns the share that is done. */
  cut(fold: number, tell?: Tell): Split;
}

/**
 * Seeded folds of about the same size: they differ by one pair at most, and with `per-customer` those of one customer do
 * too. A customer with fewer pairs than folds has nothing held out in some of them; whoever has a single pair is tested on
 * it once, by models that know nothing of them. Throws RangeError for fewer than 2 folds and AppError `tooFewToFold` for
 * fewer pairs than folds.
 */
export function kFold(ratings: Ratings, { folds, kind, seed }: FoldOptions): Folds {
  if (!(Number.isInteger(folds) && folds >= 2)) throw new RangeError(`${folds} folds`);
  const { byUser } = ratings;
  const pairs = nnz(byUser);
  if (pairs < folds) throw new AppError('tooFewToFold', { count: pairs, needed: folds });
  const random = createRandom(seed);
  const foldOf = new Uint32Array(pairs);
  const order = Uint32Array.from({ length: pairs }, (_, e) => e);
  if (kind === 'random') random.shuffle(order);
  else for (let u = 0; u < byUser.rows; u++) random.shuffle(order.subarray(byUser.pointers[u], byUser.pointers[u + 1]));
  // The deal goes on from customer to customer, so that the first folds do not become the largest.
  for (let at = 0; at < pairs; at++) foldOf[order[at]] = at % folds;
  return {
    folds,
    cut(fold, tell) {
      if (!(Number.isInteger(fold) && fold >= 0 && fold < folds)) throw new RangeError(`fold ${fold} of ${folds}`);
      return without(
        ratings,
        Uint8Array.from(foldOf, (one) => (one === fold ? 1 : 0)),
        tell,
      );
    },
  };
}
