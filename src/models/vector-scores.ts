/** Scores of a whole catalogue from vectors: what recommenders of lists with a vector for every product have in common. */
import type { ComputeDevice } from '../compute/device.ts';
import type { RankedCatalogue, ScoreBlock } from './ranked-catalogue.ts';
import { dotRows, dotsAnywhere, type Vectors } from './vector-lists.ts';

/** Writes a customer's vector into zeros; false where nothing is known of them. */
export type WriteVector = (user: number, into: Float32Array) => boolean;

/** `vectors` are those of the catalogue's columns. Somebody of whom nothing is known is answered by popularity. */
export function scoreBlocks(
  device: ComputeDevice,
  catalogue: RankedCatalogue,
  vectors: Vectors,
  write: WriteVector,
): ScoreBlock {
  const { factors, data } = vectors;
  return async (users) => {
    const queries = new Float32Array(users.length * factors);
    const known = Array.from(users, (user, q) => write(user, queries.subarray(q * factors, (q + 1) * factors)));
    const scores = await dotsAnywhere(device, queries, data, factors);
    known.forEach((is, q) => {
      if (!is) scores.set(catalogue.popularity, q * catalogue.size);
    });
    return scores;
  };
}

/** The same for one customer, without a device. */
export function scoresOf(
  catalogue: RankedCatalogue,
  vectors: Vectors,
  write: (into: Float32Array) => boolean,
): Float32Array {
  const query = new Float32Array(vectors.factors);
  return write(query) ? dotRows(query, vectors) : catalogue.popularity.slice();
}
