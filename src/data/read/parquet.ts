import { type DecodedArray, parquetMetadataAsync, parquetRead, parquetSchema, type SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { AppError, throwIfAborted } from '../../base/error.ts';
import { type CellColumn, NumberCells, TextCells } from '../cells.ts';
import { PREVIEW_ROWS, type RowBatch, type TableSource } from '../table.ts';
import { BATCH_ROWS } from './batch-builder.ts';
import { cellText, floatText } from './cell-text.ts';
import { previewOf } from './preview.ts';

/**
 * A Parquet file, row group by row group. 64-bit integers keep all their digits, 32-bit floats read as what was
 * written (3.6, not 3.5999999). Lines are row numbers from 1.
 *
 * @throws AppError fileTruncated (no footer), fileDamaged, fileEmpty, fileOnlyHeader.
 */
export async function openParquet(blob: Blob, id: string, name: string): Promise<TableSource> {
  const magic = await blob.slice(Math.max(0, blob.size - 4)).text();
  if (magic !== 'PAR1' || blob.size < 12) throw new AppError('fileTruncated', { file: id });
  const file = {
    byteLength: blob.size,
    slice: (start: number, end?: number) => blob.slice(start, end ?? blob.size).arrayBuffer(),
  };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new AppError('fileDamaged', { file: id, detail }, { cause });
    }
  };
  const { metadata, schema } = await guarded(async () => {
    const read = await parquetMetadataAsync(file);
    return { metadata: read, schema: parquetSchema(read) };
  });
  const names = schema.children.map((column) => column.element.name);
  const writers = schema.children.map((column) => writerOf(column.element));
  const total = Number(metadata.num_rows);
  if (names.length === 0) throw new AppError('fileEmpty', { file: id });
  if (total === 0) throw new AppError('fileOnlyHeader', { file: id });

  async function* batches(start: number, end: number): AsyncGenerator<RowBatch> {
    const read = await guarded(() => readColumns(start, end));
    for (let from = 0; from < end - start; from += BATCH_ROWS) {
      yield batchOf(read, start + from, from, Math.min(from + BATCH_ROWS, end - start));
    }
  }

  /** Values of rows start … end − 1 by column, as the format has them. */
  async function readColumns(start: number, end: number): Promise<Values[]> {
    const columns = names.map((): Values => []);
    const places = new Map(names.map((columnName, column) => [columnName, column]));
    await parquetRead({
      file,
      metadata,
      compressors,
      rowStart: start,
      rowEnd: end,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const column = places.get(columnName);
        if (column === undefined) return;
        if (rowStart === start && columnData.length >= end - start) {
          columns[column] = columnData;
          return;
        }
        const values = columns[column] as unknown[];
        for (let at = 0; at < columnData.length; at++) {
          const row = rowStart + at - start;
          if (row >= 0 && row < end - start) values[row] = columnData[at];
        }
      },
    });
    return columns;
  }

  /** Rows from … to − 1 of what was read, the first of which is row `first` of the file. */
  function batchOf(read: readonly Values[], first: number, from: number, to: number): RowBatch {
    const rows = to - from;
    const columns = read.map((values, column) => cellsOf(values, from, to, writers[column]));
    const blank = new Uint8Array(rows);
    // Only a row whose every cell is text can be blank.
    if (columns.every((column) => column instanceof TextCells)) {
      for (let row = 0; row < rows; row++)
        if (columns.every((column) => column.text(row).trim() === '')) blank[row] = 1;
    }
    const lines = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) lines[row] = first + row + 1;
    return { columns, rows, lines, shapes: new Uint8Array(rows), blank };
  }

  const first: RowBatch[] = [];
  for await (const batch of batches(0, Math.min(PREVIEW_ROWS, total))) first.push(batch);
  const preview = previewOf(names, first);
  return {
    id,
    name,
    format: 'parquet',
    bytes: blob.size,
    rows: total,
    dialect: null,
    preview,
    async *batches({ onProgress, signal }) {
      let start = 0;
      for (const group of metadata.row_groups) {
        const end = start + Number(group.num_rows);
        throwIfAborted(signal);
        yield* batches(start, end);
        start = end;
        onProgress?.({ step: 'reading', done: end, total, unit: 'rows', rows: end });
      }
    },
    repreview: async () => preview,
  };
}

type Values = DecodedArray;

/** Numbers stay numbers, everything else becomes text. */
function cellsOf(values: Values, from: number, to: number, write: (value: unknown) => string): CellColumn {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const numbers = wholeNumbers(values, from, to);
    if (numbers !== null && write === cellText) return new NumberCells(numbers, String, true);
  } else if (values instanceof Int32Array && write === cellText) {
    return new NumberCells(values.subarray(from, to), String, true);
  } else if (values instanceof Float32Array || values instanceof Float64Array) {
    return new NumberCells(values.subarray(from, to), write, false);
  }
  const texts = new Array<string>(to - from);
  for (let row = from; row < to; row++) texts[row - from] = write(values[row]);
  return new TextCells(texts);
}

/** 64-bit integers as numbers; null where one of them is too large for that. */
function wholeNumbers(values: BigInt64Array | BigUint64Array, from: number, to: number): Float64Array | null {
  // Two 32-bit halves: a bigint for every value takes two to six times as long (21 ms a million).
  const halves = new Uint32Array(values.buffer, values.byteOffset + 8 * from, 2 * (to - from));
  const signed = values instanceof BigInt64Array;
  const numbers = new Float64Array(to - from);
  for (let row = 0; row < numbers.length; row++) {
    const high = signed ? halves[2 * row + 1] | 0 : halves[2 * row + 1];
    if (high >= MOST_HIGH || high < -MOST_HIGH) return null;
    numbers[row] = high * 2 ** 32 + halves[2 * row];
  }
  return numbers;
}

/** From this upper half on a 64-bit integer is not exact as a number. */
const MOST_HIGH = 2 ** 21;

/** How the values of a column become text. */
function writerOf({ type, converted_type: converted, logical_type: logical, scale }: SchemaElement) {
  if (type === 'FLOAT') return (value: unknown) => (typeof value === 'number' ? floatText(value) : cellText(value));
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    return (value: unknown) => (typeof value === 'number' ? value.toFixed(scale ?? 0) : cellText(value));
  }
  return cellText;
}
