import { Trans, useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { useEngine } from '../../store/engine.ts';
import { Card } from '../../ui/card.tsx';
import type { HeatmapResult } from '../../worker/api.ts';
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
  const similar = useRestedAnswer(`${request.side} ${request.measure} ${rows[row]}`, () =>
    engine.mostSimilar(request.side, request.measure, rows[row], SHOWN),
  );
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
    </Card>
  );
}
