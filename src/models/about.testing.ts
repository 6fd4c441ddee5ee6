/** Tables of products and customers written out in tests. */
import { dictionary } from '../data/entities.ts';
import type { EntityTable } from '../data/interactions.ts';

export interface Described {
  readonly title?: string;
  readonly categories?: readonly string[];
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Row by row; `titles` and `categories` are null where no row has any. */
export function tableOf(rows: readonly Described[], ids = rows.map((_, row) => `e${row}`)): EntityTable {
  const names = [...new Set(rows.flatMap(({ categories = [] }) => categories))];
  const pointers = Uint32Array.from([0, ...rows.map((_, row) => sumOfFirst(rows, row + 1))]);
  const columns = [...new Set(rows.flatMap(({ attributes = {} }) => Object.keys(attributes)))];
  return {
    ids,
    titles: rows.some(({ title }) => title !== undefined) ? rows.map(({ title = '' }) => title) : null,
    categories:
      names.length > 0
        ? {
            names,
            pointers,
            codes: Uint32Array.from(rows.flatMap(({ categories = [] }) => categories.map((one) => names.indexOf(one)))),
          }
        : null,
    attributes: columns.map((name) => ({
      name,
      values: dictionary(rows.map(({ attributes = {} }) => attributes[name] ?? '')),
    })),
  };
}

const sumOfFirst = (rows: readonly Described[], count: number) =>
  rows.slice(0, count).reduce((sum, { categories = [] }) => sum + categories.length, 0);
