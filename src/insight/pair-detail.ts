import { labelOf } from '../data/label.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Tables } from './choose-rows.ts';
import type { PairDetail, Side, SimilarityMeasure } from './heatmap-types.ts';
import { similarityToAll } from './most-similar.ts';
import type { VectorTable } from './similarity-weights.ts';

/** Names shown of what two rows share. */
const SHARED_SHOWN = 5;

/**
 * What stands behind one cell: its value, how many customers (or products) the two rows have
 * together and apart, and the common ones in which both are strongest (by the smaller of the two
 * values, then the larger).
 */
export async function pairDetail(
  ratings: Ratings,
  tables: Tables,
  side: Side,
  measure: SimilarityMeasure,
  a: number,
  b: number,
  vectors?: VectorTable | null,
): Promise<PairDetail> {
  const own = side === 'products' ? ratings.byItem : ratings.byUser;
  for (const row of [a, b])
    if (!(row >= 0 && row < own.rows)) throw new RangeError(`row ${row} of ${own.rows} ${side}`);
  const { pointers, indices, values } = own;
  const common: { column: number; weaker: number; stronger: number }[] = [];
  let x = pointers[a];
  let y = pointers[b];
  while (x < pointers[a + 1] && y < pointers[b + 1]) {
    if (indices[x] < indices[y]) x++;
    else if (indices[x] > indices[y]) y++;
    else {
      common.push({
        column: indices[x],
        weaker: Math.min(values[x], values[y]),
        stronger: Math.max(values[x], values[y]),
      });
      x++;
      y++;
    }
  }
  common.sort((p, q) => q.weaker - p.weaker || q.stronger - p.stronger || p.column - q.column);
  const otherTable = side === 'products' ? tables.customers : tables.products;
  return {
    a: labelOf(tables[side], a),
    b: labelOf(tables[side], b),
    value: (await similarityToAll(ratings, side, measure, a, { vectors }))[b],
    together: common.length,
    onlyA: pointers[a + 1] - pointers[a] - common.length,
    onlyB: pointers[b + 1] - pointers[b] - common.length,
    shared: common.slice(0, SHARED_SHOWN).map(({ column }) => labelOf(otherTable, column)),
  };
}
