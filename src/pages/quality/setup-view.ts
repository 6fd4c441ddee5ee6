/** What the setup of a comparison comes to, in what is said of it. Pure. */
import type { SplitKind } from '../../data/split.ts';
import type { Setup } from '../../store/quality-setup.ts';

/** What a fold of five holds back; everything else holds back a tenth, or one thing of everyone. */
export const FIFTH = 1 / 5;

/** There is one latest tenth, and one file; what is drawn can be drawn again. */
const REPEATABLE: readonly Setup['held'][] = ['per-customer', 'random'];

export const canRepeat = ({ held }: Pick<Setup, 'held'>): boolean => REPEATABLE.includes(held);

/** Cuts a comparison set up like this has. */
export function repeatsOf(setup: Pick<Setup, 'held' | 'repeats'>): number {
  return canRepeat(setup) ? Number(setup.repeats) : 1;
}

/** The name of a part that is held back: `share` of all there is, and without dates nothing is the latest. */
export function partName(
  split: SplitKind,
  share: number,
  hasDates: boolean,
): SplitKind | 'per-customer-fifth' | 'random-fifth' | 'leave-one-out-undated' {
  if (share === FIFTH && (split === 'per-customer' || split === 'random')) return `${split}-fifth`;
  if (split === 'leave-one-out' && !hasDates) return 'leave-one-out-undated';
  return split;
}
