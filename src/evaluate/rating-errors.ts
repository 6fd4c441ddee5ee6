/** Predictions for many pairs, and how far off they are, customer by customer. */
import { throwIfAborted } from '../base/error.ts';
import { type Tell, yieldToEvents } from '../base/progress.ts';
import type { Pairs } from '../base/sparse.ts';
import type { TasteModel } from '../models/recommender.ts';

/** Pairs predicted between two looks at events, at first: neighbours take a hundred times as long for one as factors do. */
const PAIRS_AT_FIRST = 1024;
/** Blocks that take less than this are followed by one of twice the size: asking a device has its price, too. */
const SHORT_BLOCK_MS = 25;
const MOST_PAIRS = 65_536;

/** One prediction a pair, asked for in blocks; events have their turn between them. Throws AppError `cancelled`. */
export async function predictPairs(
  model: Pick<TasteModel, 'predict'>,
  { users, items }: Pick<Pairs, 'users' | 'items'>,
  tell?: Tell,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const predicted = new Float32Array(users.length);
  let pairs = PAIRS_AT_FIRST;
  for (let from = 0; from < users.length; ) {
    const to = Math.min(users.length, from + pairs);
    const begin = performance.now();
    predicted.set(await model.predict(users.subarray(from, to), items.subarray(from, to)), from);
    if (performance.now() - begin < SHORT_BLOCK_MS) pairs = Math.min(MOST_PAIRS, 2 * pairs);
    from = to;
    tell?.(to / users.length);
    await yieldToEvents();
    throwIfAborted(signal);
  }
  return predicted;
}

/** By customer with a held-out rating, ascending: Σ (r̂ − r)², Σ |r̂ − r| and how many ratings. */
export interface CustomerErrors {
  readonly users: Uint32Array;
  readonly squared: Float64Array;
  readonly absolute: Float64Array;
  readonly counts: Float64Array;
}

/** Sums and counts from which RMSE and MAE of any set of customers follow: √(Σ squared / Σ counts), Σ absolute / Σ counts. */
export function errorsByCustomer(predicted: ArrayLike<number>, test: Pairs): CustomerErrors {
  const users = Uint32Array.from(new Set(test.users)).sort();
  const rowOf = new Map(Array.from(users, (user, row) => [user, row]));
  const squared = new Float64Array(users.length);
  const absolute = new Float64Array(users.length);
  const counts = new Float64Array(users.length);
  for (let p = 0; p < test.users.length; p++) {
    const row = rowOf.get(test.users[p]) ?? 0;
    const miss = predicted[p] - test.values[p];
    squared[row] += miss * miss;
    absolute[row] += Math.abs(miss);
    counts[row]++;
  }
  return { users, squared, absolute, counts };
}
