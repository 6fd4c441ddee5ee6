/** Tables of customers or products with rows of which nothing is known but the id. */
import { type EntityTable, NO_CODE } from './interactions.ts';

/** The table with new ids behind its own; `ids` begins with those of the table. */
export function withMoreRows(table: EntityTable, ids: readonly string[]): EntityTable {
  const added = ids.length - table.ids.length;
  if (added < 0) throw new RangeError(`${ids.length} ids for a table of ${table.ids.length}`);
  if (added === 0) return table;
  const { titles, categories, attributes } = table;
  const pointers = new Uint32Array(ids.length + 1);
  if (categories) {
    pointers.set(categories.pointers);
    pointers.fill(categories.codes.length, table.ids.length + 1);
  }
  return {
    ids,
    titles: titles && [...titles, ...new Array<string>(added).fill('')],
    categories: categories && { ...categories, pointers },
    attributes: attributes.map(({ name, values }) => {
      const codes = new Uint32Array(ids.length).fill(NO_CODE);
      codes.set(values.codes);
      return { name, values: { ...values, codes } };
    }),
  };
}
