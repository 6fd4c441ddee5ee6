import type { ReactNode } from 'react';
import styles from './figure.module.css';

interface FigureProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly unit?: string;
  /** One plain sentence: what the number means. */
  readonly note?: string;
}

/** A large number with its name above and its meaning below. Stands inside `Figures`. */
export function Figure({ label, value, unit, note }: FigureProps) {
  return (
    <div className={styles.figure}>
      <dt className={styles.label}>{label}</dt>
      <dd>
        <div className={styles.value}>
          {value}
          {unit ? <span className={styles.unit}>{unit}</span> : null}
        </div>
        {note ? <div className={styles.note}>{note}</div> : null}
      </dd>
    </div>
  );
}

/** A row of figures that wraps. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return <dl className={styles.figures}>{children}</dl>;
}
