/** What the columns and tables of an import are taken to be: proposed by `roles.ts`, confirmed or changed by the person. */
import type { Dialect, TablePreview } from './table.ts';

/** Roles that one column of a table has at most. */
const SINGLE_ROLES = ['customer', 'product', 'rating', 'quantity', 'event', 'time', 'order', 'price', 'title'] as const;

export const ROLES = [...SINGLE_ROLES, 'category', 'attribute', 'ignore'] as const;
export type Role = (typeof ROLES)[number];

/** Whether one column of a table has the role at most. */
export function isSingle(role: Role): boolean {
  return SINGLE_ROLES.some((single) => single === role);
}

/** Why a column was given its role: a code i18n turns into a sentence ("943 different values, looks like an id"). */
export interface RoleReason {
  readonly code:
    | 'nameMatches' // name
    | 'distinctIds' // distinct, rows
    | 'smallScale' // min, max, distinct
    | 'wholeCounts' // min, max
    | 'looksLikeDate' // example
    | 'looksLikeEpoch' // example
    | 'eventWords' // example
    | 'money' // example
    | 'text' // example
    | 'fewValues' // distinct
    | 'flags' // distinct
    | 'joinsLog' // share (percent)
    | 'position' // the usual order customer, product, value, time
    | 'constant' // value
    | 'setByPerson'
    | 'notNeeded';
  readonly params: Readonly<Record<string, string | number>>;
}

export interface ColumnRole {
  readonly role: Role;
  /** 0 … 1 */
  readonly confidence: number;
  readonly reason: RoleReason;
}

/** What a table is for. The log is who did what; products and customers describe them, joined by id. */
export type TableUse = 'log' | 'products' | 'customers' | 'unused';

export interface TablePlan {
  /** TableSource.id */
  readonly source: string;
  readonly use: TableUse;
  /** One per column. */
  readonly columns: readonly ColumnRole[];
  readonly hasHeader: boolean;
}

export type Feedback = 'explicit' | 'implicit';

export interface FeedbackGuess {
  readonly feedback: Feedback;
  readonly reason: {
    readonly code: 'ratingScale' | 'quantities' | 'counts' | 'events' | 'pairsOnly' | 'setByPerson';
    readonly params: Readonly<Record<string, string | number>>;
  };
}

/** A question only the person can answer; the import waits for it. */
export interface PlanQuestion {
  readonly code:
    | 'ratingAmbiguous' // first, second
    | 'columnMissing' // role
    | 'noLogTable'
    | 'tooLarge'; // rows, neededMb, budgetMb, percent of the customers that would fit, possible (1, or 0) to read all
  readonly source: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export interface ImportPlan {
  readonly tables: readonly TablePlan[];
  readonly feedback: FeedbackGuess;
  /** Day before month in dates such as 03/04/2011; guessed from the whole preview. */
  readonly dayFirst: boolean;
  /** Whether a date of the preview is written so that it depends on that: 2026-03-04 does not. */
  readonly orderMatters: boolean;
  /** ',' where 3,5 means three and a half. */
  readonly decimalComma: boolean;
  /** All roles certain and no question open: may start without a further press. */
  readonly certain: boolean;
  readonly questions: readonly PlanQuestion[];
  /** Share of the customers to be read (1: all), where the log is too large and the person has decided. */
  readonly sample?: number;
}

/** What the page shows of one table while the person confirms. */
export interface TableProposal {
  readonly source: string;
  readonly name: string;
  readonly format: string;
  readonly bytes: number | null;
  readonly dialect: Dialect | null;
  /** First rows only (the page shows about ten). */
  readonly preview: TablePreview;
}

export interface ImportProposal {
  readonly tables: readonly TableProposal[];
  readonly plan: ImportPlan;
  /** Files that were looked at and left out, with the error code that says why. */
  readonly skipped: readonly { readonly name: string; readonly code: string }[];
}
