import { expect, test } from 'vitest';
import { TopK } from './top-k.ts';

/** Scores with many ties, in an order of their own. */
const SCORES = Array.from({ length: 200 }, (_, index) => ((index * 37) % 23) / 4);

/** The best by sorting everything, ties to the lower index. */
const sorted = (count: number) =>
  SCORES.map((score, index) => ({ score, index }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, count);

test('takes the same ones that drain puts in order, and is empty afterwards', () => {
  for (const capacity of [0, 1, 7, 200, 500]) {
    const best = new TopK(capacity);
    for (let round = 0; round < 2; round++) {
      SCORES.forEach((score, index) => void best.offer(index, score));
      const taken: { score: number; index: number }[] = [];
      best.take((index, score) => void taken.push({ score, index }));
      taken.sort((a, b) => b.score - a.score || a.index - b.index);
      expect(taken).toEqual(sorted(capacity));
      expect(best.drain().indices).toHaveLength(0);
    }
    SCORES.forEach((score, index) => void best.offer(index, score));
    expect(Array.from(best.drain().indices)).toEqual(sorted(capacity).map(({ index }) => index));
  }
});
