import { expect, test } from 'vitest';
import { distinctiveProducts, nameGroups, typicalMembers } from './naming.ts';
import { plantedBlocks, ratingsFromDense, tableOf } from './small-data.testing.ts';

/** Twelve rows in display order, two blocks of six. */
const { values } = plantedBlocks([12], 0.5, 0.5, 1);
const rows = Uint32Array.from({ length: 12 }, (_, at) => at);
const ids = Array.from({ length: 12 }, (_, at) => `film ${at}`);
const spans = [
  { from: 0, to: 6 },
  { from: 6, to: 12 },
];

test('a category that sets a group apart names it; one that everything has does not', () => {
  const table = tableOf(
    ids,
    ids.map((_, at) => (at < 6 ? ['Drama', 'Horror'] : ['Drama'])),
  );
  const groups = nameGroups(spans, values, rows, table);
  expect(groups.map((group) => group.category)).toEqual(['Horror', null]);
  expect(groups[1].members).toHaveLength(2);
});

test('what chance would do as easily names nothing', () => {
  // Two of three and two of three: lift 1, and 3 of 6 against 4 of 12: lift 1.5 but no surprise.
  const table = tableOf(
    ids,
    ids.map((_, at) => (at < 3 || at === 6 ? ['Comedy'] : ['Other'])),
  );
  expect(nameGroups(spans, values, rows, table).map((group) => group.category)).toEqual([null, null]);
});

test('a category names one group only: the one it fits best; the other takes its next or none', () => {
  const three = [
    { from: 0, to: 4 },
    { from: 4, to: 8 },
    { from: 8, to: 12 },
  ];
  const table = tableOf(
    ids,
    ids.map((_, at) => (at < 4 ? ['War'] : at < 7 ? ['War', 'Western'] : at < 8 ? ['Western'] : ['Musical'])),
  );
  const names = nameGroups(three, values, rows, table).map((group) => group.category);
  expect(names).toEqual([null, 'Western', 'Musical']);
  expect(new Set(names).size).toBe(3);
});

test('rows stand in display order, not in table order', () => {
  const turned = rows.toReversed();
  const table = tableOf(
    ids,
    ids.map((_, at) => (at < 6 ? ['Horror'] : [])),
  );
  expect(nameGroups(spans, values, turned, table).map((group) => group.category)).toEqual([null, 'Horror']);
});

test('typical members are the ones most like the rest of their group, blanks aside', () => {
  const nan = Number.NaN;
  // Row 1 is close to all, row 3 next, row 0 is blank with most.
  const four = Float32Array.of(1, 0.2, nan, nan, 0.2, 1, 0.9, 0.8, nan, 0.9, 1, 0.1, nan, 0.8, 0.1, 1);
  expect(typicalMembers({ from: 0, to: 4 }, four, 4)).toEqual([1, 2]);
  expect(typicalMembers({ from: 2, to: 4 }, four, 4)).toEqual([2, 3]);
  const group = nameGroups([{ from: 0, to: 4 }], four, Uint32Array.of(5, 6, 7, 8), tableOf(ids));
  expect(group[0].members).toEqual(['The film 6', 'The film 7']);
});

test('a group of customers is told by what they have and the others have not', () => {
  // Everyone has product 0; the first three share 1 and 2, the last three share 3.
  const ratings = ratingsFromDense([
    [5, 4, 3, 0],
    [4, 4, 5, 0],
    [3, 5, 0, 0],
    [4, 0, 0, 5],
    [4, 0, 0, 5],
    [4, 0, 0, 5],
  ]);
  const six = Uint32Array.of(0, 1, 2, 3, 4, 5);
  const told = distinctiveProducts(ratings, 'customers', six, tableOf(ratings.itemIds));
  expect(told({ from: 0, to: 3 })).toEqual(['The p1', 'The p2']);
  expect(told({ from: 3, to: 6 })).toEqual(['The p3']);
  expect(distinctiveProducts(ratings, 'products', six, tableOf(ratings.itemIds))({ from: 0, to: 3 })).toEqual([]);
});
