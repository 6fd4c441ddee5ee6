import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { type Csr, csrFromPairs, pairsFromCsr } from '../base/sparse.ts';
import { ENTRY_WORDS, stratify } from './stratify.ts';

/** Every rating another value, so that each can be told from all others. */
function matrixOf(users: number, items: number, share: number): Csr {
  const random = createRandom(3);
  const at: number[] = [];
  for (let pair = 0; pair < users * items; pair++) if (random.next() < share) at.push(pair);
  return csrFromPairs(
    {
      users: Uint32Array.from(at, (pair) => Math.floor(pair / items)),
      items: Uint32Array.from(at, (pair) => pair % items),
      values: Float32Array.from(at, (_, p) => p),
    },
    users,
    items,
  );
}

function entriesOf(matrix: Csr, grid: number, seed: number) {
  const order = stratify(matrix, grid, seed);
  const entries = new Uint32Array(ENTRY_WORDS * matrix.indices.length);
  order.write(entries);
  const values = new Float32Array(entries.buffer);
  const list = Array.from({ length: matrix.indices.length }, (_, e) => ({
    user: entries[ENTRY_WORDS * e],
    item: entries[ENTRY_WORDS * e + 1],
    value: values[ENTRY_WORDS * e + 2],
  }));
  return { ...order, list };
}

describe.each([
  { users: 1500, items: 700, share: 0.02, grid: 8 },
  { users: 37, items: 5, share: 0.4, grid: 4 },
  { users: 3, items: 2, share: 1, grid: 8 },
  { users: 9, items: 11, share: 0, grid: 3 },
])('$users × $items in a grid of $grid', ({ users, items, share, grid }) => {
  const matrix = matrixOf(users, items, share);
  const { userLabels, itemLabels, blocks, list } = entriesOf(matrix, grid, 5);

  test('every rating stands in the list once, under the labels of its rows', () => {
    const expected = pairsFromCsr(matrix);
    const found = [...list].sort((x, y) => x.value - y.value);
    expect(found).toEqual(
      Array.from(expected.values, (value, p) => ({
        user: userLabels[expected.users[p]],
        item: itemLabels[expected.items[p]],
        value,
      })).sort((x, y) => x.value - y.value),
    );
  });

  test('labels are the numbers of the rows in another order', () => {
    expect(Array.from(userLabels).sort((x, y) => x - y)).toEqual(Array.from({ length: users }, (_, row) => row));
    expect(Array.from(itemLabels).sort((x, y) => x - y)).toEqual(Array.from({ length: items }, (_, row) => row));
  });

  test('block (d, a) holds user group a and item group a + d, so a diagonal shares no row', () => {
    const groups = (label: number, rows: number) => Math.floor(label / Math.max(1, Math.ceil(rows / grid)));
    expect(blocks[grid * grid]).toBe(list.length);
    for (let d = 0; d < grid; d++) {
      for (let a = 0; a < grid; a++) {
        const block = list.slice(blocks[d * grid + a], blocks[d * grid + a + 1]);
        const b = (a + d) % grid;
        expect(block.filter(({ user, item }) => groups(user, users) !== a || groups(item, items) !== b)).toEqual([]);
      }
    }
  });
});

test('the seed decides the order; users and items are not ordered alike', () => {
  const matrix = matrixOf(60, 60, 0.2);
  const first = entriesOf(matrix, 4, 1);
  expect(entriesOf(matrix, 4, 1).list).toEqual(first.list);
  expect(entriesOf(matrix, 4, 2).userLabels).not.toEqual(first.userLabels);
  expect(first.itemLabels).not.toEqual(first.userLabels);
});

test('neighbours in the list lie near each other: a block is walked tile by tile', () => {
  const matrix = matrixOf(2000, 1000, 0.02);
  const { blocks, list } = entriesOf(matrix, 1, 1);
  expect(Array.from(blocks)).toEqual([0, list.length]);
  // 16 tiles of 125 users by 8 of 125 items; a user's ratings in a tile stand together
  const users = new Set(list.slice(0, 100).map(({ user }) => user));
  const items = new Set(list.slice(0, 100).map(({ item }) => Math.floor(item / 125)));
  expect(Math.max(...users)).toBeLessThan(125);
  expect(items.size).toBe(1);
});
