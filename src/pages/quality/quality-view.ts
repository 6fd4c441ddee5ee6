/** What the Quality page shows, worked out from a comparison. Pure. */
import type { Interval } from '../../evaluate/bootstrap.ts';
import type { EntrantResult, EntrantState, Leader } from '../../evaluate/comparison-result.ts';
import { pairOf } from '../../evaluate/entrant-pair.ts';
import type { ActivityGroup } from '../../evaluate/segments.ts';
import { type Head, headsOn, type ModelName, type Preset } from '../../models/recommender.ts';
import type { LiveEntrant } from '../../store/quality-events.ts';
import type { CompareRequest, Comparison, EntrantRequest } from '../../worker/api/comparing.ts';

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
  entrant('svd'),
  entrant('bpr'),
  entrant('neumf', 'quick'),
  entrant('vae', 'quick'),
  entrant('autorec', 'quick'),
  entrant('itemNeighbours'),
  entrant('userNeighbours'),
  entrant('content'),
  entrant('markov'),
  entrant('slopeOne'),
  entrant('means'),
  entrant('trending'),
  entrant('popularity'),
  entrant('random'),
];

/** Each of them takes about as long as all the others together: they wait to be asked. */
const SLOW: readonly ModelName[] = ['neumf', 'vae', 'bpr'];
/** Without dates there is nothing they can say. */
const NEED_DATES: readonly ModelName[] = ['markov', 'trending'];

export function isChosenAtFirst({ model }: EntrantRequest, hasDates: boolean): boolean {
  return !SLOW.includes(model) && (hasDates || !NEED_DATES.includes(model));
}

/** What every model of lists, and of stars, has to beat: without them nobody could tell what a figure is worth. */
const ALWAYS: readonly ModelName[] = ['means', 'popularity'];

export const takesPartAlways = ({ model }: EntrantRequest) => ALWAYS.includes(model);

/** Not learned anew with the second part, by which it stopped, before it is tested: that would take all its time again. */
const LEARNS_FROM_LESS: readonly ModelName[] = ['neumf'];

export const learnsFromLess = ({ model }: EntrantRequest) => LEARNS_FROM_LESS.includes(model);

/** Who is not among `there` because of what the data lacks. */
export function notHere(
  there: readonly EntrantRequest[],
  feedback: 'explicit' | 'implicit',
  hasDates: boolean,
): { readonly stars: readonly EntrantRequest[]; readonly dates: readonly EntrantRequest[] } {
  const ids = new Set(there.map(({ id }) => id));
  const missing = ENTRANTS.filter(({ id }) => !ids.has(id));
  return {
    stars: missing.filter(({ model }) => headsOn(feedback, model).length === 0),
    dates: missing.filter(({ model }) => !hasDates && NEED_DATES.includes(model)),
  };
}

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

/** What lists are measured by beside the columns: how much they find, and what they show. */
export const FINDING_MEASURES = [
  'recall',
  'ndcg',
  'hitRate',
  'precision',
  'averagePrecision',
  'reciprocalRank',
  'auc',
] as const;
export const SHOWING_MEASURES = ['coverage', 'gini', 'novelty', 'diversity', 'serendipity', 'popularityLift'] as const;
export type Measure = Column | (typeof FINDING_MEASURES)[number] | (typeof SHOWING_MEASURES)[number];

/** Measures in which less is better. */
export const LESS_IS_BETTER: readonly Measure[] = ['rmse', 'mae', 'fit', 'bytes'];
/** The figure of a line in a measure; null where it has none (yet). */
export function figureOf({ result }: Line, measure: Measure): Interval | null {
  if (!result) return null;
  const exactly = (value: number): Interval => ({ mean: value, low: value, high: value });
  const { lists, taste } = result;
  switch (measure) {
    case 'recall':
    case 'ndcg':
    case 'hitRate':
    case 'precision':
    case 'averagePrecision':
    case 'reciprocalRank':
      return lists?.metrics[measure] ?? null;
    case 'auc':
      return lists?.auc ?? null;
    case 'coverage':
    case 'gini':
    case 'novelty':
    case 'diversity':
    case 'serendipity':
    case 'popularityLift':
      return lists?.exposure[measure] ?? null;
    case 'rmse':
    case 'mae':
      return taste?.[measure] ?? null;
    case 'fit':
      return exactly(result.fitMs);
    case 'bytes':
      return exactly(result.bytes);
    default:
      return measure satisfies never;
  }
}

/** A value as people read it, with so many digits more than it is shown with. */
type FigureText = (value: number, finer: number) => string;

/** Beyond so many more digits the ends of an interval are taken for the same. */
const MOST_FINER = 3;

/** The fewest more digits that tell both ends of every interval from its figure; those that none would are passed over. */
export function finerFor(figures: readonly Interval[], text: FigureText): number {
  const needed = figures.map((figure) => {
    for (let finer = 0; finer <= MOST_FINER; finer++) if (isTold(figure, (value) => text(value, finer))) return finer;
    return 0;
  });
  return Math.max(0, ...needed);
}

/** The ends of an interval as people read them; null where they read like the figure. */
export function rangeText(
  figure: Interval,
  text: (value: number) => string,
): { readonly low: string; readonly high: string } | null {
  return isTold(figure, text) ? { low: text(figure.low), high: text(figure.high) } : null;
}

function isTold({ mean, low, high }: Interval, text: (value: number) => string): boolean {
  if (low >= high) return false;
  // A figure that can be no less, or no more, is its own end.
  return [low, high].every((end) => end === mean || text(end) !== text(mean));
}

/** Whether a line has anything to show of a head. */
export const hasFiguresOf = ({ result }: Line, head: Head) =>
  Boolean(head === 'choice' ? result?.lists : result?.taste);

/** Lines that serve a head, in the order of a measure: the best first, those without a figure last. */
export function sortedBy(lines: readonly Line[], measure: Measure): Line[] {
  const sign = LESS_IS_BETTER.includes(measure) ? 1 : -1;
  const key = (line: Line) => figureOf(line, measure)?.mean ?? null;
  return lines.toSorted((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

/**
 * Who leads in a measure of what lists find, and whether that is clear: by the paired test where this is the measure it is
 * made in, else where the intervals of all others stay below. null for any other measure.
 */
export function leadIn(
  lines: readonly Line[],
  measure: Measure,
  { result: { best } }: Pick<Comparison, 'result'>,
): { readonly line: Line; readonly value: number; readonly clear: boolean } | null {
  if (!FINDING_MEASURES.some((finding) => finding === measure)) return null;
  const [line, ...others] = sortedBy(lines, measure);
  const figure = line && figureOf(line, measure);
  if (!figure) return null;
  const tested = best.lists?.metric === measure && best.lists.id === line.entrant.id ? best.lists : null;
  // Not of the next one alone: the interval of a later one may be wider.
  const clear = tested
    ? asGoodAs(tested, others) === null
    : others.every((other) => (figureOf(other, measure)?.high ?? Number.NEGATIVE_INFINITY) < figure.mean);
  return { line, value: figure.mean, clear };
}

/** What a sentence on lists says: who leads, and whether that can be told from chance. */
export type ListsVerdict =
  | { readonly kind: 'best'; readonly line: Line; readonly found: number; readonly popular: number }
  | { readonly kind: 'tie'; readonly line: Line; readonly other: Line; readonly found: number }
  | { readonly kind: 'noneBetter'; readonly popular: number };

/** Probability of so large a difference by chance, above which it is not called one. */
export const DOUBT = 0.05;
/** Smaller groups are not spoken of: a figure over a handful of people says nothing. */
export const FEW_TO_JUDGE = 20;

export const isLarge = ({ customers }: Pick<ActivityGroup, 'customers'>) => customers >= FEW_TO_JUDGE;

/** The best of `others`, in their order, that chance alone may have put behind the leader. */
function asGoodAs({ id, pairs }: Leader, others: readonly Line[]): Line | null {
  return others.find(({ entrant }) => (pairOf(pairs, id, entrant.id)?.p ?? 0) > DOUBT) ?? null;
}

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
  const other = asGoodAs(
    leader,
    sortedBy(lines, 'recall').filter((candidate) => candidate !== line && !isYardstick(candidate)),
  );
  if (other) return { kind: 'tie', line, other, found };
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

/** What a sentence on stars says: as `ListsVerdict`, with averages in the place of bestsellers. */
export type StarsVerdict =
  | { readonly kind: 'best'; readonly line: Line; readonly mae: number; readonly means: number | null }
  | { readonly kind: 'tie'; readonly line: Line; readonly other: Line; readonly mae: number }
  | { readonly kind: 'noneBetter'; readonly means: number };

/**
 * The finding on stars; null where no line guesses any. Lines stand in the order of how far they are off (MAE), chance is
 * told by the paired test of their squared errors (RMSE): where the two measures have different leaders, neither is sure.
 */
export function starsVerdict(lines: readonly Line[], { result }: Pick<Comparison, 'result'>): StarsVerdict | null {
  const leader = result.best.taste;
  const [line, ...others] = sortedBy(lines, 'mae').filter((one) => figureOf(one, 'mae') !== null);
  const mae = line && figureOf(line, 'mae')?.mean;
  if (!leader || mae === undefined) return null;
  const averages = [line, ...others].find(({ entrant }) => entrant.model === 'means');
  const means = averages && (figureOf(averages, 'mae')?.mean ?? null);
  if (averages && typeof means === 'number') {
    const lead = pairOf(leader.pairs, leader.id, averages.entrant.id);
    if (averages === line || leader.id === averages.entrant.id || !lead || lead.p > DOUBT) {
      return { kind: 'noneBetter', means };
    }
  }
  const models = others.filter((one) => one !== averages);
  const other =
    leader.id === line.entrant.id
      ? asGoodAs(leader, models)
      : (models.find(({ entrant }) => entrant.id === leader.id) ?? null);
  return other ? { kind: 'tie', line, other, mae } : { kind: 'best', line, mae, means: means ?? null };
}

/** A line's figure minus the leader's, with how often chance alone would set them as far apart. */
export interface AgainstLeader {
  readonly measure: 'recall' | 'rmse';
  readonly difference: Interval;
  readonly p: number;
}

/** How a line stands against who leads; null for the leader, and for lines that were not compared. */
export function againstLeader(
  { entrant }: Line,
  head: Head,
  { result: { best } }: Pick<Comparison, 'result'>,
): AgainstLeader | null {
  const leader = head === 'choice' ? best.lists : best.taste;
  // Among published candidates another figure leads, which is in no column.
  if (!leader || leader.metric === 'hitRate') return null;
  const paired = pairOf(leader.pairs, entrant.id, leader.id);
  return paired && { measure: leader.metric, difference: paired.difference, p: paired.p };
}

/** Heads that some line has figures of. */
export function headsShown(lines: readonly Line[]): Head[] {
  const heads: Head[] = [];
  if (lines.some(({ result }) => result?.lists)) heads.push('choice');
  if (lines.some(({ result }) => result?.taste)) heads.push('taste');
  return heads;
}
