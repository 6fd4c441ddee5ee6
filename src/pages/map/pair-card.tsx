import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { HeatmapResult } from '../../insight/heatmap-types.ts';
import { useEngine } from '../../store/engine.ts';
import { Card } from '../../ui/card.tsx';
import type { Cell } from '../../viz/viewport.ts';
import styles from './map.module.css';
import { shortTitle } from './map-words.ts';
import { useRestedAnswer } from './use-rested-answer.ts';

interface PairCardProps {
  readonly result: HeatmapResult;
  readonly cell: Cell;
  readonly state: 'hover' | 'pinned' | 'strongest';
  /** Beside a pinned pair: what the pointer is on meanwhile. */
  readonly passing: Cell | null;
  readonly words: Words;
  readonly explicit: boolean;
  readonly onUnpin: () => void;
}

/** Two names, how alike they are, and what that rests on. A pinned pair stays and says why. */
export function PairCard({ result, cell, state, passing, words, explicit, onUnpin }: PairCardProps) {
  const { t } = useTranslation('map');
  const format = useFormat();
  const engine = useEngine();
  const { request, rows, labels, values } = result;
  const { row, column } = cell;
  const value = values[row * rows.length + column];
  const same = row === column;
  const detail = useRestedAnswer(
    same ? null : `${request.side} ${request.measure} ${request.run} ${rows[row]} ${rows[column]}`,
    () => engine.pairDetail(request, rows[row], rows[column]),
  );
  const together = detail
    ? request.side === 'customers'
      ? t('pair.inCommon', { counted: words.countThings(detail.together) })
      : t(explicit ? 'pair.ratedBoth' : 'pair.haveBoth', { counted: words.countPeople(detail.together) })
    : '';
  const written = (at: Cell) => {
    const passed = values[at.row * rows.length + at.column];
    return passed === passed ? format.number(passed, 2) : t('pair.undefined');
  };
  return (
    <Card
      smallTitle
      title={t(`pair.${state}`)}
      aside={
        state === 'pinned' ? (
          <button type="button" className={styles.quiet} onClick={onUnpin}>
            {t('pair.unpin')}
          </button>
        ) : null
      }
    >
      <p className={styles.name}>{labels[row]}</p>
      {same ? (
        <p className={styles.note}>{t('pair.itself')}</p>
      ) : (
        <>
          <p className={styles.and}>{t('pair.and')}</p>
          <p className={styles.name}>{labels[column]}</p>
          <p className={styles.value}>
            <span className={styles.figure}>{value === value ? format.number(value, 2) : '–'}</span>
            <span className={styles.note}>
              {value === value ? t(`measure.${request.measure}`) : t(`pair.undefined`)}
              {together ? ` · ${together}` : ''}
            </span>
          </p>
          <Bar value={value} />
          {state === 'pinned' && detail ? (
            <dl className={styles.why}>
              <dt>{t('pair.both')}</dt>
              <dd>{format.number(detail.together)}</dd>
              <dt>{t('pair.only', { name: shortTitle(detail.a) })}</dt>
              <dd>{format.number(detail.onlyA)}</dd>
              <dt>{t('pair.only', { name: shortTitle(detail.b) })}</dt>
              <dd>{format.number(detail.onlyB)}</dd>
              {detail.shared.length > 0 ? (
                <>
                  <dt className={styles.wide}>{t(`pair.shared.${request.side}`, words.params)}</dt>
                  <dd className={styles.wide}>{format.list(detail.shared)}</dd>
                </>
              ) : null}
            </dl>
          ) : null}
        </>
      )}
      {state === 'pinned' && passing ? (
        <p className={styles.passing}>
          {t('pair.passing', { a: labels[passing.row], b: labels[passing.column], value: written(passing) })}
        </p>
      ) : null}
    </Card>
  );
}

/** A similarity as a length; what goes the other way is told by its sign, not drawn. */
export function Bar({ value }: { readonly value: number }) {
  const share = value > 0 ? Math.min(1, value) : 0;
  return (
    <span className={styles.bar} aria-hidden="true">
      <span className={styles.fill} style={{ width: `${100 * share}%` }} />
    </span>
  );
}
