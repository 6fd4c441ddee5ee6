import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { Csr } from '../../base/sparse.ts';
import { rowChunks } from './side.ts';

/** A matrix of rows of these lengths; what stands in them is nobody's business here. */
function matrixOf(lengths: readonly number[]): Csr {
  const pointers = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, row) => {
    pointers[row + 1] = pointers[row] + length;
  });
  const entries = pointers[lengths.length];
  return {
    rows: lengths.length,
    columns: 1,
    pointers,
    indices: new Uint32Array(entries),
    values: new Float32Array(entries),
  };
}

const rangesOf = (lengths: readonly number[]) => {
  const flat = [...rowChunks(matrixOf(lengths))];
  return Array.from({ length: flat.length / 2 }, (_, at) => ({ first: flat[2 * at], last: flat[2 * at + 1] }));
};

/** Entries, and 8 for each row. */
const costOf = (lengths: readonly number[], { first, last }: { first: number; last: number }) =>
  lengths.slice(first, last).reduce((sum, length) => sum + length + 8, 0);

const random = createRandom(4);
const MANY = Array.from({ length: 20_000 }, () => random.integer(60));
const CASES: Readonly<Record<string, readonly number[]>> = {
  'no rows': [],
  'one row': [7],
  'rows without entries': Array.from({ length: 1000 }, () => 0),
  'many rows': MANY,
  'a giant row among many': MANY.with(12_345, 900_000),
  'a giant row at the very end': [...MANY, 900_000],
  'a few rows that are all long': Array.from({ length: 9 }, (_, row) => 5000 + row),
};

it.each(Object.entries(CASES))('%s: every row once, the dearest chunk first', (_, lengths) => {
  const ranges = rangesOf(lengths);
  const times = new Uint8Array(lengths.length);
  for (const { first, last } of ranges) {
    expect(last).toBeGreaterThan(first);
    for (let row = first; row < last; row++) times[row]++;
  }
  expect(times.every((count) => count === 1)).toBe(true);
  const costs = ranges.map((range) => costOf(lengths, range));
  expect(costs).toEqual(costs.toSorted((a, b) => b - a));
});

it('a giant row comes first, and nothing long comes with it', () => {
  for (const name of ['a giant row among many', 'a giant row at the very end']) {
    const lengths = CASES[name];
    const giant = lengths.indexOf(900_000);
    const [{ first, last }] = rangesOf(lengths);
    expect(first).toBeLessThanOrEqual(giant);
    expect(last).toBe(giant + 1);
  }
});

it('chunks are enough for many threads and no more than are worth handing out', () => {
  const ranges = rangesOf(MANY);
  const all = costOf(MANY, { first: 0, last: MANY.length });
  expect(ranges.length).toBeGreaterThan(100);
  expect(ranges.length).toBeLessThanOrEqual(128);
  for (const range of ranges) expect(costOf(MANY, range)).toBeLessThan(all / 128 + 68);
  // 1,000 rows of nothing cost 8,000: chunks of 2,048
  expect(rangesOf(CASES['rows without entries']).map(({ first, last }) => last - first)).toEqual([256, 256, 256, 232]);
});
