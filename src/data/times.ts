/** Points in time as people and programs write them, to milliseconds since 1970 UTC. */

const DAY = 86_400_000;
/** 1899-12-30, the day 0 of spreadsheets. */
const SPREADSHEET_EPOCH = -2_209_161_600_000;

/** Days since 1970-01-01 of a proleptic Gregorian date (month 1–12); NaN where there is no such day. */
export function daysFromDate(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1000 || year > 9999) return Number.NaN;
  if (day > 28 && day > daysInMonth(year, month)) return Number.NaN;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function digit(text: string, at: number): number {
  const d = text.charCodeAt(at) - 48;
  return d >= 0 && d <= 9 ? d : Number.NaN;
}

function two(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

/** `yyyy-mm-dd`, `yyyy-mm-dd hh:mm:ss`, also with `/` or `T`: the shape of most exports, without a regular expression. */
function parseIsoFast(text: string): number {
  const length = text.length;
  if (length !== 10 && length !== 19) return Number.NaN;
  const separator = text.charCodeAt(4);
  if ((separator !== 45 && separator !== 47) || text.charCodeAt(7) !== separator) return Number.NaN;
  const days = daysFromDate(two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8));
  if (length === 10) return days * DAY;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return Number.NaN;
  const seconds = clock(two(text, 11), two(text, 14), two(text, 17));
  return days * DAY + seconds * 1000;
}

/** Seconds since midnight; NaN where there is no such time of day. */
export function clock(hour: number, minute: number, second: number): number {
  return hour <= 24 && minute < 60 && second < 61 ? hour * 3600 + minute * 60 + second : Number.NaN;
}

const DIGITS = /^-?\d+(?:\.\d+)?$/;

/** Epoch seconds, milliseconds, microseconds; `yyyymmdd`, `yyyymmddhhmmss`; a spreadsheet's day number. */
function parseDigits(text: string): number {
  const whole = text.includes('.') ? text.slice(0, text.indexOf('.')) : text;
  const value = Number(text);
  switch (whole.length) {
    case 5:
      return value >= 20_000 && value < 80_000 ? Math.round(SPREADSHEET_EPOCH + value * DAY) : Number.NaN;
    case 8:
      return daysFromDate(two(whole, 0) * 100 + two(whole, 2), two(whole, 4), two(whole, 6)) * DAY;
    case 9:
    case 10:
      return value * 1000;
    case 12:
    case 13:
      return value;
    case 14: {
      const days = daysFromDate(two(whole, 0) * 100 + two(whole, 2), two(whole, 4), two(whole, 6));
      return days * DAY + clock(two(whole, 8), two(whole, 10), two(whole, 12)) * 1000;
    }
    case 16:
      return value / 1000;
    default:
      return Number.NaN;
  }
}

const TIME = String.raw`(?:(?:[T\s,]+|\s*日\s*)(\d{1,2})[:时點点](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,9}))?秒?|分)?\s*([ap]\.?m\.?|上午|下午)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?${TIME}$`, 'i');
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${TIME}$`, 'i');
const DAY_NAME = String.raw`^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?`;
const MONTH_MIDDLE = new RegExp(
  String.raw`${DAY_NAME}(\d{1,2})(?:st|nd|rd|th)?[-\s/.]+([a-z]{3,9})\.?[-\s/.,]+(\d{4}|\d{2})${TIME}$`,
  'i',
);
const MONTH_FIRST = new RegExp(
  String.raw`${DAY_NAME}([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})${TIME}$`,
  'i',
);
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Which order a written date allows: only one, or both (3 and 4 may each be the month). */
export type OrderEvidence = 'none' | 'dayFirst' | 'monthFirst' | 'either';

/**
 * One column's times. Keeps the answer for the cell before (logs repeat their times) and counts what the
 * column shows about the order of day and month.
 */
export class TimeParser {
  /** Cells that can only be day first, only month first, or both. */
  readonly evidence = { dayFirst: 0, monthFirst: 0, either: 0 };
  /** Of the last cell parsed. */
  lastEvidence: OrderEvidence = 'none';
  #text = '';
  #time = Number.NaN;

  constructor(readonly dayFirst: boolean) {}

  /** Milliseconds since 1970 UTC (a time without a zone is taken as UTC); NaN where the cell is no time. */
  parse(text: string): number {
    if (text === this.#text) {
      if (this.lastEvidence !== 'none') this.evidence[this.lastEvidence]++;
      return this.#time;
    }
    this.#text = text;
    this.lastEvidence = 'none';
    this.#time = this.#parse(text);
    if (this.lastEvidence !== 'none') this.evidence[this.lastEvidence]++;
    return this.#time;
  }

  #parse(cell: string): number {
    const fast = parseIsoFast(cell);
    if (fast === fast) return fast;
    const text = cell.trim();
    if (text.length < 5 || text.length > 40) return Number.NaN;
    if (DIGITS.test(text)) return parseDigits(text);
    let match = YEAR_FIRST.exec(text);
    if (match) return at(Number(match[1]), Number(match[2]), Number(match[3]), match, 4);
    match = YEAR_LAST.exec(text);
    if (match) return this.#yearLast(match);
    match = MONTH_MIDDLE.exec(text);
    if (match) return at(fullYear(match[3]), monthNumber(match[2]), Number(match[1]), match, 4);
    match = MONTH_FIRST.exec(text);
    if (match) return at(Number(match[3]), monthNumber(match[1]), Number(match[2]), match, 4);
    return Number.NaN;
  }

  #yearLast(match: RegExpExecArray): number {
    const first = Number(match[1]);
    const second = Number(match[3]);
    const year = fullYear(match[4]);
    let dayFirst = this.dayFirst;
    if (match[2] === '.')
      dayFirst = true; // nobody writes month.day.year
    else if (first > 12 && second <= 12) {
      dayFirst = true;
      this.lastEvidence = 'dayFirst';
    } else if (second > 12 && first <= 12) {
      dayFirst = false;
      this.lastEvidence = 'monthFirst';
    } else if (first !== second) this.lastEvidence = 'either';
    return dayFirst ? at(year, second, first, match, 5) : at(year, first, second, match, 5);
  }
}

function fullYear(text: string): number {
  const year = Number(text);
  return text.length === 4 ? year : year < 70 ? 2000 + year : 1900 + year;
}

function monthNumber(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

/** A date with the clock groups of TIME, which start at group `g` of the match. */
function at(year: number, month: number, day: number, match: RegExpExecArray, g: number): number {
  const days = daysFromDate(year, month, day);
  if (match[g] === undefined) return days * DAY;
  let hour = Number(match[g]);
  const half = match[g + 4]?.toLowerCase();
  if (half !== undefined) {
    if (hour > 12) return Number.NaN;
    const afternoon = half.startsWith('p') || half === '下午';
    hour = (hour % 12) + (afternoon ? 12 : 0);
  }
  const seconds = clock(hour, Number(match[g + 1]), Number(match[g + 2] ?? 0));
  const fraction = match[g + 3] === undefined ? 0 : Number(`0.${match[g + 3]}`);
  return days * DAY + (seconds + fraction) * 1000 - zoneOffset(match[g + 5]);
}

function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4) || 0);
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** The same instant with day and month exchanged; unchanged where the day cannot be a month. */
export function swapDayAndMonth(time: number): number {
  const date = new Date(time);
  const day = date.getUTCDate();
  if (day > 12) return time;
  const days = daysFromDate(date.getUTCFullYear(), day, date.getUTCMonth() + 1);
  return days * DAY + (((time % DAY) + DAY) % DAY);
}
