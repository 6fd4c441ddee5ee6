import { parquetMetadataAsync, parquetRead, parquetSchema, type SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { AppError, throwIfAborted } from '../../base/error.ts';
import { PREVIEW_ROWS, type RowBatch, type TableSource } from '../table.ts';
import { BATCH_ROWS, BatchBuilder } from './batch-builder.ts';
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

  /** Rows start … end as cells[column][row]. */
  const readCells = (start: number, end: number): Promise<string[][]> =>
    guarded(async () => {
      const cells = names.map(() => [] as string[]);
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
          for (let at = 0; at < columnData.length; at++) {
            const row = rowStart + at - start;
            if (row >= 0 && row < end - start) cells[column][row] = writers[column](columnData[at]);
          }
        },
      });
      return cells;
    });

  async function* batches(start: number, end: number): AsyncGenerator<RowBatch> {
    const cells = await readCells(start, end);
    const builder = new BatchBuilder(names.length, BATCH_ROWS);
    for (let row = 0; row < end - start; row++) {
      builder.addRow(
        start + row + 1,
        cells.map((column) => column[row] ?? ''),
      );
      if (builder.ready.length > 0) yield* builder.ready.splice(0, builder.ready.length);
    }
    builder.flush();
    yield* builder.ready;
  }

  const first: RowBatch[] = [];
  for await (const batch of batches(0, Math.min(PREVIEW_ROWS, total))) first.push(batch);
  const preview = previewOf(names, first);
  return {
    id,
    name,
    format: 'parquet',
    bytes: blob.size,
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

/** How the values of a column become text. */
function writerOf({ type, converted_type: converted, logical_type: logical, scale }: SchemaElement) {
  if (type === 'FLOAT') return (value: unknown) => (typeof value === 'number' ? floatText(value) : cellText(value));
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    return (value: unknown) => (typeof value === 'number' ? value.toFixed(scale ?? 0) : cellText(value));
  }
  return cellText;
}
