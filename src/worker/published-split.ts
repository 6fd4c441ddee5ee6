/** A test part from a file of its own beside the data that was imported. */
import { csrFromPairs, findEntry, nnz, type Pairs, pairsFromCsr, transpose } from '../base/sparse.ts';
import { withMoreRows } from '../data/entity-rows.ts';
import type { Ratings } from '../data/ratings.ts';
import { type Split, splitByMask } from '../data/split.ts';
import type { TestPart } from './api/trials.ts';

/**
 * The test part by rows and columns of the data. Pairs of it that the data holds as well leave the training part
 * (`moved` says how many: all of them where everything was imported together). Customers and products that only the
 * test part knows get empty rows, so that every pair is scored, as published figures count them; `unknown` says how
 * many pairs speak of such.
 */
export function publishedSplit(
  data: Ratings,
  test: TestPart,
): Split & { readonly unknown: number; readonly moved: number } {
  const users = numbered(data.userIds, test.customers);
  const items = numbered(data.itemIds, test.products);
  const pairs: Pairs = { users: users.rows, items: items.rows, values: Float32Array.from(test.values) };
  const [known, things] = [data.userIds.length, data.itemIds.length];
  const mask = new Uint8Array(nnz(data.byUser));
  let unknown = 0;
  for (let p = 0; p < pairs.users.length; p++) {
    if (pairs.users[p] >= known || pairs.items[p] >= things) {
      unknown++;
      continue;
    }
    const entry = findEntry(data.byUser, pairs.users[p], pairs.items[p]);
    if (entry >= 0) mask[entry] = 1;
  }
  const moved = mask.reduce((sum, held) => sum + held, 0);
  const train = moved > 0 ? splitByMask(data, mask).train : data;
  const byUser = csrFromPairs(pairsFromCsr(train.byUser), users.ids.length, items.ids.length);
  return {
    train: {
      ...train,
      userIds: users.ids,
      itemIds: items.ids,
      byUser,
      byItem: transpose(byUser),
      about: train.about && {
        customers: withMoreRows(train.about.customers, users.ids),
        products: withMoreRows(train.about.products, items.ids),
      },
    },
    test: pairs,
    unknown,
    moved,
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
