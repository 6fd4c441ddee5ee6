import { useTranslation } from 'react-i18next';
import type { SearchedSetting } from '../../evaluate/search-spaces.ts';
import type { Candidate, TuningMetric } from '../../evaluate/tuning-result.ts';
import { type Format, useFormat } from '../../i18n/format.ts';
import { ParallelCoordinates } from '../../viz/parallel-coordinates.tsx';
import styles from './tuning-card.module.css';
import { decimalsOf, pictureOf, type SettingName } from './tuning-view.ts';

/** A figure of a search as it is read: a share, or stars. */
export const figureText = (format: Format, metric: TuningMetric, figure: number) =>
  metric === 'recall' ? format.percent(figure, 1) : format.number(figure, 3);

interface TuningChartProps {
  readonly title: string;
  /** What the bold line is called. */
  readonly best: string;
  readonly metric: TuningMetric;
  readonly settings: readonly SearchedSetting[];
  readonly rungs: readonly number[];
  readonly candidates: readonly Candidate[];
}

/** Every candidate as a line through its settings to its figure. */
export function TuningChart({ title, best, metric, settings, rungs, candidates }: TuningChartProps) {
  const { t } = useTranslation('tuning');
  const format = useFormat();
  const { lines, range } = pictureOf(settings, candidates, metric);
  const value = (number: number) => format.number(number, decimalsOf(number));
  const figure = (number: number) => figureText(format, metric, number);
  return (
    <div className={styles.chart} data-testid="tuning-chart">
      <ParallelCoordinates
        title={title}
        lineName={t('chart.line')}
        hint={t('chart.hint')}
        legend={{ best, defaults: t('chart.defaults'), others: t('chart.others') }}
        axes={[
          ...settings.map(({ name, low, high }) => ({
            label: t(`setting.${name as SettingName}`),
            low: value(low),
            high: value(high),
          })),
          {
            label: t(`chart.${metric}`),
            low: range && range.worse !== range.better ? figure(range.worse) : '',
            high: range ? figure(range.better) : '',
          },
        ]}
        lines={lines.map(({ candidate, shares, rank, role }) => ({
          id: candidate.id,
          shares,
          rank,
          role,
          label:
            candidate.id === 0
              ? t(role === 'best' ? 'chart.bestDefaults' : 'chart.defaultsLine')
              : t(role === 'best' ? 'chart.bestCandidate' : 'chart.candidate', { n: format.number(candidate.id) }),
          note: t(`state.${candidate.state}`, {
            epochs: format.number(candidate.epochs),
            all: format.number(rungs.at(-1) ?? 1),
          }),
          values: [
            ...settings.map(({ name }) => value(candidate.settings[name])),
            candidate.figure === null ? '–' : figure(candidate.figure),
          ],
        }))}
      />
    </div>
  );
}
