import { NativeSelect } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActivityGroup } from '../../evaluate/segments.ts';
import { type Format, useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import { BarList } from '../../viz/bar-list.tsx';
import type { Comparison } from '../../worker/api.ts';
import { MODEL_COLORS } from '../model-colors.ts';
import styles from './quality.module.css';
import { isLarge, type Line } from './quality-view.ts';

/** "5 to 19 choices", in the words of the translation. */
export function groupName(
  t: TFunction<'quality'>,
  format: Format,
  { from, to }: Pick<ActivityGroup, 'from' | 'to'>,
): string {
  if (to === null) return t('groups.over', { n: format.number(from) });
  if (from === 0) return t('groups.under', { n: format.number(to + 1) });
  return t('groups.between', { from: format.number(from), to: format.number(to) });
}

interface GroupsCardProps {
  /** Those with figures of lists, the best first. */
  readonly lines: readonly Line[];
  readonly comparison: Comparison;
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
}

/** What a model finds for the busy and the new, among bestsellers and in the long tail, with bestsellers as the mark. */
export function GroupsCard({ lines, comparison, nameOf, words }: GroupsCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const [chosen, setChosen] = useState<string | null>(null);
  const line = lines.find(({ entrant }) => entrant.id === chosen) ?? lines[0];
  const lists = line?.result?.lists;
  if (!lists) return null;
  const color = MODEL_COLORS[line.entrant.model];
  const { popularity } = comparison.result;
  const activity = lists.byActivity.filter(isLarge).map((group) => ({
    id: String(group.from),
    label: groupName(t, format, group),
    detail: words.countPeople(group.customers),
    value: group.metrics.recall.mean,
    text: format.percent(group.metrics.recall.mean, 1),
    mark: popularity?.byActivity.find(({ from }) => from === group.from)?.metrics.recall.mean,
  }));
  const bands = lists.byPopularity.map((group) => ({
    id: group.band,
    label: t(`groups.${group.band}`),
    detail: words.countThings(group.products),
    value: group.recall.mean,
    text: format.percent(group.recall.mean, 1),
    mark: popularity?.byPopularity.find(({ band }) => band === group.band)?.recall.mean,
  }));
  return (
    <Card
      title={t('groups.title')}
      aside={
        lines.length > 1 ? (
          <NativeSelect
            size="xs"
            aria-label={t('groups.model')}
            value={line.entrant.id}
            data={lines.map((one) => ({ value: one.entrant.id, label: nameOf(one) }))}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        ) : null
      }
    >
      <h3 className={styles.subtitle}>{t('groups.activity', words.params)}</h3>
      <BarList label={t('groups.activity', words.params)} items={activity} color={color} />
      <h3 className={styles.subtitle}>{t('groups.popularity', words.params)}</h3>
      <BarList label={t('groups.popularity', words.params)} items={bands} color={color} />
      <p className={styles.small}>{t('groups.mark')}</p>
    </Card>
  );
}
