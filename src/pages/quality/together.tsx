import { useTranslation } from 'react-i18next';
import { useQuality } from '../../store/quality.ts';
import { useCalm } from '../../store/use-calm.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import styles from './quality.module.css';

/**
 * How far what is done for all models together is, while none of them has a bar of its own in its row. Keeps its place
 * when it has nothing to say. Reads the store by itself: it changes several times a second.
 */
export function Together() {
  const { t } = useTranslation('quality');
  const running = useCalm(useQuality, (state) => state.running);
  const progress = useCalm(useQuality, (state) => state.progress);
  const work = progress?.work ?? 'holding';
  if (!running || work === 'entrant') return <div className={styles.together} />;
  const label = t(`together.${work}`);
  return (
    <div className={styles.together}>
      <span>{label}</span>
      <ProgressBar key={work} label={label} share={progress?.share ?? null} />
    </div>
  );
}
