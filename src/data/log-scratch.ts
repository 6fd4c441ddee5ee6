/** Room for one batch of a log while it is read column by column; used again for the next one. */
import { REJECT_REASONS, type RejectReason } from './report.ts';

export class LogScratch {
  /** rows[k] is the row of the batch that entry k of the arrays below is of, ascending; k < count. */
  rows = new Uint32Array(0);
  count = 0;
  customer = new Int32Array(0);
  product = new Int32Array(0);
  value = new Float64Array(0);
  quantity = new Float64Array(0);
  /** What is read for one column and appended at once. */
  codes = new Int32Array(0);
  numbers = new Float64Array(0);
  hashes = new Int32Array(0);
  /** 1 for entries that may still be rejected. */
  suspect = new Uint8Array(0);
  /** By row of the batch: 0, or the place of its reason in REJECT_REASONS plus one. */
  reasons = new Uint8Array(0);
  rejected = 0;

  /** Room for a batch of so many rows, nothing selected or rejected. */
  reset(rows: number): this {
    if (rows > this.rows.length) {
      this.rows = new Uint32Array(rows);
      this.customer = new Int32Array(rows);
      this.product = new Int32Array(rows);
      this.value = new Float64Array(rows);
      this.quantity = new Float64Array(rows);
      this.codes = new Int32Array(rows);
      this.numbers = new Float64Array(rows);
      this.hashes = new Int32Array(rows);
      this.suspect = new Uint8Array(rows);
      this.reasons = new Uint8Array(rows);
    }
    this.suspect.fill(0);
    this.reasons.fill(0);
    this.count = 0;
    this.rejected = 0;
    return this;
  }

  reject(row: number, reason: RejectReason): void {
    this.reasons[row] = REJECT_REASONS.indexOf(reason) + 1;
    this.rejected++;
  }
}
