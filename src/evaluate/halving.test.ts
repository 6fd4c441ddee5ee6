import { describe, expect, it } from 'vitest';
import { ladder, promoted, secondsAbove, survivorsOf } from './halving.ts';

describe('ladder', () => {
  it('gives a ninth, a third and the whole, and fewer rungs where those are less than three epochs', () => {
    expect(ladder(27)).toEqual([3, 9, 27]);
    expect(ladder(35)).toEqual([4, 12, 35]);
    expect(ladder(20)).toEqual([7, 20]);
    expect(ladder(10)).toEqual([3, 10]);
    expect(ladder(7)).toEqual([7]);
    expect(ladder(1)).toEqual([1]);
  });
});

describe('promoted', () => {
  it('is the better third, best first, and the earlier one of equals', () => {
    const standings = [0.2, 0.5, 0.1, 0.5, 0.4, 0.3, 0.5].map((figure, id) => ({ id, figure }));
    expect(promoted(standings, 'higher').map(({ id }) => id)).toEqual([1, 3]);
    expect(promoted(standings, 'lower').map(({ id }) => id)).toEqual([2, 0]);
  });

  it('is somebody as long as there is anybody', () => {
    expect(promoted([{ id: 4, figure: 0 }], 'higher')).toEqual([{ id: 4, figure: 0 }]);
    expect(promoted([], 'higher')).toEqual([]);
    expect([0, 1, 2, 3, 8, 9, 27].map(survivorsOf)).toEqual([0, 1, 1, 1, 2, 3, 9]);
  });
});

it('secondsAbove adds up the rungs that follow: 9 → 3 at 2 s and 1 at 5 s', () => {
  expect(secondsAbove(9, [1, 2, 5])).toBe(3 * 2 + 5);
  expect(secondsAbove(0, [1, 2, 5])).toBe(0);
  expect(secondsAbove(9, [1])).toBe(0);
});
