/** What the card that shapes lists says, worked out from figures. Pure. */
import type { Price, PriceFigures, PriceOfSettings } from '../../evaluate/price-of-settings.ts';
import { hasRules, POSITIONS, type RerankSettings, SLIDERS, type Slider } from '../../models/rerank-settings.ts';
import type { RunSummary } from '../../worker/api/training.ts';

/** One setting beside none, ready to be said. */
export interface Cost {
  /** Whether more or less is found, as far as can be told from chance: the 95 % interval is on one side of 0. */
  readonly finds: 'less' | 'more' | 'same';
  /** Percentage points of recall, without a sign. */
  readonly points: number;
  /** Shares, 0…1. */
  readonly before: number;
  readonly after: number;
  /** Times as many different things; null where none were shown before. */
  readonly shown: number | null;
  /** Times as many people chose what is shown. */
  readonly popularity: number | null;
  /** By which share the categories came closer to the own mix; below 0: went away from it. */
  readonly closer: number | null;
}

export function costOf({ figures, difference }: Price, neutral: PriceFigures): Cost {
  const { mean, low, high } = difference.difference;
  return {
    finds: high < 0 ? 'less' : low > 0 ? 'more' : 'same',
    points: 100 * Math.abs(mean),
    before: neutral.recall.mean,
    after: figures.recall.mean,
    shown: ratio(figures.shown, neutral.shown),
    popularity: ratio(figures.popularity, neutral.popularity),
    closer: closer(figures.categoryGap, neutral.categoryGap),
  };
}

function ratio(after: number | null, before: number | null): number | null {
  return after === null || before === null || before === 0 ? null : after / before;
}

function closer(after: number | null, before: number | null): number | null {
  const left = ratio(after, before);
  return left === null ? null : 1 - left;
}

/** What the position of one slider alone costs; null at 0, and where it was not measured. */
export function sliderCost(slider: Slider, value: number, prices: PriceOfSettings | null): Cost | null {
  const price = prices?.curves[slider].find(({ settings }) => settings[slider] === value);
  return prices && price ? costOf(price, prices.neutral) : null;
}

/** What everything that is set costs together, where that is more than one slider and was measured as it stands. */
export function togetherCost(
  settings: RerankSettings,
  measured: { readonly settings: RerankSettings; readonly together: Price | null } | null,
  neutral: PriceFigures | null,
): Cost | null {
  if (!measured?.together || !neutral || !sameSettings(settings, measured.settings)) return null;
  return costOf(measured.together, neutral);
}

/** More is set than one slider: its cost alone is not the whole. */
export function isCombined(settings: RerankSettings): boolean {
  return hasRules(settings.rules) || SLIDERS.filter((slider) => settings[slider] !== 0).length > 1;
}

export function sameSettings(a: RerankSettings, b: RerankSettings): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Steps away from 0, and how many there are on that side. */
export function stepsOf(slider: Slider, value: number): { readonly at: number; readonly of: number } {
  const side = POSITIONS[slider].filter((position) => (value < 0 ? position < 0 : position > 0));
  return { at: side.filter((position) => Math.abs(position) <= Math.abs(value)).length, of: side.length };
}

/** A fit longer than this is not begun because somebody touches a slider, ms. */
const QUICK_FIT = 4000;

/** Whether what re-ordering costs for this run is measured without being asked. */
export function isQuick({ choiceFitMs }: Pick<RunSummary, 'choiceFitMs'>): boolean {
  return choiceFitMs > 0 && choiceFitMs <= QUICK_FIT;
}

/** The cells of a line; what stands in quotes is one cell, whatever it holds. */
const CELL = /\s*"((?:[^"]|"")*)"[^,;\t]*|[^,;\t]*/g;

/**
 * Product ids in what somebody pasted or in a file: the first cell of every line, or every cell of a single line. Quotes
 * around a cell go; each id counts once.
 */
export function idsIn(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const filled = lines.filter((line) => line.trim() !== '');
  const cells = (line: string) =>
    Array.from(line.matchAll(CELL), ([cell, quoted]) => (quoted?.replaceAll('""', '"') ?? cell).trim());
  const wanted = filled.length === 1 ? cells(filled[0]) : filled.map((line) => cells(line)[0]);
  return [...new Set(wanted.filter((id) => id !== ''))];
}

/** Rows with one more, or one fewer, ascending. */
export function withRow(rows: readonly number[], row: number): number[] {
  return [...new Set([...rows, row])].sort((a, b) => a - b);
}

export function withoutRow(rows: readonly number[], row: number): number[] {
  return rows.filter((other) => other !== row);
}
