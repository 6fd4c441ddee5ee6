/** Numbers, shares, sizes, durations and dates as the reader's language writes them. Pure; `useFormat` binds the language. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from './i18n.ts';

const numberFormats = new Map<string, Intl.NumberFormat>();

/** Intl formatters are slow to make (tens of microseconds) and cells ask for thousands. */
function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = numberFormats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    numberFormats.set(key, format);
  }
  return format;
}

/** 541909 → "541,909". `digits` fixes the decimals; without it whole numbers have none and others at most two. */
export function formatNumber(locale: string, value: number, digits?: number): string {
  return numberFormat(
    locale,
    digits === undefined
      ? { maximumFractionDigits: 2 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits },
  ).format(value);
}

/** A difference: "−1.2", "+0.4", and "0.0" for what rounds to nothing. */
export function formatSigned(locale: string, value: number, digits: number): string {
  const size = formatNumber(locale, Math.abs(value), digits);
  return size === formatNumber(locale, 0, digits) ? size : `${value < 0 ? '−' : '+'}${size}`;
}

/** 2,300,000 → "2.3M", 230万. */
export function formatCompact(locale: string, value: number, display: 'short' | 'long' = 'short'): string {
  return numberFormat(locale, {
    notation: 'compact',
    compactDisplay: display,
    maximumSignificantDigits: 3,
  }).format(value);
}

/**
 * 0.1234 → "12%"; small shares keep two significant digits ("0.13%") so that they never read as nothing. `digits` fixes
 * the decimals.
 */
export function formatPercent(locale: string, share: number, digits?: number): string {
  if (digits !== undefined) {
    const fixed = { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
    return numberFormat(locale, fixed).format(share);
  }
  const small = share !== 0 && Math.abs(share) < 0.095;
  return numberFormat(
    locale,
    small ? { style: 'percent', maximumSignificantDigits: 2 } : { style: 'percent', maximumFractionDigits: 0 },
  ).format(share);
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** Powers of 1000, as operating systems show file sizes. */
export function formatBytes(locale: string, bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return numberFormat(locale, {
    style: 'unit',
    unit: BYTE_UNITS[unit],
    // "18 bytes": the short form of the smallest unit is "18 byte".
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: unit > 0 && value < 10 ? 1 : 0,
  }).format(value);
}

/** Bytes per second → "45 MB/s". */
export function formatRate(locale: string, bytesPerSecond: number): string {
  return numberFormat(locale, {
    style: 'unit',
    unit: 'megabyte-per-second',
    unitDisplay: 'short',
    maximumSignificantDigits: 2,
  }).format(bytesPerSecond / 1e6);
}

/** The international symbols; Chinese writes its own words, which Intl knows. */
const TIME_SYMBOLS = { millisecond: 'ms', second: 's', minute: 'min', hour: 'h' } as const;

function unitNumber(locale: string, value: number, unit: keyof typeof TIME_SYMBOLS, digits: number): string {
  if (locale.startsWith('zh')) {
    const options = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits } as const;
    return numberFormat(locale, options).format(value);
  }
  const number = numberFormat(locale, { maximumFractionDigits: digits }).format(value);
  return `${number}\u00a0${TIME_SYMBOLS[unit]}`;
}

/** Milliseconds → "8 ms", "0.9 s", "12 s", "2 min 5 s", "1 h 4 min". */
export function formatDuration(locale: string, milliseconds: number): string {
  if (milliseconds < 100) return unitNumber(locale, milliseconds, 'millisecond', milliseconds < 10 ? 1 : 0);
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return unitNumber(locale, seconds, 'second', 1);
  const whole = Math.round(seconds);
  if (whole < 60) return unitNumber(locale, whole, 'second', 0);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    const rest = whole % 60;
    const head = unitNumber(locale, minutes, 'minute', 0);
    return rest === 0 ? head : `${head} ${unitNumber(locale, rest, 'second', 0)}`;
  }
  const rest = minutes % 60;
  const head = unitNumber(locale, Math.floor(minutes / 60), 'hour', 0);
  return rest === 0 ? head : `${head} ${unitNumber(locale, rest, 'minute', 0)}`;
}

export type DateDetail = 'day' | 'month' | 'year';

/** A moment (ms since 1970, UTC) to the given detail. */
export function formatDate(locale: string, time: number, detail: DateDetail = 'day'): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    year: 'numeric',
    ...(detail === 'year' ? {} : { month: locale.startsWith('zh') ? 'long' : 'short' }),
    ...(detail === 'day' ? { day: 'numeric' } : {}),
  }).format(time);
}

/** A moment (ms since 1970) on the reader's own clock: "Nov 23, 14:05", 11月23日 14:05. */
export function formatMoment(locale: string, time: number, detail: 'minute' | 'second' = 'minute'): string {
  return new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(detail === 'second' ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  }).format(time);
}

/** ["Dune", "Emma"] → "Dune and Emma", 沙丘和爱玛. */
export function formatList(locale: string, items: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(items);
}

export interface Format {
  readonly locale: string;
  number(value: number, digits?: number): string;
  signed(value: number, digits: number): string;
  compact(value: number, display?: 'short' | 'long'): string;
  percent(share: number, digits?: number): string;
  bytes(bytes: number): string;
  rate(bytesPerSecond: number): string;
  duration(milliseconds: number): string;
  date(time: number, detail?: DateDetail): string;
  moment(time: number, detail?: 'minute' | 'second'): string;
  list(items: readonly string[]): string;
}

/** All of the above in one language. */
export function formatIn(locale: string): Format {
  return {
    locale,
    number: (value, digits) => formatNumber(locale, value, digits),
    signed: (value, digits) => formatSigned(locale, value, digits),
    compact: (value, display) => formatCompact(locale, value, display),
    percent: (share, digits) => formatPercent(locale, share, digits),
    bytes: (bytes) => formatBytes(locale, bytes),
    rate: (bytesPerSecond) => formatRate(locale, bytesPerSecond),
    duration: (milliseconds) => formatDuration(locale, milliseconds),
    date: (time, detail) => formatDate(locale, time, detail),
    moment: (time, detail) => formatMoment(locale, time, detail),
    list: (items) => formatList(locale, items),
  };
}

/** In the language of the page. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  return useMemo(() => formatIn(locale), [locale]);
}
