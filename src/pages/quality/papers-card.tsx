import { useTranslation } from 'react-i18next';
import type { SampledProtocol } from '../../evaluate/comparison-result.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import styles from './quality.module.css';
import type { Line } from './quality-view.ts';

interface PapersCardProps {
  readonly sampled: SampledProtocol;
  readonly lines: readonly Line[];
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
  /** The length of a list, as people read it. */
  readonly k: string;
}

/** The figures many papers print, among a few drawn products instead of all, with a word on what they are worth. */
export function PapersCard({ sampled, lines, nameOf, words, k }: PapersCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const scored = lines
    .flatMap((line) => {
      const metrics = line.result?.lists?.sampled?.metrics;
      return metrics ? [{ line, metrics }] : [];
    })
    .sort((a, b) => b.metrics.hitRate.mean - a.metrics.hitRate.mean);
  const without = lines.length - scored.length;
  const range = ({ low, high }: { readonly low: number; readonly high: number }) =>
    `${format.number(low, 3)} – ${format.number(high, 3)}`;
  return (
    <Card title={t('papers.title')}>
      <p className={styles.lead}>
        {t('papers.text', {
          ...words.params,
          others: format.number(Math.round(sampled.candidates - 1)),
          people: words.countPeople(sampled.customers),
        })}
      </p>
      <DataTable
        label={t('papers.title')}
        columns={[
          { label: t('board.model') },
          { label: `HR@${k}`, numeric: true },
          { label: `NDCG@${k}`, numeric: true },
        ]}
        rows={scored.map(({ line, metrics: { hitRate, ndcg } }) => [
          nameOf(line),
          <span key="hr">
            {format.number(hitRate.mean, 3)}
            <span className={styles.range}>{range(hitRate)}</span>
          </span>,
          <span key="ndcg">
            {format.number(ndcg.mean, 3)}
            <span className={styles.range}>{range(ndcg)}</span>
          </span>,
        ])}
      />
      {without > 0 ? (
        <p className={styles.small}>{t('papers.without', { count: without, n: format.number(without) })}</p>
      ) : null}
    </Card>
  );
}
