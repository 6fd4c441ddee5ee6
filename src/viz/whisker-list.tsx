import { WhiskerBar } from './whisker-bar.tsx';
import styles from './whisker-list.module.css';

export interface WhiskerListItem {
  readonly id: string;
  readonly label: string;
  /** Small, under the label. */
  readonly detail?: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** The value as people read it. */
  readonly text: string;
  /** The interval as people read it; none where there is no uncertainty. */
  readonly range: string | null;
  readonly color: string;
  /** Where somebody else stands, on the same scale. */
  readonly mark?: number;
}

interface WhiskerListProps {
  readonly label: string;
  readonly items: readonly WhiskerListItem[];
  /** The value of a whole bar; the largest end of an interval where it is not given. */
  readonly most?: number;
}

/** Names with bars, each with a whisker over its interval: readable as a list, comparable at a glance. */
export function WhiskerList({ label, items, most }: WhiskerListProps) {
  const whole = most ?? Math.max(Number.MIN_VALUE, ...items.flatMap(({ high, mark }) => [high, mark ?? 0]));
  return (
    <ul className={styles.list} aria-label={label}>
      {items.map(({ id, label: name, detail, mean, low, high, text, range, color, mark }) => (
        <li key={id} className={styles.row}>
          <span className={styles.label}>
            {name}
            {detail === undefined ? null : <span className={styles.detail}>{detail}</span>}
          </span>
          <WhiskerBar mean={mean} low={low} high={high} most={whole} color={color} mark={mark} />
          <span className={styles.value}>
            {text}
            {range === null ? null : <span className={styles.range}>{range}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
