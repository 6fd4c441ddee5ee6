import { IconCaretDownFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AppError } from '../../base/error.ts';
import { useExplain } from '../../i18n/explain.ts';
import { type Format, useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { Head } from '../../models/recommender.ts';
import { useQuality } from '../../store/quality.ts';
import { useCalm } from '../../store/use-calm.ts';
import { Chip } from '../../ui/chip.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { WhiskerBar } from '../../viz/whisker-bar.tsx';
import type { Comparison } from '../../worker/api/comparing.ts';
import { useDecidedText } from '../decided-text.ts';
import { FactorizationInstead, wouldFactorize } from '../factorization-instead.tsx';
import { MODEL_COLORS } from '../model-colors.ts';
import { useAgainstLeader } from './against-leader.tsx';
import { type Crowns, crownsOf } from './crowns.ts';
import styles from './quality.module.css';
import {
  type Column,
  figureOf,
  finerFor,
  hasFiguresOf,
  LESS_IS_BETTER,
  type Line,
  learnsFromLess,
  type Measure,
  rangeText,
} from './quality-view.ts';

/** The figures as people read them; with `finer` more digits where those do not tell two apart. */
export function figureText(format: Format, measure: Measure, value: number, finer = 0): string {
  switch (measure) {
    case 'recall':
    case 'ndcg':
    case 'hitRate':
    case 'precision':
    case 'averagePrecision':
    case 'auc':
    case 'serendipity':
    case 'coverage':
      return format.percent(value, 1 + finer);
    case 'novelty':
      return format.number(value, 1 + finer);
    case 'gini':
    case 'diversity':
    case 'reciprocalRank':
    case 'popularityLift':
      return format.number(value, 2 + finer);
    case 'rmse':
    case 'mae':
      return format.number(value, 3 + finer);
    case 'fit':
      return format.duration(value);
    case 'bytes':
      return format.bytes(value);
    default:
      return measure satisfies never;
  }
}

/** How far the entrant in progress is. Reads the store by itself: it changes several times a second. */
function Working({ id }: { readonly id: string }) {
  const { t } = useTranslation('quality');
  const share = useCalm(useQuality, (state) => (state.progress?.id === id ? state.progress.share : null));
  const label = t('state.running');
  return (
    <span className={styles.working}>
      <span>{label}</span>
      <ProgressBar label={label} share={share} />
    </span>
  );
}

interface CellProps {
  readonly line: Line;
  readonly column: Column;
  /** How it is called best, and with how many; null where it is not. */
  readonly crown: { readonly kind: Crowns['kind']; readonly count: number } | null;
  /** How the line stands against the leader; null where this column does not tell. */
  readonly against: string | null;
  /** The largest value of the column, for its bars; null for a column without bars. */
  readonly most: number | null;
}

function Cell({ line, column, crown, against, most }: CellProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const figure = figureOf(line, column);
  if (!figure) return <span className={styles.none}>–</span>;
  const text = figureText(format, column, figure.mean);
  const finer = finerFor([figure], (value, more) => figureText(format, column, value, more));
  const exact = (value: number) => figureText(format, column, value, finer);
  const range = rangeText(figure, exact);
  const certainty = range && t('board.plusMinus', { value: exact(figure.mean), ...range });
  const why =
    crown === null || crown.kind === 'alone' ? null : t(`board.${crown.kind}Why`, { n: format.number(crown.count) });
  const title = [certainty, against, why].filter((sentence) => sentence !== null).join('\n');
  return (
    <span className={styles.figure} title={title === '' ? undefined : title}>
      {most === null ? null : <WhiskerBar {...figure} most={most} color={MODEL_COLORS[line.entrant.model]} />}
      {crown ? (
        <strong>
          {text}
          <span className={styles.crown}>{t(CROWN[crown.kind])}</span>
        </strong>
      ) : (
        <span>{text}</span>
      )}
    </span>
  );
}

const CROWN = {
  alone: 'board.best',
  doubt: 'board.maybeBest',
  split: 'board.maybeBest',
  same: 'board.sharedBest',
} as const;

interface LeaderboardProps {
  /** Whose figures are shown. */
  readonly head: Head;
  /** The one that ended, which the lines are of; null while one is under way. */
  readonly comparison: Comparison | null;
  readonly lines: readonly Line[];
  readonly columns: readonly Column[];
  readonly sort: Column;
  readonly onSort: (column: Column) => void;
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
  /** The length of a list, as people read it. */
  readonly k: string;
  /** Right end of every finished line. */
  readonly action: (line: Line) => ReactNode;
}

/** Columns drawn with a bar: the ones a line is judged by. */
const WITH_BAR: readonly Column[] = ['recall', 'mae'];

/** The column that differences from the leader are of. */
const TESTED: Readonly<Record<Head, Column>> = { choice: 'recall', taste: 'rmse' };

/** Every model on the same test, sortable; what failed says why in its line. */
export function Leaderboard({
  head,
  comparison,
  lines,
  columns,
  sort,
  onSort,
  nameOf,
  words,
  k,
  action,
}: LeaderboardProps) {
  const { t } = useTranslation('quality');
  const explain = useExplain();
  const againstLeader = useAgainstLeader(head, comparison);
  const decidedText = useDecidedText();
  const most = (column: Column) =>
    WITH_BAR.includes(column) ? Math.max(1e-9, ...lines.map((line) => figureOf(line, column)?.high ?? 0)) : null;
  const format = useFormat();
  // Nobody is called best before everybody had their turn.
  const crowns = new Map(
    columns.map((column) => [
      column,
      comparison && crownsOf(lines, column, comparison, (value) => figureText(format, column, value)),
    ]),
  );
  const crownOf = (line: Line, column: Column) => {
    const crown = crowns.get(column);
    return crown?.lines.includes(line) ? { kind: crown.kind, count: crown.lines.length } : null;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t('board.table')}>
      <table className={styles.board} data-testid="leaderboard">
        <thead>
          <tr>
            <th scope="col">{t('board.model')}</th>
            {columns.map((column) => (
              <th
                key={column}
                scope="col"
                className={styles.numeric}
                aria-sort={column === sort ? (LESS_IS_BETTER.includes(column) ? 'ascending' : 'descending') : undefined}
                data-column={column}
              >
                <button
                  type="button"
                  className={styles.sort}
                  title={t(`metrics.${column}`, { ...words.params, k })}
                  aria-label={t('board.sortBy', { name: t(`columns.${column}`) })}
                  onClick={() => onSort(column)}
                >
                  {column === sort ? <IconCaretDownFilled size={11} aria-hidden="true" /> : null}
                  {t(`columns.${column}`)}
                </button>
              </th>
            ))}
            <th scope="col" aria-label={t('board.use')} />
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const error = line.result?.error;
            const against = againstLeader(line);
            return (
              <tr key={line.entrant.id} data-model={line.entrant.model} data-state={line.state}>
                <th scope="row" className={styles.model} title={against ?? undefined}>
                  <span
                    className={styles.swatch}
                    style={{ background: MODEL_COLORS[line.entrant.model] }}
                    aria-hidden="true"
                  />
                  <span title={decidedText(line.result?.decided, line.entrant.settings) ?? undefined}>
                    {nameOf(line)}
                  </span>
                  {learnsFromLess(line.entrant) && hasFiguresOf(line, head) ? (
                    <span className={styles.leftOut} title={t('board.fromLessHint')}>
                      {t('board.fromLess')}
                    </span>
                  ) : null}
                  {line.result && line.result.leftOut > 0 ? (
                    <span className={styles.leftOut}>
                      {t(line.entrant.model === 'content' ? 'board.leftOutSilent' : 'board.leftOut', {
                        things: words.countThings(line.result.leftOut),
                      })}
                    </span>
                  ) : null}
                </th>
                {hasFiguresOf(line, head) ? (
                  columns.map((column) => (
                    <td key={column} className={styles.numeric} data-column={column}>
                      <Cell
                        line={line}
                        column={column}
                        crown={crownOf(line, column)}
                        against={column === TESTED[head] || WITH_BAR.includes(column) ? against : null}
                        most={most(column)}
                      />
                    </td>
                  ))
                ) : (
                  <td colSpan={columns.length} className={styles.pending}>
                    {line.state === 'running' ? (
                      <Working id={line.entrant.id} />
                    ) : error ? (
                      <span className={styles.failed}>
                        <Chip tone="warning">{t('state.failed')}</Chip>
                        {explain(new AppError(error.code, error.params)).what}
                        {wouldFactorize(error) ? <FactorizationInstead /> : null}
                      </span>
                    ) : (
                      <Chip tone="quiet">{t('state.waiting')}</Chip>
                    )}
                  </td>
                )}
                <td className={styles.action}>{hasFiguresOf(line, head) ? action(line) : null}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
