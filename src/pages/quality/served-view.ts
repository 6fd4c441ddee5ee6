/** For whom a model works: the same groups for lists (what is found) and for stars (how far guesses are off). Pure. */
import type { Interval } from '../../evaluate/bootstrap.ts';
import type { ListScores, TasteScores } from '../../evaluate/comparison-result.ts';
import type { GroupKey } from '../../evaluate/groupings.ts';
import type { Band } from '../../evaluate/segments.ts';
import type { Words } from '../../i18n/words.ts';
import type { Head } from '../../models/recommender.ts';
import type { Comparison } from '../../worker/api/comparing.ts';
import { isLarge, type Line } from './quality-view.ts';

/** What both cards that say for whom a model works are given. */
export interface ForWhomProps {
  /** Whether lists or guessed stars are looked at. */
  readonly head: Head;
  /** Those with such figures, the best first. */
  readonly lines: readonly Line[];
  readonly comparison: Comparison;
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
}

/** A group by how much is known of customers, or by how popular products are. */
interface GroupBar {
  readonly customers: number;
  /** Held-out ratings guessed; null for lists. */
  readonly ratings: number | null;
  readonly figure: Interval;
  /** What bestsellers find, or averages are off by, in the same group. */
  readonly mark: number | undefined;
}

export interface ActivityBar extends GroupBar {
  readonly from: number;
  readonly to: number | null;
}

export interface BandBar extends GroupBar {
  readonly band: Band;
  readonly products: number;
}

export interface GroupBars {
  readonly activity: readonly ActivityBar[];
  readonly bands: readonly BandBar[];
  /** Groups of too few customers to speak of, which are left out. */
  readonly few: number;
}

/** What every model has to beat: the bestsellers' lists, and the guesses of averages; null where they are not there. */
interface Yardstick {
  readonly lists: ListScores | null;
  readonly taste: TasteScores | null;
}

export function yardstickOf({ request, result }: Comparison): Yardstick {
  const means = request.entrants.find(({ model }) => model === 'means');
  return {
    lists: result.popularity,
    taste: result.entrants.find(({ id }) => id === means?.id)?.taste ?? null,
  };
}

/** The groups of a line that are large enough, with the yardstick's figure in the same group. */
export function groupBarsOf({ result }: Line, head: Head, yardstick: Yardstick): GroupBars {
  const { activity, bands } = barsOf(head, result?.lists ?? null, result?.taste ?? null);
  const theirs = barsOf(head, yardstick.lists, yardstick.taste);
  return {
    activity: activity.filter(isLarge).map((group) => ({
      ...group,
      mark: theirs.activity.find(({ from }) => from === group.from)?.figure.mean,
    })),
    bands: bands.filter(isLarge).map((group) => ({
      ...group,
      mark: theirs.bands.find(({ band }) => band === group.band)?.figure.mean,
    })),
    few: [...activity, ...bands].filter((group) => !isLarge(group)).length,
  };
}

function barsOf(
  head: Head,
  lists: ListScores | null,
  taste: TasteScores | null,
): { readonly activity: readonly Omit<ActivityBar, 'mark'>[]; readonly bands: readonly Omit<BandBar, 'mark'>[] } {
  if (head === 'taste') {
    return {
      activity: (taste?.byActivity ?? []).map(({ mae, ...group }) => ({ ...group, figure: mae })),
      bands: (taste?.byPopularity ?? []).map(({ mae, ...group }) => ({ ...group, figure: mae })),
    };
  }
  return {
    activity: (lists?.byActivity ?? []).map(({ metrics, ...group }) => ({
      ...group,
      ratings: null,
      figure: metrics.recall,
    })),
    bands: (lists?.byPopularity ?? []).map(({ recall, ...group }) => ({ ...group, ratings: null, figure: recall })),
  };
}

/** Customers alike in something, or a category. */
export interface ServedGroup extends GroupKey {
  /** Tested customers in the group; of a category: with a held-out choice in it. */
  readonly customers: number;
  readonly figure: Interval;
  readonly difference: Interval | null;
  /** What averages are off by in the same group; undefined for lists. */
  readonly mark: number | undefined;
}

export interface ServedGrouping {
  /** Of the attribute; null for categories. */
  readonly name: string | null;
  readonly groups: readonly ServedGroup[];
  /** The group served worst where that is beyond chance. */
  readonly worst: ServedGroup | null;
  /** Customers, or held-out choices, in no group. */
  readonly left: number;
}

/** Attributes may be called anything; categories are none of them. */
const CATEGORIES = 'categories';
const attributeKey = (name: string) => `attribute ${name}`;

/** What the customers (for lists: and the products) of a line are told apart by, each under a key of its own. */
export function servedGroupings(
  { result }: Line,
  head: Head,
  yardstick: Pick<Yardstick, 'taste'>,
): ReadonlyMap<string, ServedGrouping> {
  const groupings = new Map<string, ServedGrouping>();
  if (head === 'taste') {
    for (const { attribute, groups, ...rest } of result?.taste?.byAttribute ?? []) {
      const theirs = yardstick.taste?.byAttribute.find((one) => one.attribute === attribute)?.groups;
      const marked = groups.map(({ mae, ...group }, at) => ({ ...group, figure: mae, mark: theirs?.[at]?.mae.mean }));
      groupings.set(attributeKey(attribute), groupingOf(attribute, marked, rest));
    }
    return groupings;
  }
  const { byCategory = null, byAttribute = [] } = result?.lists ?? {};
  const found = byAttribute.map((one) => ({ key: attributeKey(one.attribute), name: one.attribute, of: one }));
  for (const { key, name, of } of [
    ...found,
    ...(byCategory ? [{ key: CATEGORIES, name: null, of: byCategory }] : []),
  ]) {
    const groups = of.groups.map(({ recall, ...group }) => ({ ...group, figure: recall, mark: undefined }));
    groupings.set(key, groupingOf(name, groups, of));
  }
  return groupings;
}

function groupingOf(
  name: string | null,
  groups: readonly ServedGroup[],
  rest: {
    readonly unknown: number;
    readonly tooFew: number;
    readonly worst: { readonly group: number; readonly certain: boolean };
  },
): ServedGrouping {
  const { group, certain } = rest.worst;
  return { name, groups, worst: certain ? groups[group] : null, left: rest.unknown + rest.tooFew };
}
