import { TopK } from '../base/top-k.ts';
import type { EntityTable } from '../data/interactions.ts';
import { labelOf } from '../data/label.ts';
import type { Ratings } from '../data/ratings.ts';
import type { HeatmapRequest } from './heatmap-types.ts';

/** Both sides' tables, as they stand in Interactions. */
export interface Tables {
  readonly customers: EntityTable;
  readonly products: EntityTable;
}

/**
 * The rows a heatmap shows, most active first, at most `request.size`; rows without ratings never.
 * By category: products that have it, or the customers who do most in it. By search: title or id
 * contains every word asked for, whatever the case and accents.
 */
export function chooseRows(ratings: Ratings, tables: Tables, request: HeatmapRequest): Uint32Array {
  const { side, size, choose } = request;
  if (!(size >= 2 && size <= 2000)) throw new RangeError(`heatmap of ${size} rows`);
  const activity = activityOf(ratings, tables, request);
  const table = tables[side];
  const matches = choose.by === 'search' ? matcher(choose.query) : null;
  const top = new TopK(Math.min(size, activity.length));
  for (let row = 0; row < activity.length; row++) {
    if (activity[row] === 0) continue;
    if (matches && !matches(labelOf(table, row)) && !matches(table.ids[row])) continue;
    top.offer(row, activity[row]);
  }
  return top.drain().indices;
}

/** How much there is of each row, counting only what the choice is about. */
function activityOf(ratings: Ratings, tables: Tables, { side, choose }: HeatmapRequest): Uint32Array {
  const own = side === 'products' ? ratings.byItem : ratings.byUser;
  const activity = Uint32Array.from({ length: own.rows }, (_, row) => own.pointers[row + 1] - own.pointers[row]);
  if (choose.by !== 'category') return activity;
  const inCategory = rowsInCategory(tables.products, choose.category);
  if (side === 'products') return activity.map((count, row) => (inCategory[row] ? count : 0));
  return activity.map((_, row) => {
    let count = 0;
    for (let e = own.pointers[row]; e < own.pointers[row + 1]; e++) count += inCategory[own.indices[e]];
    return count;
  });
}

function rowsInCategory(products: EntityTable, category: string): Uint8Array {
  const found = new Uint8Array(products.ids.length);
  const { categories } = products;
  const code = categories?.names.indexOf(category) ?? -1;
  if (!categories || code < 0) return found;
  for (let row = 0; row < found.length; row++) {
    for (let e = categories.pointers[row]; e < categories.pointers[row + 1]; e++) {
      if (categories.codes[e] === code) found[row] = 1;
    }
  }
  return found;
}

function matcher(query: string): (text: string) => boolean {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return (text) => {
    const within = plain(text);
    return words.every((word) => within.includes(word));
  };
}

/** Lower case without accents, so that "amelie" finds "Amélie". */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
