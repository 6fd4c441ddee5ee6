/**
 * What Bayesian personalized ranking learns from (Rendle et al. 2009, section 4.1): triples of a customer, something they
 * chose and something they do not have. They are drawn with replacement, every pair of a customer and a choice alike
 * likely, the other product uniform among those the customer does not have.
 */
import { type Csr, pairsFromCsr } from '../base/sparse.ts';
import { rowOf } from './chosen-pairs.ts';
import { drawNegative, epochRandom } from './neumf-batches.ts';

/** Triple t: customer `users[t]`, who chose `items[t]` and does not have `others[t]`. */
export interface Triples {
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly others: Uint32Array;
}

export interface TripleSource {
  /** Pairs that have something to be compared with: as many triples are an epoch. */
  readonly count: number;
  /** The triples of an epoch (from 1), in blocks of at most `most`; a block's arrays are written over by the next one. */
  epoch(epoch: number, most: number): Iterable<Triples>;
}

/**
 * `chosen` and `known` (everything a customer has, chosen or not) are customers × products. Choices of somebody who has
 * every product are left out. Every epoch has a stream of its own, so a continued fit sees what an uninterrupted one would.
 */
export function tripleSource(chosen: Csr, known: Csr, seed: number): TripleSource {
  const taken = Array.from({ length: known.rows }, (_, user) => rowOf(known, user));
  const pairs = openPairs(chosen, (user) => taken[user].length < known.columns);
  const count = pairs.users.length;
  return {
    count,
    *epoch(epoch, most) {
      const random = epochRandom(seed, epoch);
      const size = Math.min(most, count);
      const [users, items, others] = [new Uint32Array(size), new Uint32Array(size), new Uint32Array(size)];
      for (let from = 0; from < count; from += size) {
        const end = Math.min(size, count - from);
        for (let t = 0; t < end; t++) {
          const pair = random.integer(count);
          const user = pairs.users[pair];
          users[t] = user;
          items[t] = pairs.items[pair];
          others[t] = drawNegative(random, known.columns, taken[user]);
        }
        yield { users: users.subarray(0, end), items: items.subarray(0, end), others: others.subarray(0, end) };
      }
    },
  };
}

/** The choices of those who lack something. */
function openPairs(chosen: Csr, lacks: (user: number) => boolean): Pick<Triples, 'users' | 'items'> {
  const { users, items } = pairsFromCsr(chosen);
  const open = Uint32Array.from(users.keys()).filter((pair) => lacks(users[pair]));
  return { users: open.map((pair) => users[pair]), items: open.map((pair) => items[pair]) };
}
