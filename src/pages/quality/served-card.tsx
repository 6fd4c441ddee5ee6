import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GroupedRecall, ServedGroup } from '../../evaluate/group-recall.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import { WhiskerList } from '../../viz/whisker-list.tsx';
import { MODEL_COLORS } from '../model-colors.ts';
import { useAttributeName } from './attribute-name.ts';
import { useLineChoice } from './line-choice.tsx';
import styles from './quality.module.css';
import type { Line } from './quality-view.ts';

interface ServedCardProps {
  /** Those with figures of lists, the best first. */
  readonly lines: readonly Line[];
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
}

/** Attributes may be called anything; categories are none of them. */
const CATEGORIES = 'categories';
const attributeKey = (name: string) => `attribute ${name}`;

interface Grouping {
  /** Of the attribute; null for categories. */
  readonly name: string | null;
  readonly of: GroupedRecall;
}

function groupingsOf({ result }: Line): ReadonlyMap<string, Grouping> {
  const { byCategory = null, byAttribute = [] } = result?.lists ?? {};
  const groupings = new Map<string, Grouping>();
  for (const one of byAttribute) groupings.set(attributeKey(one.attribute), { name: one.attribute, of: one });
  if (byCategory) groupings.set(CATEGORIES, { name: null, of: byCategory });
  return groupings;
}

/** What a model finds by kind of customer and by category, and whether anybody is served clearly worse. */
export function ServedCard({ lines, nameOf, words }: ServedCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const attributeName = useAttributeName();
  const [wanted, setWanted] = useState<string | null>(null);
  const { line, control } = useLineChoice(
    lines.filter((one) => groupingsOf(one).size > 0),
    nameOf,
  );
  if (!line) return null;
  const groupings = groupingsOf(line);
  const key = wanted !== null && groupings.has(wanted) ? wanted : ([...groupings.keys()][0] ?? '');
  const grouping = groupings.get(key);
  if (!grouping) return null;
  const { groups, worst, tooFew, unknown } = grouping.of;
  const nameOfGroup = ({ value, range, pooled }: ServedGroup) =>
    value ??
    (range
      ? t('served.range', { from: format.number(range.from), to: format.number(range.to) })
      : t('served.pooled', { count: pooled, n: format.number(pooled) }));
  const lowest = groups[worst.group];
  const share = (one: number) => format.percent(one, 1);
  const title =
    worst.certain && lowest?.difference
      ? t('served.worst', {
          ...words.params,
          group: nameOfGroup(lowest),
          less: share(Math.abs(lowest.difference.mean)),
        })
      : t('served.even', words.params);
  const left = tooFew + unknown;
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
          : t('served.textAttribute', { ...words.params, name: attributeName(grouping.name) })}
      </p>
      <WhiskerList
        label={title}
        items={groups.map((group, at) => ({
          id: String(at),
          label: nameOfGroup(group),
          ...group.recall,
          text: share(group.recall.mean),
          range: `${share(group.recall.low)} – ${share(group.recall.high)}`,
          color: MODEL_COLORS[line.entrant.model],
        }))}
      />
      {left > 0 ? (
        <p className={styles.small}>{t('served.left', { ...words.params, count: left, n: format.number(left) })}</p>
      ) : null}
    </Card>
  );
}
