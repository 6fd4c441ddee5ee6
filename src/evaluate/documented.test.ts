/** Whether docs/algorithms.md has a row, with formula, source and file, for every figure that is shown. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXPOSURE } from './across-result.ts';
import type { MeasuredCalibration } from './calibration.ts';
import { SAMPLED_METRICS } from './candidates.ts';
import type { ListScores, TasteScores } from './comparison-result.ts';
import type { Exposure } from './exposure.ts';
import { LIST_METRICS } from './list-metrics.ts';

const DOCUMENT = new URL('../../docs/algorithms.md', import.meta.url);

// A figure that is added to one of these does not compile here until it has a line, and fails until it has a row.
const OF_STARS: Record<keyof TasteScores, null> = {
  rmse: null,
  mae: null,
  byActivity: null,
  byPopularity: null,
  byAttribute: null,
};
const OF_LISTS: Record<keyof Omit<ListScores, 'metrics' | 'exposure' | 'counts' | 'calibration' | 'sampled'>, null> = {
  auc: null,
  byActivity: null,
  byPopularity: null,
  byAttribute: null,
  byCategory: null,
  versus: null,
};
const OF_CATALOGUE: Record<keyof Exposure, null> = {
  coverage: null,
  gini: null,
  novelty: null,
  popularityLift: null,
  diversity: null,
  serendipity: null,
};
type Counted = 'kind' | 'suggestions' | 'hits' | 'unscored' | 'passed' | 'bins';
const OF_LIKELIHOOD: Record<keyof Omit<MeasuredCalibration, Counted>, null> = {
  brier: null,
  baseBrier: null,
  skill: null,
  error: null,
};

const capital = (name: string) => name[0].toUpperCase() + name.slice(1);
/** The difference of two models is told by its interval and its p. */
const named = (name: string) => (name === 'versus' ? 'p' : name);

const FIGURES: readonly string[] = [
  ...LIST_METRICS,
  ...EXPOSURE,
  ...SAMPLED_METRICS.map((metric) => `sampled${capital(metric)}`),
  ...[OF_STARS, OF_LISTS, OF_CATALOGUE, OF_LIKELIHOOD].flatMap((figures) => Object.keys(figures).map(named)),
];

/** Cells of the rows of the section's table, head and rule left out. */
function rowsUnder(heading: string, text: string): string[][] {
  const from = text.indexOf(`\n## ${heading}\n`);
  if (from < 0) throw new RangeError(`no section ${heading}`);
  const to = text.indexOf('\n## ', from + 1);
  const lines = text.slice(from, to < 0 ? undefined : to).split('\n');
  const cells = (line: string) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
  return lines
    .filter((line) => line.startsWith('|'))
    .map(cells)
    .slice(2);
}

const rows = rowsUnder('Every figure', readFileSync(DOCUMENT, 'utf8'));
const codes = (cell: string) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, code]) => code);

describe('the table of figures in docs/algorithms.md', () => {
  it.each([...new Set(FIGURES)])('has one row for %s', (name) => {
    expect(rows.filter(([figure]) => codes(figure).includes(name))).toHaveLength(1);
  });

  it('has a formula, a source and files that are there in every row', () => {
    for (const row of rows) {
      expect(row).toHaveLength(4);
      const [figure, formula, source, files] = row;
      expect(formula, figure).not.toBe('');
      expect(source, figure).not.toBe('');
      expect(codes(files).length, figure).toBeGreaterThan(0);
      for (const file of codes(files)) expect(existsSync(new URL(file, import.meta.url)), file).toBe(true);
    }
  });

  it('says what MAP is divided by', () => {
    const [, formula] = rows.find(([figure]) => codes(figure).includes('averagePrecision')) ?? [];
    expect(formula).toContain('min(R, k)');
  });
});
