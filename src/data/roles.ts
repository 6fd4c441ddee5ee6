/** Proposes what every table and column of an import is, and keeps a plan consistent while a person changes it. */

import { chooseLogs } from './choose-logs.ts';
import { columnName, columnOf } from './columns-of.ts';
import { describeAs, type LogSide, readAsEntities } from './entity-roles.ts';
import { type LogReading, readAsLog } from './log-roles.ts';
import {
  type ColumnRole,
  type FeedbackGuess,
  type ImportPlan,
  isSingle,
  type PlanQuestion,
  type Role,
  type TablePlan,
  type TableUse,
} from './plan.ts';
import type { TablePreview, TableSource } from './table.ts';
import { TimeParser } from './times.ts';
import { trimmed } from './values.ts';

/** What the person said about a table, by TableSource.id; it is taken as given. */
export interface TableSettings {
  readonly use?: TableUse;
  /** The preview under the header setting the person chose. */
  readonly preview?: TablePreview;
  readonly hasHeader?: boolean;
}

export type Settings = Readonly<Record<string, TableSettings>>;

/** Confidence from which a role needs no confirmation. */
const SURE = 0.7;
const UNUSED: ColumnRole = { role: 'ignore', confidence: 0.5, reason: { code: 'notNeeded', params: {} } };

/**
 * What the tables of an import are taken to be: which are the log, which describe products and customers, and the
 * role of every column with a confidence and a reason. `settings` holds what the person decided so far.
 */
export function proposePlan(tables: readonly TableSource[], settings: Settings = {}): ImportPlan {
  const previewOf = (source: TableSource) => settings[source.id]?.preview ?? source.preview;
  const readings = new Map<string, LogReading>();
  for (const source of tables) readings.set(source.id, readAsLog(previewOf(source)));
  const candidates = tables.map((source) => ({
    source,
    preview: previewOf(source),
    reading: readings.get(source.id) as LogReading,
  }));
  const open = candidates.filter(({ source }) => settings[source.id]?.use === undefined);
  const told = candidates.filter(({ source }) => settings[source.id]?.use === 'log');
  const chosen = told.length > 0 ? told : chooseLogs(open);
  const logs = chosen.length > 0 ? chosen : fallbackLog(open);
  const sides = logs.length > 0 ? sidesOf(logs[0].preview, logs[0].reading.columns) : [];

  const plans = candidates.map(({ source, preview, reading }): TablePlan => {
    const hasHeader = settings[source.id]?.hasHeader ?? hasNames(source, preview);
    const wished = settings[source.id]?.use;
    const table = { source: source.id, hasHeader };
    if (logs.some((log) => log.source === source)) return { ...table, use: 'log', columns: reading.columns };
    if (wished === 'products' || wished === 'customers') {
      return { ...table, use: wished, columns: describeAs(source, preview, wished, sides) };
    }
    const description = wished === 'unused' || reading.named ? null : readAsEntities(source, preview, sides);
    if (description !== null) return { ...table, ...description };
    return { ...table, use: 'unused', columns: preview.names.map(() => UNUSED) };
  });
  const ambiguous = logs[0]?.reading.ambiguous ?? null;
  const extra: PlanQuestion[] =
    ambiguous === null
      ? []
      : [{ code: 'ratingAmbiguous', source: logs[0].source.id, params: { first: ambiguous[0], second: ambiguous[1] } }];
  return complete(plans, tables, settings, extra, null);
}

function hasNames(source: TableSource, preview: TablePreview): boolean {
  return source.dialect?.hasHeader ?? preview.names.some((name) => name.trim() !== '');
}

/** When nothing reads as a log, the most likely table is shown as one, so that the missing column can be pointed out. */
function fallbackLog<T extends { readonly preview: TablePreview; readonly reading: LogReading }>(
  open: readonly T[],
): T[] {
  const wide = open.filter(({ preview }) => preview.names.length >= 2 && preview.rows > 0);
  const roles = ({ reading }: T) =>
    reading.columns.reduce((sum, { role, confidence }) => sum + (role === 'ignore' ? 0 : confidence), 0);
  return [...wide].sort((a, b) => roles(b) - roles(a)).slice(0, 1);
}

function sidesOf(preview: TablePreview, columns: readonly ColumnRole[]): LogSide[] {
  return (['product', 'customer'] as const).flatMap((role): LogSide[] => {
    const column = columns.findIndex((entry) => entry.role === role);
    if (column < 0) return [];
    const ids = new Set(preview.cells[column].map(trimmed).filter((id) => id !== ''));
    return [{ use: role === 'product' ? 'products' : 'customers', name: preview.names[column] ?? '', ids }];
  });
}

/** Feedback, number and date conventions, questions and certainty of tables whose roles are settled. */
function complete(
  plans: readonly TablePlan[],
  tables: readonly TableSource[],
  settings: Settings,
  extra: readonly PlanQuestion[],
  feedback: FeedbackGuess | null,
): ImportPlan {
  const log = plans.find(({ use }) => use === 'log');
  const source = tables.find(({ id }) => id === log?.source);
  const questions: PlanQuestion[] = [...extra];
  if (log === undefined || source === undefined) {
    questions.push({ code: 'noLogTable', source: '', params: {} });
    const guess: FeedbackGuess = { feedback: 'implicit', reason: { code: 'pairsOnly', params: {} } };
    const dates = { dayFirst: false, orderMatters: false };
    return { tables: plans, feedback: guess, ...dates, decimalComma: false, certain: false, questions };
  }
  const preview = settings[source.id]?.preview ?? source.preview;
  for (const role of ['customer', 'product'] as const) {
    if (columnOf(log, role) < 0) questions.push({ code: 'columnMissing', source: log.source, params: { role } });
  }
  const guess = feedback ?? guessFeedback(log, preview);
  if (guess.feedback === 'explicit' && columnOf(log, 'rating') < 0) {
    questions.push({ code: 'columnMissing', source: log.source, params: { role: 'rating' } });
  }
  const needed: Role[] = ['customer', 'product', ...(guess.feedback === 'explicit' ? (['rating'] as const) : [])];
  const sure = needed.every((role) => (log.columns[columnOf(log, role)]?.confidence ?? 0) >= SURE);
  const decimalComma = usesDecimalComma(log, preview);
  return {
    tables: plans,
    feedback: guess,
    ...orderOfDates(log, preview, decimalComma || source.dialect?.separator === ';'),
    decimalComma,
    certain: sure && questions.length === 0,
    questions,
  };
}

function guessFeedback(log: TablePlan, preview: TablePreview): FeedbackGuess {
  const column = (role: Role) => columnOf(log, role);
  const name = (role: Role) => columnName(preview, column(role));
  if (column('rating') >= 0) {
    return { feedback: 'explicit', reason: { code: 'ratingScale', params: { name: name('rating') } } };
  }
  const shop = column('order') >= 0 || column('price') >= 0;
  if (column('quantity') >= 0) {
    return {
      feedback: 'implicit',
      reason: { code: shop ? 'quantities' : 'counts', params: { name: name('quantity') } },
    };
  }
  if (column('event') >= 0)
    return { feedback: 'implicit', reason: { code: 'events', params: { name: name('event') } } };
  return { feedback: 'implicit', reason: { code: 'pairsOnly', params: {} } };
}

/** 3,5 is three and a half where more numbers of the preview say so than say the opposite. */
function usesDecimalComma(log: TablePlan, preview: TablePreview): boolean {
  let comma = 0;
  let dot = 0;
  for (const role of ['rating', 'quantity', 'price'] as const) {
    for (const cell of preview.cells[columnOf(log, role)] ?? []) {
      if (/\d,\d{1,2}(?!\d)[^\d,]*$/.test(cell) || /\.\d{3},\d/.test(cell)) comma++;
      else if (/\d\.\d{1,2}(?!\d)[^\d.]*$/.test(cell) || /,\d{3}\.\d/.test(cell)) dot++;
    }
  }
  return comma > dot;
}

function orderOfDates(
  log: TablePlan,
  preview: TablePreview,
  european: boolean,
): Pick<ImportPlan, 'dayFirst' | 'orderMatters'> {
  const times = new TimeParser(european);
  for (const cell of preview.cells[columnOf(log, 'time')] ?? []) times.parse(cell);
  const { dayFirst, monthFirst, either } = times.evidence;
  return {
    dayFirst: dayFirst === monthFirst ? european : dayFirst > monthFirst,
    orderMatters: dayFirst + monthFirst + either > 0,
  };
}

/** The plan with one role changed by hand: the column that had it before in that table is ignored from now on. */
export function withRole(
  plan: ImportPlan,
  tables: readonly TableSource[],
  source: string,
  column: number,
  role: Role,
  settings: Settings = {},
): ImportPlan {
  const byPerson = (role: Role): ColumnRole => ({ role, confidence: 1, reason: { code: 'setByPerson', params: {} } });
  const changed = plan.tables.map((table): TablePlan => {
    if (table.source !== source) return table;
    const columns = table.columns.map((before, at) => {
      if (at === column) return byPerson(role);
      return isSingle(role) && before.role === role ? byPerson('ignore') : before;
    });
    return { ...table, columns };
  });
  return reconsider({ ...plan, tables: changed }, tables, settings);
}

/** The plan with the feedback set by hand. */
export function withFeedback(
  plan: ImportPlan,
  tables: readonly TableSource[],
  feedback: FeedbackGuess['feedback'],
  settings: Settings = {},
): ImportPlan {
  const guess: FeedbackGuess = { feedback, reason: { code: 'setByPerson', params: {} } };
  return reconsider({ ...plan, feedback: guess }, tables, settings);
}

/**
 * Feedback, conventions, questions and certainty once more from the roles as they stand. Feedback set by a person
 * stays. A question between two rating columns is answered as soon as a person has set either of them.
 */
export function reconsider(plan: ImportPlan, tables: readonly TableSource[], settings: Settings = {}): ImportPlan {
  const answered = (source: string) =>
    plan.tables.some(
      (table) => table.source === source && table.columns.some(({ reason }) => reason.code === 'setByPerson'),
    );
  const open = plan.questions.filter(({ code, source }) => code === 'ratingAmbiguous' && !answered(source));
  const feedback = plan.feedback.reason.code === 'setByPerson' ? plan.feedback : null;
  return complete(plan.tables, tables, settings, open, feedback);
}
