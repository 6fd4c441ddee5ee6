import type { TFunction } from 'i18next';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Interval } from '../../evaluate/bootstrap.ts';
import type { ActivityGroup } from '../../evaluate/segments.ts';
import { type Format, useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import { BarList } from '../../viz/bar-list.tsx';
import type { Comparison } from '../../worker/api/comparing.ts';
import { MODEL_COLORS } from '../model-colors.ts';
import { useLineChoice } from './line-choice.tsx';
import styles from './quality.module.css';
import { FEW_TO_JUDGE, isLarge, type Line } from './quality-view.ts';

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
  const { line, control } = useLineChoice(lines, nameOf);
  const lists = line?.result?.lists;
  if (!lists) return null;
  const color = MODEL_COLORS[line.entrant.model];
  const { popularity } = comparison.result;
  const share = (value: number) => format.percent(value, 1);
  /** A figure of a group with its interval, for its bar. */
  const bar = ({ mean, low, high }: Interval) => ({
    value: mean,
    low,
    high,
    text: share(mean),
    title: low < high ? t('board.plusMinus', { value: share(mean), low: share(low), high: share(high) }) : undefined,
  });
  const few = [...lists.byActivity, ...lists.byPopularity].filter((group) => !isLarge(group)).length;
  const activity = lists.byActivity.filter(isLarge).map((group) => ({
    id: String(group.from),
    label: groupName(t, format, group),
    detail: words.countPeople(group.customers),
    ...bar(group.metrics.recall),
    mark: popularity?.byActivity.find(({ from }) => from === group.from)?.metrics.recall.mean,
  }));
  const bands = lists.byPopularity.filter(isLarge).map((group) => ({
    id: group.band,
    label: t(`groups.${group.band}`),
    detail: words.countThings(group.products),
    ...bar(group.recall),
    mark: popularity?.byPopularity.find(({ band }) => band === group.band)?.recall.mean,
  }));
  return (
    <Card title={t('groups.title')} aside={control}>
      {[
        { label: t('groups.activity', words.params), items: activity },
        { label: t('groups.popularity', words.params), items: bands },
      ].map(({ label, items }) =>
        items.length > 0 ? (
          <Fragment key={label}>
            <h3 className={styles.subtitle}>{label}</h3>
            <BarList label={label} items={items} color={color} />
          </Fragment>
        ) : null,
      )}
      {activity.length + bands.length > 0 ? <p className={styles.small}>{t('groups.mark')}</p> : null}
      {few > 0 ? (
        <p className={styles.small}>
          {t('groups.few', {
            ...words.params,
            count: few,
            n: format.number(few),
            least: words.countPeople(FEW_TO_JUDGE),
          })}
        </p>
      ) : null}
    </Card>
  );
}
