import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { Card } from '../../ui/card.tsx';
import { WhiskerList } from '../../viz/whisker-list.tsx';
import { MODEL_COLORS } from '../model-colors.ts';
import { useAttributeName } from './attribute-name.ts';
import { useLineChoice } from './line-choice.tsx';
import styles from './quality.module.css';
import { type ForWhomProps, type ServedGroup, servedGroupings, yardstickOf } from './served-view.ts';

/**
 * What a model finds by kind of customer and by category, or how far its guesses are off by kind of customer, and whether
 * anybody is served clearly worse.
 */
export function ServedCard({ head, lines, comparison, nameOf, words }: ForWhomProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const attributeName = useAttributeName();
  const [wanted, setWanted] = useState<string | null>(null);
  const yardstick = yardstickOf(comparison);
  const { line, control } = useLineChoice(
    lines.filter((one) => servedGroupings(one, head, yardstick).size > 0),
    nameOf,
  );
  if (!line) return null;
  const groupings = servedGroupings(line, head, yardstick);
  const key = wanted !== null && groupings.has(wanted) ? wanted : ([...groupings.keys()][0] ?? '');
  const grouping = groupings.get(key);
  if (!grouping) return null;
  const { groups, worst, left } = grouping;
  const stars = head === 'taste';
  const value = (one: number) => (stars ? format.number(one, 2) : format.percent(one, 1));
  const nameOfGroup = ({ value: own, range, pooled }: ServedGroup) =>
    own ??
    (range
      ? t('served.range', { from: format.number(range.from), to: format.number(range.to) })
      : t('served.pooled', { count: pooled, n: format.number(pooled) }));
  const title = worst?.difference
    ? t(stars ? 'served.worstStars' : 'served.worst', {
        ...words.params,
        group: nameOfGroup(worst),
        less: value(Math.abs(worst.difference.mean)),
      })
    : t(stars ? 'served.evenStars' : 'served.even', words.params);
  return (
    <Card
      title={title}
      aside={
        <span className={styles.choices}>
          {groupings.size > 1 ? (
            <NativeSelect
              size="xs"
              aria-label={t('served.by')}
              value={key}
              data={[...groupings].map(([value, { name }]) => ({
                value,
                label: name === null ? t('served.categories') : attributeName(name),
              }))}
              onChange={(event) => setWanted(event.currentTarget.value)}
            />
          ) : null}
          {control}
        </span>
      }
    >
      <p className={styles.lead}>
        {grouping.name === null
          ? t('served.textCategories', words.params)
          : t(stars ? 'served.textStars' : 'served.textAttribute', {
              ...words.params,
              name: attributeName(grouping.name),
            })}
      </p>
      <WhiskerList
        label={title}
        items={groups.map((group, at) => ({
          id: String(at),
          label: nameOfGroup(group),
          detail: words.countPeople(group.customers),
          ...group.figure,
          text: value(group.figure.mean),
          range: `${value(group.figure.low)} – ${value(group.figure.high)}`,
          mark: group.mark,
          color: MODEL_COLORS[line.entrant.model],
        }))}
      />
      {stars ? <p className={styles.small}>{t('groups.markStars')}</p> : null}
      {left > 0 ? (
        <p className={styles.small}>{t('served.left', { ...words.params, count: left, n: format.number(left) })}</p>
      ) : null}
    </Card>
  );
}
