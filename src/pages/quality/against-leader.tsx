import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../../i18n/format.ts';
import type { Head } from '../../models/recommender.ts';
import { DataTable } from '../../ui/data-table.tsx';
import type { Comparison } from '../../worker/api/comparing.ts';
import styles from './quality.module.css';
import { type AgainstLeader, againstLeader, type Line } from './quality-view.ts';

/** Shares differ by points of a hundred, stars by thousandths. */
function textOf(format: Format, { measure, difference, p }: AgainstLeader) {
  const text = (value: number) => (measure === 'recall' ? format.signed(100 * value, 1) : format.signed(value, 3));
  return {
    difference: text(difference.mean),
    low: text(difference.low),
    high: text(difference.high),
    p: format.number(p, 3),
  };
}

/** How a line stands against the leader, in a sentence; null for the leader itself and where nothing was compared. */
export function useAgainstLeader(head: Head, comparison: Comparison | null): (line: Line) => string | null {
  const { t } = useTranslation('quality');
  const format = useFormat();
  return useCallback(
    (line) => {
      const against = comparison && againstLeader(line, head, comparison);
      return against ? t(`against.${against.measure}`, textOf(format, against)) : null;
    },
    [t, format, head, comparison],
  );
}

interface AgainstLeaderTableProps {
  readonly head: Head;
  readonly lines: readonly Line[];
  readonly comparison: Comparison;
  readonly nameOf: (line: Line) => string;
}

/** The same for every line, to be opened: what stands in a tooltip is out of reach of fingers and keys. */
export function AgainstLeaderTable({ head, lines, comparison, nameOf }: AgainstLeaderTableProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const { best } = comparison.result;
  const leader = lines.find(({ entrant }) => entrant.id === (head === 'choice' ? best.lists : best.taste)?.id);
  const rows = lines.flatMap((line) => {
    const against = againstLeader(line, head, comparison);
    if (!against) return [];
    const { difference, low, high, p } = textOf(format, against);
    const figure = (
      <>
        {difference}
        <span className={styles.below}>{t('against.range', { low, high })}</span>
      </>
    );
    return [[nameOf(line), figure, p]];
  });
  if (!leader || rows.length === 0) return null;
  const title = t('against.title', { model: nameOf(leader) });
  return (
    <details className={`${styles.fold} ${styles.against}`}>
      <summary>{title}</summary>
      <DataTable
        label={title}
        columns={[
          { label: t('board.model') },
          { label: t(head === 'choice' ? 'against.points' : 'against.stars'), numeric: true },
          { label: t('against.p'), numeric: true },
        ]}
        rows={rows}
      />
      <p className={styles.small}>
        {t(head === 'choice' ? 'against.textLists' : 'against.textStars')} {rows.length > 1 ? t('against.many') : null}
      </p>
    </details>
  );
}
