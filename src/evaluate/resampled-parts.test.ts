import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { createResamples, resampled } from './bootstrap.ts';
import { resampledParts } from './resampled-parts.ts';

/** `customers` with sums and counts, and the rows of every third of them. */
function figures(customers: number) {
  const random = createRandom(9);
  const counts = Float64Array.from({ length: customers }, () => 1 + random.integer(4));
  const sums = counts.map((count) => count * random.next());
  const rows = Uint32Array.from({ length: customers }, (_, row) => row).filter((row) => row % 3 === 1);
  return { sums, counts, rows };
}

describe.each([
  [50, 'each drawn alone'],
  // more than are drawn one by one
  [10_700, 'put together'],
])('%i customers, %s', (customers) => {
  test('a part and what is left are what the bootstrap makes of them', async () => {
    const { sums, counts, rows } = figures(customers);
    const resamples = createResamples(2, 50);
    const part = {
      rows,
      sums: sums.filter((_, row) => row % 3 === 1),
      counts: counts.filter((_, row) => row % 3 === 1),
    };
    const [{ own, rest }] = await resampledParts([part], { sums, counts }, resamples);
    const only = (values: Float64Array, inside: boolean) =>
      values.map((value, row) => ((row % 3 === 1) === inside ? value : 0));
    const [wantedOwn, wantedRest] = await resampled(
      [
        { sums: only(sums, true), counts: only(counts, true) },
        { sums: only(sums, false), counts: only(counts, false) },
      ],
      resamples,
    );
    for (const [got, wanted] of [
      [own, wantedOwn],
      [rest, wantedRest],
    ]) {
      expect(got.value).toBeCloseTo(wanted.value, 10);
      got.drawn.forEach((value, round) => {
        expect(value).toBeCloseTo(wanted.drawn[round], 10);
      });
    }
  });
});

test('a part of one has no figure where nobody of it was drawn; what everybody is leaves nobody', async () => {
  const whole = { sums: [0.1, 0.2, 0.3, 0.4], counts: [1, 1, 1, 1] };
  const [one, all, none] = await resampledParts(
    [
      { rows: [2], sums: [0.3], counts: [1] },
      { rows: [0, 1, 2, 3], ...whole },
      { rows: [], sums: [], counts: [] },
    ],
    whole,
    createResamples(1, 100),
  );
  const missing = one.own.drawn.filter(Number.isNaN).length;
  // (3/4)⁴ = 32 % of the rounds
  expect(missing).toBeGreaterThan(15);
  expect(missing).toBeLessThan(50);
  expect(one.own.drawn.filter((value) => !Number.isNaN(value)).every((value) => Math.abs(value - 0.3) < 1e-12)).toBe(
    true,
  );
  expect(all.rest.value).toBeNaN();
  expect(all.rest.drawn.every(Number.isNaN)).toBe(true);
  expect(none.own.value).toBeNaN();
  expect(none.rest.value).toBeCloseTo(0.25, 12);
});
