import type { ReactNode } from 'react';
import styles from './page.module.css';

/** The column every page stands in. */
export function Page({ children }: { readonly children: ReactNode }) {
  return <div className={styles.page}>{children}</div>;
}

interface PageHeaderProps {
  /** The name of the step, small. */
  readonly label: string;
  /** The finding, computed from the data; what to do where there is nothing to say yet. */
  readonly finding: ReactNode;
  /** One sentence more that belongs to the finding. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
}

/** The finding is the headline; the page's name is the small label above it. */
export function PageHeader({ label, finding, note, actions }: PageHeaderProps) {
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        <p className={styles.label}>{label}</p>
        <h1 className={styles.finding} tabIndex={-1}>
          {finding}
        </h1>
        {note ? <p className={styles.note}>{note}</p> : null}
      </div>
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </header>
  );
}
