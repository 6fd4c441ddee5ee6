import { describe, expect, it } from 'vitest';
import { type Chart, decades, domainOf, drawChart, logScale, roundTicks, spread } from './plot.ts';

describe('a logarithmic axis', () => {
  it('puts equal factors at equal distances, upside down where asked', () => {
    const place = logScale([1, 1000], [0, 300]);
    expect([1, 10, 100, 1000].map(place)).toEqual([0, 100, 200, 300].map((x) => expect.closeTo(x)));
    expect(logScale([1, 100], [50, 0])(10)).toBeCloseTo(25);
  });

  it('refuses what has no logarithm', () => {
    expect(() => logScale([0, 1], [0, 1])).toThrow(RangeError);
    expect(() => logScale([2, 2], [0, 1])).toThrow(RangeError);
  });

  it('ticks at the powers of ten inside', () => {
    expect(decades(0.5, 2000)).toEqual([1, 10, 100, 1000]);
    expect(decades(1, 10)).toEqual([1, 10]);
    expect(decades(2, 9)).toEqual([]);
  });

  it('ticks at round numbers between where powers of ten are few', () => {
    expect(roundTicks(3, 60)).toEqual([5, 10, 20, 50]);
    expect(roundTicks(0.5, 2000)).toEqual([1, 10, 100, 1000]);
  });

  it('leaves air around the values', () => {
    const [low, high] = domainOf([3, 300, 20]);
    expect(low).toBeLessThan(3);
    expect(high).toBeGreaterThan(300);
    expect(low).toBeGreaterThan(1);
  });
});

describe('labels', () => {
  it('stay where they want to be when there is room', () => {
    expect(spread([10, 100, 50], 17)).toEqual([10, 100, 50]);
  });

  it('keep their distance and their order otherwise, around the middle of what they wanted', () => {
    const placed = spread([52, 50, 51, 200], 10);
    expect(placed).toEqual([61, 41, 51, 200]);
  });

  it('push a neighbour on only as far as needed', () => {
    const placed = spread([0, 1, 12], 10);
    expect(placed[1] - placed[0]).toBeCloseTo(10);
    expect(placed[2] - placed[1]).toBeCloseTo(10);
    expect((placed[0] + placed[1] + placed[2]) / 3).toBeCloseTo(13 / 3);
  });
});

describe('a chart', () => {
  const chart: Chart = {
    title: 'a < b & "c"',
    subtitle: '',
    x: { title: 'x', format: String },
    y: { title: 'y', format: String },
    lines: [
      {
        label: 'line',
        points: [
          [1, 1],
          [100, 1000],
        ],
        hue: 1,
        dots: true,
        labelled: 'end',
      },
    ],
    points: [{ label: 'point', x: 10, y: 10, hue: 2 }],
  };

  it('has a tick at every power of ten, a dot at every point, and escapes its words', () => {
    const svg = drawChart(chart);
    expect(svg.match(/class="grid"/g)).toHaveLength(3 + 4);
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg).toContain('a &lt; b &amp; "c"'.replaceAll('"', '&quot;'));
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it('refuses a value that has no place', () => {
    expect(() => drawChart({ ...chart, points: [{ label: '', x: 0, y: 1, hue: 1 }] })).toThrow(RangeError);
  });
});
