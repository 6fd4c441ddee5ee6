import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dotRow, dotRows, nearestRows, topRows } from './vector-lists.ts';

const marks = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 60 });

test('products with every row are those with each of them, whatever is left of fours', () => {
  fc.assert(
    fc.property(marks, fc.integer({ min: 1, max: 7 }), (numbers, factors) => {
      const rows = Math.floor(numbers.length / factors);
      const vectors = { data: Float32Array.from(numbers.slice(0, rows * factors)), factors };
      const vector = Float32Array.from({ length: factors }, (_, f) => f - 2);
      const expected = Array.from({ length: rows }, (_, row) => dotRow(vector, vectors, row));
      expect([...dotRows(vector, vectors)]).toEqual(expected.map((product) => product + 0));
    }),
  );
});

test('the best rows are those a full sort puts first: ties to the lower row, nothing excluded, no NaN', () => {
  const score = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(Number.NaN, Number.NEGATIVE_INFINITY));
  const request = fc.record({
    scores: fc.array(score, { maxLength: 40 }),
    exclude: fc.uniqueArray(fc.nat(45), { maxLength: 12 }),
    count: fc.nat(12),
  });
  fc.assert(
    fc.property(request, ({ scores, exclude, count }) => {
      const expected = scores
        .map((value, row) => ({ value, row }))
        .filter(({ value, row }) => !Number.isNaN(value) && !exclude.includes(row))
        .sort((a, b) => (a.value === b.value ? a.row - b.row : b.value - a.value))
        .slice(0, count);
      const ascending = Uint32Array.from(exclude).sort();
      const list = topRows(Float32Array.from(scores), count, ascending);
      expect([...list.indices]).toEqual(expected.map(({ row }) => row));
      expect([...list.scores]).toEqual(expected.map(({ value }) => value));
    }),
  );
});

test('rows without a direction are near nobody', () => {
  const vectors = { data: Float32Array.of(1, 0, 0, 0, 3, 4, -1, 0), factors: 2 };
  const near = nearestRows(Float32Array.of(2, 0), vectors, 4);
  expect([...near.indices]).toEqual([0, 2, 3]);
  expect(near.scores[1]).toBeCloseTo(0.6, 6);
  expect(nearestRows(Float32Array.of(0, 0), vectors, 4).indices).toHaveLength(0);
});
