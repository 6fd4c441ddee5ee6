/** From roles to column numbers. */
import type { LogColumns, SaidColumn } from './log.ts';
import type { ImportPlan, Role, TablePlan } from './plan.ts';
import type { TablePreview, TableSource } from './table.ts';

/** A table of the plan with what it is read from; `preview` is under the plan's header setting. */
export interface PlannedTable {
  readonly source: TableSource;
  readonly preview: TablePreview;
  readonly table: TablePlan;
}

/** The tables of the plan that are there, in the plan's order. */
export async function planTables(tables: readonly TableSource[], plan: ImportPlan): Promise<PlannedTable[]> {
  const sources = new Map(tables.map((table) => [table.id, table]));
  const planned: PlannedTable[] = [];
  for (const table of plan.tables) {
    const source = sources.get(table.source);
    if (source === undefined) continue;
    const overrides = headerOverride(source, table);
    const preview = overrides === undefined ? source.preview : await source.repreview(overrides);
    planned.push({ source, preview, table });
  }
  return planned;
}

/** What the plan changes about how a text table is read; undefined where nothing. */
export function headerOverride(source: TableSource, { hasHeader }: TablePlan): { hasHeader: boolean } | undefined {
  return source.dialect === null || source.dialect.hasHeader === hasHeader ? undefined : { hasHeader };
}

/** First column of the table with this role, −1 where there is none. */
export function columnOf(plan: TablePlan, role: Role): number {
  return plan.columns.findIndex((column) => column.role === role);
}

export function columnsOf(plan: TablePlan, role: Role): number[] {
  return plan.columns.flatMap((column, c) => (column.role === role ? [c] : []));
}

/** The header's name, or `#3` for the third column of a table without one (the same in every language). */
export function columnName(preview: TablePreview, column: number): string {
  return preview.names[column]?.trim() || `#${column + 1}`;
}

/** Where everything stands in a log table. */
export function logColumns(plan: TablePlan, preview: TablePreview): LogColumns {
  const customer = columnOf(plan, 'customer');
  const product = columnOf(plan, 'product');
  const said: SaidColumn[] = [];
  plan.columns.forEach(({ role }, column) => {
    const cells = preview.cells[column];
    const name = columnName(preview, column);
    if (role === 'category') {
      said.push({
        column,
        name,
        about: 'product',
        category: { flag: isFlagColumn(cells), separator: listSeparator(cells) },
      });
    } else if (role === 'attribute') {
      said.push({ column, name, about: whoseAttribute(preview, customer, product, column), category: null });
    }
  });
  return {
    customer,
    product,
    rating: columnOf(plan, 'rating'),
    quantity: columnOf(plan, 'quantity'),
    event: columnOf(plan, 'event'),
    time: columnOf(plan, 'time'),
    order: columnOf(plan, 'order'),
    price: columnOf(plan, 'price'),
    title: columnOf(plan, 'title'),
    said,
  };
}

/** Whom an attribute in the log describes: the one of the two for whom it says the same thing more often. */
function whoseAttribute(preview: TablePreview, customer: number, product: number, column: number) {
  const agreement = (key: number) => {
    const first = new Map<string, string>();
    let repeats = 0;
    let equal = 0;
    for (let row = 0; row < preview.rows; row++) {
      const id = preview.cells[key]?.[row] ?? '';
      if (id === '') continue;
      const value = preview.cells[column][row];
      const before = first.get(id);
      if (before === undefined) first.set(id, value);
      else {
        repeats++;
        if (before === value) equal++;
      }
    }
    return repeats === 0 ? 0 : equal / repeats;
  };
  return agreement(product) > agreement(customer) ? ('product' as const) : ('customer' as const);
}

/** True where a column says yes or no (0/1) and nothing else; its name then is the category. */
export function isFlagColumn(cells: readonly string[]): boolean {
  let yes = 0;
  let no = 0;
  for (const cell of cells) {
    const text = cell.trim().toLowerCase();
    if (text === '1' || text === 'true') yes++;
    else if (text === '0' || text === 'false') no++;
    else if (text !== '') return false;
  }
  return yes + no > 0 && no > 0;
}

/** What separates several values in one cell of this column ("Comedy|Drama"), null where cells hold one. */
export function listSeparator(cells: readonly string[]): string | null {
  for (const separator of ['|', ';', '、']) {
    if (cells.some((cell) => cell.includes(separator))) return separator;
  }
  // "Comedy, Drama": only where the parts come back in other cells; otherwise the comma belongs to a name.
  const withComma = cells.filter((cell) => cell.includes(','));
  if (withComma.length < cells.length / 10) return null;
  const parts = cells.flatMap((cell) => cell.split(',').map((part) => part.trim()));
  return new Set(parts).size * 4 < parts.length ? ',' : null;
}

/** "2008.0" in every cell: a whole number that went through a table of floats. */
export function isWholeFloats(cells: readonly string[]): boolean {
  let some = false;
  for (const cell of cells) {
    if (cell === '') continue;
    if (!/^-?\d+\.0+$/.test(cell)) return false;
    some = true;
  }
  return some;
}
