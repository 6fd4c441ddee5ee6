/** The rows that could not be used, kept as they stood, so that the person can put them right. */
import { csvField } from '../base/csv-field.ts';
import { ByteCells, type CellColumn } from './cells.ts';
import { uint8Column, uint32Column } from './columns.ts';
import { REJECT_REASONS, type RejectedRows, type RejectReason } from './report.ts';

/** A cell longer than this is cut in the download (a megabyte in one field helps nobody). */
const LONGEST_CELL = 4096;
/** Pieces of the download are about this long. */
const PIECE_CHARACTERS = 1 << 16;
const COMMA = 44;
const QUOTE = 34;

/** 1 for bytes that need quotes around their cell, */
const QUOTED = new Uint8Array(256);
for (const byte of new TextEncoder().encode('"\n\r,;\t')) QUOTED[byte] = 1;
/** and for those that, at an end of it, have to be looked at as text: white space, signs, anything beyond ASCII. */
const DELICATE = new Uint8Array(256).fill(1, 0, 33).fill(1, 127);
for (const byte of new TextEncoder().encode('=@+-')) DELICATE[byte] = 1;

/** One cell of a CSV file that is safe to open in a spreadsheet. */
export function csvCell(text: string): string {
  const cut = text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;
  return csvField(cut);
}

/**
 * Rows put aside while reading, as UTF-8 bytes of their CSV line. A row may be put aside before it is known
 * whether it will be rejected (a cancellation may yet find its purchase); `csv` writes only what was.
 */
export class RejectedStore implements RejectedRows {
  count = 0;
  readonly #bytes = uint8Column();
  readonly #ends = uint32Column();
  readonly #lines = uint32Column();
  readonly #tables = uint32Column();
  readonly #reasons = uint8Column();
  readonly #tableNames: string[] = [];
  readonly #headers: (readonly string[])[] = [];
  readonly #encoder = new TextEncoder();
  /** The row being written. */
  #row = new Uint8Array(1 << 12);
  #filled = 0;

  /** Rows added from now on belong to this table. */
  beginTable(name: string, header: readonly string[]): void {
    this.#tableNames.push(name);
    this.#headers.push(header);
  }

  /** Keeps a row for now and gives its number here; `reason` null means not rejected so far. */
  keep(line: number, columns: readonly CellColumn[], row: number, reason: RejectReason | null): number {
    this.#filled = 0;
    for (let c = 0; c < columns.length; c++) {
      this.#makeRoom(1);
      if (c > 0) this.#row[this.#filled++] = COMMA;
      const column = columns[c];
      if (!(column instanceof ByteCells) || !this.#writeBytes(column, row)) this.#writeText(column.text(row));
    }
    this.#bytes.appendRange(this.#row, 0, this.#filled);
    this.#ends.push(this.#bytes.length);
    this.#lines.push(line);
    this.#tables.push(this.#tableNames.length - 1);
    this.#reasons.push(0);
    const kept = this.#ends.length - 1;
    if (reason !== null) this.reject(kept, reason);
    return kept;
  }

  #makeRoom(bytes: number): void {
    if (this.#filled + bytes <= this.#row.length) return;
    const grown = new Uint8Array(2 * (this.#filled + bytes));
    grown.set(this.#row);
    this.#row = grown;
  }

  #writeText(text: string): void {
    const cell = csvCell(text);
    this.#makeRoom(3 * cell.length);
    this.#filled += this.#encoder.encodeInto(cell, this.#row.subarray(this.#filled)).written;
  }

  /**
   * Writes what `csvCell` would, without a string: a quarter of a log may be put aside (Online Retail: rows without a
   * customer). False where the cell's ends or its length need a closer look.
   */
  #writeBytes(column: ByteCells, row: number): boolean {
    const { bytes, spans, columns } = column.rows;
    const span = 2 * (row * columns + column.column);
    const start = spans[span];
    const end = spans[span + 1];
    if (start === end) return true;
    if (DELICATE[bytes[start]] + DELICATE[bytes[end - 1]] > 0 || end - start > LONGEST_CELL) return false;
    this.#makeRoom(2 * (end - start) + 2);
    const out = this.#row;
    let to = this.#filled;
    let quoted = 0;
    for (let at = start; at < end; at++) {
      quoted |= QUOTED[bytes[at]];
      out[to++] = bytes[at];
    }
    if (quoted !== 0) {
      to = this.#filled;
      out[to++] = QUOTE;
      for (let at = start; at < end; at++) {
        if (bytes[at] === QUOTE) out[to++] = QUOTE;
        out[to++] = bytes[at];
      }
      out[to++] = QUOTE;
    }
    this.#filled = to;
    return true;
  }

  /** A row kept earlier turns out to be rejected. */
  reject(kept: number, reason: RejectReason): void {
    if (this.#reasons.data[kept] === 0) this.count++;
    this.#reasons.data[kept] = REJECT_REASONS.indexOf(reason) + 1;
  }

  /** How many rows were rejected for each reason that occurred. */
  reasons(): Partial<Record<RejectReason, number>> {
    const counts: Partial<Record<RejectReason, number>> = {};
    for (let at = 0; at < this.#reasons.length; at++) {
      const number = this.#reasons.data[at];
      if (number === 0) continue;
      const reason = REJECT_REASONS[number - 1];
      counts[reason] = (counts[reason] ?? 0) + 1;
    }
    return counts;
  }

  *csv(): Iterable<string> {
    const decoder = new TextDecoder();
    const several = this.#tableNames.length > 1;
    const lead = several ? ['file', 'line', 'reason'] : ['line', 'reason'];
    const header = [...lead, ...(this.#headers[0] ?? [])].map(csvCell).join(',');
    let piece = `\ufeff${header}\r\n`;
    for (let at = 0; at < this.#ends.length; at++) {
      const reason = this.#reasons.data[at];
      if (reason === 0) continue;
      const from = at === 0 ? 0 : this.#ends.data[at - 1];
      const cells = decoder.decode(this.#bytes.data.subarray(from, this.#ends.data[at]));
      const file = several ? `${csvCell(this.#tableNames[this.#tables.data[at]])},` : '';
      piece += `${file}${this.#lines.data[at]},${REJECT_REASONS[reason - 1]},${cells}\r\n`;
      if (piece.length > PIECE_CHARACTERS) {
        yield piece;
        piece = '';
      }
    }
    if (piece !== '') yield piece;
  }
}
