import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { useTuning } from '../../store/tuning.ts';
import { useCalm } from '../../store/use-calm.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import type { TuneRequest } from '../../worker/api/tuning.ts';
import styles from './tuning-card.module.css';
import { figureText, TuningChart } from './tuning-chart.tsx';
import { pictureOf } from './tuning-view.ts';

/** A search under way: what it tries, the best so far, how long it will take. */
export function TuningLive({ request }: { readonly request: TuneRequest }) {
  const { t } = useTranslation('tuning');
  const running = useCalm(useTuning, (state) => state.running);
  const space = useCalm(useTuning, (state) => state.space);
  const candidates = useCalm(useTuning, (state) => state.candidates);
  if (!running) {
    return (
      <p className={styles.status} role="status">
        {t('waiting')}
      </p>
    );
  }
  return (
    <>
      <LiveLine seconds={request.seconds} />
      {space && candidates.some(({ figure }) => figure !== null) ? (
        <TuningChart
          title={t('chart.searching')}
          best={t('chart.bestSoFar')}
          metric={space.metric}
          settings={space.settings}
          rungs={space.rungs}
          candidates={candidates}
        />
      ) : null}
    </>
  );
}

/** Reads its progress from the store by itself: it changes several times a second, and the chart need not be drawn for it. */
function LiveLine({ seconds }: { readonly seconds: number }) {
  const { t } = useTranslation('tuning');
  const format = useFormat();
  const progress = useCalm(useTuning, (state) => state.progress);
  const space = useCalm(useTuning, (state) => state.space);
  const candidates = useCalm(useTuning, (state) => state.candidates);
  const atDefaults = progress?.work === 'searching' && candidates.length < 2;
  const work = t(`doing.${atDefaults ? 'defaults' : (progress?.work ?? 'starting')}`);
  const share = progress?.work === 'searching' ? Math.min(1, progress.seconds / seconds) : (progress?.share ?? null);
  const left = progress?.work === 'searching' ? Math.max(0, seconds - progress.seconds) : null;
  const tried = candidates.filter(({ id }) => id > 0).length;
  const best = space && pictureOf(space.settings, candidates, space.metric).lines[0]?.candidate.figure;
  const usual = candidates[0]?.figure ?? null;
  return (
    <div className={styles.progress}>
      <div className={styles.words}>
        <span role="status">{work}</span>
        {tried > 0 ? <span>{t('live.tried', { count: tried, n: format.number(tried) })}</span> : null}
        {space && best != null ? (
          <span>{t('live.best', { figure: figureText(format, space.metric, best) })}</span>
        ) : null}
        {space && usual !== null ? (
          <span>{t('live.defaults', { figure: figureText(format, space.metric, usual) })}</span>
        ) : null}
        {left === null ? null : (
          <span className={styles.left}>{t('live.left', { time: format.duration(1000 * Math.ceil(left)) })}</span>
        )}
      </div>
      <ProgressBar key={progress?.work ?? ''} label={work} share={share} />
    </div>
  );
}
