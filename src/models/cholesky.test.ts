import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { factorCholesky, solveCholesky } from './cholesky.ts';

test('solves a random positive definite system: A·x gives b back', () => {
  const n = 17;
  const random = createRandom(3);
  const root = Float64Array.from({ length: n * n }, () => random.normal());
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let f = 0; f < n; f++) a[i * n + j] += root[i * n + f] * root[j * n + f];
    }
    a[i * n + i] += 1;
  }
  const b = Float64Array.from({ length: n }, () => random.normal());
  const factored = a.slice();
  const x = b.slice();
  factorCholesky(factored, n);
  solveCholesky(factored, n, x);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += a[i * n + j] * x[j];
    expect(sum).toBeCloseTo(b[i], 9);
  }
});

test('a matrix that is not positive definite is refused', () => {
  expect(() => factorCholesky(Float64Array.of(1, 0, 2, 1), 2)).toThrow(RangeError);
});
