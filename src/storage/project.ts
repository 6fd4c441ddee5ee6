/**
 * The project file: what is kept between visits. Versioned; everything read back is checked before
 * it is believed, because a file on somebody's disk may be old, cut short or changed.
 */
import { AppError } from '../base/error.ts';
import type { Dictionary, EntityTable, Interactions, MultiDictionary } from '../data/interactions.ts';
import { NO_CODE } from '../data/interactions.ts';
import type { ImportPlan } from '../data/plan.ts';
import { pack, unpack } from './pack.ts';

export const PROJECT_VERSION = 1;

export interface StoredRun<Summary> {
  readonly summary: Summary;
  /** null: only the figures are kept. */
  readonly choice: Uint8Array | null;
  readonly taste: Uint8Array | null;
}

export interface StoredProject<Summary, RunSummary, Comparison> {
  readonly savedAt: number;
  readonly plan: ImportPlan;
  readonly summary: Summary;
  readonly interactions: Interactions;
  /** The rejected rows as CSV, UTF-8. */
  readonly rejected: Uint8Array;
  readonly rejectedCount: number;
  readonly runs: readonly StoredRun<RunSummary>[];
  /** The newest comparison of models; null where none was made. */
  readonly comparison: Comparison | null;
  /** Those of before that are kept too, newest first. Not there where there are none. */
  readonly earlier?: readonly Comparison[];
  /** The newest search for settings; whoever reads it checks it. Not there where none was made. */
  readonly tuning?: unknown;
}

export function packProject<S, R, C>(project: StoredProject<S, R, C>): Uint8Array<ArrayBuffer>[] {
  return pack(project, PROJECT_VERSION);
}

function check(condition: boolean): asserts condition {
  if (!condition) throw new AppError('projectDamaged');
}

const below = (codes: Uint32Array, limit: number, none = false) =>
  codes.every((code) => code < limit || (none && code === NO_CODE));

function checkDictionary(dictionary: Dictionary | null, rows: number): void {
  if (dictionary === null) return;
  check(Array.isArray(dictionary.names) && dictionary.codes instanceof Uint32Array && dictionary.codes.length === rows);
  check(below(dictionary.codes, dictionary.names.length, true));
}

function checkMulti(multi: MultiDictionary | null, rows: number): void {
  if (multi === null) return;
  const { names, pointers, codes } = multi;
  check(Array.isArray(names) && pointers instanceof Uint32Array && codes instanceof Uint32Array);
  check(pointers.length === rows + 1 && pointers[0] === 0 && pointers[rows] === codes.length);
  for (let row = 0; row < rows; row++) check(pointers[row] <= pointers[row + 1]);
  check(below(codes, names.length));
}

function checkTable(table: EntityTable): void {
  check(Array.isArray(table.ids) && table.ids.every((id) => typeof id === 'string'));
  const rows = table.ids.length;
  check(table.titles === null || (Array.isArray(table.titles) && table.titles.length === rows));
  checkMulti(table.categories, rows);
  check(Array.isArray(table.attributes));
  for (const { name, values } of table.attributes) {
    check(typeof name === 'string');
    checkDictionary(values, rows);
  }
}

/** Throws `projectDamaged` unless every number points at something that exists. */
export function checkInteractions(log: Interactions): void {
  checkTable(log.customers);
  checkTable(log.products);
  check(log.customer instanceof Uint32Array && log.product instanceof Uint32Array);
  const rows = log.customer.length;
  check(log.product.length === rows);
  check(below(log.customer, log.customers.ids.length) && below(log.product, log.products.ids.length));
  for (const column of [log.value, log.quantity, log.price]) {
    check(column === null || (column instanceof Float32Array && column.length === rows));
  }
  check(log.time === null || (log.time instanceof Float64Array && log.time.length === rows));
  checkDictionary(log.event, rows);
  checkDictionary(log.order, rows);
}

/** What `packProject` wrote. Throws AppError `projectDamaged` for anything that cannot be trusted, older versions included. */
export function unpackProject<S, R, C>(bytes: Uint8Array<ArrayBuffer>): StoredProject<S, R, C> {
  const { version, value } = unpack(bytes);
  check(version === PROJECT_VERSION && typeof value === 'object' && value !== null);
  // Projects of before there were comparisons have none.
  const { comparison = null, ...rest } = value as Partial<Pick<StoredProject<S, R, C>, 'comparison'>> &
    Omit<StoredProject<S, R, C>, 'comparison'>;
  const project: StoredProject<S, R, C> = { ...rest, comparison };
  try {
    check(Number.isFinite(project.savedAt) && Number.isSafeInteger(project.rejectedCount));
    check(typeof project.summary === 'object' && project.summary !== null && Array.isArray(project.plan.tables));
    check(project.rejected instanceof Uint8Array && Array.isArray(project.runs));
    for (const run of project.runs) {
      check(typeof run.summary === 'object' && run.summary !== null);
      for (const model of [run.choice, run.taste]) check(model === null || model instanceof Uint8Array);
    }
    check(comparison === null || typeof comparison === 'object');
    check(project.earlier === undefined || Array.isArray(project.earlier));
    checkInteractions(project.interactions);
  } catch (cause) {
    // A missing field reads as TypeError: just as damaged.
    throw new AppError('projectDamaged', {}, { cause });
  }
  return project;
}
