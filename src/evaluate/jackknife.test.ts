import { expect, test } from 'vitest';
import { jackknife } from './jackknife.ts';
import { studentReach } from './student.ts';

test('of a mean it is s/√n with the t of n − 1 degrees', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const n = values.length;
  const total = values.reduce((sum, value) => sum + value, 0);
  const mean = total / n;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const without = Float64Array.from(values, (value) => (total - value) / (n - 1));
  const made = jackknife({ figure: mean, without, least: -100, most: 100 });
  expect(made.mean).toBe(mean);
  expect(made.high - mean).toBeCloseTo((studentReach(0.05, n - 1) * deviation) / Math.sqrt(n), 10);
  expect(mean - made.low).toBeCloseTo(made.high - mean, 10);
});

test('stays within what is possible, and counts what is added to its error', () => {
  const flat = { figure: 0.9, without: Float64Array.of(0.9, 0.9, 0.9), least: 0, most: 1 };
  expect(jackknife(flat)).toEqual({ mean: 0.9, low: 0.9, high: 0.9 });
  const { low, high } = jackknife({ ...flat, squared: 0.01 });
  // t of two degrees: 4.302653
  expect(low).toBeCloseTo(0.9 - 4.302653 * 0.1, 6);
  expect(high).toBe(1);
});

test('says nothing of how sure one customer alone is, nor where leaving one out leaves nothing', () => {
  const point = { mean: 0.5, low: 0.5, high: 0.5 };
  expect(jackknife({ figure: 0.5, without: Float64Array.of(0.2), least: 0, most: 1 })).toEqual(point);
  expect(jackknife({ figure: 0.5, without: Float64Array.of(0.2, Number.NaN), least: 0, most: 1 })).toEqual(point);
});
