import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { fitIsotonic, isotonicValue } from './isotonic.ts';

/** Scores that are told from each other exactly in 32 bits. */
const fit = (scores: readonly number[], chosen: readonly number[]) =>
  fitIsotonic(Float32Array.from(scores), Float32Array.from(scores.filter((_, at) => chosen[at] === 1)));

describe('isotonic regression', () => {
  test('numbers of scikit-learn 1.9.1, IsotonicRegression(out_of_bounds="clip")', () => {
    const scores = [0.25, 0.5, 0.5, 1.25, 1.5, 2, 2, 2.75, 3, 3.5, 4, 4.25];
    const map = fit(scores, [0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1]);
    // its X_thresholds_ and y_thresholds_, both ends of each block
    expect([...map.lows].flatMap((low, b) => [...new Set([low, map.highs[b]])])).toEqual([
      0.25, 0.5, 1.25, 1.5, 2.75, 3, 4, 4.25,
    ]);
    [0, 1 / 3, 1 / 2, 2 / 3, 1].forEach((value, b) => {
      expect(map.values[b]).toBeCloseTo(value, 12);
    });
    const asked = [-1, 0.375, 0.9, 1.4, 1.75, 2.4, 2.9, 3.7, 4.1, 9];
    const said = [0, 1 / 6, 1 / 3, 0.43333333333333324, 0.5, 0.5, 0.6, 2 / 3, 0.8, 1];
    asked.forEach((score, at) => {
      expect(isotonicValue(map, score)).toBeCloseTo(said[at], 12);
    });
  });

  test('is the max–min formula of Barlow et al. (1972, theorem 1.5): max over s ≤ i of min over t ≥ i of the mean of s … t', () => {
    const random = createRandom(7);
    for (let round = 0; round < 100; round++) {
      const n = 1 + random.integer(25);
      const scores = Array.from({ length: n }, () => random.integer(12) / 4);
      const chosen = scores.map(() => random.integer(2));
      const distinct = [...new Set(scores)].sort((a, b) => a - b);
      const [counts, sums] = [scores.map(() => 1), chosen].map((amounts) =>
        distinct.map((score) => amounts.reduce((sum, amount, at) => sum + (scores[at] === score ? amount : 0), 0)),
      );
      const mean = (from: number, to: number) => {
        const total = (values: readonly number[]) => values.slice(from, to + 1).reduce((sum, value) => sum + value, 0);
        return total(sums) / total(counts);
      };
      const map = fit(scores, chosen);
      distinct.forEach((score, i) => {
        const wanted = Math.max(
          ...distinct.slice(0, i + 1).map((_, s) => Math.min(...distinct.slice(i).map((_, t) => mean(s, i + t)))),
        );
        expect(isotonicValue(map, score)).toBeCloseTo(wanted, 12);
      });
    }
  });

  test('a score that tells nothing, all ties and a single one are worth the base rate; nothing at all is refused', () => {
    const falling = fit([1, 2, 3, 4], [1, 1, 0, 0]);
    expect([0, 1, 2.5, 4, 9].map((score) => isotonicValue(falling, score))).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
    const flat = fit([2, 2, 2, 2], [1, 0, 0, 0]);
    expect([0, 2, 9].map((score) => isotonicValue(flat, score))).toEqual([0.25, 0.25, 0.25]);
    expect(isotonicValue(fit([5], [1]), 3)).toBe(1);
    expect(() => fit([], [])).toThrow(RangeError);
  });
});
