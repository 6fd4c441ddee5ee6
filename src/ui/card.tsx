import { type ReactNode, useId } from 'react';
import styles from './card.module.css';

interface CardProps {
  readonly title?: ReactNode;
  /** Side cards carry a small sans label instead of a serif title. */
  readonly smallTitle?: boolean;
  /** Right of the title: a chip, a segmented control. */
  readonly aside?: ReactNode;
  /** Ringed in the accent: this is the one that counts. */
  readonly selected?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A surface with a hairline. With a title it is a named region. */
export function Card({ title, smallTitle, aside, selected, className, children }: CardProps) {
  const id = useId();
  const classes = [styles.card, selected ? styles.selected : '', className ?? ''].filter(Boolean).join(' ');
  return (
    <section className={classes} aria-labelledby={title ? id : undefined}>
      {title || aside ? (
        <div className={styles.head}>
          {title ? (
            <h2 id={id} className={smallTitle ? `${styles.title} ${styles.small}` : styles.title}>
              {title}
            </h2>
          ) : null}
          {aside}
        </div>
      ) : null}
      {children}
    </section>
  );
}
