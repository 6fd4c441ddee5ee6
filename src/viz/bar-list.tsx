import styles from './bar-list.module.css';

export interface BarListItem {
  readonly id: string;
  readonly label: string;
  /** Small, under the label. */
  readonly detail?: string;
  readonly value: number;
  /** Ends of its interval, on the same scale: drawn as a whisker where both are given and lie apart. */
  readonly low?: number;
  readonly high?: number;
  /** The value as people read it. */
  readonly text: string;
  /** More about the value, where the pointer rests on it. */
  readonly title?: string;
  /** Where everybody else stands, on the same scale. */
  readonly mark?: number;
}

interface BarListProps {
  readonly label: string;
  readonly items: readonly BarListItem[];
  /** The length of a whole bar; the largest value where it is not given. */
  readonly max?: number;
  readonly color?: string;
  /** Labels are the person's own data. */
  readonly verbatim?: boolean;
}

/** Names with bars and values: readable as a list, comparable at a glance. */
export function BarList({ label, items, max, color = 'var(--tm-accent)', verbatim }: BarListProps) {
  const whole =
    max ?? Math.max(Number.MIN_VALUE, ...items.flatMap(({ value, high, mark }) => [value, high ?? 0, mark ?? 0]));
  // The same room for every value, so that all tracks end at the same place.
  const valueWidth = `${Math.max(4, ...items.map(({ text }) => text.length))}ch`;
  const percent = (value: number) => `${Math.min(100, Math.max(0, (value / whole) * 100))}%`;
  return (
    <ul className={styles.list} aria-label={label}>
      {items.map((item) => (
        <li key={item.id} className={styles.row} title={item.title}>
          <span className={styles.label} translate={verbatim ? 'no' : undefined}>
            {item.label}
            {item.detail === undefined ? null : <span className={styles.detail}>{item.detail}</span>}
          </span>
          <span className={styles.track} aria-hidden="true">
            <span className={styles.bar} style={{ display: 'block', width: percent(item.value), background: color }} />
            {item.low !== undefined && item.high !== undefined && item.low < item.high ? (
              <span
                className={styles.whisker}
                style={{ left: percent(item.low), width: `calc(${percent(item.high)} - ${percent(item.low)})` }}
              />
            ) : null}
            {item.mark === undefined ? null : <span className={styles.mark} style={{ left: percent(item.mark) }} />}
          </span>
          <span className={styles.value} style={{ minWidth: valueWidth }}>
            {item.text}
          </span>
        </li>
      ))}
    </ul>
  );
}
