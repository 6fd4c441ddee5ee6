/** What the events of a comparison come to. Pure. */
import type { EntrantResult, EntrantState } from '../evaluate/comparison-result.ts';
import type { CompareEvent } from '../worker/api/comparing.ts';

export interface LiveEntrant {
  readonly state: EntrantState;
  readonly result: EntrantResult | null;
}

/**
 * What is done now, and how much of it. `holding`: for all of them before the first one, a part of the data being held
 * back; `leading`: for all of them after the last one.
 */
export type CompareProgress =
  | { readonly work: 'entrant'; readonly id: string; readonly share: number }
  | { readonly work: 'holding' | 'leading'; readonly id: null; readonly share: number };

export interface LiveComparison {
  readonly entrants: Readonly<Record<string, LiveEntrant>>;
  /** null: nothing was said of it yet. */
  readonly progress: CompareProgress | null;
  /** With several cuts: the one under way, from 1. The rows are those of the first. */
  readonly cut: { readonly cut: number; readonly cuts: number } | null;
}

export function afterEvent(live: LiveComparison, event: CompareEvent): LiveComparison {
  switch (event.kind) {
    case 'progress': {
      const { id, share } = event;
      return { ...live, progress: id === null ? together(live.progress, share) : { work: 'entrant', id, share } };
    }
    case 'cut':
      // The next one begins with holding a part back again.
      return { ...live, progress: null, cut: { cut: event.cut, cuts: event.cuts } };
    case 'entrant':
      return {
        ...live,
        entrants: { ...live.entrants, [event.id]: { state: event.state, result: event.result } },
      };
    default:
      return event satisfies never;
  }
}

/** What is done for all of them comes after an entrant, or before any. */
function together(before: CompareProgress | null, share: number): CompareProgress {
  const work = before === null || before.work === 'holding' ? 'holding' : 'leading';
  return { work, id: null, share };
}
