import { useId } from 'react';
import styles from './segmented.module.css';

interface SegmentedProps<Value extends string> {
  /** Read out before the choices; not drawn. */
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly disabled?: boolean }[];
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
  /** Closer set, where the row is short. */
  readonly compact?: boolean;
  /** The id of what says more about the choices. */
  readonly describedBy?: string;
}

/** Two to four choices side by side: radio buttons underneath, so arrow keys and screen readers just work. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, value, options, onChange, disabled, compact, describedBy } = props;
  const name = useId();
  return (
    <fieldset
      className={compact ? `${styles.group} ${styles.compact}` : styles.group}
      disabled={disabled}
      aria-label={label}
      aria-describedby={describedBy}
    >
      {options.map((option) => (
        <label key={option.value} className={styles.option}>
          <input
            className={styles.input}
            type="radio"
            name={name}
            checked={option.value === value}
            disabled={option.disabled}
            onChange={() => onChange(option.value)}
          />
          <span className={styles.label}>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
