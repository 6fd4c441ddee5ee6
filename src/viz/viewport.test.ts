import { describe, expect, test } from 'vitest';
import {
  cellAt,
  clampViewport,
  fitViewport,
  isFit,
  LARGEST_CELL,
  panBy,
  reveal,
  visibleSpan,
  zoomAt,
  zoomToSpan,
} from './viewport.ts';

const frame = { n: 120, size: 600 };

describe('viewport', () => {
  test('fits everything, and the corners of the window are the corners of the square', () => {
    const view = fitViewport(frame);
    expect(view).toEqual({ x: 0, y: 0, scale: 5 });
    expect(isFit(view, frame)).toBe(true);
    expect(cellAt(view, frame, 0, 0)).toEqual({ row: 0, column: 0 });
    expect(cellAt(view, frame, 599.9, 5)).toEqual({ row: 1, column: 119 });
    expect(cellAt(view, frame, 600, 5)).toBeNull();
    expect(cellAt(view, frame, -1, 5)).toBeNull();
  });

  test('zooming keeps the cell under the pointer where it is', () => {
    let view = fitViewport(frame);
    for (const factor of [1.3, 1.3, 1.3, 0.8, 1.5]) {
      const before = { x: view.x + 400 / view.scale, y: view.y + 220 / view.scale };
      view = zoomAt(view, frame, factor, 400, 220);
      expect(view.x + 400 / view.scale).toBeCloseTo(before.x, 9);
      expect(view.y + 220 / view.scale).toBeCloseTo(before.y, 9);
    }
    expect(view.scale).toBeCloseTo(5 * 1.3 ** 3 * 0.8 * 1.5, 9);
  });

  test('never shows beyond the edge, zooms out to all and in to the largest cell', () => {
    const close = zoomAt(fitViewport(frame), frame, 1000, 0, 0);
    expect(close.scale).toBe(LARGEST_CELL);
    expect(panBy(close, frame, 500, 500)).toMatchObject({ x: 0, y: 0 });
    const end = panBy(close, frame, -1e6, -1e6);
    expect(end.x + frame.size / end.scale).toBeCloseTo(frame.n, 9);
    expect(zoomAt(end, frame, 1e-6, 300, 300)).toEqual(fitViewport(frame));
    // Few cells are larger than the largest already; they stay as they are.
    const few = { n: 4, size: 600 };
    expect(zoomAt(fitViewport(few), few, 3, 10, 10)).toEqual(fitViewport(few));
  });

  test('cells can be moved out from under the names at the top', () => {
    const covered = { ...frame, coveredTop: 96 };
    const view = clampViewport({ x: 0, y: -50, scale: 24 }, covered);
    expect(view.y).toBe(-4);
    expect(cellAt(view, covered, 10, 95)).toBeNull();
    expect(cellAt(view, covered, 10, 97)).toEqual({ row: 0, column: 0 });
  });

  test('a span fills the window with a little around it', () => {
    const view = zoomToSpan(frame, 40, 60);
    expect(visibleSpan(view.y, view, frame)[0]).toBeLessThan(40);
    expect(visibleSpan(view.y, view, frame)[1]).toBeGreaterThan(60);
    expect(view.scale * 20).toBeGreaterThan(500);
    expect(zoomToSpan(frame, 0, 120)).toEqual(fitViewport(frame));
  });

  test('a cell is brought on screen by the least move', () => {
    const view = { x: 30, y: 30, scale: 20 };
    expect(reveal(view, frame, 35, 40)).toEqual(view);
    expect(reveal(view, frame, 10, 70)).toEqual({ x: 41, y: 10, scale: 20 });
    const under = reveal(view, { ...frame, coveredTop: 100 }, 30, 30);
    expect(cellAt(under, { ...frame, coveredTop: 100 }, 5, 101)).toEqual({ row: 30, column: 30 });
  });
});
