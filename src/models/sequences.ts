/** What every customer chose, in the order in which they chose it. */
import { choiceWeight, type Ratings } from '../data/ratings.ts';

/**
 * Customer u's choices are items[e], e in pointers[u] … pointers[u + 1] − 1, the earliest first. What was chosen at the
 * same moment is one step (a basket): steps[e] counts them from 0 for every customer. Choices without a time are not
 * among them.
 */
export interface Sequences {
  /** length customers + 1 */
  readonly pointers: Uint32Array;
  readonly items: Uint32Array;
  readonly steps: Uint32Array;
}

/** null where there are no times. A product counts where it was chosen last; within a step products ascend. */
export function sequencesOf(ratings: Ratings): Sequences | null {
  const { byUser } = ratings;
  const time = ratings.lastTime?.();
  if (!time) return null;
  const pointers = new Uint32Array(byUser.rows + 1);
  const items = new Uint32Array(byUser.indices.length);
  const steps = new Uint32Array(byUser.indices.length);
  let to = 0;
  for (let user = 0; user < byUser.rows; user++) {
    const own: number[] = [];
    for (let e = byUser.pointers[user]; e < byUser.pointers[user + 1]; e++) {
      if (Number.isFinite(time[e]) && choiceWeight(byUser.values[e], ratings) > 0) own.push(e);
    }
    own.sort((a, b) => time[a] - time[b] || a - b);
    for (let at = 0; at < own.length; at++) {
      const isSame = at > 0 && time[own[at]] === time[own[at - 1]];
      steps[to] = at === 0 ? 0 : steps[to - 1] + (isSame ? 0 : 1);
      items[to++] = byUser.indices[own[at]];
    }
    pointers[user + 1] = to;
  }
  return { pointers, items: items.slice(0, to), steps: steps.slice(0, to) };
}
