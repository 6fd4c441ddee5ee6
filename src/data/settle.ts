/** What only the whole log can tell: copies, conflicts, cancellations, outliers, codes that are no products. */
import { NO_CODE } from './interactions.ts';
import { CANCELLED_ORDER, isServiceTitle, type LogStore } from './log.ts';
import { ratingRange } from './rating-range.ts';
import type { RejectReason } from './report.ts';

/** What became of each row of the store; 0 is kept. */
export const STATUS = { kept: 0, merged: 1, netted: 2, rejected: 3 } as const;

export interface Settlement {
  /** One of STATUS per row. */
  readonly status: Uint8Array;
  readonly rejections: readonly { readonly row: number; readonly reason: RejectReason }[];
  /** Pairs whose ratings disagreed, and how that was decided. */
  readonly conflicts: { readonly count: number; readonly rule: 'latest' | 'mean' };
}

/** Customers, or so many times 64 rows, between two reports of how far it is. */
const REPORT_EVERY = 1024;

/**
 * Decides every row. Changes `value` (mean of conflicting ratings) and `quantity` (what is left after netting).
 * `onRows` hears how many rows are behind it.
 */
export function settle(
  log: LogStore,
  titles: readonly string[] | null,
  onRows: (rows: number) => void = () => undefined,
): Settlement {
  const status = new Uint8Array(log.rows);
  const rejections: { row: number; reason: RejectReason }[] = [];
  const reject = (row: number, reason: RejectReason) => {
    status[row] = STATUS.rejected;
    rejections.push({ row, reason });
  };
  let conflicts: Settlement['conflicts'] = { count: 0, rule: 'latest' };
  if (log.options.explicit) {
    rejectOutliers(log, reject);
    conflicts = mergeRatings(log, status, onRows);
  } else {
    if (log.has.order || log.has.price) rejectServices(log, titles, reject);
    markCancelledOrders(log);
    if (log.has.order || log.has.time) mergeCopies(log, status, onRows);
    netCancellations(log, status, reject);
  }
  return { status, rejections, conflicts };
}

function rejectOutliers(log: LogStore, reject: (row: number, reason: RejectReason) => void): void {
  const counts = log.ratings.all();
  const { min, max } = ratingRange(counts);
  const { data } = log.value;
  let clean = true;
  for (const value of counts.keys()) clean &&= value >= min && value <= max;
  if (clean) return;
  for (let row = 0; row < log.rows; row++) {
    if (data[row] < min || data[row] > max) reject(row, 'ratingOutOfRange');
  }
}

/**
 * Rows grouped by customer, file order within each: rows of customer c are order[starts[c]] … order[starts[c + 1] − 1].
 * `order` is null where the file is grouped already, as exports often are: row numbers are places then, which saves
 * four bytes a row and reading the log in another order than it lies.
 */
function byCustomer(log: LogStore): { starts: Uint32Array; order: Uint32Array | null } {
  const customers = log.customer.data;
  const { rows } = log;
  const starts = new Uint32Array(log.customers.names.length + 1);
  let grouped = true;
  for (let row = 0; row < rows; row++) {
    starts[customers[row] + 1]++;
    // Numbers were given in order of appearance.
    if (row > 0 && customers[row] < customers[row - 1]) grouped = false;
  }
  for (let c = 1; c < starts.length; c++) starts[c] += starts[c - 1];
  if (grouped) return { starts, order: null };
  const cursor = starts.slice();
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) order[cursor[customers[row]]++] = row;
  return { starts, order };
}

/**
 * One rating per customer and product: the latest where there is time (later in the file on a tie, a row without
 * a time before all others), otherwise the mean of all.
 */
function mergeRatings(log: LogStore, status: Uint8Array, onRows: (rows: number) => void): Settlement['conflicts'] {
  const { starts, order } = byCustomer(log);
  const product = log.product.data;
  const value = log.value.data;
  const time = log.time.data;
  const latest = log.has.time && log.time.stored;
  const products = log.products.names.length;
  const winner = new Int32Array(products).fill(-1);
  const sums = new Float64Array(latest ? 0 : products);
  const counts = new Uint32Array(latest ? 0 : products);
  const conflicting = new Set<number>();
  let conflicts = 0;
  for (let c = 0; c + 1 < starts.length; c++) {
    if (c % REPORT_EVERY === 0) onRows(starts[c]);
    if (conflicting.size > 0) conflicting.clear();
    for (let e = starts[c]; e < starts[c + 1]; e++) {
      const row = order === null ? e : order[e];
      if (status[row] !== STATUS.kept) continue;
      const p = product[row];
      const other = winner[p];
      if (other < 0) {
        winner[p] = row;
        if (!latest) {
          sums[p] = value[row];
          counts[p] = 1;
        }
        continue;
      }
      if (value[row] !== value[other]) conflicting.add(p);
      if (latest) {
        const wins = !(time[row] < time[other]) && (time[row] === time[row] || time[other] !== time[other]);
        status[wins ? other : row] = STATUS.merged;
        if (wins) winner[p] = row;
      } else {
        status[row] = STATUS.merged;
        sums[p] += value[row];
        counts[p]++;
      }
    }
    for (let e = starts[c]; e < starts[c + 1]; e++) {
      const p = product[order === null ? e : order[e]];
      if (winner[p] >= 0 && !latest && conflicting.has(p)) value[winner[p]] = sums[p] / counts[p];
      winner[p] = -1;
    }
    conflicts += conflicting.size;
  }
  return { count: conflicts, rule: latest ? 'latest' : 'mean' };
}

/** Share of the rows whose product code has a digit from which a code without one is an exception. */
const CODES_WITH_DIGITS = 0.95;

/** Postage, bank charges and the like: a code without any digit where codes have digits, or a title that is such a word. */
function rejectServices(
  log: LogStore,
  titles: readonly string[] | null,
  reject: (row: number, reason: RejectReason) => void,
): void {
  const product = log.product.data;
  const hasDigit = log.products.names.map((id) => /\d/.test(id));
  let withDigit = 0;
  for (let row = 0; row < log.rows; row++) if (hasDigit[product[row]]) withDigit++;
  const codesHaveDigits = withDigit >= CODES_WITH_DIGITS * log.rows;
  const service = hasDigit.map((digit, p) => (codesHaveDigits && !digit) || isServiceTitle(titles?.[p] ?? ''));
  if (!service.includes(true)) return;
  for (let row = 0; row < log.rows; row++) if (service[product[row]]) reject(row, 'notAProduct');
}

/** Order C536379 takes back order-like rows where orders are plain numbers, whatever the sign of its quantities. */
function markCancelledOrders(log: LogStore): void {
  if (!log.has.order) return;
  const names = log.orders.names;
  const plain = names.reduce((count, name) => count + (/^\d+$/.test(name) ? 1 : 0), 0);
  if (plain * 2 < names.length) return;
  const cancels = names.map((name) => CANCELLED_ORDER.test(name));
  const order = log.order.data;
  if (!cancels.includes(true)) return;
  const quantity = log.quantity.fill();
  for (let row = 0; row < log.rows; row++) {
    if (order[row] !== NO_CODE && cancels[order[row]]) quantity[row] = -Math.abs(quantity[row]);
  }
}

/** Rows equal in every column are one row written twice (a log with orders or times only: elsewhere repeats count). */
function mergeCopies(log: LogStore, status: Uint8Array, onRows: (rows: number) => void): void {
  let size = 1 << 10;
  while (size < log.rows * 2) size *= 2;
  const mask = size - 1;
  const slots = new Int32Array(size).fill(-1);
  const customer = log.customer.data;
  const product = log.product.data;
  const rest = log.rest.data;
  const others = [log.order, log.event, log.quantity, log.price, log.time].filter(({ stored }) => stored);
  const more = others.map(({ data }) => data);
  const same = (a: number, b: number) => {
    if (rest[a] !== rest[b] || customer[a] !== customer[b] || product[a] !== product[b]) return false;
    // Object.is, so that two unreadable times or prices are equal
    for (const data of more) if (!Object.is(data[a], data[b])) return false;
    return true;
  };
  const { order, time, quantity } = log;
  for (let row = 0; row < log.rows; row++) {
    if (row % (64 * REPORT_EVERY) === 0) onRows(row);
    if (status[row] !== STATUS.kept) continue;
    let hash = rest[row];
    hash = Math.imul(hash ^ customer[row], 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ product[row], 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 13) ^ order.at(row), 0x27d4eb2f);
    hash = Math.imul(hash ^ (hash >>> 16) ^ (time.at(row) / 1000) ^ (quantity.at(row) * 7919), 0x85ebca6b);
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (slots[slot] >= 0 && !same(slots[slot], row)) slot = (slot + 1) & mask;
    if (slots[slot] >= 0) status[row] = STATUS.merged;
    else slots[slot] = row;
  }
}

/**
 * Takes what was cancelled or returned off that customer's purchases of the product, the latest purchase before
 * it first. A purchase with nothing left is netted like the cancellation itself; what cancels nothing is rejected.
 */
function netCancellations(
  log: LogStore,
  status: Uint8Array,
  reject: (row: number, reason: RejectReason) => void,
): void {
  if (!log.quantity.stored) return;
  const quantity = log.quantity.data;
  const product = log.product.data;
  const time = log.time.data;
  const { starts, order } = byCustomer(log);
  for (let c = 0; c + 1 < starts.length; c++) {
    let cancelled: Map<number, number[]> | null = null;
    for (let e = starts[c]; e < starts[c + 1]; e++) {
      const row = order === null ? e : order[e];
      if (!(quantity[row] < 0) || status[row] !== STATUS.kept) continue;
      cancelled ??= new Map();
      cancelled.set(product[row], []);
    }
    if (cancelled === null) continue;
    for (let e = starts[c]; e < starts[c + 1]; e++) {
      const row = order === null ? e : order[e];
      if (status[row] === STATUS.kept) cancelled.get(product[row])?.push(row);
    }
    for (const rows of cancelled.values()) {
      if (log.time.stored) sortByTime(rows, time);
      netPair(rows, quantity, status, reject);
    }
  }
}

/** Stable; where a time is unreadable the file's order stands. */
function sortByTime(rows: number[], time: Float64Array): void {
  if (rows.some((row) => time[row] !== time[row])) return;
  rows.sort((a, b) => time[a] - time[b] || a - b);
}

function netPair(
  rows: readonly number[],
  quantity: Float32Array,
  status: Uint8Array,
  reject: (row: number, reason: RejectReason) => void,
): void {
  const open: number[] = [];
  for (const row of rows) {
    if (quantity[row] > 0) {
      open.push(row);
      continue;
    }
    let left = -quantity[row];
    if (open.length === 0) {
      reject(row, 'cancelsNothing');
      continue;
    }
    status[row] = STATUS.netted;
    while (left > 0 && open.length > 0) {
      const purchase = open[open.length - 1];
      const taken = Math.min(left, quantity[purchase]);
      quantity[purchase] -= taken;
      left -= taken;
      if (quantity[purchase] > 0) break;
      status[purchase] = STATUS.netted;
      open.pop();
    }
  }
}
