/** Ratings put together and cut down, rows and columns staying what they are. */
import { type Csr, csrFromPairs, findEntry, nnz, pairsFromCsr, transpose } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Split } from '../data/split.ts';

/**
 * Training and test part as one again; a pair in both keeps its training value. Pairs of the training part keep their
 * times; when those of the test part were is not known (NaN).
 */
export function everythingOf({ train, test }: Split): Ratings {
  const known = pairsFromCsr(train.byUser);
  const isNew = Array.from(test.users, (user, p) => !has(train.byUser, user, test.items[p]));
  const added = test.users.map((_, p) => p).filter((p) => isNew[p]);
  const size = known.users.length + added.length;
  const users = new Uint32Array(size);
  const items = new Uint32Array(size);
  const values = new Float32Array(size);
  users.set(known.users);
  items.set(known.items);
  values.set(known.values);
  added.forEach((p, at) => {
    users[known.users.length + at] = test.users[p];
    items[known.users.length + at] = test.items[p];
    values[known.users.length + at] = test.values[p];
  });
  const byUser = csrFromPairs({ users, items, values }, train.byUser.rows, train.byUser.columns);
  const { lastTime } = train;
  return {
    ...train,
    byUser,
    byItem: transpose(byUser),
    lastTime: lastTime && (() => timesAmong(train.byUser, lastTime(), byUser)),
  };
}

/** Times of some pairs (in the order of `part`) by the order of a matrix that has more of them; NaN for the others. */
function timesAmong(part: Csr, times: Float64Array, whole: Csr): Float64Array {
  const among = new Float64Array(nnz(whole)).fill(Number.NaN);
  for (let row = 0; row < part.rows; row++) {
    for (let e = part.pointers[row]; e < part.pointers[row + 1]; e++) {
      among[findEntry(whole, row, part.indices[e])] = times[e];
    }
  }
  return among;
}

/** Pairs with a value below `least` left out, times kept. */
export function withoutBelow(ratings: Ratings, least: number): Ratings {
  return onlyThose(
    ratings,
    ratings.byUser.values.map((value) => (value >= least ? 1 : 0)),
  );
}

/** Every `step`-th pair, times kept. */
export function everyNth(ratings: Ratings, step: number): Ratings {
  return onlyThose(
    ratings,
    ratings.byUser.values.map((_, e) => (e % step === 0 ? 1 : 0)),
  );
}

/** `keep` is 1 for the pairs that stay, in the order of `byUser`. */
function onlyThose(ratings: Ratings, keep: ArrayLike<number>): Ratings {
  const { byUser, lastTime } = ratings;
  const pointers = new Uint32Array(byUser.rows + 1);
  for (let row = 0; row < byUser.rows; row++) {
    pointers[row + 1] = pointers[row];
    for (let e = byUser.pointers[row]; e < byUser.pointers[row + 1]; e++) pointers[row + 1] += keep[e];
  }
  const kept: Csr = {
    ...byUser,
    pointers,
    indices: byUser.indices.filter((_, e) => keep[e] === 1),
    values: byUser.values.filter((_, e) => keep[e] === 1),
  };
  return {
    ...ratings,
    byUser: kept,
    byItem: transpose(kept),
    lastTime: lastTime && (() => lastTime().filter((_, e) => keep[e] === 1)),
  };
}

function has(matrix: Csr, row: number, column: number): boolean {
  let low = matrix.pointers[row];
  let high = matrix.pointers[row + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matrix.indices[middle] < column) low = middle + 1;
    else high = middle;
  }
  return low < matrix.pointers[row + 1] && matrix.indices[low] === column;
}
