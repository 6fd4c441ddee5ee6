import { expect, it } from 'vitest';
import { withMoreRows } from './entity-rows.ts';
import { type EntityTable, NO_CODE } from './interactions.ts';

const TABLE: EntityTable = {
  ids: ['a', 'b'],
  titles: ['First', ''],
  categories: { names: ['x', 'y'], pointers: Uint32Array.of(0, 2, 3), codes: Uint32Array.of(0, 1, 1) },
  attributes: [{ name: 'land', values: { names: ['CH'], codes: Uint32Array.of(0, NO_CODE) } }],
};

it('puts rows behind of which nothing is known', () => {
  const more = withMoreRows(TABLE, ['a', 'b', 'c', 'd']);
  expect(more.ids).toEqual(['a', 'b', 'c', 'd']);
  expect(more.titles).toEqual(['First', '', '', '']);
  expect([...(more.categories?.pointers ?? [])]).toEqual([0, 2, 3, 3, 3]);
  expect([...(more.categories?.codes ?? [])]).toEqual([0, 1, 1]);
  expect([...more.attributes[0].values.codes]).toEqual([0, NO_CODE, NO_CODE, NO_CODE]);
});

it('leaves a table alone that has them all, and one without titles or categories without', () => {
  expect(withMoreRows(TABLE, ['a', 'b'])).toBe(TABLE);
  expect(withMoreRows({ ...TABLE, titles: null, categories: null }, ['a', 'b', 'c'])).toMatchObject({
    titles: null,
    categories: null,
  });
  expect(() => withMoreRows(TABLE, ['a'])).toThrow(RangeError);
});
