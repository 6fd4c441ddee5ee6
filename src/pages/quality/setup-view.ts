/** What the setup of a comparison comes to, in what is said of it. Pure. */
import type { SplitKind } from '../../data/split.ts';
import type { Setup } from '../../store/quality-setup.ts';

/** There is one latest tenth, and one file; what is drawn can be drawn again. */
const REPEATABLE: readonly Setup['held'][] = ['per-customer', 'random'];
/** Of the others there is one thing of everyone, or what a file holds. */
const BY_SHARE: readonly Setup['held'][] = ['per-customer', 'random', 'time', 'time-per-customer'];
/** What validation takes where nobody chooses a share, as everywhere else. */
const USUAL_SHARE = 0.1;

export const canRepeat = ({ held }: Pick<Setup, 'held'>): boolean => REPEATABLE.includes(held);

/** Cuts a comparison set up like this has. */
export function repeatsOf(setup: Pick<Setup, 'held' | 'repeats'>): number {
  return canRepeat(setup) ? Number(setup.repeats) : 1;
}

/** Whether somebody may say how much is held back: of several cuts each holds back its part of the whole. */
export function choosesShare(setup: Pick<Setup, 'held' | 'repeats'>): boolean {
  return BY_SHARE.includes(setup.held) && repeatsOf(setup) === 1;
}

/** The share a comparison is asked for, 0 to 1. */
export function holdoutOf(setup: Pick<Setup, 'held' | 'repeats' | 'share'>): number {
  return choosesShare(setup) ? Number(setup.share) / 100 : USUAL_SHARE;
}

/** The share that is held back, 0 to 1; said of kinds that hold back a share. */
export function shareHeld(setup: Pick<Setup, 'held' | 'repeats' | 'share'>): number {
  const repeats = repeatsOf(setup);
  return repeats > 1 ? 1 / repeats : holdoutOf(setup);
}

/** The name of a part that is held back: without dates nothing is the latest. */
export function partName(split: SplitKind, hasDates: boolean): SplitKind | 'leave-one-out-undated' {
  return split === 'leave-one-out' && !hasDates ? 'leave-one-out-undated' : split;
}

/** Lists that can be asked for: longer ones nobody reads. */
export const LENGTHS = { least: 1, most: 100 } as const;

/** The length that is asked for; null where something else than a length is typed. */
export function lengthOf({ length, typedLength }: Pick<Setup, 'length' | 'typedLength'>): number | null {
  if (length !== 'other') return Number(length);
  // Chinese keyboards write digits as wide as their letters.
  const typed = typedLength.normalize('NFKC').trim();
  if (!/^\d+$/.test(typed)) return null;
  const own = Number(typed);
  return own >= LENGTHS.least && own <= LENGTHS.most ? own : null;
}
