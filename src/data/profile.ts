/** What the cells of a column look like, from the preview. */
import { isFlagColumn } from './columns-of.ts';
import { TimeParser } from './times.ts';
import { isNothing, parseNumber } from './values.ts';

export interface ColumnProfile {
  readonly rows: number;
  /** Cells that hold something. */
  readonly filled: number;
  readonly distinct: number;
  /** Shares of the filled cells, 0 … 1. */
  readonly numbers: number;
  readonly integers: number;
  readonly times: number;
  readonly urls: number;
  /** Cells with letters and white space inside: names and sentences, not codes. */
  readonly phrases: number;
  /** Cells with a currency sign or exactly two decimals. */
  readonly money: number;
  readonly min: number;
  readonly max: number;
  /** Times written as a number since 1970. */
  readonly epoch: boolean;
  readonly flags: boolean;
  /** Numbers that never fall from row to row (a file sorted by this column). */
  readonly sorted: boolean;
  readonly meanLength: number;
  readonly example: string;
  readonly values: ReadonlySet<string>;
}

const EARLIEST = Date.UTC(1985, 0, 1);
const LATEST = Date.UTC(2040, 0, 1);
const URL_TEXT = /^(?:https?:\/\/|www\.)/i;
const PHRASE = /\p{L}\S*\s+\S|\p{Script=Han}{2}/u;
const MONEY = /[$€£¥￥₹]|^-?\d+[.,]\d\d$/;

export function profileColumn(cells: readonly string[]): ColumnProfile {
  const values = new Set<string>();
  const times = new TimeParser(false);
  let filled = 0;
  let numbers = 0;
  let integers = 0;
  let timeCells = 0;
  let epochCells = 0;
  let urls = 0;
  let phrases = 0;
  let money = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let previous = Number.NEGATIVE_INFINITY;
  let sorted = true;
  let length = 0;
  let example = '';
  for (const cell of cells) {
    if (isNothing(cell)) continue;
    if (filled++ === 0) example = cell.length > 60 ? `${cell.slice(0, 60)}…` : cell;
    values.add(cell);
    length += cell.length;
    const number = parseNumber(cell);
    if (number === number) {
      numbers++;
      if (Number.isInteger(number)) integers++;
      min = Math.min(min, number);
      max = Math.max(max, number);
      if (number < previous) sorted = false;
      previous = number;
      if (MONEY.test(cell)) money++;
    } else if (URL_TEXT.test(cell)) urls++;
    else if (PHRASE.test(cell)) phrases++;
    const time = times.parse(cell);
    // Eight or fewer digits are rather an id than a day; a name or a missing alternative can still say otherwise.
    if (time >= EARLIEST && time < LATEST && cell.length >= 8) {
      timeCells++;
      if (number === number && cell.length >= 9) epochCells++;
    }
  }
  const share = (count: number) => (filled === 0 ? 0 : count / filled);
  return {
    rows: cells.length,
    filled,
    distinct: values.size,
    numbers: share(numbers),
    integers: share(integers),
    times: share(timeCells),
    urls: share(urls),
    phrases: share(phrases),
    money: share(money),
    min,
    max,
    epoch: epochCells * 2 > timeCells,
    flags: isFlagColumn(cells),
    sorted: sorted && numbers === filled,
    meanLength: share(length),
    example,
    values,
  };
}

/** Every filled cell different: the key of a table that describes something. */
export function isKey(profile: ColumnProfile): boolean {
  return profile.filled > 0 && profile.filled >= 0.9 * profile.rows && profile.distinct >= 0.99 * profile.filled;
}
