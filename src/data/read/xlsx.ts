import readXlsx from 'read-excel-file/universal';
import { AppError } from '../../base/error.ts';
import type { TableSource } from '../table.ts';
import { cellText, dateText } from './cell-text.ts';
import { memoryTable } from './memory-table.ts';

/** A workbook is unfolded and held as a whole; more than this does not fit a tab. */
export const MAX_WORKBOOK_BYTES = 2 ** 30;

/**
 * The sheets of a workbook that hold anything, one table each. A workbook of one sheet is called by its own name.
 *
 * @param unfolded bytes its parts unfold to, by the zip directory.
 * @throws AppError fileTooLarge, fileDamaged, fileEmpty, fileOnlyHeader.
 */
export async function openXlsx(
  blob: Blob,
  id: string,
  name: string,
  inside: string,
  unfolded: number,
): Promise<TableSource[]> {
  if (unfolded > MAX_WORKBOOK_BYTES) {
    const [neededMb, limitMb] = [unfolded, MAX_WORKBOOK_BYTES].map((bytes) => Math.ceil(bytes / 2 ** 20));
    throw new AppError('fileTooLarge', { file: id, neededMb, limitMb });
  }
  // Numbers come as the text Excel wrote, up to 17 digits; the shortest text of the same number is what was typed.
  const options = { trim: false, parseNumber: (text: string) => String(Number(text)) };
  let sheets: { readonly sheet: string; readonly data: readonly (readonly unknown[])[] }[];
  try {
    sheets = await readXlsx(blob, options);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('fileDamaged', { file: id, detail }, { cause });
  }
  const filled = sheets.filter(({ data }) => data.some((row) => row.some((cell) => excelText(cell).trim() !== '')));
  if (filled.length === 0) throw new AppError('fileEmpty', { file: id });
  const single = filled.length === 1;
  return filled.map(({ sheet, data }) =>
    memoryTable({
      id: single ? id : id + inside + sheet,
      name: single ? name : sheet,
      format: 'xlsx',
      bytes: single ? blob.size : null,
      file: id,
      names: null,
      rows: data.map((row) => row.map(excelText)),
    }),
  );
}

function excelText(value: unknown): string {
  if (!(value instanceof Date)) return cellText(value);
  // Excel counts days in binary fractions; a second is as fine as what was typed.
  return dateText(new Date(Math.round(value.getTime() / 1000) * 1000));
}
