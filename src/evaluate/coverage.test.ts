import { describe, expect, test } from 'vitest';
import { plantedRatings } from '../models/planted.testing.ts';
import type { FoldableTaste, History, TasteModel } from '../models/recommender.ts';
import { intervalCoverage } from './coverage.ts';

const ratings = plantedRatings({ users: 6, items: 8, perUser: 4, noise: 0, seed: 1 });
const test3 = { users: Uint32Array.of(0, 0, 4), items: Uint32Array.of(1, 2, 3), values: Float32Array.of(3.4, 1, 4) };

describe('coverage of intervals', () => {
  test('counts the held-out ratings within reach of their prediction, given the history of training alone', async () => {
    const seen: History[] = [];
    const model = {
      predict: async (_: Uint32Array, items: Uint32Array) => new Float32Array(items.length).fill(3),
      ratingInterval(history: History) {
        seen.push(history);
        return 0.5;
      },
    } as unknown as FoldableTaste;
    // 3.4 is within 0.5 of 3; 1 and 4 are not
    expect(await intervalCoverage(model, ratings, test3)).toBeCloseTo(1 / 3, 10);
    const { pointers, indices } = ratings.byUser;
    expect([...seen[2].items]).toEqual([...indices.subarray(pointers[4], pointers[5])]);
  });

  test('is nothing for a model without intervals or without held-out ratings', async () => {
    const plain = { predict: async () => new Float32Array(3) } as unknown as TasteModel;
    expect(await intervalCoverage(plain, ratings, test3)).toBeNull();
    const model = { ...plain, ratingInterval: () => 1 } as unknown as FoldableTaste;
    const none = { users: new Uint32Array(), items: new Uint32Array(), values: new Float32Array() };
    expect(await intervalCoverage(model, ratings, none)).toBeNull();
  });
});
