/** The log while it streams in: every usable row in typed columns, every other row put aside with its reason. */
import { CellCodes } from './cell-codes.ts';
import { FIRST_HASH, hashCells, hashNumber } from './cell-hash.ts';
import { readNumbers } from './cell-numbers.ts';
import { readTimes } from './cell-times.ts';
import { TextCells } from './cells.ts';
import { float32Column, float64Column, Interner, uint32Column } from './columns.ts';
import { MostFrequent } from './frequent.ts';
import { IdInterner, NO_ID } from './ids.ts';
import { NO_CODE } from './interactions.ts';
import { LineNumbers } from './line-numbers.ts';
import { LogScratch } from './log-scratch.ts';
import { RatingCounts } from './rating-counts.ts';
import { RejectedStore } from './rejected.ts';
import { REJECT_REASONS, type RejectReason } from './report.ts';
import { inSample } from './sample.ts';
import { ROW_SHAPE, type RowBatch } from './table.ts';
import { TimeParser } from './times.ts';
import { isNothing, trimmed } from './values.ts';

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
  /** Share of the customers that is read; 1 for all. */
  readonly sample: number;
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
/** So many rows are put aside because their rating is rare; further ones are rebuilt if they are rejected. */
const MOST_RARE = 20_000;
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

/**
 * Column by column and batch by batch: a batch's ids, ratings and times are each read in one go (no string is made
 * for plain cells), then what is usable of them is appended. Columns no table has take no memory.
 */
export class LogStore {
  readonly customers = new IdInterner();
  readonly products = new IdInterner();
  readonly customer = uint32Column();
  readonly product = uint32Column();
  /** Explicit feedback only. */
  readonly value = float32Column();
  readonly quantity = float32Column(1);
  readonly time = float64Column(Number.NaN);
  readonly event = uint32Column(NO_CODE);
  readonly order = uint32Column(NO_CODE);
  readonly price = float32Column(Number.NaN);
  /** Hash of the cells no other column here holds; equal in rows that are copies. Implicit feedback only. */
  readonly rest = uint32Column();
  readonly lines = new LineNumbers();
  readonly events = new Interner();
  readonly orders = new Interner();
  readonly titles = new MostFrequent();
  readonly said = new Map<string, { column: SaidColumn; values: MostFrequent }>();
  readonly rejected = new RejectedStore();
  /** Row of this store → number in `rejected`, for rows that may still be rejected. */
  readonly aside = new Map<number, number>();
  /** Rows whose day and month could be either; allocated when the first one appears. */
  eitherOrder: Set<number> | null = null;
  readonly ratings = new RatingCounts();
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
  /** Rows of customers outside the sample. */
  setAside = 0;
  /** Bytes of another encoding than their table's. */
  mended = 0;
  readonly times: TimeParser;
  /** By code of the event: it takes something back. */
  readonly #returns: boolean[] = [];
  /** By code of the order: it cancels another. */
  readonly #cancels: boolean[] = [];
  readonly #odd: boolean[] = [];
  /** By code of the customer: outside the sample. */
  readonly #outside: boolean[] = [];
  #oddRows = 0;
  #rareRows = 0;
  #columns: LogColumns | null = null;
  /** Columns that are only compared, and the collectors of `said` in this table's order. */
  #rest: readonly number[] = [];
  #saidHere: readonly MostFrequent[] = [];
  readonly #layouts: { columns: LogColumns; width: number }[] = [];
  readonly #scratch = new LogScratch();
  readonly #eventCells = new CellCodes((cell) => this.#eventCode(trimmed(cell)));
  readonly #orderCells = new CellCodes((cell) => this.#orderCode(trimmed(cell)));

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
    this.lines.beginTable();
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
    const { columns, width } = this.#layouts[this.lines.tableOf(row)];
    const cells = Array.from({ length: width }, () => new TextCells(['']));
    const put = (column: number, text: string) => {
      if (column >= 0) cells[column] = new TextCells([text]);
    };
    put(columns.customer, this.customers.names[this.customer.data[row]]);
    put(columns.product, this.products.names[this.product.data[row]]);
    if (this.options.explicit) put(columns.rating, String(this.value.data[row]));
    put(columns.quantity, String(this.quantity.at(row)));
    const order = this.order.at(row);
    if (order !== NO_CODE) put(columns.order, this.orders.names[order]);
    this.rejected.keep(this.lines.lineOf(row), cells, 0, reason);
  }

  /** How many rows there will probably be, all tables together. */
  expect(rows: number): void {
    for (const column of [this.customer, this.product, this.value, this.quantity, this.time]) column.expect(rows);
    for (const column of [this.event, this.order, this.price, this.rest]) column.expect(rows);
  }

  /** Takes every row of the batch, in order. */
  add(batch: RowBatch): void {
    const before = this.read;
    this.mended += batch.mended ?? 0;
    this.read += batch.rows;
    const scratch = this.#scratch.reset(batch.rows);
    const columns = this.#columns as LogColumns;
    this.#selectWhole(batch);
    this.#readNeeded(batch, columns);
    this.#selectUsable(batch, columns);
    const suspects = this.#store(batch, columns, before);
    if (suspects + scratch.rejected > 0) this.#putAside(batch);
  }

  /** Rows of the right shape. */
  #selectWhole({ rows, blank, shapes }: RowBatch): void {
    const scratch = this.#scratch;
    for (let row = 0; row < rows; row++) {
      if (blank[row] === 1) this.blank++;
      else if (shapes[row] === ROW_SHAPE.ok) scratch.rows[scratch.count++] = row;
      else scratch.reject(row, SHAPE_REASONS[shapes[row]]);
    }
  }

  #readNeeded(batch: RowBatch, columns: LogColumns): void {
    const { rows, count, customer, product, value, quantity } = this.#scratch;
    const { explicit, decimalComma } = this.options;
    this.customers.cells.read(batch.columns[columns.customer], rows, count, customer);
    this.products.cells.read(batch.columns[columns.product], rows, count, product);
    if (explicit) readNumbers(batch.columns[columns.rating], rows, count, decimalComma, value);
    if (columns.quantity >= 0) readNumbers(batch.columns[columns.quantity], rows, count, decimalComma, quantity);
    else quantity.fill(1, 0, count);
  }

  /** Says of every row without an id or a readable value why it cannot be used; the others move up. */
  #selectUsable(batch: RowBatch, columns: LogColumns): void {
    const scratch = this.#scratch;
    const { rows, customer, product, value, quantity } = scratch;
    const { explicit, sample } = this.options;
    const counted = columns.quantity >= 0 && !explicit;
    let kept = 0;
    for (let k = 0; k < scratch.count; k++) {
      const row = rows[k];
      let reason: RejectReason | null = null;
      if (customer[k] === NO_ID) reason = 'noCustomer';
      else if (sample < 1 && this.#isOutside(customer[k])) {
        this.setAside++;
        continue;
      } else if (product[k] === NO_ID) reason = 'noProduct';
      else if (explicit && value[k] !== value[k]) {
        reason = isNothing(batch.columns[columns.rating].text(row)) ? 'noRating' : 'ratingNotANumber';
      } else if (counted && quantity[k] !== quantity[k]) reason = 'quantityNotANumber';
      else if (counted && quantity[k] === 0) reason = 'zeroQuantity';
      if (reason !== null) {
        scratch.reject(row, reason);
        continue;
      }
      rows[kept] = row;
      customer[kept] = customer[k];
      product[kept] = product[k];
      value[kept] = value[k];
      quantity[kept++] = quantity[k];
    }
    scratch.count = kept;
  }

  /** Appends the usable rows and returns how many of them may still be rejected. */
  #store(batch: RowBatch, columns: LogColumns, before: number): number {
    const { rows, count, customer, product, value, quantity, codes, numbers, hashes } = this.#scratch;
    const { explicit, decimalComma } = this.options;
    const first = this.customer.length;
    for (let k = 0; k < count; k++) this.lines.push(batch.lines[rows[k]]);
    this.customer.append(customer, count);
    this.product.append(product, count);

    if (columns.event >= 0) {
      this.#eventCells.read(batch.columns[columns.event], rows, count, codes);
      for (let k = 0; k < count; k++) if (this.#returns[codes[k]]) quantity[k] = -Math.abs(quantity[k]);
      this.event.append(codes, count);
    } else this.event.skip(count);
    if (columns.quantity >= 0 || columns.event >= 0) this.quantity.append(quantity, count);
    else this.quantity.skip(count);
    if (columns.time >= 0) {
      readTimes(batch.columns[columns.time], rows, count, this.times, this.#oddTimes(first), numbers);
      this.time.append(numbers, count);
    } else this.time.skip(count);
    if (columns.price >= 0) {
      readNumbers(batch.columns[columns.price], rows, count, decimalComma, numbers);
      this.price.append(numbers, count);
    } else this.price.skip(count);

    hashes.fill(FIRST_HASH, 0, count);
    const say = (values: MostFrequent, column: number, entities: Int32Array) => {
      values.read(batch.columns[column], rows, count, entities, codes);
      if (!explicit) for (let k = 0; k < count; k++) hashes[k] = hashNumber(codes[k], hashes[k]);
    };
    if (columns.title >= 0) say(this.titles, columns.title, product);
    columns.said.forEach(({ about, column }, s) => {
      say(this.#saidHere[s], column, about === 'product' ? product : customer);
    });
    if (columns.order >= 0) {
      this.#orderCells.read(batch.columns[columns.order], rows, count, codes);
      this.order.append(codes, count);
    } else {
      codes.fill(-1, 0, count);
      this.order.skip(count);
    }
    if (explicit) {
      this.value.append(value, count);
      return this.#suspectRare(before);
    }
    for (const column of this.#rest) hashCells(batch.columns[column], rows, count, hashes);
    this.rest.append(hashes, count);
    return this.#suspectOdd(batch, columns, before);
  }

  #oddTimes(first: number) {
    return {
      either: (k: number) => {
        this.eitherOrder ??= new Set();
        this.eitherOrder.add(first + k);
      },
      unreadable: (cell: string) => {
        if (this.unreadableTimes.count++ === 0) this.unreadableTimes.example = cell;
      },
    };
  }

  /** Ratings rare enough so far that they may turn out to be out of range. */
  #suspectRare(before: number): number {
    const { rows, count, value, suspect } = this.#scratch;
    let suspects = 0;
    for (let k = 0; k < count; k++) {
      const seen = this.ratings.add(value[k]);
      if (seen >= RARE_COUNT && (this.#rareRows >= MOST_RARE || seen >= RARE_SHARE * (before + rows[k] + 1))) continue;
      this.#rareRows++;
      suspect[k] = 1;
      suspects++;
    }
    return suspects;
  }

  /** Cancellations, and products that may turn out to be none. Orders' codes are in `codes`. */
  #suspectOdd(batch: RowBatch, columns: LogColumns, before: number): number {
    const { rows, count, product, quantity, codes, suspect } = this.#scratch;
    let suspects = 0;
    for (let k = 0; k < count; k++) {
      const read = before + rows[k] + 1;
      const odd =
        quantity[k] < 0 ||
        (this.#cancels[codes[k]] && this.#isException(read)) ||
        (this.#isOddProduct(product[k], batch, columns.title, rows[k]) && this.#isException(read));
      if (!odd) continue;
      suspect[k] = 1;
      suspects++;
    }
    return suspects;
  }

  /** Rows that are or may be rejected are kept as they stood, in the order of the file. */
  #putAside(batch: RowBatch): void {
    const { rows, count, reasons, suspect } = this.#scratch;
    const first = this.customer.length - count;
    let k = 0;
    for (let row = 0; row < batch.rows; row++) {
      const taken = k < count && rows[k] === row;
      const reason = reasons[row] === 0 ? null : REJECT_REASONS[reasons[row] - 1];
      if (reason !== null || (taken && suspect[k] === 1)) {
        const kept = this.rejected.keep(batch.lines[row], batch.columns, row, reason);
        if (taken) this.aside.set(first + k, kept);
      }
      if (taken) k++;
    }
  }

  #eventCode(name: string): number {
    if (name === '') return NO_ID;
    const code = this.events.code(name);
    if (code === this.#returns.length) this.#returns.push(RETURN_WORDS.test(name.replaceAll('_', ' ')));
    return code;
  }

  #orderCode(name: string): number {
    if (name === '') return NO_ID;
    const code = this.orders.code(name);
    if (code === this.#cancels.length) this.#cancels.push(CANCELLED_ORDER.test(name));
    return code;
  }

  #isOutside(customer: number): boolean {
    this.#outside[customer] ??= !inSample(this.customers.names[customer], this.options.sample);
    return this.#outside[customer];
  }

  /** True for a product that `settle` may find is none, by its id and by the title of its first row. */
  #isOddProduct(product: number, batch: RowBatch, title: number, row: number): boolean {
    let odd = this.#odd[product];
    if (odd === undefined) {
      const named = title >= 0 && isServiceTitle(batch.columns[title].text(row));
      odd = named || !/\d/.test(this.products.names[product]);
      this.#odd[product] = odd;
    }
    return odd;
  }

  /** False once rows put aside for their codes are too many to be exceptions; such a row is rebuilt if it is rejected. */
  #isException(read: number): boolean {
    return this.#oddRows++ < ODD_SHARE * read + ODD_COUNT;
  }
}

/** True for "POSTAGE", "Bank charges", "运费": lines of a bill that are no goods. */
export function isServiceTitle(title: string): boolean {
  return title.length < 40 && SERVICE_TITLE.test(title.trim());
}
