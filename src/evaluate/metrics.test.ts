import { describe, expect, test } from 'vitest';
import { expectedRandomHits, listQuality, mae, rmse } from './metrics.ts';

describe('errors, by hand', () => {
  test('rmse and mae of misses 1, −2, 0', () => {
    expect(rmse([4, 1, 5], [3, 3, 5])).toBeCloseTo(Math.sqrt(5 / 3), 12);
    expect(mae([4, 1, 5], [3, 3, 5])).toBeCloseTo(1, 12);
  });
});

describe('one list, by hand', () => {
  test('hits at places 1 and 4 of five, three relevant', () => {
    const quality = listQuality([0, 3], 3, 5);
    expect(quality.recall).toBeCloseTo(2 / 3, 12);
    expect(quality.precision).toBeCloseTo(2 / 5, 12);
    const gained = 1 + 1 / Math.log2(5);
    const best = 1 + 1 / Math.log2(3) + 1 / Math.log2(4);
    expect(quality.ndcg).toBeCloseTo(gained / best, 12);
    expect(quality.hit).toBe(1);
  });

  test('more relevant things than places: recall is out of all of them, the best list has k', () => {
    const quality = listQuality([0, 1], 8, 2);
    expect(quality.recall).toBeCloseTo(2 / 8, 12);
    expect(quality.ndcg).toBeCloseTo(1, 12);
  });

  test('no hits, and hits beyond k, count nothing', () => {
    expect(listQuality([], 2, 3)).toEqual({ recall: 0, precision: 0, ndcg: 0, hit: 0, hits: 0 });
    expect(listQuality([3, 9], 2, 3).hits).toBe(0);
    expect(() => listQuality([], 0, 3)).toThrow(RangeError);
  });
});

test('random lists hit as often as drawing without replacement does', () => {
  // all C(6,3) = 20 lists of three from six, things 0 and 1 relevant
  let hits = 0;
  let lists = 0;
  for (let a = 0; a < 6; a++) {
    for (let b = a + 1; b < 6; b++) {
      for (let c = b + 1; c < 6; c++) {
        lists++;
        hits += [a, b, c].filter((thing) => thing < 2).length;
      }
    }
  }
  expect(lists).toBe(20);
  expect(expectedRandomHits(3, 2, 6)).toBeCloseTo(hits / lists, 12);
  expect(expectedRandomHits(10, 2, 6)).toBe(2);
  expect(expectedRandomHits(10, 0, 0)).toBe(0);
});
