/** Columns of numbers, read whole. */
import { ByteCells, type CellColumn, NumberCells } from './cells.ts';
import { parseNumber } from './values.ts';

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MINUS = 45;
const COMMA = 44;
/** So many digits are exact in a double. */
const MOST_DIGITS = 15;
/** Numbers up to here keep their hundredths. */
const LARGE = 1e12;
const POWERS = Float64Array.from({ length: MOST_DIGITS + 1 }, (_, k) => 10 ** k);

/**
 * out[k] = the number in row rows[k], NaN where there is none (`parseNumber` says what is one). Plain digits with
 * at most one decimal sign are read from the bytes.
 */
export function readNumbers(
  column: CellColumn,
  rows: Uint32Array,
  count: number,
  decimalComma: boolean,
  out: Float64Array,
): void {
  if (column instanceof NumberCells) {
    for (let k = 0; k < count; k++) {
      const value = column.values[rows[k]];
      const short = Math.round(value * 100) / 100;
      // What is written 3.6 is meant, not the 32-bit number next to it.
      const known = Math.abs(value) < LARGE && (short === value || Math.fround(short) === value);
      out[k] = known ? short : parseNumber(column.text(rows[k]), decimalComma);
    }
    return;
  }
  if (!(column instanceof ByteCells)) {
    for (let k = 0; k < count; k++) out[k] = parseNumber(column.text(rows[k]), decimalComma);
    return;
  }
  const { bytes, spans, columns } = column.rows;
  const decimal = decimalComma ? COMMA : DOT;
  for (let k = 0; k < count; k++) {
    const span = 2 * (rows[k] * columns + column.column);
    const start = spans[span];
    const end = spans[span + 1];
    const first = bytes[start] === MINUS ? start + 1 : start;
    let digits = 0;
    let point = -1;
    let at = first;
    for (; at < end; at++) {
      const byte = bytes[at];
      if (byte >= ZERO && byte <= NINE) digits = digits * 10 + (byte - ZERO);
      else if (byte === decimal && point < 0 && at > first && at + 1 < end) point = at;
      else break;
    }
    if (at < end || first >= end || end - first > MOST_DIGITS) {
      out[k] = parseNumber(column.text(rows[k]), decimalComma);
    } else {
      const value = point < 0 ? digits : digits / POWERS[end - point - 1];
      out[k] = first > start ? -value : value;
    }
  }
}
