import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Words } from '../../i18n/words.ts';
import { dismissTuningError, useTuning } from '../../store/tuning.ts';
import { useCalm } from '../../store/use-calm.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import styles from './tuning-card.module.css';
import { TuningFound } from './tuning-found.tsx';
import { TuningLive } from './tuning-live.tsx';
import { TuningSetup } from './tuning-setup.tsx';

interface TuningCardProps {
  readonly feedback: 'explicit' | 'implicit';
  readonly words: Words;
}

/** Tries other settings of one model for as long as the person gives it, and trains with the best on one press. */
export const TuningCard = memo(function TuningCard({ feedback, words }: TuningCardProps) {
  const { t } = useTranslation('tuning');
  const asked = useCalm(useTuning, (state) => state.asked);
  const tuning = useCalm(useTuning, (state) => state.tuning);
  const error = useCalm(useTuning, (state) => state.error);
  return (
    <Card title={t('title')}>
      <p className={styles.text}>{t('text')}</p>
      <TuningSetup feedback={feedback} last={asked ?? tuning?.request ?? null} disabled={asked !== null} />
      {error ? <ErrorNotice error={error} onDismiss={dismissTuningError} /> : null}
      {asked ? <TuningLive request={asked} /> : tuning ? <TuningFound tuning={tuning} words={words} /> : null}
    </Card>
  );
});
