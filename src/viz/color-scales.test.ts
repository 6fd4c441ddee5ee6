import { describe, expect, test } from 'vitest';
import { colorScale, cssGradient, difference, lightness, SCALE_SIZE, scaleIndex } from './color-scales.ts';

const color = (table: Uint8ClampedArray, at: number) =>
  [table[3 * at], table[3 * at + 1], table[3 * at + 2]] as [number, number, number];

describe.each([false, true])('dark: %s', (dark) => {
  test('lightness of the sequential scale goes one way only, from the page to its opposite', () => {
    const { table } = colorScale(false, dark);
    const light = Array.from({ length: SCALE_SIZE }, (_, at) => lightness(...color(table, at)));
    const sign = dark ? 1 : -1;
    for (let at = 1; at < SCALE_SIZE; at++) expect(sign * (light[at] - light[at - 1])).toBeGreaterThan(-0.002);
    for (let at = 8; at < SCALE_SIZE; at += 8) expect(sign * (light[at] - light[at - 8])).toBeGreaterThan(0.005);
    expect(Math.abs(light[SCALE_SIZE - 1] - light[0])).toBeGreaterThan(0.6);
  });

  test('the diverging scale leaves its middle evenly: equally far either way is equally strong', () => {
    const { table } = colorScale(true, dark);
    const light = Array.from({ length: SCALE_SIZE }, (_, at) => lightness(...color(table, at)));
    const sign = dark ? 1 : -1;
    for (let at = 136; at < SCALE_SIZE; at += 8) expect(sign * (light[at] - light[at - 8])).toBeGreaterThan(0.004);
    for (let at = 119; at >= 0; at -= 8) expect(sign * (light[at] - light[at + 8])).toBeGreaterThan(0.004);
    expect(Math.abs(light[0] - light[SCALE_SIZE - 1])).toBeLessThan(0.05);
  });

  test.each([false, true])('equal steps of the value look equally large (signed: %s)', (signed) => {
    const { table } = colorScale(signed, dark);
    const steps: number[] = [];
    for (let at = 8; at < SCALE_SIZE; at += 8) {
      if (signed && at > 120 && at < 136) continue;
      steps.push(difference(color(table, at - 8), color(table, at)));
    }
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.35);
  });
});

test('values beyond the domain take its ends, and a domain of one value is its middle', () => {
  expect(scaleIndex(0.25, [0, 1])).toBe(64);
  expect([scaleIndex(-3, [0, 1]), scaleIndex(3, [0, 1])]).toEqual([0, SCALE_SIZE - 1]);
  expect(scaleIndex(0.3, [0.3, 0.3])).toBe(128);
});

test('a gradient begins and ends with the ends of the scale', () => {
  expect(cssGradient(colorScale(false, false), 3)).toMatch(
    /^linear-gradient\(to right, rgb\(246 244 239\), .*, rgb\(26 18 56\)\)$/,
  );
});
