import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import { WhiskerList } from '../../viz/whisker-list.tsx';
import type { Comparison } from '../../worker/api/comparing.ts';
import { MODEL_COLORS } from '../model-colors.ts';
import { CountsLine } from './counts-line.tsx';
import { figureText } from './leaderboard.tsx';
import styles from './quality.module.css';
import {
  FINDING_MEASURES,
  figureOf,
  finerFor,
  type Line,
  leadIn,
  type Measure,
  rangeText,
  SHOWING_MEASURES,
  sortedBy,
} from './quality-view.ts';

interface MeasureCardProps {
  /** Those with figures of lists. */
  readonly lines: readonly Line[];
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
  readonly comparison: Comparison;
  /** The length of a list, as people read it. */
  readonly k: string;
}

/** Any one measure, model by model, with what it means in a sentence. */
export function MeasureCard({ lines, nameOf, words, comparison, k }: MeasureCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const [measure, setMeasure] = useState<Measure>('ndcg');
  const shown = sortedBy(lines, measure).flatMap((line) => {
    const figure = figureOf(line, measure);
    return figure ? [{ line, figure }] : [];
  });
  const lead = leadIn(lines, measure, comparison);
  const text = (value: number, finer = 0) => figureText(format, measure, value, finer);
  const finer = finerFor(
    shown.map(({ figure }) => figure),
    text,
  );
  const exact = (value: number) => text(value, finer);
  const { customers } = comparison.result.protocol;
  const without = lines.length - shown.length;
  const title = lead
    ? t(lead.clear ? 'measure.titleBest' : 'measure.titleTie', {
        measure: t(`columns.${measure}`),
        model: nameOf(lead.line),
        value: text(lead.value),
      })
    : t('measure.title');
  const group = (name: 'finding' | 'showing', measures: readonly Measure[]) => ({
    group: t(`measure.${name}`),
    items: measures.map((value) => ({ value, label: t(`columns.${value}`) })),
  });
  return (
    <Card
      title={title}
      aside={
        <NativeSelect
          size="xs"
          aria-label={t('measure.label')}
          value={measure}
          data={[group('finding', FINDING_MEASURES), group('showing', SHOWING_MEASURES)]}
          onChange={(event) => setMeasure(event.currentTarget.value as Measure)}
        />
      }
    >
      <p className={styles.lead}>{t(`metrics.${measure}`, { ...words.params, k })}</p>
      <WhiskerList
        label={t(`columns.${measure}`)}
        items={shown.map(({ line, figure }) => {
          const range = rangeText(figure, exact);
          return {
            id: line.entrant.id,
            label: nameOf(line),
            ...figure,
            text: exact(figure.mean),
            range: range && `${range.low} – ${range.high}`,
            color: MODEL_COLORS[line.entrant.model],
          };
        })}
      />
      <CountsLine lines={lines} measure={measure} customers={customers} nameOf={nameOf} words={words} k={k} />
      {without > 0 ? (
        <p className={styles.small}>{t('measure.undefined', { count: without, n: format.number(without) })}</p>
      ) : null}
    </Card>
  );
}
