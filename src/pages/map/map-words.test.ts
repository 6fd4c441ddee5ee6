import i18next, { type TFunction } from 'i18next';
import { beforeAll, describe, expect, test } from 'vitest';
import en from '../../i18n/en/map.json';
import { formatIn } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import zh from '../../i18n/zh-CN/map.json';
import type { HeatmapGroup, HeatmapResult, SimilarityMeasure } from '../../insight/heatmap-types.ts';
import type { DatasetSummary } from '../../worker/api/data.ts';
import { finding, groupName, rowName, shortTitle, withNames } from './map-words.ts';

const group: HeatmapGroup = { from: 0, to: 4, category: null, members: [], distinctive: [] };
const words = {
  params: { thing: 'book', Thing: 'Book', things: 'books', person: 'reader', Person: 'Reader', people: 'readers' },
} as Words;
const summary = { thing: 'book', person: 'reader' } as DatasetSummary;
const resultOf = (side: 'products' | 'customers', measure: SimilarityMeasure, count: number) =>
  ({ request: { side, measure }, groups: Array.from({ length: count }, () => group) }) as unknown as HeatmapResult;

let t: TFunction<'map'>;
let chinese: TFunction<'map'>;
beforeAll(async () => {
  const instance = i18next.createInstance();
  await instance.init({
    lng: 'en',
    fallbackLng: false,
    ns: ['map'],
    defaultNS: 'map',
    resources: { en: { map: en }, 'zh-CN': { map: zh } },
    interpolation: { escapeValue: false },
  });
  t = instance.getFixedT('en', 'map');
  chinese = instance.getFixedT('zh-CN', 'map');
});

describe('the finding', () => {
  test('counts the groups in words and says what makes them groups', () => {
    expect(finding(t, words, summary, resultOf('products', 'cosine', 7))).toBe(
      'Seven groups of books are read by the same people.',
    );
    expect(finding(t, words, summary, resultOf('products', 'pearson', 1))).toBe(
      'One group of books is liked by the same people.',
    );
    expect(finding(t, words, summary, resultOf('customers', 'jaccard', 2))).toBe(
      'Two groups of readers choose the same books.',
    );
    expect(finding(t, words, summary, resultOf('products', 'model', 0))).toBe('No group of books stands out here.');
  });

  test('is a whole sentence for every side, measure and number, in both languages', () => {
    for (const say of [t, chinese]) {
      for (const side of ['products', 'customers'] as const) {
        for (const measure of ['cosine', 'adjustedCosine', 'pearson', 'jaccard', 'model'] as const) {
          for (let count = 0; count <= 9; count++) {
            expect(finding(say, words, summary, resultOf(side, measure, count))).toMatch(/^[^{}]{6,}[.。]$/u);
          }
        }
      }
    }
  });
});

describe('the name of a group', () => {
  const format = formatIn('en');

  test('is its category, else what its people share, else its typical members', () => {
    expect(groupName(t, format, { ...group, category: 'Horror', members: ['A', 'B'] })).toBe('Horror');
    expect(groupName(t, format, { ...group, members: ['12', '40'], distinctive: ['Dune', 'Emma'] })).toBe(
      'drawn to Dune and Emma',
    );
    expect(groupName(t, format, { ...group, members: ['Dune', 'Emma'] })).toBe('like Dune and Emma');
  });

  test('leaves years and series out unless they are all that tells two titles apart', () => {
    expect(groupName(t, format, { ...group, members: ['Alien (1979)', 'Jaws (1975)'] })).toBe('like Alien and Jaws');
    expect(groupName(t, format, { ...group, members: ['Dracula (1931)', 'Dracula (1992)'] })).toBe(
      'like Dracula (1931) and Dracula (1992)',
    );
    expect(shortTitle('(untitled)')).toBe('(untitled)');
    expect(shortTitle('Eclipse (Twilight, #3)')).toBe('Eclipse');
    expect(shortTitle('M (and more) stories')).toBe('M (and more) stories');
  });
});

describe('names of rows', () => {
  const named = { ...summary, hasTitles: true };
  const coded = { ...summary, hasTitles: false };

  test('codes are called by what they are, titles and speaking ids are not', () => {
    expect(rowName(t, words, coded, 'products', '512')).toBe('Book 512');
    expect(rowName(t, words, coded, 'products', 'Blue mug 3')).toBe('Blue mug 3');
    expect(rowName(t, words, named, 'products', '1984')).toBe('1984');
    expect(rowName(t, words, named, 'customers', '1111')).toBe('Reader 1111');
  });

  test('inside the name of a group they are small', () => {
    const groups = [
      { ...group, members: ['247', '245'] },
      { ...group, distinctive: ['11'] },
    ];
    const result = { ...resultOf('products', 'cosine', 0), labels: ['247', '245'], groups };
    const { labels, groups: shown } = withNames(t, words, coded, result);
    expect(labels).toEqual(['Book 247', 'Book 245']);
    expect(shown.map(({ members, distinctive }) => [...members, ...distinctive])).toEqual([
      ['book 247', 'book 245'],
      ['book 11'],
    ]);
    expect(withNames(t, words, named, result).groups).toEqual(groups);
  });
});
