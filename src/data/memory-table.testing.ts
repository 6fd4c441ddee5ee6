/** Tables that are already in memory (pasted cells, parsed JSON, tests) behind the same contract as files. */
import { throwIfAborted } from '../base/error.ts';
import { TextCells } from './cells.ts';
import {
  PREVIEW_ROWS,
  ROW_SHAPE,
  type RowBatch,
  type TableFormat,
  type TablePreview,
  type TableSource,
} from './table.ts';

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

const BATCH_ROWS = 8192;

/** A `TableSource` over rows in memory. Line numbers are row numbers, 1-based, after the header if there is one. */
export function memoryTable(table: MemoryTable): TableSource {
  const { id, rows } = table;
  const width = table.names?.length ?? rows.reduce((widest, row) => Math.max(widest, row.length), 0);
  const hasHeader = table.names?.some((name) => name !== '') ?? false;
  const names = table.names ?? new Array<string>(width).fill('');
  const firstLine = hasHeader ? 2 : 1;
  const column = (c: number, from: number, to: number) => {
    const cells = new Array<string>(to - from);
    for (let r = from; r < to; r++) cells[r - from] = rows[r][c] ?? '';
    return cells;
  };
  const slice = (from: number, to: number): RowBatch => {
    const count = to - from;
    const shapes = new Uint8Array(count);
    const blank = new Uint8Array(count);
    const lines = new Uint32Array(count);
    for (let r = 0; r < count; r++) {
      const row = rows[from + r];
      lines[r] = firstLine + from + r;
      if (row.every((cell) => cell.trim() === '')) blank[r] = 1;
      else if (row.length < width) shapes[r] = ROW_SHAPE.tooFewFields;
      else if (row.length > width) shapes[r] = ROW_SHAPE.tooManyFields;
    }
    return { columns: names.map((_, c) => new TextCells(column(c, from, to))), rows: count, lines, shapes, blank };
  };
  const previewRows = Math.min(rows.length, PREVIEW_ROWS);
  const preview: TablePreview = { names, cells: names.map((_, c) => column(c, 0, previewRows)), rows: previewRows };
  return {
    id,
    name: id.split(/[/›]/).at(-1)?.trim() ?? id,
    format: table.format ?? 'json',
    bytes: null,
    dialect: null,
    preview,
    async *batches({ onProgress, signal }) {
      const size = table.batchRows ?? BATCH_ROWS;
      for (let from = 0; from < rows.length; from += size) {
        throwIfAborted(signal);
        const to = Math.min(rows.length, from + size);
        yield slice(from, to);
        onProgress?.({ step: 'reading', done: to, total: rows.length, unit: 'rows', rows: to });
      }
    },
    repreview: () => Promise.resolve(preview),
  };
}
