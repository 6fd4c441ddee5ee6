import { describe, expect, test } from 'vitest';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { Side, SimilarityMeasure } from './heatmap-types.ts';
import { measuresFor } from './measures.ts';
import { similarityToAll } from './most-similar.ts';
import { pairwiseSimilarity } from './similarity.ts';
import { randomDense, ratingsFromDense } from './small-data.testing.ts';

const device = createReferenceDevice();
const all = (n: number) => Uint32Array.from({ length: n }, (_, row) => row);

/** The definitions of algorithms.md §3, read off a dense matrix without any cleverness. */
function naive(
  dense: readonly (readonly number[])[],
  side: Side,
  measure: SimilarityMeasure,
  a: number,
  b: number,
): number {
  const vectors = side === 'customers' ? dense : dense[0].map((_, i) => dense.map((row) => row[i]));
  const mean = (row: readonly number[]) => row.reduce((x, y) => x + y, 0) / row.filter((x) => x > 0).length;
  const customerMeans = dense.map(mean);
  const columns = vectors[0].map((_, at) => at);
  const x = vectors[a];
  const y = vectors[b];
  if (measure === 'jaccard') {
    const either = columns.filter((c) => x[c] > 0 || y[c] > 0).length;
    return columns.filter((c) => x[c] > 0 && y[c] > 0).length / either;
  }
  if (measure === 'pearson') {
    const both = columns.filter((c) => x[c] > 0 && y[c] > 0);
    if (both.length < 3) return Number.NaN;
    const meanX = both.reduce((sum, c) => sum + x[c], 0) / both.length;
    const meanY = both.reduce((sum, c) => sum + y[c], 0) / both.length;
    let xy = 0;
    let xx = 0;
    let yy = 0;
    for (const c of both) {
      xy += (x[c] - meanX) * (y[c] - meanY);
      xx += (x[c] - meanX) ** 2;
      yy += (y[c] - meanY) ** 2;
    }
    if (xx === 0 || yy === 0) return Number.NaN;
    return ((xy / Math.sqrt(xx * yy)) * both.length) / (both.length + 50);
  }
  const weight = (row: number, c: number) => {
    const value = vectors[row][c];
    if (value === 0 || measure === 'cosine') return value;
    return value - customerMeans[side === 'customers' ? row : c];
  };
  const dot = (p: number, q: number) => columns.reduce((sum, c) => sum + weight(p, c) * weight(q, c), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

const measures = ['cosine', 'adjustedCosine', 'pearson', 'jaccard'] as const;
const sides = ['products', 'customers'] as const;

describe.each(measures)('%s', (measure) => {
  test.each(sides)('of %s agrees with its definition on random matrices, for all rows and for some', async (side) => {
    for (const seed of [1, 2, 3]) {
      const dense = randomDense(23, 17, 0.45, seed);
      const ratings = ratingsFromDense(dense);
      const count = side === 'products' ? 17 : 23;
      for (const rows of [all(count), Uint32Array.of(11, 3, 7, 14, 0)]) {
        const values = await pairwiseSimilarity(ratings, side, measure, rows, { device });
        let defined = 0;
        for (let i = 0; i < rows.length; i++) {
          const own = measure === 'pearson' ? 1 : naive(dense, side, measure, rows[i], rows[i]);
          expect(values[i * rows.length + i]).toBe(Number.isNaN(own) ? Number.NaN : 1);
          for (let j = 0; j < rows.length; j++) {
            if (i === j) continue;
            const expected = naive(dense, side, measure, rows[i], rows[j]);
            if (Number.isNaN(expected)) expect(values[i * rows.length + j]).toBeNaN();
            else expect(values[i * rows.length + j]).toBeCloseTo(expected, 5);
            if (!Number.isNaN(expected)) defined++;
          }
        }
        expect(defined).toBeGreaterThan(rows.length);
      }
    }
  });

  test('one row against all gives the same row as the whole matrix', async () => {
    const ratings = ratingsFromDense(randomDense(31, 19, 0.3, 9));
    for (const side of sides) {
      const n = side === 'products' ? 19 : 31;
      const whole = await pairwiseSimilarity(ratings, side, measure, all(n), { device });
      const one = await similarityToAll(ratings, side, measure, 4);
      for (let other = 0; other < n; other++) {
        const expected = whole[4 * n + other];
        if (Number.isNaN(expected)) expect(one[other]).toBeNaN();
        else expect(one[other]).toBeCloseTo(expected, 5);
      }
    }
  });
});

test('a correlation over two co-ratings is blank, and a customer without opinions has no direction', async () => {
  const ratings = ratingsFromDense([
    [5, 4, 0],
    [1, 2, 0],
    [3, 3, 3],
  ]);
  const pearson = await pairwiseSimilarity(ratings, 'products', 'pearson', all(3), { device });
  expect(pearson[1]).toBeCloseTo(3 / 53, 6); // 5,1,3 against 4,2,3: r = 1 over three co-ratings
  expect(pearson[2]).toBeNaN();
  const adjusted = await pairwiseSimilarity(ratings, 'customers', 'adjustedCosine', all(3), { device });
  expect(adjusted[1]).toBeCloseTo(-1, 6);
  expect(adjusted[2]).toBeNaN();
  expect(adjusted[8]).toBeNaN();
});

test('model space is the cosine of the vectors, blank for a vector of zeros', async () => {
  const ratings = ratingsFromDense(randomDense(4, 4, 0.8, 5));
  const vectors = { data: Float32Array.of(3, 4, 4, 3, -3, -4, 0, 0), factors: 2 };
  const values = await pairwiseSimilarity(ratings, 'products', 'model', all(4), { device, vectors });
  expect(values[1]).toBeCloseTo(24 / 25, 6);
  expect(values[2]).toBeCloseTo(-1, 6);
  expect(values[3]).toBeNaN();
  expect([values[0], values[5], values[10]]).toEqual([1, 1, 1]);
  expect(values[15]).toBeNaN();
  const one = await similarityToAll(ratings, 'products', 'model', 1, { vectors });
  expect(Array.from(one.subarray(0, 3), (x) => Number(x.toFixed(5)))).toEqual([0.96, 1, -0.96]);
  await expect(pairwiseSimilarity(ratings, 'products', 'model', all(4), { device })).rejects.toThrow(TypeError);
});

test('a signal that has fired ends the work with "cancelled"; progress ends at the number of rows', async () => {
  const ratings = ratingsFromDense(randomDense(60, 400, 0.9, 7));
  const abort = new AbortController();
  abort.abort();
  await expect(
    pairwiseSimilarity(ratings, 'products', 'cosine', all(400), { device, signal: abort.signal }),
  ).rejects.toMatchObject({ code: 'cancelled' });
  const seen: number[] = [];
  await pairwiseSimilarity(ratings, 'products', 'cosine', all(400), { device, onProgress: (p) => seen.push(p.done) });
  expect(seen[0]).toBe(0);
  expect(seen.at(-1)).toBe(400);
  expect(seen).toEqual([...seen].sort((x, y) => x - y));
});

test('measures that need opinions are offered only where there are opinions', () => {
  expect(measuresFor({ feedback: 'explicit' })).toContain('pearson');
  expect(measuresFor({ feedback: 'implicit' })).toEqual(['cosine', 'jaccard', 'model']);
});
