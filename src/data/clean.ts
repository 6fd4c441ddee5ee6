/** From tables and a plan to Interactions, with a report in which every row of the log is accounted for. */
import { AppError, throwIfAborted } from '../base/error.ts';
import type { OnProgress } from '../base/progress.ts';
import type { Column } from './columns.ts';
import { columnName, headerOverride, logColumns, type PlannedTable, planTables } from './columns-of.ts';
import { EntityBuilder, type JoinResult, namesOfFlags } from './entities.ts';
import { type Dictionary, type Interactions, NO_CODE } from './interactions.ts';
import { LogStore } from './log.ts';
import type { ImportPlan, TablePlan } from './plan.ts';
import type { CleaningReport, RejectedRows } from './report.ts';
import { type Settlement, STATUS, settle } from './settle.ts';
import type { TableSource } from './table.ts';
import { swapDayAndMonth } from './times.ts';
import { cleaningWarnings, damagedIds } from './warnings.ts';

export interface ImportResult {
  readonly interactions: Interactions;
  readonly report: CleaningReport;
  readonly rejected: RejectedRows;
}

export interface ImportOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Reads the log tables of the plan, cleans them and joins the tables that describe products and customers.
 *
 * Rules. A row without customer, product or a readable value is rejected. Ratings: outliers are rejected
 * (rating-range.ts); of several ratings of one pair the latest is kept, without times their mean. Everything else:
 * rows equal in every column are one (logs with orders or times only), services such as postage are no products,
 * cancellations and returns are taken off that customer's earlier purchases of the product, latest first.
 *
 * Throws AppError `noLogTable`, `columnMissing`, `noRowsKept`, `cancelled`, and whatever the reader throws.
 */
export async function importTables(
  tables: readonly TableSource[],
  plan: ImportPlan,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const planned = await planTables(tables, plan);
  const of = (use: TablePlan['use']) => planned.filter(({ table }) => table.use === use);
  const logs = of('log');
  if (logs.length === 0) throw new AppError('noLogTable');
  const log = new LogStore({
    explicit: plan.feedback.feedback === 'explicit',
    decimalComma: plan.decimalComma,
    dayFirst: plan.dayFirst,
    sample: plan.sample ?? 1,
  });
  for (const table of logs) await readLog(log, table, options);

  options.onProgress?.({ step: 'cleaning', done: 0, total: null, unit: 'rows', rows: log.read });
  const orderOfDates = settleDateOrder(log);
  const logTitles = log.has.title ? log.titles.winners(log.products.names.length) : null;
  const settlement = settle(log, logTitles, (done) =>
    options.onProgress?.({ step: 'cleaning', done, total: log.rows, unit: 'rows', rows: log.read }),
  );
  rejectSettled(log, settlement);
  const counts = countStatus(settlement.status);
  if (counts.kept === 0) throw new AppError('noRowsKept', { rejected: log.rejected.count });

  const damaged = damagedIds(log);
  keepRows(log, settlement.status, counts.kept);
  const customers = renumber(log.customers.names, log.customer);
  const products = renumber(log.products.names, log.product);
  const people = new EntityBuilder(customers.ids);
  const things = new EntityBuilder(products.ids);
  const joins: JoinResult[] = [];
  for (const table of of('products'))
    joins.push(await things.join(table, 'product', namesOfFlags(table, tables), options));
  for (const table of of('customers'))
    joins.push(await people.join(table, 'customer', namesOfFlags(table, tables), options));
  if (logTitles !== null) things.addTitles(products.codes.map((code) => logTitles[code]));
  addSaid(log, people, customers, things, products);

  const interactions = buildInteractions(log, people, things);
  const { read, blank } = log;
  const report: CleaningReport = {
    read,
    kept: counts.kept,
    merged: counts.merged,
    netted: counts.netted,
    blank,
    rejected: log.rejected.count,
    setAside: log.setAside,
    reasons: log.rejected.reasons(),
    warnings: cleaningWarnings({ log, interactions, settlement, joins, orderOfDates, damaged, names: roleNames(logs) }),
  };
  return { interactions, report, rejected: log.rejected };
}

/** Rows expected from how far the reading is, and a little more. */
const SPARE = 1.03;

async function readLog(log: LogStore, { source, preview, table }: PlannedTable, options: ImportOptions): Promise<void> {
  const columns = logColumns(table, preview);
  const needed = ['customer', 'product', ...(log.options.explicit ? (['rating'] as const) : [])] as const;
  for (const role of needed) {
    if (columns[role] < 0) throw new AppError('columnMissing', { role });
  }
  const header = table.columns.map((_, c) => columnName(preview, c));
  log.beginTable(source.name, header, columns);
  const before = log.rows;
  const onProgress: OnProgress = (progress) => {
    options.onProgress?.(progress);
    const { done, total } = progress;
    if (total !== null && done > 0) log.expect(before + Math.ceil(((log.rows - before) * total * SPARE) / done));
  };
  const { signal } = options;
  for await (const batch of source.batches({ signal, onProgress, overrides: headerOverride(source, table) })) {
    throwIfAborted(signal);
    log.add(batch);
  }
}

function roleNames([{ preview, table }]: readonly PlannedTable[]): { customer: string; product: string } {
  const { customer, product } = logColumns(table, preview);
  return { customer: columnName(preview, customer), product: columnName(preview, product) };
}

/** The whole column has spoken: where it shows the other order than the plan's, ambiguous dates are turned round. */
function settleDateOrder(log: LogStore): { assumed: boolean; dayFirst: boolean } {
  const { dayFirst, monthFirst, either } = log.times.evidence;
  const planned = log.options.dayFirst;
  const shown = dayFirst === monthFirst ? planned : dayFirst > monthFirst;
  if (shown !== planned && log.eitherOrder !== null) {
    for (const row of log.eitherOrder) log.time.data[row] = swapDayAndMonth(log.time.data[row]);
  }
  return { assumed: either > 0 && dayFirst > 0 === monthFirst > 0, dayFirst: shown };
}

/** Rows the settlement rejects join the rejected ones, as they stood where that was kept. */
function rejectSettled(log: LogStore, settlement: Settlement): void {
  for (const { row, reason } of settlement.rejections) {
    const kept = log.aside.get(row);
    if (kept !== undefined) log.rejected.reject(kept, reason);
    else log.rejectRebuilt(row, reason);
  }
}

function countStatus(status: Uint8Array): { kept: number; merged: number; netted: number } {
  const counts = [0, 0, 0, 0];
  for (let row = 0; row < status.length; row++) counts[status[row]]++;
  return { kept: counts[STATUS.kept], merged: counts[STATUS.merged], netted: counts[STATUS.netted] };
}

/** Moves the kept rows of every column up, in place, and lets go of the others. */
function keepRows(log: LogStore, status: Uint8Array, kept: number): void {
  if (kept === status.length) return;
  const { customer, product, value, quantity, time, event, order, price } = log;
  for (const column of [customer, product, value, quantity, time, event, order, price]) {
    const { data } = column;
    if (column.stored) {
      for (let row = 0, to = 0; row < status.length; row++) if (status[row] === STATUS.kept) data[to++] = data[row];
    }
    column.length = Math.min(column.length, kept);
  }
}

/** Ids that kept rows use, in order of their first row. */
interface Renumbered {
  readonly ids: readonly string[];
  /** Old number of each new row. */
  readonly codes: readonly number[];
}

/** Renumbers a column of ids in place. */
function renumber(names: readonly string[], { data, length }: Column<Uint32Array>): Renumbered {
  const rowOf = new Uint32Array(names.length).fill(NO_CODE);
  const codes: number[] = [];
  for (let at = 0; at < length; at++) {
    const code = data[at];
    if (rowOf[code] === NO_CODE) {
      rowOf[code] = codes.length;
      codes.push(code);
    }
    data[at] = rowOf[code];
  }
  return { ids: codes.map((code) => names[code]), codes };
}

/** Categories and attributes that stand in the log itself: what it says most often of each. */
function addSaid(
  log: LogStore,
  people: EntityBuilder,
  customers: Renumbered,
  things: EntityBuilder,
  products: Renumbered,
): void {
  for (const { column, values } of log.said.values()) {
    const ofProduct = column.about === 'product';
    const winners = values.winners((ofProduct ? log.products : log.customers).names.length);
    const builder = ofProduct ? things : people;
    (ofProduct ? products : customers).codes.forEach((code, row) => {
      const text = winners[code];
      if (column.category === null) builder.addAttribute(column.name, row, text);
      else if (!column.category.flag) builder.addCategory(row, text, column.category.separator);
      else if (/^(?:1|true)$/i.test(text)) builder.addCategory(row, column.name, null);
    });
  }
}

/** Gives the columns of the log away: nothing of a row is held twice. */
function buildInteractions(log: LogStore, people: EntityBuilder, things: EntityBuilder): Interactions {
  const { has, options } = log;
  return {
    customers: people.build(),
    products: things.build(),
    customer: log.customer.take(),
    product: log.product.take(),
    value: options.explicit ? log.value.take() : null,
    quantity: has.quantity ? log.quantity.take() : null,
    event: has.event ? toDictionary(log.events.names, log.event) : null,
    time: has.time ? log.time.take() : null,
    order: has.order ? toDictionary(log.orders.names, log.order) : null,
    price: has.price ? log.price.take() : null,
  };
}

/** Only the names that kept rows use, numbered in order of their first row; renumbers the column in place. */
function toDictionary(names: readonly string[], column: Column<Uint32Array>): Dictionary {
  const codeOf = new Uint32Array(names.length).fill(NO_CODE);
  const used: string[] = [];
  const codes = column.take();
  for (let at = 0; at < codes.length; at++) {
    const old = codes[at];
    if (old === NO_CODE) continue;
    if (codeOf[old] === NO_CODE) {
      codeOf[old] = used.length;
      used.push(names[old]);
    }
    codes[at] = codeOf[old];
  }
  return { names: used, codes };
}
