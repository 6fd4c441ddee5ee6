/** What the choice of one product says for another: B, square; B_ji is the vote of product j for product i. */
import { type Csr, findEntry } from '../base/sparse.ts';
import type { HistoryParts } from './history-lists.ts';

export interface ItemWeights {
  readonly size: number;
  /** size × size, row-major, or null where the weights are sparse. */
  readonly dense: Float32Array | null;
  /** size × size, or null where the weights are dense. */
  readonly sparse: Csr | null;
  /** scores_i += B_ji for every i. */
  addRow(j: number, scores: Float32Array): void;
  /** B_ji. */
  at(j: number, i: number): number;
  /** How near every product is to product i: 0 for itself and for those that are not near. */
  nearTo(i: number): Float32Array;
}

/** What a model of item weights is made of. */
export interface ItemWeightsParts extends HistoryParts {
  readonly name: 'ease' | 'itemNeighbours' | 'content';
  /** catalogue.size square. */
  readonly weights: ItemWeights;
}

/**
 * Weights of every pair, as EASE makes them. Nearness is √(B_ij B_ji) where both are positive. With
 * B = I − P diag(1/diag P) that is −P_ij / √(P_ii P_jj), the partial correlation of two products: what they have in
 * common beyond what all the others explain.
 */
export function denseWeights(data: Float32Array, size: number): ItemWeights {
  if (data.length !== size * size) throw new RangeError(`weights have length ${data.length}, expected ${size * size}`);
  const at = (j: number, i: number) => data[j * size + i];
  return {
    size,
    dense: data,
    sparse: null,
    at,
    addRow(j, scores) {
      for (let i = 0, e = j * size; i < size; i++, e++) scores[i] += data[e];
    },
    nearTo(i) {
      return Float32Array.from({ length: size }, (_, j) => {
        const there = at(j, i);
        const back = at(i, j);
        return there > 0 && back > 0 ? Math.sqrt(there * back) : 0;
      });
    },
  };
}

/** Weights of the nearest neighbours alone; nearness is the weight itself. */
export function sparseWeights(rows: Csr): ItemWeights {
  if (rows.rows !== rows.columns) throw new RangeError(`weights are ${rows.rows} × ${rows.columns}`);
  const { pointers, indices, values } = rows;
  const at = (j: number, i: number) => {
    const entry = findEntry(rows, j, i);
    return entry < 0 ? 0 : values[entry];
  };
  return {
    size: rows.rows,
    dense: null,
    sparse: rows,
    at,
    addRow(j, scores) {
      for (let e = pointers[j]; e < pointers[j + 1]; e++) scores[indices[e]] += values[e];
    },
    nearTo: (i) => Float32Array.from({ length: rows.rows }, (_, j) => at(j, i)),
  };
}
