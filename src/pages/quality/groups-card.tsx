import type { TFunction } from 'i18next';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Interval } from '../../evaluate/bootstrap.ts';
import type { ActivityGroup } from '../../evaluate/segments.ts';
import { type Format, useFormat } from '../../i18n/format.ts';
import { Card } from '../../ui/card.tsx';
import { BarList } from '../../viz/bar-list.tsx';
import { MODEL_COLORS } from '../model-colors.ts';
import { useLineChoice } from './line-choice.tsx';
import styles from './quality.module.css';
import { FEW_TO_JUDGE } from './quality-view.ts';
import { type ForWhomProps, groupBarsOf, yardstickOf } from './served-view.ts';

/** "5 to 19 choices", in the words of the translation; of stars: ratings. */
export function groupName(
  t: TFunction<'quality'>,
  format: Format,
  { from, to }: Pick<ActivityGroup, 'from' | 'to'>,
  stars = false,
): string {
  if (to === null) return t(stars ? 'groups.overStars' : 'groups.over', { n: format.number(from) });
  if (from === 0) return t(stars ? 'groups.underStars' : 'groups.under', { n: format.number(to + 1) });
  return t(stars ? 'groups.betweenStars' : 'groups.between', { from: format.number(from), to: format.number(to) });
}

/**
 * What a model finds for the busy and the new, among bestsellers and in the long tail, with bestsellers as the mark; or how
 * far its guesses are off there, with averages as the mark.
 */
export function GroupsCard({ head, lines, comparison, nameOf, words }: ForWhomProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const { line, control } = useLineChoice(lines, nameOf);
  if (!line) return null;
  const stars = head === 'taste';
  const bars = groupBarsOf(line, head, yardstickOf(comparison));
  if (bars.activity.length + bars.bands.length + bars.few === 0) return null;
  const color = MODEL_COLORS[line.entrant.model];
  const figure = (value: number) => (stars ? format.number(value, 2) : format.percent(value, 1));
  /** A figure of a group with its interval, for its bar. */
  const bar = ({ mean, low, high }: Interval) => ({
    value: mean,
    low,
    high,
    text: figure(mean),
    title: low < high ? t('board.plusMinus', { value: figure(mean), low: figure(low), high: figure(high) }) : undefined,
  });
  const of = (first: string, ratings: number | null) =>
    ratings === null ? first : format.list([first, words.countActions(ratings)]);
  const activity = bars.activity.map((group) => ({
    id: String(group.from),
    label: groupName(t, format, group, stars),
    detail: of(words.countPeople(group.customers), group.ratings),
    ...bar(group.figure),
    mark: group.mark,
  }));
  const bands = bars.bands.map((group) => ({
    id: group.band,
    label: t(`groups.${group.band}`),
    detail: of(words.countThings(group.products), group.ratings),
    ...bar(group.figure),
    mark: group.mark,
  }));
  const { few } = bars;
  return (
    <Card title={t('groups.title')} aside={control}>
      {stars ? <p className={styles.lead}>{t('groups.textStars', words.params)}</p> : null}
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
      {activity.length + bands.length > 0 ? (
        <p className={styles.small}>{t(stars ? 'groups.markStars' : 'groups.mark')}</p>
      ) : null}
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
