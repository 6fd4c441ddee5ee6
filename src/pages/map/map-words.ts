/** What the Map says: its finding and the names of groups, put together from what was computed. */
import type { TFunction } from 'i18next';
import { isCode } from '../../i18n/code.ts';
import type { Format } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { HeatmapGroup, HeatmapResult, Side, SimilarityMeasure } from '../../insight/heatmap-types.ts';
import type { DatasetSummary } from '../../worker/api/data.ts';

/** How a measure looks at people and things; each has its own sentence for the same number of groups. */
export function outlook(measure: SimilarityMeasure): 'chosen' | 'liked' | 'modelled' {
  if (measure === 'model') return 'modelled';
  return measure === 'adjustedCosine' || measure === 'pearson' ? 'liked' : 'chosen';
}

/** The headline: how many groups stand out, and what makes them groups. */
export function finding(
  t: TFunction<'map'>,
  words: Words,
  summary: DatasetSummary,
  { request, groups }: HeatmapResult,
): string {
  const count = groups.length;
  const numbers = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
  const params = { ...words.params, count, verb: t(`verbs.${summary.thing}`) };
  if (count === 0) return t(`finding.${request.side}.none`, params);
  const number = numbers[count - 1];
  return t(`finding.${request.side}.${outlook(request.measure)}`, {
    ...params,
    number: t(`numbers.${number}`),
  });
}

/** A title without what stands in brackets at its end: the year, the number in a series. */
export function shortTitle(title: string): string {
  const short = title.replace(/\s*[([（][^()[\]（）]*[)\]）]\s*$/u, '').trim();
  return short === '' ? title : short;
}

/** Titles shortened where they still tell the things apart. */
function shortened(titles: readonly string[]): readonly string[] {
  const short = titles.map(shortTitle);
  return new Set(short).size === short.length ? short : titles;
}

/** A group by its category, by what its people share, or by its two most typical members. */
export function groupName(t: TFunction<'map'>, format: Format, group: HeatmapGroup): string {
  if (group.category !== null) return group.category;
  if (group.distinctive.length > 0) return t('group.drawnTo', { names: format.list(shortened(group.distinctive)) });
  return t('group.like', { names: format.list(shortened(group.members)) });
}

/** Rows are called by what they are where all that is known of them is a code: "Film 512", "like film 247 and film 245". */
export function withNames(
  t: TFunction<'map'>,
  words: Words,
  summary: DatasetSummary,
  result: HeatmapResult,
): HeatmapResult {
  const { side } = result.request;
  const inside = (of: Side) => (label: string) => rowName(t, words, summary, of, label, 'inside');
  return {
    ...result,
    labels: result.labels.map((label) => rowName(t, words, summary, side, label)),
    groups: result.groups.map((group) => ({
      ...group,
      members: group.members.map(inside(side)),
      distinctive: group.distinctive.map(inside('products')),
    })),
  };
}

/** One row's name, on its own or `inside` a sentence. */
export function rowName(
  t: TFunction<'map'>,
  words: Words,
  { hasTitles }: DatasetSummary,
  side: Side,
  label: string,
  where: 'alone' | 'inside' = 'alone',
): string {
  if ((side === 'products' && hasTitles) || !isCode(label)) return label;
  return t(`coded.${side}.${where}`, { ...words.params, id: label });
}
