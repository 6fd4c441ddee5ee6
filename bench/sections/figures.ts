/** Reading figures out of what the scripts printed, and holding them against what was promised. */
import { median } from '../median.ts';
import type { Figures, Measured, Row } from './section.ts';

export const NOT_MEASURED = 'Not measured yet';

/** The number at a dotted path, null where there is none. */
export function value(figures: Figures, path: string): number | null {
  const found = path
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], figures);
  return typeof found === 'number' ? found : null;
}

export const text = (runs: readonly Figures[], key: string) => String(runs[0]?.[key] ?? '');

/** The middle of all runs; null where any of them lacks it. */
export function middle(runs: readonly Figures[], path: string): number | null {
  const values = runs.map((run) => value(run, path)).filter((one) => one !== null);
  return values.length === runs.length && runs.length > 0 ? median(values) : null;
}

export function largest(runs: readonly Figures[], path: string): number | null {
  const values = runs.map((run) => value(run, path)).filter((one) => one !== null);
  return values.length > 0 ? Math.max(...values) : null;
}

/** An adapter by its short name; what the software one is called depends on who asks it. */
export const adapterName = (adapter: string) => (/swiftshader/i.test(adapter) ? 'SwiftShader, software' : adapter);

export const show = (figure: number | null, digits: number) => (figure === null ? '–' : figure.toFixed(digits));

/** Whole milliseconds; with a tenth below 100, where a whole one is more than a hundredth. */
export function showMs(figure: number | null): string {
  if (figure === null) return '–';
  return figure < 100 ? `${figure.toFixed(figure < 10 ? 2 : 1)} ms` : `${Math.round(figure).toLocaleString('en')} ms`;
}

export const showSeconds = (ms: number | null) => (ms === null ? '–' : `${(ms / 1000).toFixed(2)} s`);
export const atMost = (figure: number | null, limit: number) => (figure === null ? null : figure <= limit);
export const atLeast = (figure: number | null, limit: number) => (figure === null ? null : figure >= limit);

/** All of them: null where one was not measured and none was missed. */
export function all(...verdicts: readonly (boolean | null)[]): boolean | null {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(null) ? null : true;
}

export type RowDraft = Omit<Row, 'from'>;

interface Failed {
  readonly code: string;
  readonly message: string;
}

/** Codes that say that there is nothing to measure: the command line is not understood yet, or the device is not here. */
const ABSENT = ['usage', 'deviceMissing'];

/**
 * Rows of one command's runs. `make` is called with no runs for a command that has not been run or is not
 * understood yet: its promises then stand there as not measured. One row that says so where a run failed.
 */
export function rowsOf(measured: Measured, id: string, make: (runs: readonly Figures[]) => readonly RowDraft[]): Row[] {
  const runs = measured.get(id) ?? [];
  const skipped = runs.map((run) => run['skipped']).find((why) => typeof why === 'string');
  const error = runs.map((run) => run['error'] as Failed | undefined).find((one) => one !== undefined);
  if (error && !ABSENT.includes(error.code)) {
    const what = make([])[0]?.what ?? id;
    return [{ what, target: '', measured: `failed: ${error.code} ${error.message}`, met: false, from: id }];
  }
  if (runs.length > 0 && !error && skipped === undefined) return make(runs).map((row) => ({ ...row, from: id }));
  const why = skipped !== undefined ? `Skipped: ${skipped}` : NOT_MEASURED;
  return make([])
    .filter(({ target }) => target !== '')
    .map((row) => ({ ...row, measured: why, met: null, from: id }));
}
