import { ByteCells, ByteRows } from '../cells.ts';
import { BATCH_ROWS, type WideBatch } from './batch-builder.ts';

/** Cells per batch at most, so that tables of thousands of columns take no more memory than others. */
const BATCH_CELLS = 1 << 18;

/**
 * Collects the rows of a text table into batches: two numbers per cell, where it begins and ends. The parser
 * writes them into `spans` at `at`, then calls `endRow`.
 */
export class SpanBuilder {
  /** Finished batches, oldest first; whoever reads them takes them out. */
  readonly ready: WideBatch[] = [];
  /** Scratch; spans[2 · (rows · columns + column)] is where the row being read has its cell. */
  readonly spans: Uint32Array;
  /** Rows already ended in the batch being filled. */
  rows = 0;
  /** Rows ended since the beginning. */
  total = 0;
  readonly #capacity: number;
  readonly #lines: Uint32Array;
  readonly #shapes: Uint8Array;
  readonly #blank: Uint8Array;
  readonly #widths: Uint32Array;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(
    readonly columns: number,
    batchRows = BATCH_ROWS,
  ) {
    this.#capacity = Math.max(1, Math.min(batchRows, Math.floor(BATCH_CELLS / columns)));
    this.spans = new Uint32Array(2 * columns * this.#capacity);
    this.#lines = new Uint32Array(this.#capacity);
    this.#shapes = new Uint8Array(this.#capacity);
    this.#blank = new Uint8Array(this.#capacity);
    this.#widths = new Uint32Array(this.#capacity);
  }

  /** Rows from now on stand in these bytes. */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  /** Ends the row whose first `width` cells have been written; missing ones become ''. */
  endRow(line: number, shape: number, blank: boolean, width: number): void {
    const row = this.rows;
    const { columns } = this;
    if (blank || width < columns) {
      this.spans.fill(0, 2 * (row * columns + (blank ? 0 : width)), 2 * (row + 1) * columns);
    }
    this.#lines[row] = line;
    this.#shapes[row] = shape;
    this.#blank[row] = blank ? 1 : 0;
    this.#widths[row] = width;
    this.total++;
    if (++this.rows === this.#capacity) this.flush();
  }

  /** Closes the batch being filled, if it holds any row; has to be called before the bytes change. */
  flush(): void {
    const { rows, columns } = this;
    if (rows === 0) return;
    const cells = new ByteRows(this.#bytes, this.spans.slice(0, 2 * rows * columns), columns);
    this.ready.push({
      columns: Array.from({ length: columns }, (_, column) => new ByteCells(cells, column)),
      rows,
      lines: this.#lines.slice(0, rows),
      shapes: this.#shapes.slice(0, rows),
      blank: this.#blank.slice(0, rows),
      widths: this.#widths.slice(0, rows),
    });
    this.rows = 0;
  }
}
