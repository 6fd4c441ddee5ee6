/**
 * What a reader hands on. A file (or a file inside a zip, a sheet, a pasted text) is one
 * `TableSource`; its rows come as column batches, so nothing downstream knows which format it was.
 */
import type { OnProgress } from '../base/progress.ts';
import type { CellColumn } from './cells.ts';

/** What was wrong with the shape of a row; `ok` rows have as many fields as the table. */
export const ROW_SHAPE = {
  ok: 0,
  tooFewFields: 1,
  tooManyFields: 2,
  unclosedQuote: 3,
  fieldTooLong: 4,
  binary: 5,
} as const;

/** Up to some ten thousand rows, column by column. */
export interface RowBatch {
  /** One per column, with `rows` cells each. */
  readonly columns: readonly CellColumn[];
  readonly rows: number;
  /** Line in the file (1-based) on which each row begins; row number for formats without lines. */
  readonly lines: Uint32Array;
  /** One of ROW_SHAPE per row. */
  readonly shapes: Uint8Array;
  /** 1 where the row has no text at all (only separators or white space); the row's cells are then ''. */
  readonly blank: Uint8Array;
  /** Bytes that were not in the table's encoding and were read as windows-1252 (mixed encodings); absent for none. */
  readonly mended?: number;
}

/** How a text table is written down. */
export interface Dialect {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'gb18030';
  /** ',', ';', '\t', '|', '::' or ' ' (runs of spaces) */
  readonly separator: string;
  readonly quoted: boolean;
  readonly hasHeader: boolean;
}

/** The first rows of a table, enough to see what it is. */
export interface TablePreview {
  /** One name per column; "column 1", "column 2" … are not made up here: '' where there is no header. */
  readonly names: readonly string[];
  /** cells[column][row], at most PREVIEW_ROWS rows spread over the start of the table. */
  readonly cells: readonly (readonly string[])[];
  readonly rows: number;
}

/** Rows looked at to guess what the columns are. */
export const PREVIEW_ROWS = 2000;

export type TableFormat = 'csv' | 'xlsx' | 'parquet' | 'json' | 'jsonl';

export interface TableSource {
  /** Unique within one import: the path shown to the person, e.g. `ml-100k.zip › u.data`. */
  readonly id: string;
  /** Last part of the path, e.g. `u.data`. */
  readonly name: string;
  readonly format: TableFormat;
  /** Uncompressed size in bytes where it is known. */
  readonly bytes: number | null;
  /** About how many data rows, where that can be said without reading them all. */
  readonly rows?: number;
  /** null for formats that carry their own structure. */
  readonly dialect: Dialect | null;
  readonly preview: TablePreview;
  /**
   * Every data row (header excluded), in order; may be called more than once.
   * `overrides` changes how a text table is read (the person said "this has no header").
   */
  batches(options: {
    onProgress?: OnProgress;
    signal?: AbortSignal;
    overrides?: Partial<Dialect>;
  }): AsyncIterable<RowBatch>;
  /** The preview again under other settings. */
  repreview(overrides: Partial<Dialect>): Promise<TablePreview>;
}
