import { describe, expect, test } from 'vitest';
import { colorScale } from './color-scales.ts';
import { colorDomain, paintValues, strongestPairs } from './heatmap-image.ts';
import { moveCell } from './heatmap-keys.ts';
import { spreadLabels } from './heatmap-labels.ts';
import { placeTree, visibleBrackets } from './heatmap-tree.ts';

const nan = Number.NaN;

describe('colours of the picture', () => {
  test('the domain ignores the diagonal and blanks, and is symmetric where values have a sign', () => {
    const values = Float32Array.of(1, 0.5, -0.25, 0.5, 1, nan, -0.25, nan, 1);
    expect(colorDomain(values, 3, false)).toEqual([-0.25, 0.5]);
    expect(colorDomain(values, 3, true)).toEqual([-0.5, 0.5]);
    expect(colorDomain(Float32Array.of(1, nan, nan, 1), 2, false)).toEqual([0, 1]);
    const same = colorDomain(Float32Array.of(1, 0.3, 0.3, 1), 2, false);
    expect(same[1]).toBeGreaterThan(same[0]);
  });

  test('what three in ten pairs are below is background', () => {
    const n = 50;
    const values = new Float32Array(n * n);
    const ranks = Array.from({ length: (n * (n - 1)) / 2 }, (_, at) => at / ((n * (n - 1)) / 2));
    for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < i; j++) values[i * n + j] = values[j * n + i] = ranks[at++];
    const [low, high] = colorDomain(values, n, false);
    expect(low).toBeCloseTo(0.3, 2);
    expect(high).toBeCloseTo(0.995, 2);
  });

  test('one odd pair among many does not bleach the rest', () => {
    const n = 60;
    const values = new Float32Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) values[i * n + j] = ((i + j) % 10) / 100;
    values[59 * n + 3] = values[3 * n + 59] = 0.99;
    expect(colorDomain(values, n, false)[1]).toBeCloseTo(0.09, 6);
  });

  test('the ends of the domain take the ends of the scale, a blank is transparent', () => {
    const scale = colorScale(false, false);
    const pixels = paintValues(Float32Array.of(0.1, 0.9, nan, 2), [0.1, 0.9], scale);
    expect([...pixels.subarray(0, 4)]).toEqual([...scale.table.subarray(0, 3), 255]);
    expect([...pixels.subarray(4, 8)]).toEqual([...scale.table.subarray(765), 255]);
    expect([...pixels.subarray(8, 12)]).toEqual([0, 0, 0, 0]);
    expect([...pixels.subarray(12, 16)]).toEqual([...pixels.subarray(4, 8)]);
  });

  test('the table lists each pair once, best first, never a row with itself', () => {
    const values = Float32Array.of(1, 0.2, 0.7, 0.2, 1, nan, 0.7, nan, 1);
    expect(strongestPairs(values, 3, 5).map(({ row, column }) => [row, column])).toEqual([
      [0, 2],
      [0, 1],
    ]);
  });
});

describe('the tree', () => {
  // ((0 1) (2 3)): the pairs at 0.2 and 0.4, all at 1.
  const tree = placeTree({
    left: Uint32Array.of(0, 2, 4),
    right: Uint32Array.of(1, 3, 5),
    height: Float32Array.of(0.2, 0.4, 1),
  });

  test('joints stand halfway between what they join, higher merges further out', () => {
    expect([...tree.y]).toEqual([0.5, 1.5, 2.5, 3.5, 1, 3, 2]);
    expect(tree.depth[6]).toBe(1);
    expect(tree.depth[4]).toBeLessThan(tree.depth[5]);
    expect(tree.depth[0]).toBe(0);
  });

  test('only brackets on screen are drawn, from joint to joint', () => {
    const all = visibleBrackets(tree, 100, 400, (y) => y * 100);
    expect(all).toHaveLength(3);
    expect(all[2]).toMatchObject({ joint: 0, upperY: 100, lowerY: 300, upperX: all[0].joint, lowerX: all[1].joint });
    expect(all[0].upperX).toBe(100);
    expect(visibleBrackets(tree, 100, 400, (y) => y * 100 - 250)).toHaveLength(2);
  });

  test('what is too small to see is one line, and what is left is still one tree', () => {
    // Two pixels a row: the pairs are four pixels each, the rows of a pair cannot be told apart.
    const small = visibleBrackets(tree, 100, 8, (y) => 2 * y);
    expect(small).toEqual([{ joint: 0, upperX: 100, lowerX: 100, upperY: 1, lowerY: 5 }]);
    expect(visibleBrackets(tree, 100, 4, (y) => y)).toEqual([]);
  });

  test('one row alone has no tree', () => {
    const none = { left: new Uint32Array(0), right: new Uint32Array(0), height: new Float32Array(0) };
    expect(visibleBrackets(placeTree(none), 10, 10, (y) => y)).toEqual([]);
  });
});

describe('labels beside the picture', () => {
  const tops = (centers: readonly number[], height = 20, bottom = 200) =>
    spreadLabels(
      centers.map((center) => ({ center, height })),
      0,
      bottom,
    );

  test('stay where they belong when there is room', () => {
    expect(tops([30, 80, 160])).toEqual([20, 70, 150]);
  });

  test('are moved apart evenly, and kept inside', () => {
    expect(tops([100, 100])).toEqual([78, 102]);
    expect(tops([2, 10])).toEqual([0, 24]);
    expect(tops([190, 199])).toEqual([156, 180]);
  });

  test('never overlap where there is room for all, whatever they want', () => {
    for (const centers of [
      [5, 6, 7, 8, 9],
      [10, 50, 51, 52, 190],
      [195, 196, 197, 198, 199],
    ]) {
      const placed = tops(centers);
      for (let at = 1; at < placed.length; at++) expect(placed[at]).toBeGreaterThanOrEqual(placed[at - 1] + 24 - 1e-9);
      expect(placed[0]).toBeGreaterThanOrEqual(0);
      expect(placed[4] + 20).toBeLessThanOrEqual(200);
    }
  });

  test('share the room they have when it is too little', () => {
    const placed = tops([10, 20, 30, 40], 20, 50);
    expect(placed[0]).toBeCloseTo(0, 9);
    expect(placed[3] + 20).toBeCloseTo(50, 9);
    expect(placed[1] - placed[0]).toBeCloseTo(placed[3] - placed[2], 9);
  });
});

test('keys move the cursor and stop at the edges', () => {
  const at = { row: 3, column: 7 };
  expect(moveCell('ArrowUp', at, 8)).toEqual({ row: 2, column: 7 });
  expect(moveCell('ArrowRight', at, 8)).toEqual(at);
  expect(moveCell('PageUp', at, 8)).toEqual({ row: 0, column: 7 });
  expect(moveCell('Home', at, 8)).toEqual({ row: 3, column: 0 });
  expect(moveCell('End', { row: 3, column: 2 }, 8)).toEqual(at);
  expect(moveCell('x', at, 8)).toBeNull();
});
