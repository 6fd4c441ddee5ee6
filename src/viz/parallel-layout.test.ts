import { describe, expect, it } from 'vitest';
import { nearestLine, parallelArea, pathOf, pointOn } from './parallel-layout.ts';

const margins = {
  side: { left: 10, right: 90, top: 40, bottom: 20 },
  stack: { left: 20, right: 20, top: 30, bottom: 10 },
};

describe('parallelArea', () => {
  it('stands axes side by side where each has room, and lays them one under the other where not', () => {
    expect(parallelArea(900, 300, 5, margins)).toEqual({ kind: 'side', left: 10, right: 810, top: 40, bottom: 280 });
    expect(parallelArea(300, 300, 5, margins)).toEqual({ kind: 'stack', left: 20, right: 280, top: 30, bottom: 290 });
    // two axes need 92 px: 10 + 90 + 92
    expect(parallelArea(192, 300, 2, margins).kind).toBe('side');
    expect(parallelArea(191, 300, 2, margins).kind).toBe('stack');
  });
});

describe('pointOn', () => {
  it('goes up an axis, and to the right where axes lie', () => {
    const side = parallelArea(900, 300, 5, margins);
    expect(pointOn(side, 0, 5, 0)).toEqual({ x: 10, y: 280 });
    expect(pointOn(side, 4, 5, 1)).toEqual({ x: 810, y: 40 });
    expect(pointOn(side, 2, 5, 0.5)).toEqual({ x: 410, y: 160 });
    const stack = parallelArea(300, 300, 5, margins);
    expect(pointOn(stack, 0, 5, 0)).toEqual({ x: 20, y: 30 });
    expect(pointOn(stack, 4, 5, 1)).toEqual({ x: 280, y: 290 });
  });

  it('draws a line as far as it has values', () => {
    const area = parallelArea(900, 300, 3, margins);
    expect(pathOf(area, [0, 1, 0.5])).toBe('M10.0 280.0L410.0 40.0L810.0 160.0');
    expect(pathOf(area, [0, 1, null])).toBe('M10.0 280.0L410.0 40.0');
  });
});

describe('nearestLine', () => {
  const area = parallelArea(900, 300, 3, margins);
  const lines = [
    [0, 1, 0],
    [1, 0, 1],
    [0.5, 0.5, null],
  ];

  it('is the one that passes nearest above or below the pointer, between axes too', () => {
    expect(nearestLine(area, lines, { x: 10, y: 275 }, 20)).toBe(0);
    expect(nearestLine(area, lines, { x: 10, y: 50 }, 20)).toBe(1);
    // a quarter of the way to the second axis: 280 − 0.25 · 240 = 220
    expect(nearestLine(area, lines, { x: 110, y: 218 }, 20)).toBe(0);
    expect(nearestLine(area, lines, { x: 50, y: 162 }, 20)).toBe(2);
  });

  it('is none where all are too far, and one that has ended there does not count', () => {
    expect(nearestLine(area, lines, { x: 10, y: 220 }, 20)).toBeNull();
    expect(nearestLine(area, lines, { x: 700, y: 160 }, 10)).toBeNull();
    expect(nearestLine(area, [], { x: 10, y: 10 }, 20)).toBeNull();
  });
});
