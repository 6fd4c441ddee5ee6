/** Do two lists of recommendations say the same? */

export interface ListedItem {
  readonly item: string;
  readonly score: number;
}

/**
 * True when the first `count` of both are the same things, in any order, up to ties: where they differ, the thing
 * that is missing must stand further down in the longer list with a score within `tie` of the one that took its place.
 */
export function sameUpToTies(
  ours: readonly ListedItem[],
  theirs: readonly ListedItem[],
  { count, tie }: { readonly count: number; readonly tie: number },
): boolean {
  return coveredBy(ours, theirs, count, tie) && coveredBy(theirs, ours, count, tie);
}

/** Everything at the top of `theirs` is at the top of `ours`, or missed it by no more than `tie`. */
function coveredBy(ours: readonly ListedItem[], theirs: readonly ListedItem[], count: number, tie: number): boolean {
  const last = ours.slice(0, count).at(-1);
  return theirs.slice(0, count).every(({ item }) => {
    const own = ours.find((candidate) => candidate.item === item);
    return own !== undefined && last !== undefined && last.score - own.score <= tie;
  });
}
