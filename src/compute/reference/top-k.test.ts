import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { NOT_FOUND } from '../device.ts';
import { dots } from './dots.ts';
import { topK } from './top-k.ts';

describe('top-K', () => {
  it('is the full ordering cut off, without the excluded keys', async () => {
    const random = createRandom(3);
    const [m, n, k, count] = [7, 40, 5, 6];
    // few distinct values, so that there are ties
    const draw = (length: number) => Float32Array.from({ length }, () => random.integer(3) - 1);
    const queries = draw(m * k);
    const keys = draw(n * k);
    const keyBias = draw(n);
    const excluded = Array.from({ length: m }, (_, q) =>
      Array.from({ length: n }, (_, i) => i).filter((i) => (i + q) % 4 === 0),
    );
    const exclude = {
      pointers: Uint32Array.from([0, ...excluded.map((_, q) => excluded.slice(0, q + 1).flat().length)]),
      indices: Uint32Array.from(excluded.flat()),
    };
    const result = await topK({ queries, keys, factors: k, keyBias, exclude, count });
    for (let q = 0; q < m; q++) {
      const score = (i: number) => {
        let sum = keyBias[i];
        for (let f = 0; f < k; f++) sum += queries[q * k + f] * keys[i * k + f];
        return sum;
      };
      const expected = Array.from({ length: n }, (_, i) => i)
        .filter((i) => !excluded[q].includes(i))
        .sort((x, y) => score(y) - score(x) || x - y)
        .slice(0, count);
      expect([...result.indices.subarray(q * count, (q + 1) * count)]).toEqual(expected);
      expect([...result.scores.subarray(q * count, (q + 1) * count)]).toEqual(expected.map(score));
    }
  });

  it('pads when too few remain and never returns NaN or -Infinity scores', async () => {
    const result = await topK({
      queries: Float32Array.of(1),
      keys: Float32Array.of(2, 1, Number.NaN, 4),
      keyBias: Float32Array.of(0, 0, 0, Number.NEGATIVE_INFINITY),
      factors: 1,
      count: 3,
    });
    expect([...result.indices]).toEqual([0, 1, NOT_FOUND]);
    expect([...result.scores]).toEqual([2, 1, Number.NEGATIVE_INFINITY]);
  });

  it('stops when asked to', async () => {
    const signal = AbortSignal.abort();
    const request = { queries: Float32Array.of(1), keys: Float32Array.of(1), factors: 1, count: 1, signal };
    await expect(topK(request)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

it('dots multiplies by the transpose', () => {
  expect([...dots(Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8, 9, 10), 2)]).toEqual([
    17, 23, 29, 39, 53, 67,
  ]);
  expect(() => dots(Float32Array.of(1, 2, 3), Float32Array.of(1, 2), 2)).toThrow(RangeError);
});
