/** The same data with the products in another order. */
import { type Csr, transpose } from '../base/sparse.ts';
import type { EntityTable } from '../data/interactions.ts';
import type { Ratings } from '../data/ratings.ts';

/** Product row r becomes what was row `order[r]`; `order` holds every row once. Nothing else changes. */
export function renumberProducts(ratings: Ratings, order: Uint32Array): Ratings {
  const { byUser, lastTime, about } = ratings;
  const newRow = new Uint32Array(order.length);
  for (let row = 0; row < order.length; row++) newRow[order[row]] = row;
  // Entries of a row stand in the order of their columns: which entry comes from which.
  const from = new Uint32Array(byUser.indices.length);
  for (let u = 0; u < byUser.rows; u++) {
    const [start, end] = [byUser.pointers[u], byUser.pointers[u + 1]];
    const own = Uint32Array.from({ length: end - start }, (_, at) => start + at);
    from.set(
      own.sort((a, b) => newRow[byUser.indices[a]] - newRow[byUser.indices[b]]),
      start,
    );
  }
  const renumbered: Csr = {
    ...byUser,
    indices: from.map((e) => newRow[byUser.indices[e]]),
    values: Float32Array.from(from, (e) => byUser.values[e]),
  };
  return {
    ...ratings,
    itemIds: Array.from(order, (row) => ratings.itemIds[row]),
    byUser: renumbered,
    byItem: transpose(renumbered),
    lastTime:
      lastTime &&
      (() => {
        const times = lastTime();
        return Float64Array.from(from, (e) => times[e]);
      }),
    ...(about && { about: { ...about, products: takeEntities(about.products, order) } }),
  };
}

/** The rows asked for, in that order. */
function takeEntities({ ids, titles, categories, attributes }: EntityTable, rows: Uint32Array): EntityTable {
  const kinds = Array.from(rows, (row) =>
    categories ? categories.codes.subarray(categories.pointers[row], categories.pointers[row + 1]) : new Uint32Array(),
  );
  const pointers = new Uint32Array(rows.length + 1);
  kinds.forEach((codes, at) => {
    pointers[at + 1] = pointers[at] + codes.length;
  });
  const codes = new Uint32Array(pointers[rows.length]);
  kinds.forEach((own, at) => {
    codes.set(own, pointers[at]);
  });
  return {
    ids: Array.from(rows, (row) => ids[row]),
    titles: titles && Array.from(rows, (row) => titles[row]),
    categories: categories && { names: categories.names, pointers, codes },
    attributes: attributes.map(({ name, values }) => ({
      name,
      values: { names: values.names, codes: rows.map((row) => values.codes[row]) },
    })),
  };
}
