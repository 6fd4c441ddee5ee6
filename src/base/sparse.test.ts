import { expect, test } from 'vitest';
import { type Csr, csrFromPairs, pairsFromCsr, rowBlocks } from './sparse.ts';

/** Rows of 2, 0, 5, 1 and 0 entries. */
const users = [0, 0, 2, 2, 2, 2, 2, 3];
const items = [1, 4, 0, 1, 2, 3, 4, 2];
const matrix: Csr = csrFromPairs(
  { users: Uint32Array.from(users), items: Uint32Array.from(items), values: Float32Array.from(users, (_, at) => at) },
  5,
  6,
);

const blocksOf = (entries: number) => [...rowBlocks(matrix, entries)];

test.each([
  [1, [1, 1, 1, 2]],
  [3, [2, 1, 2]],
  [6, [2, 3]],
  [7, [3, 2]],
  [8, [5]],
])('blocks of %i entries: whole rows, one alone where it has more, and together the matrix', (entries, rows) => {
  const blocks = blocksOf(entries);
  expect(blocks.map(({ block }) => block.rows)).toEqual(rows);
  const together = blocks.flatMap(({ first, block }) => {
    expect(block.columns).toBe(6);
    const pairs = pairsFromCsr(block);
    return Array.from(pairs.users, (row, at) => [first + row, pairs.items[at], pairs.values[at]]);
  });
  expect(together).toEqual(users.map((user, at) => [user, items[at], at]));
});

test('blocks share the entries of the matrix', () => {
  for (const { block } of blocksOf(3)) expect(block.values.buffer).toBe(matrix.values.buffer);
});

test('a matrix without rows has no blocks', () => {
  const empty = {
    rows: 0,
    columns: 3,
    pointers: new Uint32Array(1),
    indices: new Uint32Array(),
    values: new Float32Array(),
  };
  expect([...rowBlocks(empty, 4)]).toEqual([]);
});
