/**
 * The cells of one column of a batch. All of them can be had as text; a column that knows its cells as bytes
 * or numbers lets whoever reads a whole column take those, so that a log of millions of rows is read without
 * a string per cell (cell-codes.ts, cell-numbers.ts, cell-times.ts).
 */
export interface CellColumn {
  /** The cell as it stood in the file, outer quotes removed; '' where it is missing. */
  text(row: number): string;
}

/** Cells of a format whose values are texts. */
export class TextCells implements CellColumn {
  constructor(readonly texts: readonly string[]) {}

  text(row: number): string {
    return this.texts[row];
  }
}

/** Cells of a format with numbers of its own (Parquet). */
export class NumberCells implements CellColumn {
  constructor(
    /** Whole numbers are exact (below 2^53). */
    readonly values: ArrayLike<number>,
    readonly write: (value: number) => string,
    /** All values are whole, and `write` writes their digits. */
    readonly whole: boolean,
  ) {}

  text(row: number): string {
    return this.write(this.values[row]);
  }
}

const NON_ASCII = 0x80;
/** So many cells of one block are decoded one by one; whoever asks for more gets slices of the block as one string. */
const FEW_CELLS = 500;

/**
 * Rows of a text table where they stand in the text. The cell of a row and column is the UTF-8 in
 * bytes[spans[at]] … bytes[spans[at + 1] − 1], at = 2 · (row · columns + column).
 */
export class ByteRows {
  #latin: string | null = null;
  #asked = 0;
  static readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  /** One character per byte, whatever it is: right for ASCII, which is all it is asked for. */
  static readonly #single = new TextDecoder('windows-1252');

  constructor(
    readonly bytes: Uint8Array,
    readonly spans: Uint32Array,
    readonly columns: number,
  ) {}

  text(row: number, column: number): string {
    const at = 2 * (row * this.columns + column);
    const start = this.spans[at];
    const end = this.spans[at + 1];
    if (start === end) return '';
    if (this.#asked++ < FEW_CELLS || this.#hasMore(start, end)) {
      return ByteRows.#utf8.decode(this.bytes.subarray(start, end));
    }
    this.#latin ??= ByteRows.#single.decode(this.bytes);
    return this.#latin.slice(start, end);
  }

  /** Whether a cell is more than ASCII. */
  #hasMore(start: number, end: number): boolean {
    for (let byte = start; byte < end; byte++) if (this.bytes[byte] >= NON_ASCII) return true;
    return false;
  }
}

/** One column of `ByteRows`. */
export class ByteCells implements CellColumn {
  constructor(
    readonly rows: ByteRows,
    readonly column: number,
  ) {}

  text(row: number): string {
    return this.rows.text(row, this.column);
  }
}
