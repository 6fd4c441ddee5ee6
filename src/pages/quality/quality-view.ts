/** What the Quality page shows, worked out from a comparison. Pure. */
import type { Interval } from '../../evaluate/bootstrap.ts';
import type { EntrantResult, EntrantState } from '../../evaluate/comparison-result.ts';
import type { ActivityGroup } from '../../evaluate/segments.ts';
import type { Head, ModelName, Preset } from '../../models/recommender.ts';
import type { LiveEntrant } from '../../store/quality.ts';
import type { CompareRequest, Comparison, EntrantRequest } from '../../worker/api.ts';

const entrant = (model: ModelName, preset: Preset = 'balanced'): EntrantRequest => ({
  id: `${model}-${preset}`,
  model,
  preset,
  settings: {},
});

/** Who may take part, the strong ones first. */
export const ENTRANTS: readonly EntrantRequest[] = [
  entrant('mf', 'best'),
  entrant('mf'),
  entrant('hybrid'),
  entrant('ease'),
  entrant('neumf', 'quick'),
  entrant('autorec', 'quick'),
  entrant('itemNeighbours'),
  entrant('userNeighbours'),
  entrant('slopeOne'),
  entrant('means'),
  entrant('popularity'),
  entrant('random'),
];

/** The network takes longer than all the others together: it waits to be asked. */
export const isChosenAtFirst = ({ model }: EntrantRequest) => model !== 'neumf';

/** One line of the leaderboard. */
export interface Line {
  readonly entrant: EntrantRequest;
  readonly state: EntrantState;
  /** Of one that is done or failed. */
  readonly result: EntrantResult | null;
}

/** The lines of what is being compared, or of the newest comparison that ended. */
export function linesOf(
  asked: CompareRequest | null,
  live: Readonly<Record<string, LiveEntrant>>,
  comparison: Comparison | null,
): Line[] {
  if (asked) {
    return asked.entrants.map((entrant) => ({
      entrant,
      state: live[entrant.id]?.state ?? 'waiting',
      result: live[entrant.id]?.result ?? null,
    }));
  }
  if (!comparison) return [];
  const results = new Map(comparison.result.entrants.map((result) => [result.id, result]));
  return comparison.request.entrants.flatMap((entrant) => {
    const result = results.get(entrant.id);
    // What was in line when somebody pressed stop has nothing to show.
    return result && result.state !== 'waiting' ? [{ entrant, state: result.state, result }] : [];
  });
}

export const LIST_COLUMNS = ['recall', 'ndcg', 'hitRate', 'coverage', 'novelty', 'fit', 'bytes'] as const;
export const STAR_COLUMNS = ['mae', 'rmse', 'fit', 'bytes'] as const;
export type Column = (typeof LIST_COLUMNS)[number] | (typeof STAR_COLUMNS)[number];

/** Columns in which less is better. */
export const LESS_IS_BETTER: readonly Column[] = ['rmse', 'mae', 'fit', 'bytes'];
/** What nobody is crowned for: a yardstick is always quickest and smallest, chance always the most surprising. */
const UNCROWNED: readonly Column[] = ['fit', 'bytes', 'novelty', 'coverage'];

/** The figure of a line in a column; null where it has none (yet). */
export function figureOf({ result }: Line, column: Column): Interval | null {
  if (!result) return null;
  const exactly = (value: number | null | undefined): Interval | null =>
    value === null || value === undefined ? null : { mean: value, low: value, high: value };
  const { lists, taste } = result;
  switch (column) {
    case 'recall':
    case 'ndcg':
    case 'hitRate':
      return lists?.metrics[column] ?? null;
    case 'coverage':
    case 'novelty':
      return exactly(lists?.exposure[column]);
    case 'rmse':
    case 'mae':
      return taste?.[column] ?? null;
    case 'fit':
      return exactly(result.fitMs);
    case 'bytes':
      return exactly(result.bytes);
    default:
      return column satisfies never;
  }
}

/** Whether a line has anything to show of a head. */
export const hasFiguresOf = ({ result }: Line, head: Head) =>
  Boolean(head === 'choice' ? result?.lists : result?.taste);

/** Lines that serve a head, in the order of a column: the best first, those without a figure last. */
export function sortedBy(lines: readonly Line[], column: Column): Line[] {
  const sign = LESS_IS_BETTER.includes(column) ? 1 : -1;
  const key = (line: Line) => figureOf(line, column)?.mean ?? null;
  return lines.toSorted((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

/** The line that is best in a column; null where nobody is to be called that. */
export function bestOf(lines: readonly Line[], column: Column): Line | null {
  if (UNCROWNED.includes(column)) return null;
  const [first] = sortedBy(lines, column);
  return first && figureOf(first, column) ? first : null;
}

/** What a sentence on lists says: who leads, and whether that can be told from chance. */
export type ListsVerdict =
  | { readonly kind: 'best'; readonly line: Line; readonly found: number; readonly popular: number }
  | { readonly kind: 'tie'; readonly line: Line; readonly other: Line; readonly found: number }
  | { readonly kind: 'noneBetter'; readonly popular: number };

/** Probability of so large a difference by chance, above which it is not called one. */
const DOUBT = 0.05;
/** Smaller groups are not spoken of: a figure over a handful of people says nothing. */
const FEW_TO_JUDGE = 20;

export const isLarge = ({ customers }: Pick<ActivityGroup, 'customers'>) => customers >= FEW_TO_JUDGE;

const isYardstick = ({ entrant }: Line) => entrant.model === 'popularity' || entrant.model === 'random';

/** The finding on lists; null where no line has any. */
export function listsVerdict(lines: readonly Line[], { result }: Comparison): ListsVerdict | null {
  const { popularity, best } = result;
  const leader = best.lists;
  if (!leader || !popularity) return null;
  const line = lines.find(({ entrant }) => entrant.id === leader.id);
  const lists = line?.result?.lists;
  if (!line || !lists) return null;
  const popular = popularity.metrics.recall.mean;
  const versus = lists.versus?.popularity;
  if (isYardstick(line) || !versus || versus.difference.mean <= 0 || versus.p > DOUBT) {
    return { kind: 'noneBetter', popular };
  }
  const found = lists.metrics.recall.mean;
  const other = sortedBy(lines, 'recall').find(
    (candidate) => candidate !== line && !isYardstick(candidate) && candidate.result?.lists,
  );
  const apart = other && leader.versus[other.entrant.id];
  if (other && apart && apart.p > DOUBT) return { kind: 'tie', line, other, found };
  return { kind: 'best', line, found, popular };
}

/** Customer groups a line serves no better than bestsellers do, on average. */
export function notServed({ result }: Line, { result: { popularity } }: Comparison): ActivityGroup[] {
  const theirs = popularity?.byActivity ?? [];
  return (result?.lists?.byActivity ?? []).filter((group) => {
    const same = theirs.find(({ from }) => from === group.from);
    return same !== undefined && isLarge(group) && group.metrics.recall.mean <= same.metrics.recall.mean;
  });
}

/** The line that guesses stars best, and what averages alone reach. */
export function starsVerdict(
  lines: readonly Line[],
): { readonly line: Line; readonly mae: number; readonly means: number | null } | null {
  const [line] = sortedBy(lines, 'mae');
  const figure = line && figureOf(line, 'mae');
  if (!figure) return null;
  const averages = lines.find(({ entrant }) => entrant.model === 'means');
  const means = averages && averages !== line ? (figureOf(averages, 'mae')?.mean ?? null) : null;
  return { line, mae: figure.mean, means };
}

/** Heads that some line has figures of. */
export function headsShown(lines: readonly Line[]): Head[] {
  const heads: Head[] = [];
  if (lines.some(({ result }) => result?.lists)) heads.push('choice');
  if (lines.some(({ result }) => result?.taste)) heads.push('taste');
  return heads;
}
