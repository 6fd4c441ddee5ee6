import { TextCells } from '../cells.ts';
import { ROW_SHAPE, type RowBatch } from '../table.ts';

/** Rows per batch: a column of references stays small enough to be young garbage. */
export const BATCH_ROWS = 16_384;

/** A RowBatch that also knows how many fields each row really had. */
export interface WideBatch extends RowBatch {
  readonly widths: Uint32Array;
}

/** Collects rows of texts into batches of `capacity`, for formats that are not text tables. */
export class BatchBuilder {
  /** Finished batches, oldest first; whoever reads them takes them out. */
  readonly ready: WideBatch[] = [];
  /** cells[column][row] of the batch being filled. */
  #cells: string[][];
  #rows = 0;
  /** Rows ended since the beginning. */
  total = 0;
  #lines: Uint32Array;
  #shapes: Uint8Array;
  #blank: Uint8Array;
  #widths: Uint32Array;

  constructor(
    readonly columns: number,
    readonly capacity = BATCH_ROWS,
  ) {
    this.#cells = this.#newCells();
    this.#lines = new Uint32Array(capacity);
    this.#shapes = new Uint8Array(capacity);
    this.#blank = new Uint8Array(capacity);
    this.#widths = new Uint32Array(capacity);
  }

  /** Adds a row given as a list; missing cells become ''. */
  addRow(line: number, cells: readonly string[], shape: number = ROW_SHAPE.ok): void {
    const row = this.#rows;
    const width = Math.min(cells.length, this.columns);
    let blank = true;
    for (let column = 0; column < width; column++) {
      const cell = cells[column];
      if (blank && cell.trim() !== '') blank = false;
      this.#cells[column][row] = cell;
    }
    for (let column = blank ? 0 : width; column < this.columns; column++) this.#cells[column][row] = '';
    this.#lines[row] = line;
    this.#shapes[row] = blank ? ROW_SHAPE.ok : shape;
    this.#blank[row] = blank ? 1 : 0;
    this.#widths[row] = cells.length;
    this.total++;
    if (++this.#rows === this.capacity) this.flush();
  }

  /** Closes the batch being filled, if it holds any row. */
  flush(): void {
    const rows = this.#rows;
    if (rows === 0) return;
    for (const column of this.#cells) column.length = rows;
    this.ready.push({
      columns: this.#cells.map((texts) => new TextCells(texts)),
      rows,
      lines: this.#lines.slice(0, rows),
      shapes: this.#shapes.slice(0, rows),
      blank: this.#blank.slice(0, rows),
      widths: this.#widths.slice(0, rows),
    });
    this.#cells = this.#newCells();
    this.#rows = 0;
  }

  #newCells(): string[][] {
    return Array.from({ length: this.columns }, () => new Array<string>(this.capacity));
  }
}
