import { expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createSquare, rowsFromFloats, rowsToFloats, squareOf, upperTriangle } from './square-matrix.ts';

test('a square that would take more than 512 MB is refused with its numbers', () => {
  expect(createSquare('slopeOne', 3)).toEqual(new Float32Array(9));
  // 4 · 11,586² bytes are 512.07 MB
  try {
    createSquare('slopeOne', 11_586);
    expect.unreachable();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({ code: 'modelTooLarge', params: { model: 'slopeOne', neededMb: 513, mostMb: 512 } });
  }
});

test('the half above the diagonal is enough to have the whole again', () => {
  const square = Float32Array.of(9, 1, 2, -1, 9, 3, -2, -3, 9);
  const half = upperTriangle(square, 3);
  const triangle = new Float32Array(half.length);
  half.write(triangle);
  expect(Array.from(triangle)).toEqual([1, 2, 3]);
  expect(squareOf(triangle, 3, 9, (above) => -above)).toEqual(square);
  expect(upperTriangle(new Float32Array(0), 0)).toHaveLength(0);
});

test('the structure of sparse rows comes back from floats, and nothing else does', () => {
  const rows = { rows: 3, columns: 5, pointers: Uint32Array.of(0, 2, 2, 3), indices: Uint32Array.of(1, 4, 0) };
  const floats = rowsToFloats(rows);
  expect(rowsFromFloats(floats, 5)).toEqual(rows);
  expect(rowsFromFloats(floats, 4)).toBeNull();
  expect(rowsFromFloats({ ...floats, counts: Float32Array.of(2, 0, 2) }, 5)).toBeNull();
  expect(rowsFromFloats({ ...floats, counts: Float32Array.of(4, -2, 1) }, 5)).toBeNull();
  expect(rowsFromFloats({ ...floats, entries: Float32Array.of(1, 3.5, 0) }, 5)).toBeNull();
});
