/** Helpers shared by the tests of this folder. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Dialect, RowBatch, TableSource } from '../table.ts';

/** Where the real data sets lie; tests that need them skip when it is not there. */
export const DATA_FOLDER = resolve(process.env.TASTEMAKER_DATA ?? '../shared/datasets');
export const HAS_DATA = existsSync(resolve(DATA_FOLDER, 'ml-100k.zip'));

export interface Row {
  readonly cells: readonly string[];
  readonly line: number;
  readonly shape: number;
  readonly blank: boolean;
}

/** Batches turned into rows. */
export function rowsOf(batches: readonly RowBatch[]): Row[] {
  return batches.flatMap((batch) =>
    Array.from({ length: batch.rows }, (_, row) => ({
      cells: batch.columns.map((column) => column.text(row)),
      line: batch.lines[row],
      shape: batch.shapes[row],
      blank: batch.blank[row] === 1,
    })),
  );
}

/** All rows of a table. */
export async function readRows(table: TableSource, overrides?: Partial<Dialect>): Promise<Row[]> {
  const batches: RowBatch[] = [];
  for await (const batch of table.batches({ overrides })) batches.push(batch);
  return rowsOf(batches);
}

/** All rows of a table, cells only. */
export async function readCells(table: TableSource, overrides?: Partial<Dialect>): Promise<(readonly string[])[]> {
  return (await readRows(table, overrides)).map((row) => row.cells);
}
