import type { EntityTable } from './interactions.ts';

/** A whole number that some tool wrote as a float. */
const FLOAT_ID = /^(\d+)\.0$/;

/**
 * What a row is called on screen: its title, or its id where no title is known. An id such as `17850.0`
 * is read out as 17850; the id itself stays what it is, in searches, addresses and exports.
 */
export function labelOf(table: Pick<EntityTable, 'ids' | 'titles'>, row: number): string {
  return table.titles?.[row] || table.ids[row].replace(FLOAT_ID, '$1');
}
