import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../compute/device.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Head } from '../../models/recommender.ts';
import type { LiveRun } from '../../store/training.ts';
import { Figure, Figures } from '../../ui/figure.tsx';
import type { RunSummary } from '../../worker/api/training.ts';
import { ProgressLine } from './progress-line.tsx';
import styles from './train.module.css';
import { secondsLeft } from './train-view.ts';

interface StatsStripProps {
  readonly live: LiveRun | null;
  /** The newest finished run, when none is running. */
  readonly last: RunSummary | null;
  readonly device: DeviceInfo | null;
  /** Whose curve is drawn: of a finished run, its epochs are counted. */
  readonly head: Head;
  /** Whether the data are ratings. */
  readonly explicit: boolean;
}

/** Epoch, time, speed and device of the run in progress and how far it is, or of the one that just ended. */
export function StatsStrip({ live, last, head, device, explicit }: StatsStripProps) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const running = live !== null && live.phase !== 'done';
  const epochs = running ? live.epochs : (last?.epochs ?? []);
  const event = epochs.findLast((one) => running || one.head === head) ?? epochs.at(-1);
  const left = running ? secondsLeft(epochs) : null;
  const shown = running ? device : (last?.device ?? device);
  const deviceName = shown
    ? shown.kind === 'wasm'
      ? t('unit.threads', { count: shown.threads, n: format.number(shown.threads) })
      : [shown.adapter, shown.halfReads ? t('unit.halves') : ''].filter(Boolean).join(' · ')
    : '';
  const milliseconds = last ? last.fitMs + last.choiceFitMs : 0;
  return (
    <div className={styles.strip}>
      <Figures>
        <Figure
          label={t('stats.epoch')}
          value={event ? format.number(event.epoch) : '–'}
          unit={event ? `/ ${format.number(event.epochs)}` : undefined}
        />
        {running ? (
          <Figure label={t('stats.timeLeft')} value={left === null ? '–' : format.duration(left * 1000)} />
        ) : (
          <Figure label={t('stats.took')} value={last ? format.duration(milliseconds) : '–'} />
        )}
        <Figure
          label={t(explicit ? 'stats.speed' : 'stats.pairSpeed')}
          value={event ? format.compact(event.ratingsPerSecond) : '–'}
        />
        <Figure
          label={t('stats.device')}
          value={<span className={styles.deviceName}>{shown ? t(`deviceName.${shown.kind}`) : '–'}</span>}
          note={deviceName}
        />
      </Figures>
      {running ? <ProgressLine paused={live.paused} /> : null}
    </div>
  );
}
