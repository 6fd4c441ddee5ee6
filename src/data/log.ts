/** The log while it streams in: every usable row in typed columns, every other row put aside with its reason. */
import { float32Column, float64Column, Interner, uint32Column } from './columns.ts';
import { MostFrequent } from './frequent.ts';
import { IdInterner, NO_ID } from './ids.ts';
import { NO_CODE } from './interactions.ts';
import { RejectedStore } from './rejected.ts';
import type { RejectReason } from './report.ts';
import { ROW_SHAPE, type RowBatch } from './table.ts';
import { TimeParser } from './times.ts';
import { isNothing, parseNumber, trimmed } from './values.ts';

/** Which column of one log table holds what; −1 where there is none. */
export interface LogColumns {
  readonly customer: number;
  readonly product: number;
  readonly rating: number;
  readonly quantity: number;
  readonly event: number;
  readonly time: number;
  readonly order: number;
  readonly price: number;
  readonly title: number;
  readonly said: readonly SaidColumn[];
}

/** A category or attribute of the product or the customer that stands in the log itself. */
export interface SaidColumn {
  readonly column: number;
  readonly name: string;
  readonly about: 'customer' | 'product';
  /** null for attributes. A flag column's name is the category; otherwise cells may hold several, separated. */
  readonly category: { readonly flag: boolean; readonly separator: string | null } | null;
}

export interface LogOptions {
  readonly explicit: boolean;
  readonly decimalComma: boolean;
  readonly dayFirst: boolean;
}

/** By the number of the shape in ROW_SHAPE. */
const SHAPE_REASONS = [
  'tooFewFields',
  'tooFewFields',
  'tooManyFields',
  'unclosedQuote',
  'fieldTooLong',
  'binary',
] as const;

/** Values rarer than this so far might be out of range in the end; their rows are kept as they stood. */
const RARE_COUNT = 64;
const RARE_SHARE = 0.02;
/** At most this share of rows is put aside only for what its product or order code looks like. */
const ODD_SHARE = 0.05;
const ODD_COUNT = 500;

/** The number of an order that cancels another: C536379. */
export const CANCELLED_ORDER = /^c-?\d+$/i;

/** Words of an event that takes something back. */
const RETURN_WORDS = /\b(?:return(?:ed|s)?|refund(?:ed|s)?|cancel(?:led|ed|s|lation)?|chargeback)\b|退货|退款|取消/i;
/** Words of titles that are services or bookings, never goods; the whole title must be one of them. */
const SERVICE_TITLE =
  /^(?:dotcom |next day |express |standard )?(?:postage|carriage|shipping|delivery)(?: (?:charge|charges|fee|cost|costs))?$|^(?:bank charges|manual|discount|samples|adjustment|adjust bad debt|amazon fee|cruk commission|commission|handling fee|service charge|tip|运费|邮费|手续费|折扣|补差价)$/i;

export class LogStore {
  readonly customers = new IdInterner();
  readonly products = new IdInterner();
  readonly customer = uint32Column();
  readonly product = uint32Column();
  readonly value = float32Column();
  readonly quantity = float32Column();
  readonly time = float64Column();
  readonly event = uint32Column();
  readonly order = uint32Column();
  readonly price = float32Column();
  /** Hash of the cells no other column here holds; equal in rows that are copies. */
  readonly rest = uint32Column();
  readonly line = uint32Column();
  readonly table = uint32Column();
  readonly events = new Interner();
  readonly orders = new Interner();
  readonly titles = new MostFrequent();
  readonly said = new Map<string, { column: SaidColumn; values: MostFrequent }>();
  readonly rejected = new RejectedStore();
  /** Row of this store → number in `rejected`, for rows that may still be rejected. */
  readonly aside = new Map<number, number>();
  /** Rows whose day and month could be either; allocated when the first one appears. */
  eitherOrder: Set<number> | null = null;
  readonly ratingCounts = new Map<number, number>();
  readonly has = {
    rating: false,
    quantity: false,
    event: false,
    time: false,
    order: false,
    price: false,
    title: false,
  };
  readonly unreadableTimes = { count: 0, example: '' };
  read = 0;
  blank = 0;
  /** Bytes of another encoding than their table's. */
  mended = 0;
  readonly times: TimeParser;
  readonly #returns: boolean[] = [];
  readonly #odd: boolean[] = [];
  #oddRows = 0;
  #columns: LogColumns | null = null;
  /** Columns that are only compared, and the collectors of `said` in this table's order. */
  #rest: readonly number[] = [];
  #saidHere: readonly MostFrequent[] = [];
  readonly #layouts: { columns: LogColumns; width: number }[] = [];

  constructor(readonly options: LogOptions) {
    this.times = new TimeParser(options.dayFirst);
  }

  get rows(): number {
    return this.customer.length;
  }

  /** Rows added from now on have these columns. */
  beginTable(name: string, header: readonly string[], columns: LogColumns): void {
    this.rejected.beginTable(name, header);
    this.#columns = columns;
    this.#layouts.push({ columns, width: header.length });
    const typed = [columns.customer, columns.product, columns.rating, columns.quantity, columns.event, columns.time];
    const said = columns.said.map(({ column }) => column);
    const held = new Set([...typed, columns.order, columns.price, columns.title, ...said]);
    this.#rest = header.map((_, c) => c).filter((c) => !held.has(c));
    for (const role of Object.keys(this.has) as (keyof typeof this.has)[]) this.has[role] ||= columns[role] >= 0;
    for (const column of columns.said) {
      if (!this.said.has(column.name)) this.said.set(column.name, { column, values: new MostFrequent() });
    }
    this.#saidHere = columns.said.map(({ name }) => this.said.get(name)?.values as MostFrequent);
  }

  /**
   * Rejects a stored row whose cells were not put aside: the line, the ids and the numbers are still known and stand
   * in their columns, other cells are left empty.
   */
  rejectRebuilt(row: number, reason: RejectReason): void {
    const { columns, width } = this.#layouts[this.table.data[row]];
    const cells = Array.from({ length: width }, () => ['']);
    const put = (column: number, text: string) => {
      if (column >= 0) cells[column][0] = text;
    };
    put(columns.customer, this.customers.names[this.customer.data[row]]);
    put(columns.product, this.products.names[this.product.data[row]]);
    if (this.options.explicit) put(columns.rating, String(this.value.data[row]));
    put(columns.quantity, String(this.quantity.data[row]));
    const order = this.order.data[row];
    if (order !== NO_CODE) put(columns.order, this.orders.names[order]);
    this.rejected.keep(this.line.data[row], cells, 0, reason);
  }

  /** Takes every row of the batch, in order. */
  add(batch: RowBatch): void {
    this.mended += batch.mended ?? 0;
    for (let row = 0; row < batch.rows; row++) {
      this.read++;
      if (batch.blank[row] === 1) this.blank++;
      else {
        const reason = batch.shapes[row] === ROW_SHAPE.ok ? this.#take(batch, row) : SHAPE_REASONS[batch.shapes[row]];
        if (reason !== null) this.rejected.keep(batch.lines[row], batch.cells, row, reason);
      }
    }
  }

  /** Stores the row, or says why it cannot be used. */
  #take(batch: RowBatch, row: number): RejectReason | null {
    const columns = this.#columns as LogColumns;
    const { cells } = batch;
    const { explicit, decimalComma } = this.options;
    const customer = this.customers.code(cells[columns.customer][row]);
    if (customer === NO_ID) return 'noCustomer';
    const product = this.products.code(cells[columns.product][row]);
    if (product === NO_ID) return 'noProduct';

    let rating = 0;
    if (explicit) {
      const cell = cells[columns.rating][row];
      rating = parseNumber(cell, decimalComma);
      if (rating !== rating) return isNothing(cell) ? 'noRating' : 'ratingNotANumber';
    }
    let quantity = 1;
    if (columns.quantity >= 0) {
      quantity = parseNumber(cells[columns.quantity][row], decimalComma);
      if (!explicit && quantity !== quantity) return 'quantityNotANumber';
      if (!explicit && quantity === 0) return 'zeroQuantity';
    }

    const at = this.customer.length;
    let suspect = false;
    this.customer.push(customer);
    this.product.push(product);
    this.line.push(batch.lines[row]);
    this.table.push(this.#layouts.length - 1);
    if (explicit) {
      this.value.push(rating);
      suspect = this.#countRating(rating);
    }
    if (columns.event >= 0) quantity = this.#addEvent(cells[columns.event][row], quantity);
    else this.event.push(NO_CODE);
    this.quantity.push(quantity);
    suspect ||= quantity < 0 && !explicit;
    this.time.push(columns.time >= 0 ? this.#readTime(cells[columns.time][row], at) : Number.NaN);
    if (columns.order >= 0) {
      const order = trimmed(cells[columns.order][row]);
      this.order.push(order === '' ? NO_CODE : this.orders.code(order));
      suspect ||= !explicit && CANCELLED_ORDER.test(order) && this.#isException();
    } else this.order.push(NO_CODE);
    this.price.push(columns.price >= 0 ? parseNumber(cells[columns.price][row], decimalComma) : Number.NaN);
    let hash = 0x811c9dc5;
    if (columns.title >= 0) hash = hashNumber(this.titles.add(product, cells[columns.title][row]), hash);
    for (let s = 0; s < columns.said.length; s++) {
      const { about, column } = columns.said[s];
      hash = hashNumber(this.#saidHere[s].add(about === 'product' ? product : customer, cells[column][row]), hash);
    }
    if (!explicit) for (const c of this.#rest) hash = hashText(cells[c][row], hash);
    this.rest.push(hash >>> 0);
    if (!suspect && !explicit)
      suspect = this.#isOddProduct(product, columns.title >= 0 ? cells[columns.title][row] : '');
    if (suspect) this.aside.set(at, this.rejected.keep(batch.lines[row], cells, row, null));
    return null;
  }

  /** True while this rating is rare enough that it may turn out to be out of range. */
  #countRating(rating: number): boolean {
    const count = (this.ratingCounts.get(rating) ?? 0) + 1;
    this.ratingCounts.set(rating, count);
    return count < RARE_COUNT || count < RARE_SHARE * this.read;
  }

  #addEvent(cell: string, quantity: number): number {
    const name = trimmed(cell);
    const code = name === '' ? NO_CODE : this.events.code(name);
    if (code === this.#returns.length) this.#returns.push(RETURN_WORDS.test(name.replaceAll('_', ' ')));
    this.event.push(code);
    return code !== NO_CODE && this.#returns[code] ? -Math.abs(quantity) : quantity;
  }

  #readTime(cell: string, at: number): number {
    const time = this.times.parse(cell);
    if (time !== time) {
      if (this.unreadableTimes.count++ === 0) this.unreadableTimes.example = cell;
    } else if (this.times.lastEvidence === 'either') {
      this.eitherOrder ??= new Set();
      this.eitherOrder.add(at);
    }
    return time;
  }

  /** True for rows that `settle` may find are no product, as long as they are the exception. */
  #isOddProduct(product: number, title: string): boolean {
    let odd = this.#odd[product];
    if (odd === undefined) {
      odd = !/\d/.test(this.products.names[product]) || isServiceTitle(title);
      this.#odd[product] = odd;
    }
    return odd && this.#isException();
  }

  /** False once rows put aside for their codes are too many to be exceptions; such a row is rebuilt if it is rejected. */
  #isException(): boolean {
    return this.#oddRows++ < ODD_SHARE * this.read + ODD_COUNT;
  }
}

/** True for "POSTAGE", "Bank charges", "运费": lines of a bill that are no goods. */
export function isServiceTitle(title: string): boolean {
  return title.length < 40 && SERVICE_TITLE.test(title.trim());
}

function hashNumber(value: number, seed: number): number {
  return Math.imul(seed ^ value ^ (value >>> 15), 0x01000193);
}

/** FNV-1a over UTF-16 units, with a separator so that ("a","b") and ("ab","") differ. */
function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return Math.imul(hash ^ 0x1f, 0x01000193);
}
