/** How far the numbers of two devices are apart. */

/** The worse of two differences; NaN counts as Infinity. */
export const worse = (a: number, b: number) => (a >= b ? a : b >= a ? b : Number.POSITIVE_INFINITY);

export function apart(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let scale = 1;
  let worst = 0;
  for (let at = 0; at < expected.length; at++) {
    scale = Math.max(scale, Math.abs(expected[at]));
    worst = worse(worst, Math.abs(actual[at] - expected[at]));
  }
  return worst / scale;
}

/** Differences relative to the largest number expected: what an inverse is made of may be far below 1. */
export function apartInScale(actual: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (largest === 0) return apart(actual, expected);
  return apart(
    actual.map((x) => x / largest),
    expected.map((x) => x / largest),
  );
}
