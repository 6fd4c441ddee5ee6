/** The rows that could not be used, kept as they stood, so that the person can put them right. */
import { csvField } from '../base/csv-field.ts';
import { uint8Column, uint32Column } from './columns.ts';
import { REJECT_REASONS, type RejectedRows, type RejectReason } from './report.ts';

/** A cell longer than this is cut in the download (a megabyte in one field helps nobody). */
const LONGEST_CELL = 4096;
/** Pieces of the download are about this long. */
const PIECE_CHARACTERS = 1 << 16;
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
  #buffer = new Uint8Array(1 << 12);

  /** Rows added from now on belong to this table. */
  beginTable(name: string, header: readonly string[]): void {
    this.#tableNames.push(name);
    this.#headers.push(header);
  }

  /** Keeps a row for now and gives its number here; `reason` null means not rejected so far. */
  keep(line: number, cells: readonly string[], reason: RejectReason | null): number {
    const text = cells.map(csvCell).join();
    if (this.#buffer.length < text.length * 3) this.#buffer = new Uint8Array(text.length * 3);
    const { written } = this.#encoder.encodeInto(text, this.#buffer);
    this.#bytes.appendCopy(this.#buffer.subarray(0, written));
    this.#ends.push(this.#bytes.length);
    this.#lines.push(line);
    this.#tables.push(this.#tableNames.length - 1);
    this.#reasons.push(0);
    const kept = this.#ends.length - 1;
    if (reason !== null) this.reject(kept, reason);
    return kept;
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
