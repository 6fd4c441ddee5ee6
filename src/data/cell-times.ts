/** Columns of times, read whole. */
import { ByteCells, type CellColumn, NumberCells } from './cells.ts';
import { clock, daysFromDate, type TimeParser } from './times.ts';

const ZERO = 48;
const MINUS = 45;
const SLASH = 47;
const COLON = 58;
const DAY = 86_400_000;

/** Told of a cell whose day and month could be either (`either`) and of one that is no time at all. */
export interface OddTimes {
  either(k: number): void;
  unreadable(cell: string): void;
}

/**
 * out[k] = the time in row rows[k] in milliseconds since 1970 UTC, NaN where there is none. Seconds and milliseconds
 * since 1970 and `yyyy-mm-dd[ hh:mm:ss]` are read from the bytes, everything else by `times`.
 */
export function readTimes(
  column: CellColumn,
  rows: Uint32Array,
  count: number,
  times: TimeParser,
  odd: OddTimes,
  out: Float64Array,
): void {
  const slowly = (k: number, cell: string) => {
    out[k] = times.parse(cell);
    if (out[k] !== out[k]) odd.unreadable(cell);
    else if (times.lastEvidence === 'either') odd.either(k);
  };
  if (column instanceof NumberCells && column.whole) {
    for (let k = 0; k < count; k++) {
      const value = column.values[rows[k]];
      if (value >= 1e8 && value < 1e10) out[k] = value * 1000;
      else slowly(k, column.text(rows[k]));
    }
    return;
  }
  if (!(column instanceof ByteCells)) {
    for (let k = 0; k < count; k++) slowly(k, column.text(rows[k]));
    return;
  }
  const { bytes, spans, columns } = column.rows;
  let lastStart = 0;
  let lastEnd = -1;
  let lastCell = '';
  for (let k = 0; k < count; k++) {
    const span = 2 * (rows[k] * columns + column.column);
    const start = spans[span];
    const end = spans[span + 1];
    const fast = timeOfDigits(bytes, start, end);
    out[k] = fast === fast ? fast : timeOfIso(bytes, start, end);
    if (out[k] === out[k]) continue;
    // Rows of one order have the same time: no string for it again.
    if (!sameBytes(bytes, start, end, lastStart, lastEnd)) lastCell = column.text(rows[k]);
    lastStart = start;
    lastEnd = end;
    slowly(k, lastCell);
  }
}

/** Nine or ten digits are seconds since 1970, twelve or thirteen milliseconds; NaN otherwise. */
function timeOfDigits(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 9 || length > 13 || length === 11) return Number.NaN;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return length < 11 ? value * 1000 : value;
}

/** `yyyy-mm-dd` and `yyyy-mm-dd hh:mm:ss`, also with `/` or `T`; NaN otherwise. */
function timeOfIso(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length !== 10 && length !== 19) return Number.NaN;
  const separator = bytes[start + 4];
  if ((separator !== MINUS && separator !== SLASH) || bytes[start + 7] !== separator) return Number.NaN;
  const year = two(bytes, start) * 100 + two(bytes, start + 2);
  const day = daysFromDate(year, two(bytes, start + 5), two(bytes, start + 8)) * DAY;
  if (length === 10) return day;
  if (bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return Number.NaN;
  return day + 1000 * clock(two(bytes, start + 11), two(bytes, start + 14), two(bytes, start + 17));
}

/** The number of two digits; NaN where there is something else. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - ZERO;
  const ones = bytes[at + 1] - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function sameBytes(bytes: Uint8Array, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let at = start, other = otherStart; at < end; at++, other++) if (bytes[at] !== bytes[other]) return false;
  return true;
}
