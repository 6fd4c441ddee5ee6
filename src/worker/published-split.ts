/** A published test part beside the training part that was imported. */
import { csrFromPairs, type Pairs, pairsFromCsr, transpose } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Split } from '../data/split.ts';
import type { TrialRequest } from './api.ts';

/**
 * The test part by rows and columns of the training part. Customers and products that only the test part
 * knows get empty rows, so that every pair is scored, as published figures count them; `unknown` says how
 * many pairs speak of such.
 */
export function publishedSplit(
  train: Ratings,
  test: NonNullable<TrialRequest['test']>,
): Split & { readonly unknown: number } {
  const users = numbered(train.userIds, test.customers);
  const items = numbered(train.itemIds, test.products);
  const pairs: Pairs = { users: users.rows, items: items.rows, values: Float32Array.from(test.values) };
  const [known, things] = [train.userIds.length, train.itemIds.length];
  const unknown = pairs.users.reduce((sum, user, p) => sum + (user >= known || pairs.items[p] >= things ? 1 : 0), 0);
  const byUser = csrFromPairs(pairsFromCsr(train.byUser), users.ids.length, items.ids.length);
  return {
    train: {
      ...train,
      userIds: users.ids,
      itemIds: items.ids,
      byUser,
      byItem: transpose(byUser),
    },
    test: pairs,
    unknown,
  };
}

/** Rows of `asked` among the ids, new ones put behind. */
function numbered(known: readonly string[], asked: readonly string[]): { ids: string[]; rows: Uint32Array } {
  const ids = [...known];
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  const rows = Uint32Array.from(asked, (id) => {
    const row = rowOf.get(id);
    if (row !== undefined) return row;
    rowOf.set(id, ids.length);
    return ids.push(id) - 1;
  });
  return { ids, rows };
}
