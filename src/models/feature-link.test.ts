import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { factorCholesky, solveCholesky } from './cholesky.ts';
import { FeatureLink } from './feature-link.ts';
import { drawColumnPriors } from './hyperpriors.ts';

const ROWS = 400;
const K = 2;
const DRAWS = 1500;
const random = createRandom(8);
const features = { data: random.normals(ROWS * 2), columns: 2 };
const [first, second] = [(row: number) => features.data[2 * row], (row: number) => features.data[2 * row + 1]];
/** The bias follows the first feature, factor 1 both, factor 2 none of them. */
const bias = Float32Array.from({ length: ROWS }, (_, row) => 0.5 + 0.3 * first(row) + 0.2 * random.normal());
const factors = Float32Array.from({ length: ROWS * K }, (_, at) => {
  const row = Math.floor(at / K);
  return at % K === 0 ? first(row) - 2 * second(row) + 0.5 * random.normal() : -1 + 3 * random.normal();
});
const column = (at: number, row: number) => (at === 0 ? bias[row] : factors[row * K + at - 1]);

/** Average and variance of `of` over many draws. */
function momentsOf(draw: () => number) {
  const values = Float64Array.from({ length: DRAWS }, draw);
  const mean = values.reduce((sum, x) => sum + x, 0) / DRAWS;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / DRAWS };
}

test('rows are drawn around what their features say of them, by ridge regression', () => {
  const design = (row: number) => [1, first(row), second(row)];
  const inverse = new Float64Array(9);
  for (let row = 0; row < ROWS; row++) {
    const z = design(row);
    for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) inverse[3 * a + b] += z[a] * z[b];
  }
  // the rows that a coefficient of 0 is worth: 1 for the intercept, 10 for a feature
  for (const [a, weight] of [1, 10, 10].entries()) inverse[4 * a] += weight;
  factorCholesky(inverse, 3);
  const link = new FeatureLink(features);
  for (let at = 0; at <= K; at++) {
    const products = new Float64Array(3);
    let squares = 0;
    for (let row = 0; row < ROWS; row++) {
      const x = column(at, row);
      squares += x * x;
      for (const [a, z] of design(row).entries()) products[a] += z * x;
    }
    const coefficients = products.slice();
    solveCholesky(inverse, 3, coefficients);
    const left = (squares - coefficients.reduce((sum, x, a) => sum + x * products[a], 0)) / ROWS;
    // the spread that was planted, and what is held back of the larger coefficients
    expect(left / [0.04, 0.25, 9][at]).toBeGreaterThan(0.8);
    expect(left / [0.04, 0.25, 9][at]).toBeLessThan(1.6);
    for (const row of [0, 17, ROWS - 1]) {
      const z = design(row);
      const expected = z.reduce((sum, x, a) => sum + x * coefficients[a], 0);
      const leverage = Float64Array.from(z);
      solveCholesky(inverse, 3, leverage);
      const open = z.reduce((sum, x, a) => sum + x * leverage[a], 0);
      const seeded = createRandom(row + 1);
      const precisions: number[] = [];
      const { mean, variance } = momentsOf(() => {
        const drawn = link.draw(bias, factors, seeded);
        precisions.push(drawn.precisions[at]);
        return drawn.means[row * (K + 1) + at];
      });
      const precision = precisions.reduce((sum, x) => sum + x, 0) / DRAWS;
      // zᵀ C⁻¹ z / Λ
      expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(open / precision / DRAWS));
      expect(variance * precision).toBeGreaterThan(0.85 * open);
      expect(variance * precision).toBeLessThan(1.15 * open);
      expect(precision * left).toBeGreaterThan(0.95);
      expect(precision * left).toBeLessThan(1.05);
    }
  }
});

test('features that say nothing leave the prior of a column', () => {
  const link = new FeatureLink({ data: new Float32Array(ROWS), columns: 1 });
  const sums = new Float64Array(K + 1);
  const squares = new Float64Array(K + 1);
  for (let at = 0; at <= K; at++) {
    for (let row = 0; row < ROWS; row++) sums[at] += column(at, row);
    for (let row = 0; row < ROWS; row++) squares[at] += (column(at, row) - sums[at] / ROWS) ** 2;
  }
  const [one, other] = [createRandom(1), createRandom(2)];
  for (let at = 0; at <= K; at++) {
    const linked = momentsOf(() => link.draw(bias, factors, one).means[at]);
    const plain = momentsOf(() => drawColumnPriors({ sums, squares }, ROWS, other).means[at]);
    expect(Math.abs(linked.mean - plain.mean)).toBeLessThan(5 * Math.sqrt((2 * plain.variance) / DRAWS));
    expect(linked.variance / plain.variance).toBeGreaterThan(0.8);
    expect(linked.variance / plain.variance).toBeLessThan(1.25);
  }
  const { means } = link.draw(bias, factors, one);
  expect(means.subarray(0, K + 1)).toEqual(means.subarray(-(K + 1)));
});
