/** Who is called best in a column of the leaderboard, alone or with others. Pure. */
import type { Leader } from '../../evaluate/comparison-result.ts';
import { pairOf } from '../../evaluate/entrant-pair.ts';
import type { Comparison } from '../../worker/api/comparing.ts';
import { type Column, DOUBT, figureOf, type Line, sortedBy } from './quality-view.ts';

export interface Crowns {
  /** The one with the best figure first. */
  readonly lines: readonly Line[];
  /**
   * `alone`: nobody else. `doubt`: chance alone may have put the others behind the first one, by the paired test. `split`:
   * another one leads by the squared misses that are tested, with those that chance may have put behind it. `same`: they
   * show the same figure, and nothing was tested in this column.
   */
  readonly kind: 'alone' | 'doubt' | 'split' | 'same';
}

/** What nobody is crowned for: a yardstick is always quickest and smallest, chance always the most surprising. */
const UNCROWNED: readonly Column[] = ['fit', 'bytes', 'novelty', 'coverage'];

/** `text`: a figure of the column as people read it. null where nobody is to be called best. */
export function crownsOf(
  lines: readonly Line[],
  column: Column,
  { result: { best } }: Pick<Comparison, 'result'>,
  text: (value: number) => string,
): Crowns | null {
  if (UNCROWNED.includes(column)) return null;
  const [first, ...others] = sortedBy(lines, column).filter((line) => figureOf(line, column) !== null);
  const top = first && figureOf(first, column)?.mean;
  if (top === undefined) return null;
  const leader = testedIn(column, best);
  const leading = lines.find(({ entrant }) => entrant.id === leader?.id);
  if (leader && leading) {
    const doubtful = [first, ...others].filter(
      ({ entrant }) => (pairOf(leader.pairs, leader.id, entrant.id)?.p ?? 0) > DOUBT,
    );
    if (figureOf(leading, column)?.mean === top) {
      return { lines: [leading, ...doubtful], kind: doubtful.length > 0 ? 'doubt' : 'alone' };
    }
    const either = others.filter((line) => line === leading || doubtful.includes(line));
    return { lines: [first, ...either], kind: 'split' };
  }
  const same = others.filter((line) => text(figureOf(line, column)?.mean ?? Number.NaN) === text(top));
  return { lines: [first, ...same], kind: same.length > 0 ? 'same' : 'alone' };
}

/** Whose lead was tested in a column; null for a column without a test. Stars are tested by their squared misses (RMSE) alone. */
function testedIn(column: Column, best: Comparison['result']['best']): Leader | null {
  if (column === 'recall') return best.lists?.metric === 'recall' ? best.lists : null;
  return column === 'rmse' || column === 'mae' ? best.taste : null;
}
