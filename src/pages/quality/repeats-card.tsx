import { useTranslation } from 'react-i18next';
import type { AcrossCuts, AcrossFigure } from '../../evaluate/across-result.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { Head } from '../../models/recommender.ts';
import { Card } from '../../ui/card.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { figureText } from './leaderboard.tsx';
import styles from './quality.module.css';
import type { Line } from './quality-view.ts';
import { acrossVerdict } from './repeats-view.ts';

interface RepeatsCardProps {
  readonly across: AcrossCuts;
  readonly view: Head;
  readonly lines: readonly Line[];
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
}

const SHOWN = {
  choice: ['recall', 'ndcg', 'hitRate', 'coverage'],
  taste: ['mae', 'rmse'],
} as const;

/** The same test over several cuts of the data: how far the figures depend on what happened to be held back. */
export function RepeatsCard({ across, view, lines, nameOf, words }: RepeatsCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const measures = SHOWN[view];
  const name = (id: string) => {
    const line = lines.find(({ entrant }) => entrant.id === id);
    return line ? nameOf(line) : id;
  };
  const verdict = acrossVerdict(across, view);
  const cuts = format.number(across.done);
  const rows = across.entrants.flatMap(({ id, figures }) =>
    figures[measures[0]] ? [[name(id), ...measures.map((measure) => cell(measure, figures[measure]))]] : [],
  );
  if (rows.length === 0) return null;
  return (
    <Card
      title={
        verdict
          ? t(verdict.other === null ? 'repeats.clear' : 'repeats.tie', {
              cuts,
              model: name(verdict.id),
              other: verdict.other === null ? '' : name(verdict.other),
            })
          : t('repeats.title', { cuts })
      }
    >
      <p className={styles.lead}>
        {across.done < across.asked
          ? t('repeats.fewer', { asked: format.number(across.asked), done: cuts })
          : t(`repeats.${across.kind}`, { ...words.params, cuts })}
      </p>
      <DataTable
        label={t('repeats.title', { cuts })}
        columns={[
          { label: t('board.model') },
          ...measures.map((measure) => ({ label: t(`columns.${measure}`), numeric: true })),
        ]}
        rows={rows}
      />
    </Card>
  );

  function cell(measure: (typeof SHOWN)[Head][number], figure: AcrossFigure | undefined) {
    if (!figure) return '–';
    const text = (value: number) => figureText(format, measure, value);
    const { mean, low, high } = figure;
    return (
      <>
        {text(mean)}
        {low === null || high === null ? null : (
          <span className={styles.range}>
            {text(low)} – {text(high)}
          </span>
        )}
      </>
    );
  }
}
