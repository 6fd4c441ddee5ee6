import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { usePrivacySettings } from '../../store/privacy-settings.ts';
import { train, useTraining } from '../../store/training.ts';
import { useCalm } from '../../store/use-calm.ts';
import type { Tuning } from '../../worker/api/tuning.ts';
import styles from './tuning-card.module.css';
import { figureText, TuningChart } from './tuning-chart.tsx';
import { adoptionOf, findingOf, isWorthTraining, type SettingName, settingsFound } from './tuning-view.ts';

/** What a search came to: in one sentence, as a picture, and ready to be trained with. */
export function TuningFound({ tuning, words }: { readonly tuning: Tuning; readonly words: Words }) {
  const { t } = useTranslation('tuning');
  const { t: ofTrain } = useTranslation('train');
  const format = useFormat();
  const { request, result } = tuning;
  const { metric, settings, candidates, rungs, seconds } = result;
  const failed = candidates.filter(({ state }) => state === 'failed').length;
  const tried = candidates.length - 1;
  const parts = [
    differenceNote(),
    t('note.tried', { count: tried, n: format.number(tried), time: format.duration(1000 * seconds) }),
    failed > 0 ? t('note.failed', { count: failed, n: format.number(failed) }) : null,
    t('note.of', {
      model: ofTrain(`models.${request.model}.name`),
      figure: t(`figures.${request.head}`),
      seed: format.number(request.seed),
    }),
  ];

  /** How sure the difference is. */
  function differenceNote(): string | null {
    const finding = findingOf(tuning);
    if (finding.kind === 'stoppedBetter' || finding.kind === 'uncheckedBetter') return t('note.unchecked');
    const versus = result.check?.versus;
    if (!versus) return null;
    const text = (number: number) => (metric === 'recall' ? format.number(100 * number, 1) : format.number(number, 3));
    const { mean, low, high } = versus.difference;
    return t(finding.kind === 'same' ? 'note.same' : 'note.interval', {
      difference: t(metric === 'recall' ? 'note.points' : 'note.stars', { n: text(mean) }),
      low: text(low),
      high: text(high),
    });
  }

  return (
    <>
      <TuningChart
        title={useFindingText(tuning, words)}
        best={t(result.best === 0 ? 'chart.defaultsBest' : 'chart.best')}
        metric={metric}
        settings={settings}
        rungs={rungs}
        candidates={candidates}
      />
      <p className={styles.notes}>{parts.filter(Boolean).join(format.locale.startsWith('zh') ? '' : ' ')}</p>
      <Adopt tuning={tuning} />
      <details className={styles.about}>
        <summary>{t('about')}</summary>
        <dl>
          {settings.map(({ name }) => (
            <div key={name}>
              <dt>{t(`setting.${name as SettingName}`)}</dt>
              <dd>{t(`meaning.${name as SettingName}`, words.params)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

function useFindingText(tuning: Tuning, words: Words): string {
  const { t } = useTranslation('tuning');
  const format = useFormat();
  const found = findingOf(tuning);
  const { metric } = tuning.result;
  const text = (figure: number) => figureText(format, metric, figure);
  switch (found.kind) {
    case 'lists':
      return t('finding.lists', { ...words.params, found: text(found.found), usual: text(found.usual) });
    case 'stars':
    case 'stoppedBetter':
    case 'uncheckedBetter':
      return t(`finding.${found.kind}`, { found: text(found.found), usual: text(found.usual) });
    case 'noDefaults':
    case 'noDefaultsUnchecked':
      return t(`finding.${found.kind}`, { found: text(found.found) });
    case 'stoppedSame':
      return t('finding.stoppedSame');
    case 'same':
    case 'onlyDefaults':
      return t(`finding.${found.kind}`, { time: format.duration(1000 * tuning.request.seconds) });
    default:
      return found satisfies never;
  }
}

function Adopt({ tuning }: { readonly tuning: Tuning }) {
  const { t } = useTranslation('tuning');
  const live = useCalm(useTraining, (state) => state.live);
  const waiting = useCalm(useTraining, (state) => state.waiting);
  const runs = useCalm(useTraining, (state) => state.runs);
  const privacy = usePrivacySettings((state) => state.settings);
  const settings = settingsFound(tuning);
  if (!settings || !isWorthTraining(tuning)) return null;
  const inLine = [...(live && live.phase !== 'done' ? [live.request] : []), ...waiting.map(({ request }) => request)];
  const adoption = adoptionOf(tuning, runs, inLine, privacy);
  const { kind } = findingOf(tuning);
  const { model, preset, seed } = tuning.request;
  return (
    <div className={styles.adopt}>
      {adoption === 'none' ? (
        <Button
          variant={kind === 'lists' || kind === 'stars' ? 'filled' : 'default'}
          onClick={() => void train(model, preset, settings, seed)}
        >
          {t('adopt')}
        </Button>
      ) : (
        <span role="status">{t(adoption === 'done' ? 'adopted' : 'adopting')}</span>
      )}
    </div>
  );
}
