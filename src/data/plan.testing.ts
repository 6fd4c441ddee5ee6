/** Plans and small imports for tests, without asking `roles.ts`. */
import { type ImportResult, importTables } from './clean.ts';
import { memoryTable } from './memory-table.testing.ts';
import type { ColumnRole, Feedback, ImportPlan, Role } from './plan.ts';
import type { TableSource } from './table.ts';

export function roleOf(role: Role): ColumnRole {
  return { role, confidence: 1, reason: { code: 'setByPerson', params: {} } };
}

/** A plan that reads the tables as given: log first unless a use is named. */
export function planOf(
  tables: readonly {
    readonly source: TableSource;
    readonly use?: ImportPlan['tables'][number]['use'];
    readonly roles: readonly Role[];
  }[],
  feedback: Feedback,
  more: Partial<ImportPlan> = {},
): ImportPlan {
  return {
    tables: tables.map(({ source, use = 'log', roles }) => ({
      source: source.id,
      use,
      columns: roles.map(roleOf),
      hasHeader: source.preview.names.some((name) => name !== ''),
    })),
    feedback: { feedback, reason: { code: 'setByPerson', params: {} } },
    dayFirst: false,
    orderMatters: false,
    decimalComma: false,
    certain: true,
    questions: [],
    ...more,
  };
}

/** Imports one log given as rows of text: "ann,film,5". */
export function importLog(
  roles: readonly Role[],
  lines: readonly string[],
  feedback: Feedback,
  more: Partial<ImportPlan> = {},
): Promise<ImportResult> {
  const source = memoryTable({
    id: 'log',
    names: roles.map((role, at) => `${role}${at}`),
    rows: lines.map((line) => line.split(',')),
  });
  return importTables([source], planOf([{ source, roles }], feedback, more));
}

/** Kept rows as readable text, in order: customer, product, value or quantity. */
export function keptRows({ interactions }: ImportResult): string[] {
  const { customers, products, customer, product, value, quantity } = interactions;
  return Array.from(customer, (c, row) => {
    const amount = value?.[row] ?? quantity?.[row] ?? 1;
    return `${customers.ids[c]} ${products.ids[product[row]]} ${amount}`;
  });
}

/** The text of the rejected rows' file as lines, header included. */
export function rejectedLines({ rejected }: ImportResult): string[] {
  return [...rejected.csv()].join('').replace('\ufeff', '').trimEnd().split('\r\n');
}
