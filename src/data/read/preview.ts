import { PREVIEW_ROWS, type RowBatch, type TablePreview } from '../table.ts';

/** Rows from the very beginning that a preview always has, because the page shows them. */
const LEADING_ROWS = 200;

/**
 * A preview from the batches of a sample: the first rows as they come, then rows spread evenly over the rest
 * (a log sorted by customer shows too few customers at its beginning). Blank rows are left out.
 */
export function previewOf(names: readonly string[], batches: readonly RowBatch[]): TablePreview {
  const places: { readonly batch: RowBatch; readonly row: number }[] = [];
  for (const batch of batches) {
    for (let row = 0; row < batch.rows; row++) if (batch.blank[row] === 0) places.push({ batch, row });
  }
  const chosen = places.slice(0, LEADING_ROWS);
  const rest = places.length - chosen.length;
  const wanted = Math.min(rest, PREVIEW_ROWS - LEADING_ROWS);
  for (let k = 0; k < wanted; k++) chosen.push(places[LEADING_ROWS + Math.floor((k * rest) / wanted)]);
  const cells = names.map((_, column) => chosen.map(({ batch, row }) => batch.columns[column].text(row)));
  return { names, cells, rows: chosen.length };
}
