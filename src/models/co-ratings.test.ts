import { expect, test } from 'vitest';
import { csrFromPairs, transpose } from '../base/sparse.ts';
import { walkCoRatings } from './co-ratings.ts';

/** Three rows over four columns: 0 has {0, 1, 3}, 1 has {1, 3}, 2 has {0, 2, 3}; values 10 · row + column. */
const own = csrFromPairs(
  {
    users: Uint32Array.of(0, 0, 0, 1, 1, 2, 2, 2),
    items: Uint32Array.of(0, 1, 3, 1, 3, 0, 2, 3),
    values: Float32Array.of(0, 1, 3, 11, 13, 20, 22, 23),
  },
  3,
  4,
);

test('meets every two rows once for each column they share, row after row', async () => {
  const other = transpose(own);
  const met: string[] = [];
  await walkCoRatings(
    own,
    other,
    { tell: () => undefined, due: () => false, turn: async () => undefined },
    {
      add(x, from, to) {
        for (let e = from; e < to; e++) met.push(`${x} & ${other.values[e]} of row ${other.indices[e]}`);
      },
      finish: (row) => void met.push(`end of ${row}`),
    },
  );
  expect(met).toEqual([
    '0 & 20 of row 2',
    '1 & 11 of row 1',
    '3 & 13 of row 1',
    '3 & 23 of row 2',
    'end of 0',
    '13 & 23 of row 2',
    'end of 1',
    'end of 2',
  ]);
});

test('gives events their turn between rows where they are due, and tells the share of the meetings', async () => {
  const told: number[] = [];
  let turns = 0;
  await walkCoRatings(
    own,
    transpose(own),
    {
      tell: (share) => void told.push(share),
      due: () => true,
      async turn() {
        turns++;
      },
    },
    { add: () => undefined, finish: () => undefined },
  );
  // five meetings in all: four of the first row, one of the second
  expect(told).toEqual([0.8, 1, 1, 1]);
  expect(turns).toBe(3);
});
