/** Between the values of a list inside one cell; genres and tags are written so in text tables too. */
const LIST_SEPARATOR = '|';

/**
 * A value of a format with types as the text a cell holds: numbers as the shortest text that reads back the
 * same, big integers in full, dates as ISO text (the day alone where there is no time of day), lists joined
 * by `|`, missing values ''.
 */
export function cellText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? '' : objectText(value);
    default:
      return '';
  }
}

function objectText(value: object): string {
  if (value instanceof Date) return dateText(value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, cellText).join(LIST_SEPARATOR);
  if (
    Array.isArray(value) &&
    value.every((part) => typeof part !== 'object' || part === null || part instanceof Date)
  ) {
    return value.map(cellText).join(LIST_SEPARATOR);
  }
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}

/** ISO text; '' for a date that is none. */
export function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  const text = date.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, -'T00:00:00.000Z'.length) : text.replace('.000Z', 'Z');
}

/** The shortest text that reads back as the same 32-bit number: 3.6, not 3.5999999046325684. */
export function floatText(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return String(value);
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return String(short);
  }
  return String(value);
}
