/** Tables written out in tests behind the same contract as files; nothing about them is guessed. */
import { BATCH_ROWS, BatchBuilder, type WideBatch } from './read/batch-builder.ts';
import { previewOf } from './read/preview.ts';
import { ROW_SHAPE, type TableFormat, type TableSource } from './table.ts';

export interface MemoryTable {
  readonly id: string;
  /** Header names; empty strings (or none) where there is no header. */
  readonly names?: readonly string[];
  /** Row by row; a short row's missing cells and a long row's surplus are marked in the shape. */
  readonly rows: readonly (readonly string[])[];
  readonly format?: TableFormat;
  /** Rows per batch; small in tests that want several. */
  readonly batchRows?: number;
}

/** A `TableSource` over rows in memory. Line numbers are row numbers, 1-based, after the header if there is one. */
export function memoryTable({ id, names, rows, format = 'json', batchRows = BATCH_ROWS }: MemoryTable): TableSource {
  const width = names?.length ?? rows.reduce((widest, row) => Math.max(widest, row.length), 0);
  const firstLine = names?.some((name) => name !== '') ? 2 : 1;
  const batches = (): WideBatch[] => {
    const builder = new BatchBuilder(width, batchRows);
    rows.forEach((row, at) => {
      const shape =
        row.length < width ? ROW_SHAPE.tooFewFields : row.length > width ? ROW_SHAPE.tooManyFields : ROW_SHAPE.ok;
      builder.addRow(firstLine + at, row, shape);
    });
    builder.flush();
    return builder.ready;
  };
  const preview = previewOf(names ?? new Array<string>(width).fill(''), batches());
  return {
    id,
    name: id.split(/[/›]/).at(-1)?.trim() ?? id,
    format,
    bytes: null,
    dialect: null,
    preview,
    async *batches() {
      yield* batches();
    },
    repreview: () => Promise.resolve(preview),
  };
}
