import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Progress } from '../base/progress.ts';
import { useFormat } from '../i18n/format.ts';
import { ProgressBar } from './progress-bar.tsx';
import styles from './progress-panel.module.css';
import { usePace } from './use-pace.ts';

interface ProgressPanelProps {
  /** null: under way, but nothing to say yet. */
  readonly progress: Progress | null;
  readonly onCancel?: () => void;
}

/** Step, percent, rows, speed, time left, cancel. */
export function ProgressPanel({ progress, onCancel }: ProgressPanelProps) {
  const { t } = useTranslation('common');
  const format = useFormat();
  const pace = usePace(progress);
  const step = progress ? t(`progress.${progress.step}`) : t('loading');
  const share = progress?.total ? Math.min(1, progress.done / progress.total) : null;
  const rows = progress?.rows ?? (progress?.unit === 'rows' ? progress.done : null);
  const facts = [
    rows !== null ? t('counts.rows', { count: rows, n: format.number(rows) }) : '',
    progress?.unit === 'bytes' && pace.perSecond > 0 ? format.rate(pace.perSecond) : '',
    pace.millisecondsLeft !== null && pace.millisecondsLeft > 500
      ? t('progress.left', { time: format.duration(pace.millisecondsLeft) })
      : '',
  ].filter(Boolean);
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <span className={styles.step} role="status">
          {step}
        </span>
        {share === null ? null : (
          <span className={styles.percent}>{format.percent(Math.floor(share * 100) / 100)}</span>
        )}
      </div>
      <ProgressBar label={step} share={share} />
      <div className={styles.foot}>
        <span>{facts.join(' · ')}</span>
        {onCancel ? (
          <Button variant="default" onClick={onCancel}>
            {t('progress.cancel')}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
