/** What is said of a comparison over several cuts. Pure. */
import type { AcrossCuts } from '../../evaluate/across-result.ts';
import { findPair } from '../../evaluate/entrant-pair.ts';
import type { Head } from '../../models/recommender.ts';
import { DOUBT } from './quality-view.ts';

/** Who leads on average, and who of the others may be just as good (the one that is hardest to tell apart); null where nobody does. */
export function acrossVerdict(
  { best, entrants }: Pick<AcrossCuts, 'best' | 'entrants'>,
  view: Head,
): { readonly id: string; readonly other: string | null } | null {
  const leader = view === 'choice' ? best.lists : best.taste;
  if (!leader) return null;
  const doubtful = entrants
    .flatMap(({ id }) => {
      const found = findPair(leader.pairs, leader.id, id);
      // A single cut says nothing of how cuts differ.
      return found ? [{ id, p: found.pair.p ?? 1 }] : [];
    })
    .filter(({ p }) => p > DOUBT)
    .sort((a, b) => b.p - a.p);
  return { id: leader.id, other: doubtful[0]?.id ?? null };
}
