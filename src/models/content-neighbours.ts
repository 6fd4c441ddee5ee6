/** Which products are described most alike. */
import { breathe, createPacer, type Pace } from '../base/pacer.ts';
import { type Csr, transpose } from '../base/sparse.ts';
import { TopK } from '../base/top-k.ts';
import { takeRows } from './chosen-pairs.ts';

/**
 * For each of `of`, those of `among` whose vectors have the largest cosine to its own: at most `count` of them, itself
 * left out, and none that has nothing in common with it; ties to the one that stands first in `among`. A matrix of
 * of.length × products (columns are product rows, ascending), values the cosines. Rows of `vectors` (products × terms)
 * are of length 1 or empty, as `contentVectors` makes them. Events have their turn by `pace`.
 */
export async function contentNeighbours(
  vectors: Csr,
  of: Uint32Array,
  among: Uint32Array,
  count: number,
  pace: Pace = createPacer(),
): Promise<Csr> {
  const byTerm = transpose(takeRows(vectors, among));
  const cosines = new Float64Array(among.length);
  const met = new Uint32Array(among.length);
  const best = new TopK(Math.min(count, among.length));
  const pointers = new Uint32Array(of.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < of.length; row++) {
    let found = 0;
    for (let e = vectors.pointers[of[row]]; e < vectors.pointers[of[row] + 1]; e++) {
      const term = vectors.indices[e];
      for (let f = byTerm.pointers[term]; f < byTerm.pointers[term + 1]; f++) {
        const other = byTerm.indices[f];
        if (cosines[other] === 0) met[found++] = other;
        cosines[other] += vectors.values[e] * byTerm.values[f];
      }
    }
    for (let at = 0; at < found; at++) {
      // Sums of the same terms in another order are not the same to the last bit.
      if (among[met[at]] !== of[row]) best.offer(met[at], Math.fround(cosines[met[at]]));
      cosines[met[at]] = 0;
    }
    const near = best.drain();
    const ascending = Array.from(near.indices, (place, at) => ({ product: among[place], cosine: near.scores[at] }));
    ascending.sort((a, b) => a.product - b.product);
    for (const { product, cosine } of ascending) {
      indices.push(product);
      values.push(cosine);
    }
    pointers[row + 1] = indices.length;
    if (pace.due()) await breathe(pace, row, of.length);
  }
  return {
    rows: of.length,
    columns: vectors.rows,
    pointers,
    indices: Uint32Array.from(indices),
    values: Float32Array.from(values),
  };
}
