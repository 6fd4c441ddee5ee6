import { Trans, useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { HeatmapResult } from '../../insight/heatmap-types.ts';
import { useEngine } from '../../store/engine.ts';
import { go } from '../../store/route.ts';
import { makesLists, useTraining } from '../../store/training.ts';
import { Card } from '../../ui/card.tsx';
import styles from './map.module.css';
import { Bar } from './pair-card.tsx';
import { useRestedAnswer } from './use-rested-answer.ts';

interface SimilarCardProps {
  readonly result: HeatmapResult;
  /** Display position of the row asked about. */
  readonly row: number;
  /** What a row is called, by its label. */
  readonly nameOf: (label: string) => string;
  readonly onPin: (row: number, column: number) => void;
}

const SHOWN = 6;

/** What is most like one row, out of everything, on the map or not. */
export function SimilarCard({ result, row, nameOf, onPin }: SimilarCardProps) {
  const { t } = useTranslation('map');
  const format = useFormat();
  const engine = useEngine();
  const { request, rows, labels } = result;
  const similar = useRestedAnswer(`${request.side} ${request.measure} ${request.run} ${rows[row]}`, (signal) =>
    engine.mostSimilar(request, rows[row], SHOWN, signal),
  );
  const answers = useTraining((state) => state.runs.some(makesLists));
  const seek = async () => {
    const [product] = await engine.productCards([rows[row]]);
    go('customers', '', { product: product.id });
  };
  return (
    <Card
      smallTitle
      title={
        <Trans
          t={t}
          i18nKey="similar.title"
          values={{ name: labels[row] }}
          components={{ em: <em className={styles.em} /> }}
        />
      }
    >
      {similar && similar.length === 0 ? <p className={styles.note}>{t('similar.none')}</p> : null}
      <ol className={styles.similar} aria-busy={similar === null}>
        {(similar ?? []).map((other) => {
          const position = rows.indexOf(other.row);
          return (
            <li key={other.row} className={styles.similarRow}>
              {position >= 0 ? (
                <button type="button" className={styles.link} onClick={() => onPin(row, position)}>
                  {nameOf(other.label)}
                </button>
              ) : (
                <span className={styles.other}>{nameOf(other.label)}</span>
              )}
              <Bar value={other.value} />
              <span className={styles.number}>{format.number(other.value, 2)}</span>
            </li>
          );
        })}
      </ol>
      {answers && request.side === 'products' ? (
        <button type="button" className={styles.quiet} onClick={() => void seek()}>
          {t('similar.wanted')}
        </button>
      ) : null}
    </Card>
  );
}
