/** What a person should know about the data before trusting what is learned from it. */
import type { Column } from './columns.ts';
import type { JoinResult } from './entities.ts';
import type { IdInterner } from './ids.ts';
import type { Interactions } from './interactions.ts';
import type { LogStore } from './log.ts';
import type { CleaningWarning } from './report.ts';
import type { Settlement } from './settle.ts';

/** Below this share of products or customers found in the describing table the join is called incomplete. */
const COMPLETE_JOIN = 0.999;
/** From this share of customers with a single row on, there is little to learn from. */
const MOSTLY_SINGLE = 0.5;

export interface WarningInputs {
  readonly log: LogStore;
  readonly interactions: Interactions;
  readonly settlement: Settlement;
  readonly joins: readonly JoinResult[];
  /** From before rows were left out: `damagedIds`. */
  readonly damaged: DamagedIds;
  readonly orderOfDates: { readonly assumed: boolean; readonly dayFirst: boolean };
  /** Column names of the ids. */
  readonly names: { readonly customer: string; readonly product: string };
}

export function cleaningWarnings(inputs: WarningInputs): CleaningWarning[] {
  const { log, interactions, settlement, joins, orderOfDates, damaged, names } = inputs;
  const warnings: CleaningWarning[] = [];
  const warn = (code: CleaningWarning['code'], params: CleaningWarning['params']) => warnings.push({ code, params });

  for (const side of ['customer', 'product'] as const) {
    const { count, example } = damaged[side];
    if (count > 0) warn('idsDamagedBySpreadsheet', { column: names[side], count, example });
  }

  const { sample } = log.options;
  if (sample < 1) warn('sampled', { percent: Math.round(100 * sample) });
  if (log.unreadableTimes.count > 0) warn('timesUnreadable', { ...log.unreadableTimes });
  if (orderOfDates.assumed) {
    warn('dateOrderAssumed', { example: '03/04/2024', order: orderOfDates.dayFirst ? 'dayFirst' : 'monthFirst' });
  }
  if (settlement.conflicts.count > 0) warn('conflictsResolved', { ...settlement.conflicts });
  for (const { table, matched, total } of joins) {
    if (matched === 0) warn('joinNothing', { table });
    else if (matched < COMPLETE_JOIN * total) warn('joinIncomplete', { table, matched, total });
  }
  if (interactions.products.titles === null) warn('noTitles', {});

  const single = countSingles(interactions);
  if (single >= MOSTLY_SINGLE * interactions.customers.ids.length) warn('oneRatingEach', { customers: single });

  const mended = joins.reduce((sum, join) => sum + join.mended, log.mended);
  if (mended > 0) warn('mixedEncodings', { count: mended });
  const lost = countLost(interactions);
  if (lost > 0) warn('lostCharacters', { count: lost });
  return warnings;
}

export type DamagedIds = Readonly<Record<'customer' | 'product', { readonly count: number; readonly example: string }>>;

/** Rows of the log whose id was damaged by a spreadsheet. */
export function damagedIds(log: LogStore): DamagedIds {
  const count = (ids: IdInterner, { data, length }: Column<Uint32Array>) => {
    const [first] = ids.damaged;
    if (first === undefined) return { count: 0, example: '' };
    let rows = 0;
    for (let row = 0; row < length; row++) if (ids.damaged.has(data[row])) rows++;
    return { count: rows, example: ids.names[first] };
  };
  return { customer: count(log.customers, log.customer), product: count(log.products, log.product) };
}

function countSingles({ customers, customer }: Interactions): number {
  const rows = new Uint32Array(customers.ids.length);
  for (let r = 0; r < customer.length; r++) rows[customer[r]]++;
  return rows.reduce((count, n) => count + (n === 1 ? 1 : 0), 0);
}

/** Ids and titles with U+FFFD, what a decoder writes for bytes it cannot read. */
function countLost({ customers, products }: Interactions): number {
  const lost = (texts: readonly string[] | null) =>
    texts === null ? 0 : texts.reduce((count, text) => count + (text.includes('\ufffd') ? 1 : 0), 0);
  return lost(customers.ids) + lost(products.ids) + lost(customers.titles) + lost(products.titles);
}
