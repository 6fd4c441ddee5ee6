import { createPacer } from '../base/pacer.ts';
import { createRandom } from '../base/random.ts';
import { csrFromPairs } from '../base/sparse.ts';
import type { Split } from '../data/split.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import type { CandidateLists } from './candidates.ts';

export interface DrawnCandidates extends CandidateLists {
  /** Tested customers who have every product there is: nothing can be drawn for them. */
  readonly skipped: number;
}

/** So that candidates are not the draws of the cut. */
const CANDIDATES_SEED = 0xca4d;

/**
 * Candidates as He et al. 2017 have them: for each tested customer one of their held-out choices, drawn at random where
 * there are several, and `count` other products drawn evenly, none twice, from those the customer does not have, in the
 * training part or held out. Where fewer are left they are all candidates. Throws RangeError unless count is a whole
 * number from 1, AppError `cancelled`.
 */
export async function drawCandidates(
  { train, test }: Split,
  choices: HeldOutChoices,
  count: number,
  seed: number,
  signal?: AbortSignal,
): Promise<DrawnCandidates> {
  if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`${count} candidates`);
  const random = createRandom(seed ^ CANDIDATES_SEED);
  const products = train.byUser.columns;
  const heldOut = csrFromPairs(test, train.byUser.rows, products);
  const pace = createPacer(signal);
  const users: number[] = [];
  const held: number[] = [];
  const pointers = [0];
  const items: number[] = [];
  let skipped = 0;
  for (let q = 0; q < choices.users.length; q++) {
    if (pace.due()) await pace.turn();
    const user = choices.users[q];
    const theirs = new Set<number>();
    for (const { pointers: rows, indices } of [train.byUser, heldOut]) {
      for (let e = rows[user]; e < rows[user + 1]; e++) theirs.add(indices[e]);
    }
    if (theirs.size >= products) {
      skipped++;
      continue;
    }
    const [from, to] = [choices.pointers[q], choices.pointers[q + 1]];
    users.push(user);
    held.push(choices.items[from + random.integer(to - from)]);
    for (const item of drawn(theirs, products, count, random.integer)) items.push(item);
    pointers.push(items.length);
  }
  return {
    users: Uint32Array.from(users),
    held: Uint32Array.from(held),
    pointers: Uint32Array.from(pointers),
    items: Uint32Array.from(items),
    skipped,
  };
}

/** Some of the products that are not in `owned`, each as likely as any other. */
function drawn(
  owned: ReadonlySet<number>,
  products: number,
  count: number,
  integer: (bound: number) => number,
): Iterable<number> {
  const free = products - owned.size;
  // Where most of what is drawn would have to be drawn again, what is free is written out.
  if (free < 2 * count || free < products / 4) {
    const all: number[] = [];
    for (let item = 0; item < products; item++) if (!owned.has(item)) all.push(item);
    const most = Math.min(count, all.length);
    for (let at = 0; at < most; at++) {
      const other = at + integer(all.length - at);
      [all[at], all[other]] = [all[other], all[at]];
    }
    return all.slice(0, most);
  }
  const taken = new Set<number>();
  while (taken.size < count) {
    const item = integer(products);
    if (!owned.has(item)) taken.add(item);
  }
  return taken;
}
