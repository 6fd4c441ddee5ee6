import { AppError, throwIfAborted } from '../../base/error.ts';
import type { Dialect, RowBatch, TableFormat, TablePreview, TableSource } from '../table.ts';
import { BATCH_ROWS, BatchBuilder } from './batch-builder.ts';
import { guessHeader } from './header.ts';
import { previewOf } from './preview.ts';

/** Rows a header is judged by, and a preview is spread over. */
const SAMPLE_ROWS = 20_000;
const JUDGED_ROWS = 1000;

export interface MemoryTable {
  readonly id: string;
  readonly name: string;
  readonly format: TableFormat;
  readonly bytes: number | null;
  /** The name errors carry. */
  readonly file: string;
  /** null where the first row may or may not be a header. */
  readonly names: readonly string[] | null;
  readonly rows: readonly (readonly string[])[];
}

/**
 * A TableSource over rows that are all in memory, for formats that cannot be read piece by piece. Lines are row
 * numbers from 1, a header counted.
 *
 * @throws AppError fileEmpty, fileOnlyHeader.
 */
export function memoryTable(table: MemoryTable): TableSource {
  const { id, name, format, bytes, file, rows } = table;
  const firstFilled = rows.findIndex((row) => row.some((cell) => cell.trim() !== ''));
  if (firstFilled < 0) throw new AppError(table.names === null ? 'fileEmpty' : 'fileOnlyHeader', { file });
  const below = rows.slice(firstFilled + 1, firstFilled + 1 + JUDGED_ROWS);
  const guessed = table.names === null && guessHeader(rows[firstFilled], below);
  const layout = (overrides: Partial<Dialect> = {}) => {
    const hasHeader = table.names === null && (overrides.hasHeader ?? guessed);
    const names = table.names ?? (hasHeader ? rows[firstFilled].map((cell) => cell.trim()) : []);
    const width = rows.reduce((widest, row) => Math.max(widest, row.length), names.length);
    return {
      names: Array.from({ length: width }, (_, column) => names[column] ?? ''),
      header: hasHeader ? firstFilled : -1,
    };
  };
  const read = function* (overrides: Partial<Dialect> | undefined, upTo: number): Generator<RowBatch> {
    const { names, header } = layout(overrides);
    const builder = new BatchBuilder(names.length, BATCH_ROWS);
    for (let row = 0; row < Math.min(upTo, rows.length); row++) {
      if (row !== header) builder.addRow(row + 1, rows[row]);
      if (builder.ready.length > 0) yield* builder.ready.splice(0, builder.ready.length);
    }
    builder.flush();
    yield* builder.ready;
  };
  const previewWith = (overrides?: Partial<Dialect>): TablePreview =>
    previewOf(layout(overrides).names, [...read(overrides, SAMPLE_ROWS)]);
  const preview = previewWith();
  if (preview.rows === 0) throw new AppError('fileOnlyHeader', { file });
  return {
    id,
    name,
    format,
    bytes,
    rows: rows.length,
    dialect: null,
    preview,
    async *batches({ onProgress, signal, overrides }) {
      let done = 0;
      for (const batch of read(overrides, rows.length)) {
        throwIfAborted(signal);
        done += batch.rows;
        onProgress?.({ step: 'reading', done, total: rows.length, unit: 'rows', rows: done });
        yield batch;
      }
    },
    repreview: async (overrides) => previewWith(overrides),
  };
}
