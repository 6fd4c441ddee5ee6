import type { Interval } from './bootstrap.ts';
import { studentReach } from './student.ts';

const OUTSIDE = 0.05;

export interface Jackknifed {
  /** Of all customers together. */
  readonly figure: number;
  /** The figure without each customer in turn; NaN where it is not defined without one. */
  readonly without: Float64Array;
  /** What a figure cannot be less, or more, than. */
  readonly least: number;
  readonly most: number;
  /** Added to the squared error, for what leaving out one cannot show. */
  readonly squared?: number;
}

/**
 * A figure of all customers together with its 95 % interval by the delete-one jackknife (Efron & Tibshirani 1993, ch. 11):
 * figure ± t_{n−1} √((n − 1)/n Σ (without_c − mean)²). For what counts different things a bootstrap would not do: drawn with
 * replacement, fewer different customers have fewer of them. On average this error is not too small (Efron & Stein 1981).
 * A point for fewer than two customers, and where the figure is not defined without one of them.
 */
export function jackknife({ figure, without, least, most, squared = 0 }: Jackknifed): Interval {
  const customers = without.length;
  if (customers < 2 || without.some(Number.isNaN)) return { mean: figure, low: figure, high: figure };
  const mean = without.reduce((sum, value) => sum + value, 0) / customers;
  const squares = without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(((customers - 1) / customers) * squares + squared);
  const reach = studentReach(OUTSIDE, customers - 1) * error;
  return { mean: figure, low: Math.max(least, figure - reach), high: Math.min(most, figure + reach) };
}
