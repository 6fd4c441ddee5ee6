import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { TrialProgress } from '../../evaluate/protocol.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTraining } from '../../store/training.ts';
import { useCalm } from '../../store/use-calm.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import styles from './progress-line.module.css';

function whatIsDone(t: TFunction<'train'>, { work, head }: TrialProgress): string {
  if (work === 'splitting' || work === 'averages' || work === 'scoring') return t(`doing.${work}`);
  return t(`doing.${work}.${head ?? 'taste'}`);
}

interface ProgressLineProps {
  readonly paused: boolean;
}

/**
 * What the run in progress is doing and how much of that is done. Reads its progress from the store by itself: it
 * changes several times a second, and nothing else on the page has to be drawn for it.
 */
export function ProgressLine({ paused }: ProgressLineProps) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const progress = useCalm(useTraining, (state) => state.progress);
  const work = progress ? whatIsDone(t, progress) : t('doing.starting');
  const epoch =
    progress?.epoch && progress.epochs
      ? t('doing.epoch', { epoch: format.number(progress.epoch), epochs: format.number(progress.epochs) })
      : null;
  return (
    <div className={styles.progress}>
      <div className={styles.words}>
        <span role="status">{paused ? t('state.paused') : work}</span>
        {epoch ? <span className={styles.epoch}>{epoch}</span> : null}
        {/* A tenth of a percent: of a fit that takes minutes whole ones would stand still for seconds. */}
        {progress ? <span className={styles.share}>{format.percent(progress.share, 1)}</span> : null}
      </div>
      <ProgressBar
        key={progress ? `${progress.work} ${progress.head}` : ''}
        label={work}
        share={progress?.share ?? (paused ? 0 : null)}
      />
    </div>
  );
}
