/** What a person should know about the data before trusting what is learned from it. */
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
  readonly orderOfDates: { readonly assumed: boolean; readonly dayFirst: boolean };
  /** Column names of the ids. */
  readonly names: { readonly customer: string; readonly product: string };
}

export function cleaningWarnings(inputs: WarningInputs): CleaningWarning[] {
  const { log, interactions, settlement, joins, orderOfDates, names } = inputs;
  const warnings: CleaningWarning[] = [];
  const warn = (code: CleaningWarning['code'], params: CleaningWarning['params']) => warnings.push({ code, params });

  const damaged = (ids: IdInterner, rows: Uint32Array, column: string) => {
    if (ids.damaged.size === 0) return;
    let count = 0;
    for (let row = 0; row < log.rows; row++) if (ids.damaged.has(rows[row])) count++;
    const [first] = ids.damaged;
    warn('idsDamagedBySpreadsheet', { column, count, example: ids.names[first] });
  };
  damaged(log.customers, log.customer.data, names.customer);
  damaged(log.products, log.product.data, names.product);

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

function countSingles({ customers, customer }: Interactions): number {
  const rows = new Uint32Array(customers.ids.length);
  for (const c of customer) rows[c]++;
  return rows.reduce((count, n) => count + (n === 1 ? 1 : 0), 0);
}

/** Ids and titles with U+FFFD, what a decoder writes for bytes it cannot read. */
function countLost({ customers, products }: Interactions): number {
  const lost = (texts: readonly string[] | null) =>
    texts === null ? 0 : texts.reduce((count, text) => count + (text.includes('\ufffd') ? 1 : 0), 0);
  return lost(customers.ids) + lost(products.ids) + lost(customers.titles) + lost(products.titles);
}
