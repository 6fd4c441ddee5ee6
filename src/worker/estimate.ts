/** How long a training would take here, found out by a moment of it. */
import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { everyNth } from '../evaluate/parts.ts';
import type { Heads } from './heads.ts';

/** A batch or a few of them: a moment on any device, and enough to tell devices apart. */
const PROBE_PAIRS = 8192;

/** Seconds both heads would take if every epoch is run. Measuring the lists is not counted. Throws what a fit throws. */
export async function estimateSeconds(
  { taste, choice }: Heads,
  ratings: Ratings,
  device: ComputeDevice,
): Promise<number> {
  const step = Math.max(1, Math.floor(ratings.byUser.indices.length / PROBE_PAIRS));
  const part = step === 1 ? ratings : everyNth(ratings, step);
  let seconds = 0;
  for (const plan of [taste, choice]) seconds += (await plan?.seconds(ratings, part, device)) ?? 0;
  return seconds;
}
