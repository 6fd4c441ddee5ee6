/**
 * Student's t distribution. Its tails by the regularized incomplete beta function (Abramowitz & Stegun 1964, 26.7.1 and
 * 26.5.8, the continued fraction by Lentz's method), its percentiles by halving.
 */

const SMALLEST = 1e-300;
const CLOSE = 1e-15;
const MOST_TERMS = 500;

/** P(|T| ≥ |t|) for T with `freedom` ≥ 1 degrees of freedom: the p of a two-sided test. */
export function studentTails(t: number, freedom: number): number {
  if (!(freedom >= 1)) throw new RangeError(`${freedom} degrees of freedom`);
  if (t === 0) return 1;
  if (!Number.isFinite(t)) return Number.isNaN(t) ? Number.NaN : 0;
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 1 / 2);
}

/** The t that |T| exceeds with probability `outside` (0 … 1). */
export function studentReach(outside: number, freedom: number): number {
  if (!(outside > 0 && outside < 1)) throw new RangeError(`outside ${outside}`);
  let [low, high] = [0, 1];
  while (studentTails(high, freedom) > outside) high *= 2;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentTails(middle, freedom) > outside) low = middle;
    else high = middle;
  }
  return high;
}

/** I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges quickly on this side; on the other it is that of the mirror image.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let upper = 1;
  let lower = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = lower;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    lower = 1 / away(1 + even * lower);
    upper = away(1 + even / upper);
    fraction *= lower * upper;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    lower = 1 / away(1 + odd * lower);
    upper = away(1 + odd / upper);
    fraction *= lower * upper;
    if (Math.abs(lower * upper - 1) < CLOSE) break;
  }
  return front * fraction;
}

/** What is to be divided by must not be zero. */
function away(value: number): number {
  return Math.abs(value) < SMALLEST ? SMALLEST : value;
}

/** ln Γ(x), x > 0: Stirling's series (Abramowitz & Stegun 6.1.41) from 10 on, below by Γ(x) = Γ(x + 1) / x. */
function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 10; at++) shift += Math.log(at);
  const square = 1 / (at * at);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
