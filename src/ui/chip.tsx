import type { ComponentPropsWithRef, ReactNode } from 'react';
import styles from './chip.module.css';

export type Tone = 'plain' | 'quiet' | 'good' | 'warning' | 'bad' | 'accent';

const TONES: Record<Tone, string> = {
  plain: '',
  quiet: styles.quiet,
  good: styles.good,
  warning: styles.warning,
  bad: styles.bad,
  accent: styles.accent,
};

/** A fact in a pill. */
export function Chip({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span className={`${styles.chip} ${TONES[tone]}`}>
      <span className={styles.text}>{children}</span>
    </span>
  );
}

/** A pill that opens or switches something. */
export function ChipButton({ children, ...rest }: ComponentPropsWithRef<'button'>) {
  return (
    <button type="button" {...rest} className={styles.chip}>
      {children}
    </button>
  );
}

/** The small lamp in a chip; its meaning is always in words beside it. */
export function Dot({ tone }: { readonly tone: 'plain' | 'good' | 'warning' | 'bad' }) {
  const tones = { plain: '', good: styles.dotGood, warning: styles.dotWarning, bad: styles.dotBad };
  return <span className={`${styles.dot} ${tones[tone]}`} aria-hidden="true" />;
}
