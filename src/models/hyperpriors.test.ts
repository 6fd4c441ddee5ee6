import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { drawColumnPriors, drawPrecision, gamma } from './hyperpriors.ts';

const DRAWS = 20_000;

function momentsOf(draw: () => number) {
  const values = Float64Array.from({ length: DRAWS }, draw);
  const mean = values.reduce((sum, x) => sum + x, 0) / DRAWS;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / DRAWS };
}

describe('gamma', () => {
  test.each([0.5, 1, 3, 500])('shape %d: mean and variance are the shape', (shape) => {
    const random = createRandom(7);
    const { mean, variance } = momentsOf(() => gamma(shape, random));
    expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / DRAWS));
    // the fourth central moment of a gamma is 3a² + 6a
    expect(Math.abs(variance - shape)).toBeLessThan(4 * Math.sqrt((2 * shape ** 2 + 6 * shape) / DRAWS));
  });
});

describe('hyperpriors', () => {
  test('many ratings fix the noise: precision is one over the mean squared error', () => {
    const random = createRandom(1);
    const { mean, variance } = momentsOf(() => drawPrecision(4000, 5000, random));
    expect(mean).toBeCloseTo(5001 / 4001, 2);
    expect(Math.sqrt(variance)).toBeCloseTo(mean * Math.sqrt(2 / 5000), 2);
  });

  test('columns are held around their own mean and by their own spread', () => {
    const random = createRandom(2);
    // 1,000 rows: one column around 0.3 with variance 0.04, one around −2 with variance 9
    const moments = { sums: Float64Array.of(300, -2000), squares: Float64Array.of(40, 9000) };
    const draws = Array.from({ length: 2000 }, () => drawColumnPriors(moments, 1000, random));
    const average = (of: (draw: (typeof draws)[number]) => number) =>
      draws.reduce((sum, draw) => sum + of(draw), 0) / draws.length;
    expect(average(({ means }) => means[0])).toBeCloseTo(0.3, 2);
    expect(average(({ means }) => means[1])).toBeCloseTo(-2, 1);
    expect(average(({ precisions }) => precisions[0]) / 25).toBeCloseTo(1, 1);
    expect(average(({ precisions }) => precisions[1]) * 9).toBeCloseTo(1, 1);
    // the mean is known to within √(variance / rows)
    expect(Math.sqrt(average(({ means }) => (means[1] + 2) ** 2)) / Math.sqrt(9 / 1000)).toBeCloseTo(1, 1);
  });

  test('nobody at all still gives a proper prior', () => {
    const none = { sums: new Float64Array(2), squares: new Float64Array(2) };
    const { means, precisions } = drawColumnPriors(none, 0, createRandom(3));
    expect([...means, ...precisions].every(Number.isFinite)).toBe(true);
    expect(precisions.every((precision) => precision > 0)).toBe(true);
  });
});
