/**
 * Cells to numbers: equal cells get the same one. What a cell means is asked once for each distinct cell, as
 * text; every other time it is found by its bytes, so that a log of millions of rows makes no string for its ids.
 */
import { ByteCells, type CellColumn, NumberCells } from './cells.ts';

/** Cells up to this many bytes are packed into two words, which are the key and the proof. */
const SHORT = 8;
/**
 * Words of an entry: two of the key, its kind, the number. Kinds: 0 no entry, NUMBER a number, n + 1 a text of n
 * bytes. The key of a text of more than SHORT bytes is its hash and where its bytes are kept.
 */
const ENTRY = 4;
const NUMBER = -1;
const FIRST_ENTRIES = 1 << 10;
/** Entries are kept at most so full, so that one look finds most of them. */
const FULLEST = 0.5;

export class CellCodes {
  /** Open addressing, linear probing. */
  #entries = new Int32Array(ENTRY * FIRST_ENTRIES);
  #used = 0;
  #shift = shiftOf(FIRST_ENTRIES);
  #long = new Uint8Array(1 << 12);
  #longEnd = 0;
  readonly #texts = new Map<string, number>();

  /** `examine` says which number a distinct cell has; it is asked in the order of their first appearance. */
  constructor(readonly examine: (cell: string) => number) {}

  /** out[k] = the number of the cell in row rows[k], k < count. */
  read(column: CellColumn, rows: Uint32Array, count: number, out: Int32Array): void {
    if (column instanceof ByteCells) this.#readBytes(column, rows, count, out);
    else if (column instanceof NumberCells && column.whole) this.#readNumbers(column, rows, count, out);
    else for (let k = 0; k < count; k++) out[k] = this.#ofText(column.text(rows[k]));
  }

  #readBytes(column: ByteCells, rows: Uint32Array, count: number, out: Int32Array): void {
    const { bytes, spans, columns } = column.rows;
    let lastLow = 0;
    let lastHigh = 0;
    let lastLength = -1;
    let lastCode = 0;
    // Long cells (countries, names) repeat from row to row too: comparing takes half as long as looking them up.
    let longStart = 0;
    let longLength = -1;
    let longCode = 0;
    for (let k = 0; k < count; k++) {
      const span = 2 * (rows[k] * columns + column.column);
      const start = spans[span];
      const end = spans[span + 1];
      const length = end - start;
      if (length > SHORT) {
        if (length !== longLength || !sameBytes(bytes, start, longStart, length)) {
          longCode = this.#ofLong(column, rows[k], bytes, start, end);
        }
        longStart = start;
        longLength = length;
        out[k] = longCode;
        continue;
      }
      let low = 0;
      let high = 0;
      const middle = length > 4 ? start + 4 : end;
      for (let at = start; at < middle; at++) low = (low << 8) | bytes[at];
      for (let at = middle; at < end; at++) high = (high << 8) | bytes[at];
      // Logs are often sorted by customer or order.
      if (low !== lastLow || high !== lastHigh || length !== lastLength) {
        let entry = this.#find(low, high, length + 1);
        if (this.#entries[entry + 2] === 0) entry = this.#add(entry, low, high, length + 1, column.text(rows[k]));
        lastLow = low;
        lastHigh = high;
        lastLength = length;
        lastCode = this.#entries[entry + 3];
      }
      out[k] = lastCode;
    }
  }

  #readNumbers(column: NumberCells, rows: Uint32Array, count: number, out: Int32Array): void {
    const { values } = column;
    for (let k = 0; k < count; k++) {
      const value = values[rows[k]];
      const low = value | 0;
      const high = (value - (low >>> 0)) / 2 ** 32;
      let entry = this.#find(low, high, NUMBER);
      if (this.#entries[entry + 2] === 0) entry = this.#add(entry, low, high, NUMBER, column.text(rows[k]));
      out[k] = this.#entries[entry + 3];
    }
  }

  #ofLong(column: ByteCells, row: number, bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
    const kind = end - start + 1;
    const entries = this.#entries;
    let entry = this.#slot(hash, 0, kind);
    while (entries[entry + 2] !== 0) {
      const same = entries[entry] === hash && entries[entry + 2] === kind;
      if (same && this.#isLong(entries[entry + 1], bytes, start, end)) return entries[entry + 3];
      entry = (entry + ENTRY) & (entries.length - 1);
    }
    const place = this.#keep(bytes.subarray(start, end));
    // Adding may move all entries.
    entry = this.#add(entry, hash, place, kind, column.text(row));
    return this.#entries[entry + 3];
  }

  #isLong(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    const long = this.#long;
    for (let at = start, kept = place; at < end; at++, kept++) if (bytes[at] !== long[kept]) return false;
    return true;
  }

  #keep(bytes: Uint8Array): number {
    const place = this.#longEnd;
    this.#longEnd += bytes.length;
    if (this.#longEnd > this.#long.length) {
      const grown = new Uint8Array(2 * this.#longEnd);
      grown.set(this.#long);
      this.#long = grown;
    }
    this.#long.set(bytes, place);
    return place;
  }

  #ofText(text: string): number {
    let code = this.#texts.get(text);
    if (code === undefined) {
      code = this.examine(text);
      this.#texts.set(text, code);
    }
    return code;
  }

  /** The entry with exactly these words, or the empty one where it belongs. */
  #find(low: number, high: number, kind: number): number {
    const entries = this.#entries;
    const mask = entries.length - 1;
    let entry = this.#slot(low, high, kind);
    while (
      entries[entry + 2] !== 0 &&
      (entries[entry] !== low || entries[entry + 1] !== high || entries[entry + 2] !== kind)
    ) {
      entry = (entry + ENTRY) & mask;
    }
    return entry;
  }

  #slot(low: number, high: number, kind: number): number {
    const mixed = Math.imul(low ^ (kind > SHORT + 1 ? 0 : Math.imul(high, 0x2c1b3c6d)), 0x9e3779b1);
    return ENTRY * (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> this.#shift);
  }

  /** Fills the empty entry with a new key; returns where it stands. */
  #add(entry: number, low: number, high: number, kind: number, text: string): number {
    this.#entries.set([low, high, kind, this.examine(text)], entry);
    if (++this.#used * ENTRY < FULLEST * this.#entries.length) return entry;
    const old = this.#entries;
    this.#entries = new Int32Array(2 * old.length);
    this.#shift--;
    for (let from = 0; from < old.length; from += ENTRY) {
      if (old[from + 2] === 0) continue;
      this.#entries.set(old.subarray(from, from + ENTRY), this.#find(old[from], old[from + 1], old[from + 2]));
    }
    return this.#find(low, high, kind);
  }
}

function sameBytes(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (bytes[one + at] !== bytes[other + at]) return false;
  return true;
}

/** How far to shift a 32-bit hash so that it indexes so many entries. */
function shiftOf(entries: number): number {
  return 32 - Math.log2(entries);
}
