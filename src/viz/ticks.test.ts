import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logTicks, niceTicks, spread, tickDigits } from './ticks.ts';

describe('niceTicks', () => {
  it('gives the round numbers a person would write', () => {
    expect(niceTicks(0.53, 0.86, 4)).toEqual([0.5, 0.6, 0.7, 0.8, 0.9]);
    expect(niceTicks(0, 34174, 4)).toEqual([0, 10000, 20000, 30000, 40000]);
    expect(niceTicks(3, 3)).toContain(3);
  });

  it('always encloses what it is for, evenly', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, span) => {
          const ticks = niceTicks(low, low + span);
          expect(ticks[0]).toBeLessThanOrEqual(low + span * 1e-6);
          expect(ticks.at(-1)!).toBeGreaterThanOrEqual(low + span - span * 1e-6);
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length).toBeLessThanOrEqual(13);
        },
      ),
    );
  });
});

describe('logTicks', () => {
  it('uses powers over wide spans and plain numbers over narrow ones', () => {
    expect(logTicks(0.9, 1200)).toEqual([0.3, 1, 3, 10, 30, 100, 300, 1000, 3000]);
    expect(logTicks(0.6, 0.85)[0]).toBeLessThanOrEqual(0.6);
    expect(logTicks(2, 19)).toEqual([2, 5, 10, 20]);
  });

  it('refuses what has no logarithm', () => {
    expect(() => logTicks(0, 1)).toThrow(RangeError);
  });
});

it('shows as many decimals as it takes', () => {
  expect(tickDigits([0.5, 0.6, 0.7])).toBe(1);
  expect(tickDigits([0.85, 0.875, 0.9])).toBe(3);
  expect(tickDigits([0, 10, 20])).toBe(0);
});

it('spreads labels without letting them pass each other or leave the plot', () => {
  expect(spread([100, 101], 14, 0, 300)).toEqual([100, 114]);
  expect(spread([299, 298], 14, 0, 300)).toEqual([300, 286]);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 6 }), (positions) => {
      const placed = spread(positions, 14, 0, 400);
      const sorted = [...placed].sort((a, b) => a - b);
      for (let i = 1; i < sorted.length; i++) expect(sorted[i] - sorted[i - 1]).toBeGreaterThanOrEqual(14 - 1e-9);
      for (let i = 0; i < positions.length; i++) {
        for (let j = 0; j < positions.length; j++) {
          if (positions[i] < positions[j]) expect(placed[i]).toBeLessThanOrEqual(placed[j]);
        }
      }
    }),
  );
});
