import { describe, expect, it } from 'vitest';
import { haltonPoints, MOST_DIMENSIONS } from './halton.ts';

describe('haltonPoints', () => {
  it('puts bᵐ consecutive points of a multiple of bᵐ into as many different intervals, in every dimension', () => {
    const point = haltonPoints(4, 9);
    for (const [d, base] of [2, 3, 5, 7].entries()) {
      for (const cells of [base, base * base]) {
        for (const from of [0, cells, 3 * cells]) {
          const hit = new Set<number>();
          for (let at = from; at < from + cells; at++) hit.add(Math.floor(point(at)[d] * cells));
          expect(hit.size).toBe(cells);
        }
      }
    }
  });

  it('fills the plane evenly: every ninth of 8 × 27 points is near the count that chance would only have on average', () => {
    const point = haltonPoints(2, 3);
    const counts = new Map<string, number>();
    for (let at = 0; at < 216; at++) {
      const [x, y] = point(at);
      const cell = `${Math.floor(2 * x)} ${Math.floor(3 * y)}`;
      counts.set(cell, (counts.get(cell) ?? 0) + 1);
    }
    // 2 and 3 have no common divisor: each of the 2 × 3 boxes has exactly a sixth
    expect([...counts.values()]).toEqual(Array(6).fill(36));
  });

  it('stays within [0, 1), gives the same again for a seed and another for another', () => {
    const [a, b, c] = [haltonPoints(MOST_DIMENSIONS, 1), haltonPoints(MOST_DIMENSIONS, 1), haltonPoints(8, 2)];
    for (const at of [0, 1, 7, 500]) {
      expect(a(at)).toEqual(b(at));
      for (const value of a(at)) expect(value >= 0 && value < 1).toBe(true);
    }
    expect(a(3)).not.toEqual(c(3));
    expect(() => haltonPoints(0, 1)).toThrow(RangeError);
    expect(() => haltonPoints(MOST_DIMENSIONS + 1, 1)).toThrow(RangeError);
  });
});
