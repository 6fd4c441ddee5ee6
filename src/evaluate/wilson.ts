/** The 97.5th percentile of the normal distribution. */
const NORMAL = 1.959963984540054;

/** 95 % interval of a share: `hits` of `count` ≥ 1 (Wilson 1927, score interval); inside 0 … 1 for any of them. */
export function wilson(hits: number, count: number): { readonly low: number; readonly high: number } {
  const share = hits / count;
  const square = NORMAL * NORMAL;
  const middle = (share + square / (2 * count)) / (1 + square / count);
  const half =
    (NORMAL * Math.sqrt((share * (1 - share)) / count + square / (4 * count * count))) / (1 + square / count);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
