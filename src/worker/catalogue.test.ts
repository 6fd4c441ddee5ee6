import { describe, expect, it } from 'vitest';
import type { EntityTable } from '../data/interactions.ts';
import { labelOf } from '../data/label.ts';
import { detailOf, searchTable } from './catalogue.ts';

const table: EntityTable = {
  ids: ['10', '2', '0120735', '21'],
  titles: ['Emma', 'The Emma Dilemma', 'Ｆｕｌｌ Width', ''],
  categories: {
    names: ['Drama', 'Comedy', 'Crime', 'War'],
    pointers: Uint32Array.from([0, 2, 2, 6, 6]),
    codes: Uint32Array.from([0, 1, 0, 1, 2, 3]),
  },
  attributes: [],
};
/** 5, 9, 1 and 7 actions. */
const pointers = Uint32Array.from([0, 5, 14, 15, 22]);

describe('searchTable', () => {
  const find = (query: string) => Array.from(searchTable(table, pointers, query, 10));

  it('puts the exact before the beginning before the middle, ignoring case', () => {
    expect(find('emma')).toEqual([0, 1]);
    expect(find('2')).toEqual([1, 3, 2]);
  });

  it('finds full-width text by half-width letters and ids with leading zeros', () => {
    expect(find('full')).toEqual([2]);
    expect(find('0120735')).toEqual([2]);
  });

  it('lists the most active for an empty query', () => {
    expect(find('  ')).toEqual([1, 3, 0, 2]);
  });

  it('finds nothing for what is not there', () => {
    expect(find('zebra')).toEqual([]);
  });
});

it('falls back to the id where there is no title', () => {
  expect(labelOf(table, 3)).toBe('21');
  expect(labelOf({ ...table, titles: null }, 0)).toBe('10');
  // Written as a float by some tool: read out as the whole number it is.
  expect(labelOf({ ids: ['17850.0', '1.5', '0120735'], titles: null }, 0)).toBe('17850');
  expect(labelOf({ ids: ['17850.0', '1.5', '0120735'], titles: null }, 1)).toBe('1.5');
  expect(labelOf({ ids: ['17850.0', '1.5', '0120735'], titles: null }, 2)).toBe('0120735');
});

it('describes a thing by its maker, else by at most three categories', () => {
  expect(detailOf(table, 2)).toBe('Drama · Comedy · Crime');
  expect(detailOf(table, 3)).toBe('');
  const attributes = [
    { name: 'authors', values: { names: ['Jane Austen'], codes: Uint32Array.from([0, 0, 0xffffffff, 0]) } },
    {
      name: 'original_publication_year',
      values: { names: ['1815.0'], codes: Uint32Array.from([0, 0xffffffff, 0, 0]) },
    },
  ];
  expect(detailOf({ ...table, attributes }, 0)).toBe('Jane Austen · 1815');
  expect(detailOf({ ...table, attributes }, 1)).toBe('Jane Austen');
});
