import { IconChartLine, IconTable } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable, type DataTableProps } from '../ui/data-table.tsx';
import styles from './chart-frame.module.css';

interface ChartFrameProps {
  /** The finding, as a sentence. */
  readonly title: string;
  /** A scale switch and the like. */
  readonly controls?: ReactNode;
  /** Explains the marks where direct labels have no room. */
  readonly legend?: ReactNode;
  /** The same numbers as a table. */
  readonly table: Pick<DataTableProps, 'columns'> & {
    /** A function where writing all of it takes a while: called when the table is shown. */
    readonly rows: DataTableProps['rows'] | (() => DataTableProps['rows']);
  };
  /** Pixels; the table takes the same room. */
  readonly height: number;
  readonly children: ReactNode;
}

/** Title, picture, and the same numbers as a table at the press of a button. */
export function ChartFrame({ title, controls, legend, table, height, children }: ChartFrameProps) {
  const { t } = useTranslation('common');
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const Icon = asTable ? IconChartLine : IconTable;
  const other = asTable ? t('actions.showChart') : t('actions.showTable');
  return (
    <figure className={styles.frame} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        <div className={styles.controls}>
          {controls}
          <button
            type="button"
            className={styles.toggle}
            aria-label={other}
            title={other}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            <Icon size={17} stroke={1.5} aria-hidden="true" />
          </button>
        </div>
      </div>
      {asTable ? (
        <DataTable
          label={title}
          columns={table.columns}
          rows={typeof table.rows === 'function' ? table.rows() : table.rows}
          maxHeight={height}
        />
      ) : (
        <>
          {legend}
          <div className={styles.plot} style={{ height }}>
            {children}
          </div>
        </>
      )}
    </figure>
  );
}

export interface TooltipRow {
  readonly label: string;
  readonly value: string;
  readonly mark?: ReactNode;
}

/** What hovering reads out. */
export function TooltipBox({ title, rows }: { readonly title: string; readonly rows: readonly TooltipRow[] }) {
  return (
    <div className={styles.tooltip}>
      <div className={styles.tooltipTitle}>{title}</div>
      {rows.map((row) => (
        <div key={row.label} className={styles.tooltipRow}>
          {row.mark}
          <span>{row.label}</span>
          <span className={styles.tooltipValue}>{row.value}</span>
        </div>
      ))}
    </div>
  );
}
