/** Which of several tables are the log, and which are pieces or copies of it. */
import type { LogReading } from './log-roles.ts';
import type { TablePreview, TableSource } from './table.ts';

export interface LogCandidate {
  readonly source: TableSource;
  readonly preview: TablePreview;
  readonly reading: LogReading;
}

const LEARNING = /^(?:train|training|base)$/;
const HELD_OUT = /^(?:test|testing|valid|validation|val|dev|probe)$/;
/** Excerpts and drawn non-choices repeat or contradict the log. */
const NEVER = /^(?:negative|negatives|neg|small|sample|subset|head|mini)$/;

function fileWords(name: string): string[] {
  return name.toLowerCase().split(/[^a-z0-9]+/);
}

function matches(candidate: LogCandidate, pattern: RegExp): boolean {
  return fileWords(candidate.source.name).some((word) => pattern.test(word));
}

/** The name without the word that says which piece it is: `u1.base` and `u1.test` share one. */
function family(candidate: LogCandidate): string {
  return fileWords(candidate.source.id)
    .filter((word) => !LEARNING.test(word) && !HELD_OUT.test(word) && !/^\d+$/.test(word))
    .join(' ');
}

function shape(candidate: LogCandidate): string {
  const names = candidate.preview.names.map((name) => name.trim().toLowerCase());
  const roles = candidate.reading.columns.map(({ role }) => role);
  return JSON.stringify(names.some((name) => name !== '') ? names : roles);
}

function size(candidate: LogCandidate): number {
  return candidate.source.bytes ?? candidate.preview.rows * 20;
}

/**
 * The tables that together are the log. A whole log beats the published splits of it; several whole ones with the
 * same columns (one file per year) belong together; without a whole one, the largest training file and the held-out
 * files of its family make the whole. Empty when no table can be a log.
 */
export function chooseLogs(candidates: readonly LogCandidate[]): LogCandidate[] {
  const able = candidates.filter(({ reading }) => reading.score > 0);
  if (able.length === 0) return [];
  const alone = able.length === 1;
  const isPiece = (c: LogCandidate) => matches(c, LEARNING) || matches(c, HELD_OUT);
  const whole = alone ? able : able.filter((c) => !isPiece(c) && !matches(c, NEVER));
  const better = (a: LogCandidate, b: LogCandidate) => b.reading.score - a.reading.score || size(b) - size(a);
  const learning = able.filter((c) => matches(c, LEARNING)).sort((a, b) => size(b) - size(a));
  const best = [...whole].sort(better)[0];
  // A table that merely mentions customers and products (tags beside train files) is not the log.
  if (best !== undefined && (learning.length === 0 || best.reading.score > learning[0].reading.score - 0.3)) {
    return whole.filter((c) => shape(c) === shape(best));
  }
  const first = learning[0] ?? [...able].sort(better)[0];
  return able.filter(
    (c) =>
      c === first || (!matches(c, NEVER) && isPiece(c) && family(c) === family(first) && shape(c) === shape(first)),
  );
}
