import type { ReactNode } from 'react';
import styles from './data-table.module.css';

export interface DataTableProps {
  /** What the table holds, for screen readers. */
  readonly label: string;
  readonly columns: readonly { readonly label: ReactNode; readonly numeric?: boolean }[];
  readonly rows: readonly (readonly ReactNode[])[];
  /** Pixels, after which it scrolls. */
  readonly maxHeight?: number;
  /** The cells are the person's own data: not to be translated by the browser. */
  readonly verbatim?: boolean;
}

/** A plain table that scrolls within itself, by keyboard too. */
export function DataTable({ label, columns, rows, maxHeight, verbatim }: DataTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className={styles.scroll} style={{ maxHeight }} tabIndex={0} aria-label={label}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={at} scope="col" className={column.numeric ? styles.number : undefined}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody translate={verbatim ? 'no' : undefined}>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, c) => (
                <td key={c} className={columns[c]?.numeric ? styles.number : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
