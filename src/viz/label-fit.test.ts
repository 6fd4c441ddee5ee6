import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textWidth, thinned } from './label-fit.ts';

const ticks = (labels: readonly string[]) => labels.map((label, at) => ({ at, label }));

describe('thinned', () => {
  it('keeps all where there is room and every second where there is not', () => {
    const five = ticks(['0.5', '1', '1.5', '2', '2.5']);
    expect(thinned(five, (at) => at * 40, 12, 4)).toEqual(five);
    expect(thinned(five, (at) => at * 15, 12, 4).map(({ label }) => label)).toEqual(['0.5', '1.5', '2.5']);
  });

  it('keeps the first where nothing else fits', () => {
    expect(thinned(ticks(['2010-12', '2011-12']), (at) => at, 12, 4)).toHaveLength(1);
    expect(thinned([], (at) => at, 12, 4)).toEqual([]);
  });

  it('never lets two labels touch', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 9 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 60 }),
        (labels, step) => {
          const kept = thinned(ticks(labels), (at) => at * step, 12, 4);
          for (let i = 1; i < kept.length; i++) {
            const room = (kept[i].at - kept[i - 1].at) * step;
            const halves = (textWidth(kept[i].label, 12) + textWidth(kept[i - 1].label, 12)) / 2;
            expect(room).toBeGreaterThanOrEqual(halves - 1e-9);
          }
        },
      ),
    );
  });
});

it('counts ideographs as wide as they are high', () => {
  expect(textWidth('评分', 12)).toBe(24);
  expect(textWidth('ab', 10)).toBeCloseTo(11.6);
});
