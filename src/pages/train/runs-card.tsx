import { Checkbox } from '@mantine/core';
import type { TFunction } from 'i18next';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { Head } from '../../models/recommender.ts';
import { makesLists, serveRun } from '../../store/training.ts';
import { Card } from '../../ui/card.tsx';
import type { RunSummary } from '../../worker/api/training.ts';
import { useDecidedText } from '../decided-text.ts';
import { MODEL_COLORS } from '../model-colors.ts';
import { PrivacyBadge } from '../privacy-badge.tsx';
import { useSettingNames } from './setting-names.ts';
import styles from './train.module.css';

/** "Balanced, k 64, seed 1" */
function runSettings(t: TFunction<'train'>, run: RunSummary): string {
  const { preset, settings, seed } = run.request;
  const factors = settings['choice.factors'] ?? settings['taste.factors'] ?? settings['factors'];
  const parts = [t(`preset.${preset}`)];
  if (factors !== undefined) parts.push(t('runs.factors', { k: factors }));
  else if (Object.keys(settings).length > 0) parts.push(t('runs.changed'));
  return t('runs.settings', { settings: parts.join(', '), seed });
}

/** "Factors 116 · Regularization 3.28": what was changed of the preset, head by head where there are both; then what validation settled. */
function Changed({ run, words }: { readonly run: RunSummary; readonly words: Words }) {
  const { t } = useTranslation('train');
  const names = useSettingNames(words);
  const decidedText = useDecidedText();
  const { settings } = run.request;
  const text = (head: Head | null) =>
    Object.entries(settings)
      .filter(([key]) => headOf(key) === head)
      .map(([key, value]) => {
        const name = key.slice(key.indexOf('.') + 1);
        // An attribute of customers is set by its place, and read by its name.
        const shown = names.value(name, name === 'attribute' ? (run.decided?.[key] ?? value) : value);
        return typeof value === 'string' || name === 'attribute'
          ? t('runs.choiceOf', { name: names.short(name), value: shown })
          : `${names.short(name)} ${shown}`;
      })
      .join(' · ');
  const decided = decidedText(run.decided, settings);
  return (
    <>
      {([null, 'taste', 'choice'] as const).map((head) => {
        const changed = text(head);
        if (changed === '') return null;
        return (
          <span key={head} className={styles.changed}>
            {head && run.heads.length > 1 ? <b>{t(`runs.${head}`)} </b> : null}
            {changed}
          </span>
        );
      })}
      {decided ? <span className={styles.changed}>{decided}</span> : null}
    </>
  );
}

/** The head a setting speaks to; null: both. */
function headOf(key: string): Head | null {
  return key.startsWith('taste.') ? 'taste' : key.startsWith('choice.') ? 'choice' : null;
}

interface RunsCardProps {
  readonly runs: readonly RunSummary[];
  readonly words: Words;
  /** The run that answers on Customers. */
  readonly serving: RunSummary | null;
  readonly ticked: ReadonlySet<string>;
  readonly onTick: (run: string) => void;
}

/** Every run with its settings and its figure on the test part; tick to compare, choose which one answers. */
export const RunsCard = memo(function RunsCard({ runs, words, serving, ticked, onTick }: RunsCardProps) {
  const { t } = useTranslation('train');
  const format = useFormat();
  return (
    <Card title={t('runs.title')} smallTitle>
      {runs.length === 0 ? <p className={styles.modelText}>{t('runs.none')}</p> : null}
      <ul className={styles.runs}>
        {runs.toReversed().map((run) => {
          const model = t(`models.${run.request.model}.name`);
          const settings = runSettings(t, run);
          return (
            <li key={run.id} className={styles.run}>
              <Checkbox
                size="xs"
                checked={ticked.has(run.id)}
                onChange={() => onTick(run.id)}
                aria-label={t('runs.compare', { name: `${model}, ${settings}` })}
              />
              <span className={styles.runName}>
                <span
                  className={styles.swatch}
                  style={{ background: MODEL_COLORS[run.request.model] }}
                  aria-hidden="true"
                />
                {model}
              </span>
              <span>{run.mae !== null ? `${format.number(run.mae, 3)} ★` : format.number(run.hitsOfTen, 2)}</span>
              <span className={styles.runDetail}>
                <span className={styles.runSettings}>
                  {settings}
                  <PrivacyBadge privacy={run.request.privacy} words={words} />
                </span>
                {serving?.id === run.id ? (
                  <span>{t('runs.serving')}</span>
                ) : !makesLists(run) ? (
                  <span>{t('runs.noLists')}</span>
                ) : (
                  <button
                    type="button"
                    className={styles.serve}
                    title={t('runs.serveHint', { page: words.params.People })}
                    onClick={() => serveRun(run.id)}
                  >
                    {t('runs.serve')}
                  </button>
                )}
              </span>
              <Changed run={run} words={words} />
            </li>
          );
        })}
      </ul>
    </Card>
  );
});
