/**
 * In which line of which table each row of a log stood. Rows mostly follow each other line by line, so only the
 * places are kept where they do not: nothing per row of a clean file.
 */
import { uint32Column } from './columns.ts';

export class LineNumbers {
  /** From row #rows[b] on, row r stood in line #lines[b] + r − #rows[b]. */
  readonly #rows = uint32Column();
  readonly #lines = uint32Column();
  readonly #tableStarts: number[] = [];
  #length = 0;
  #next = -1;

  /** Rows from now on stood in the next table. */
  beginTable(): void {
    this.#tableStarts.push(this.#length);
    this.#next = -1;
  }

  push(line: number): void {
    if (line !== this.#next) {
      this.#rows.push(this.#length);
      this.#lines.push(line);
    }
    this.#next = line + 1;
    this.#length++;
  }

  lineOf(row: number): number {
    const { data, length } = this.#rows;
    let low = 0;
    let high = length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (data[middle] <= row) low = middle;
      else high = middle - 1;
    }
    return this.#lines.data[low] + row - data[low];
  }

  /** Number of the table, in the order of `beginTable`. */
  tableOf(row: number): number {
    return this.#tableStarts.findLastIndex((start) => start <= row);
  }
}
