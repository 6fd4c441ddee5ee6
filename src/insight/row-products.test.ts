import { expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { createWasmDevice } from '../compute/wasm/device.ts';
import { createPacer } from './pacer.ts';
import { productsOfRows, splitByColumns } from './row-products.ts';
import { pairwiseSimilarity } from './similarity.ts';
import { randomDense, ratingsFromDense } from './small-data.testing.ts';

const reference = createReferenceDevice();
/** 1,300 customers, more than a block of columns, by 43 products: no multiple of the stripes. */
const ratings = ratingsFromDense(randomDense(1300, 43, 0.5, 4));
const rows = Uint32Array.from({ length: 43 }, (_, at) => (at * 7) % 43);

test('products of rows are those of the entries they share', async () => {
  const { byItem } = ratings;
  const sums = await productsOfRows(byItem, reference, { pacer: createPacer() });
  for (let a = 0; a < byItem.rows; a++) {
    const row = new Map<number, number>();
    for (let e = byItem.pointers[a]; e < byItem.pointers[a + 1]; e++) row.set(byItem.indices[e], byItem.values[e]);
    for (let b = a; b < byItem.rows; b++) {
      let expected = 0;
      for (let e = byItem.pointers[b]; e < byItem.pointers[b + 1]; e++) {
        expected += (row.get(byItem.indices[e]) ?? 0) * byItem.values[e];
      }
      expect(sums[a * byItem.rows + b]).toBeCloseTo(expected, 6);
    }
  }
});

test.each(['cosine', 'adjustedCosine', 'jaccard'] as const)(
  '%s is the same on the device and without',
  async (measure) => {
    const device = await createWasmDevice({ threads: 1, fused: false });
    for (const density of [0.5, 0.22]) {
      const some = ratingsFromDense(randomDense(1300, 43, density, 4));
      expect(splitByColumns(some.byItem, device)).not.toBeNull();
      expect(splitByColumns(some.byItem, reference)).toBeNull();
      const together = await pairwiseSimilarity(some, 'products', measure, rows, { device });
      const plain = await pairwiseSimilarity(some, 'products', measure, rows, { device: reference });
      for (let at = 0; at < plain.length; at++) expect(together[at]).toBeCloseTo(plain[at], 5);
    }
    device.destroy();
  },
);

test('what is mostly empty is added up entry by entry', async () => {
  const device = await createWasmDevice({ threads: 1, fused: false });
  expect(splitByColumns(ratingsFromDense(randomDense(1300, 43, 0.02, 4)).byItem, device)).toBeNull();
  device.destroy();
});

test('columns are taken apart without losing an entry: the full ones, and the rest', async () => {
  const device = await createWasmDevice({ threads: 1, fused: false });
  const { byItem } = ratingsFromDense(randomDense(1300, 43, 0.22, 4));
  const parts = splitByColumns(byItem, device);
  if (!parts) throw new TypeError('nothing to take apart');
  const { full, rest } = parts;
  expect(full.columns).toBeGreaterThan(100);
  expect(full.columns).toBeLessThan(1200);
  expect(full.indices.length + rest.indices.length).toBe(byItem.indices.length);
  const countsOf = ({ columns, indices }: typeof full) => {
    const counts = new Uint32Array(columns);
    for (const column of indices) counts[column]++;
    return counts;
  };
  const least = Math.min(...countsOf(full));
  expect(Math.max(...countsOf(rest))).toBeLessThan(least);
  for (let row = 0; row < byItem.rows; row++) {
    const sum = (part: typeof full) =>
      part.values.subarray(part.pointers[row], part.pointers[row + 1]).reduce((total, value) => total + value, 0);
    expect(sum(full) + sum(rest)).toBe(sum(byItem));
  }
  device.destroy();
});

test('a device that goes away in the middle costs nothing but time', async () => {
  const device = await createWasmDevice({ threads: 1, fused: false });
  let asked = 0;
  const failing = {
    ...device,
    dots: async (...args: Parameters<typeof device.dots>) => {
      if (++asked > 2) throw new AppError('deviceLost', { device: 'wasm' });
      return device.dots(...args);
    },
  };
  const values = await pairwiseSimilarity(ratings, 'products', 'cosine', rows, { device: failing });
  const plain = await pairwiseSimilarity(ratings, 'products', 'cosine', rows, { device: reference });
  expect(asked).toBe(3);
  expect(values).toEqual(plain);
  device.destroy();
});
