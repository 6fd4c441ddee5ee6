/** Which ratings a scale can hold, judged from all of them. */

/** Upper ends of scales people use. */
const USUAL_TOPS = [1, 2, 3, 4, 5, 6, 7, 10, 20, 100];
/** A value above the top of a scale that this share of all ratings fits is a slip, */
const NEARLY_ALL = 0.999;
/** and so is one more than twice as high as a scale that this share fits. */
const MOST = 0.9;

/**
 * The range of plausible ratings, from how often each value occurs. With five stars, a single 55 among twenty
 * ratings or a few 6 among thousands are out of range. A −1 on a scale that otherwise starts at 0 and goes beyond 1
 * means "not rated" in common exports and is out of range too. Scales beyond 100 or with real negatives are taken
 * as they are.
 */
export function ratingRange(counts: ReadonlyMap<number, number>): { min: number; max: number } {
  const values = [...counts.keys()].sort((a, b) => a - b);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  const negatives = values.filter((value) => value < 0);
  const highest = values[values.length - 1];
  const marksUnrated = negatives.length === 1 && negatives[0] === -1 && highest > 1;
  const min = marksUnrated ? 0 : Number.NEGATIVE_INFINITY;
  const shareUpTo = (top: number) =>
    values.reduce((sum, value) => (value <= top ? sum + (counts.get(value) ?? 0) : sum), 0) / total;
  for (const top of USUAL_TOPS) {
    const share = shareUpTo(top);
    if (share === 1) break;
    if (share >= NEARLY_ALL) return { min, max: top };
    const beyond = values.find((value) => value > top) as number;
    if (share >= MOST && beyond > 2 * top) return { min, max: top };
  }
  return { min, max: Number.POSITIVE_INFINITY };
}
