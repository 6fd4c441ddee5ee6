import styles from './whisker-bar.module.css';

interface WhiskerBarProps {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** The value of a whole bar. */
  readonly most: number;
  readonly color: string;
  /** Where somebody else stands, on the same scale: a tall line. */
  readonly mark?: number;
}

/** A bar to the mean with a whisker over its interval; the numbers stand beside it in words. */
export function WhiskerBar({ mean, low, high, most, color, mark }: WhiskerBarProps) {
  const percent = (value: number) => `${Math.min(100, Math.max(0, (value / most) * 100))}%`;
  return (
    <span className={mark === undefined ? styles.track : `${styles.track} ${styles.marked}`} aria-hidden="true">
      <span className={styles.bar} style={{ width: percent(mean), background: color }} />
      {low < high ? (
        <span
          className={styles.whisker}
          style={{ left: percent(low), width: `calc(${percent(high)} - ${percent(low)})` }}
        />
      ) : null}
      {mark === undefined ? null : <span className={styles.mark} style={{ left: percent(mark) }} />}
    </span>
  );
}
