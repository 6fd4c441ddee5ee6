/** Numbers and ids as people write them. Called for every cell of a log, so the common shapes take a fast path. */

const POWERS = Float64Array.from({ length: 16 }, (_, k) => 10 ** k);
const ZERO = 48;
const NINE = 57;
const DOT = 46;
const COMMA = 44;
const MINUS = 45;

/**
 * The number a cell holds, NaN where it holds none (also for "NaN", "Infinity", "N/A" and the like).
 * Understands currency signs, percent (12 % is 0.12), thousands separators (comma, dot, space, apostrophe),
 * accountants' negatives "(3)" and, with `decimalComma`, 3,5 as three and a half. Where both a comma and a
 * dot stand in one number, the later one is the decimal sign whatever the setting.
 */
export function parseNumber(text: string, decimalComma = false): number {
  const length = text.length;
  let at = 0;
  const negative = length > 1 && text.charCodeAt(0) === MINUS;
  if (negative) at = 1;
  const decimal = decimalComma ? COMMA : DOT;
  let digits = 0;
  let point = -1;
  if (length - at > 0 && length - at <= 15) {
    for (; at < length; at++) {
      const c = text.charCodeAt(at);
      if (c >= ZERO && c <= NINE) digits = digits * 10 + (c - ZERO);
      else if (c === decimal && point < 0 && at > 0 && length > at + 1) point = at;
      else break;
    }
    if (at === length) {
      const value = point < 0 ? digits : digits / POWERS[length - point - 1];
      return negative ? -value : value;
    }
  }
  return parseNumberSlowly(text, decimalComma);
}

const CURRENCY =
  /^(?:[A-Z]{1,3}\$|US\$|[$€£¥￥₹₽₩]|USD|EUR|GBP|CNY|RMB|JPY|元)\s*|\s*(?:[$€£¥￥₹₽₩]|USD|EUR|GBP|CNY|RMB|JPY|元|kr|zł)$/giu;
const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function parseNumberSlowly(text: string, decimalComma: boolean): number {
  let rest = text.trim();
  if (rest === '') return Number.NaN;
  let sign = 1;
  if (rest.startsWith('(') && rest.endsWith(')')) {
    sign = -1;
    rest = rest.slice(1, -1).trim();
  }
  rest = rest.replace('\u2212', '-');
  if (rest.startsWith('-')) {
    sign = -sign;
    rest = rest.slice(1).trim();
  }
  rest = rest.replace(CURRENCY, '').trim();
  if (rest.startsWith('-') && sign === 1) {
    sign = -1;
    rest = rest.slice(1);
  }
  let scale = 1;
  if (rest.endsWith('%') || rest.endsWith('％')) {
    scale = 0.01;
    rest = rest.slice(0, -1).trim();
  }
  const plain = normalizeSeparators(rest, decimalComma);
  if (plain === null || !PLAIN.test(plain)) return Number.NaN;
  const value = Number(plain);
  // Columns hold 32-bit numbers; what does not fit there is no quantity anyone means.
  return Number.isFinite(Math.fround(value)) ? sign * value * scale : Number.NaN;
}

/** Digits with at most one dot, or null where the separators make no sense. */
function normalizeSeparators(text: string, decimalComma: boolean): string | null {
  const tight = text.replace(/(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(?!\d))/g, '');
  const comma = tight.lastIndexOf(',');
  const dot = tight.lastIndexOf('.');
  if (comma < 0 && (dot < 0 || !decimalComma)) return tight;
  const both = comma >= 0 && dot >= 0;
  const only = comma >= 0 ? ',' : '.';
  let decimal = both ? (comma > dot ? ',' : '.') : decimalComma ? ',' : '.';
  // One separator that cannot be grouping (4,5 or 4.25) is a decimal sign whatever the column prefers.
  if (!both && only !== decimal && !isGrouped(tight, only)) decimal = only;
  const group = decimal === ',' ? '.' : ',';
  const [whole, fraction, ...more] = tight.split(decimal);
  if (more.length > 0) return isGrouped(tight, decimal) ? tight.replaceAll(decimal, '') : null;
  if (whole.includes(group) && !isGrouped(whole, group)) return null;
  if (fraction?.includes(group)) return null;
  return whole.replaceAll(group, '') + (fraction === undefined ? '' : `.${fraction}`);
}

function isGrouped(text: string, separator: string): boolean {
  const groups = text.split(separator);
  // Indian grouping (1,00,000) has pairs before the last three digits.
  return (
    /^[+-]?\d{1,3}$/.test(groups[0]) &&
    /^\d{3}$/.test(groups.at(-1) ?? '') &&
    groups.slice(1, -1).every((part) => /^\d{2,3}$/.test(part))
  );
}

/** Cells that say "nothing here" instead of being empty; an id never reads like this. */
const NOTHING = new Set([
  '',
  'n/a',
  '#n/a',
  'na',
  'nan',
  'null',
  'none',
  '\\n',
  'nil',
  'undefined',
  '(null)',
  '-',
  '—',
]);

/** True for an empty cell and for the words programs write instead. */
export function isNothing(text: string): boolean {
  return text.length === 0 || (text.length < 12 && NOTHING.has(text.trim().toLowerCase()));
}

const SCIENTIFIC = /^\d[.,]?\d*e\+\d{1,2}$/i;

/** A long id that a spreadsheet turned into scientific notation: `9,78E+12`. Different ids then look alike. */
export function isDamagedId(text: string): boolean {
  return text.length >= 5 && text.length <= 24 && SCIENTIFIC.test(text);
}

/** Without white space around it; returns the same string when there is none (the usual case). */
export function trimmed(text: string): string {
  const last = text.length - 1;
  return last >= 0 && (isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(last))) ? text.trim() : text;
}

function isSpace(unit: number): boolean {
  return unit <= 32 || unit === 0xa0 || unit === 0x3000 || unit === 0xfeff;
}
