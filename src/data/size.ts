/** How much memory an import and a training on it will take, said before anything but the first rows is read. */
import { columnOf } from './columns-of.ts';
import type { ImportPlan, PlanQuestion } from './plan.ts';
import type { TableSource } from './table.ts';

const MEGABYTE = 1e6;
/** Code, libraries, a page with charts, one piece of a file at a time. */
const BASE_BYTES = 250 * MEGABYTE;
/** Of a row of the log: ids of customer and product; what becomes of it and its place among its customer's rows. */
const ROW_BYTES = 4 + 4 + 1 + 4;
/** Of a row of the log in each column that has one of these roles. */
const ROLE_BYTES = { rating: 4, time: 8, quantity: 4, event: 4, order: 4, price: 4 } as const;
/** Logs without ratings: hashes of rows, to find copies. */
const COPY_BYTES = 4 + 8;
/** Of a rating in the matrix (both orders), in what counts as chosen, in the parts that training takes aside. */
const MATRIX_BYTES = 16;
const CHOICE_BYTES = 8;
const PARTS_BYTES = 28;
/**
 * Of a rating while a model is fitted: both orders again, and what was let go of and not yet collected. With all of it
 * 25 million ratings with times are estimated at 2.78 GB; 2.63 were measured.
 */
const ENGINE_BYTES = 24;
/** WebAssembly reaches four gigabytes; beyond this many ratings no engine has room for them. */
const MOST_RATINGS = 2 ** 32 / 40;

/** What a tab should stay under, and the share of the machine's memory that it should not take more of. */
const MOST_BUDGET_MB = 3000;
const BUDGET_SHARE = 3 / 8;

/**
 * Megabytes a tab may take: three eighths of the machine's memory, at most 3,000. `deviceGb` as the browser tells it
 * (`navigator.deviceMemory`, never more than 8), undefined where it does not.
 */
export function memoryBudgetMb(deviceGb: number | undefined): number {
  return Math.min(MOST_BUDGET_MB, (deviceGb ?? Number.POSITIVE_INFINITY) * 1000 * BUDGET_SHARE);
}

export interface SizeEstimate {
  readonly rows: number;
  readonly neededMb: number;
}

/** Estimate for the logs of a plan; null where a log does not say how many rows it has. */
export function estimateSize(tables: readonly TableSource[], plan: ImportPlan): SizeEstimate | null {
  let rows = 0;
  let bytes = BASE_BYTES;
  for (const table of plan.tables) {
    if (table.use !== 'log') continue;
    const count = tables.find(({ id }) => id === table.source)?.rows;
    if (count === undefined) return null;
    let each = ROW_BYTES + MATRIX_BYTES + CHOICE_BYTES + PARTS_BYTES + ENGINE_BYTES;
    if (plan.feedback.feedback === 'implicit') each += COPY_BYTES;
    for (const [role, size] of Object.entries(ROLE_BYTES)) {
      if (columnOf(table, role as keyof typeof ROLE_BYTES) >= 0) each += size;
    }
    rows += count;
    bytes += count * each;
  }
  return { rows, neededMb: Math.round(bytes / MEGABYTE) };
}

/** The share of customers that fits, a little less than calculated and a round number; at least 1 %. */
function fittingShare(neededMb: number, budgetMb: number): number {
  const base = BASE_BYTES / MEGABYTE;
  const percent = (90 * Math.max(0, budgetMb - base)) / Math.max(1, neededMb - base);
  const step = percent >= 10 ? 5 : 1;
  return Math.max(1, Math.floor(percent / step) * step) / 100;
}

/**
 * The plan with the question what to do about a log that is larger than the budget, unless the person has said so
 * (`sample` set). Within the budget, or where nothing is known of its size, the plan stays as it is.
 */
export function withSizeQuestion(plan: ImportPlan, tables: readonly TableSource[], budgetMb: number): ImportPlan {
  const size = estimateSize(tables, plan);
  const log = plan.tables.find(({ use }) => use === 'log');
  if (log === undefined || size === null || size.neededMb <= budgetMb) return plan;
  if (plan.sample !== undefined) return plan;
  const question: PlanQuestion = {
    code: 'tooLarge',
    source: log.source,
    params: {
      rows: size.rows,
      neededMb: size.neededMb,
      budgetMb: Math.round(budgetMb),
      percent: Math.round(100 * fittingShare(size.neededMb, budgetMb)),
      possible: size.rows <= MOST_RATINGS ? 1 : 0,
    },
  };
  return { ...plan, certain: false, questions: [...plan.questions, question] };
}
