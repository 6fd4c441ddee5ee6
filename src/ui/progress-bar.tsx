import styles from './progress-bar.module.css';

interface ProgressBarProps {
  readonly label: string;
  /** 0 to 1; null: nobody knows how far it is. Another work begins at its beginning where it has another `key`. */
  readonly share: number | null;
}

/** How far something is, as a line. */
export function ProgressBar({ label, share }: ProgressBarProps) {
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.floor(share * 100)}
    >
      <div
        className={share === null ? `${styles.bar} ${styles.unknown}` : styles.bar}
        style={share === null ? undefined : { transform: `scaleX(${share})` }}
      />
    </div>
  );
}
