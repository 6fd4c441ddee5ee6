import { Button } from '@mantine/core';
import styles from './empty-state.module.css';

interface EmptyStateProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly onAction: () => void;
}

/** Nothing here yet: one sentence and one button. */
export function EmptyState({ title, text, action, onAction }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <h1 className={styles.title}>{title}</h1>
      <p className={styles.text}>{text}</p>
      <Button onClick={onAction}>{action}</Button>
    </div>
  );
}
