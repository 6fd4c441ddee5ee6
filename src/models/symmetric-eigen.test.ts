import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** H = I − 2 v vᵀ / ‖v‖²: orthogonal, whatever v is. */
function reflection(v: readonly number[]): number[][] {
  const squares = v.reduce((sum, value) => sum + value * value, 0);
  return v.map((x, row) => v.map((y, column) => (row === column ? 1 : 0) - (2 * x * y) / squares));
}

const multiply = (a: readonly number[][], b: readonly number[][]) =>
  a.map((row) => b[0].map((_, column) => row.reduce((sum, value, at) => sum + value * b[at][column], 0)));

test('of a matrix made from known eigenvalues and vectors, small ones and equal ones as well', () => {
  const random = createRandom(3);
  const known = [900, 40, 7, 7, 1, 1e-3, 0, -2];
  const turn = multiply(reflection(known.map(() => random.normal())), reflection(known.map(() => random.normal())));
  const scaled = turn.map((row) => row.map((value, at) => value * known[at]));
  const matrix = multiply(
    scaled,
    turn[0].map((_, column) => turn.map((row) => row[column])),
  );
  const { values, vectors } = symmetricEigen(Float64Array.from(matrix.flat()), known.length);
  values.forEach((value, at) => {
    expect(value).toBeCloseTo(known[at], 10);
  });
  // The spaces that belong to one value each: a vector of its own, or a plane for the two sevens.
  const rows = known.map((_, at) => [...vectors.subarray(at * known.length, (at + 1) * known.length)]);
  const along = (at: number, to: number) => rows[at].reduce((sum, value, row) => sum + value * turn[row][to], 0) ** 2;
  for (const at of [0, 1, 4, 5, 6, 7]) expect(along(at, at)).toBeCloseTo(1, 10);
  for (const at of [2, 3]) expect(along(at, 2) + along(at, 3)).toBeCloseTo(1, 10);
});

test('two by two by hand; what is below the diagonal is not read; one number is its own', () => {
  const root = Math.sqrt(0.5);
  const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, Number.NaN, 2), 2);
  expect(values[0]).toBeCloseTo(3, 14);
  expect(values[1]).toBeCloseTo(1, 14);
  for (const value of vectors) expect(Math.abs(value)).toBeCloseTo(root, 14);
  expect(vectors[0] * vectors[1]).toBeCloseTo(0.5, 14);
  expect(vectors[2] * vectors[3]).toBeCloseTo(-0.5, 14);
  expect(symmetricEigen(Float64Array.of(-4), 1)).toEqual({ values: Float64Array.of(-4), vectors: Float64Array.of(1) });
  expect(symmetricEigen(new Float64Array(9), 3).values).toEqual(new Float64Array(3));
  expect(() => symmetricEigen(Float64Array.of(1, Number.NaN, 0, 1), 2)).toThrow(RangeError);
});
