/** How alike two sets are by what they have in common: products by their customers, customers by their products. */
import type { Csr } from '../base/sparse.ts';

export const OVERLAP_MEASURES = ['cosine', 'jaccard'] as const;

export interface OverlapOptions {
  readonly measure: (typeof OVERLAP_MEASURES)[number];
  /** Added below the line, so that few in common say less. */
  readonly shrink: number;
  /** Fewer in common say nothing. */
  readonly minimumOverlap: number;
}

/**
 * Similarity of two sets of `countA` and `countB` members, `together` of which are the same:
 * cosine together / (√(countA countB) + shrink), Jaccard together / (countA + countB − together + shrink);
 * 0 under `minimumOverlap`.
 */
export function overlapSimilarity(
  { measure, shrink, minimumOverlap }: OverlapOptions,
  together: number,
  countA: number,
  countB: number,
): number {
  if (together === 0 || together < minimumOverlap) return 0;
  const size = measure === 'jaccard' ? countA + countB - together : Math.sqrt(countA * countB);
  return together / (size + shrink);
}

export interface Overlaps {
  /** The columns that have anything in common with the rows asked for, in no order. Overwritten by the next question. */
  readonly others: Uint32Array;
  /** By column: how many of those rows it is in. */
  readonly counts: Uint32Array;
}

/** Counts for a set of rows how many of them every column is in: Σ of their entries (Gustavson 1978). */
export function createOverlapCounter(matrix: Csr): (rows: Uint32Array) => Overlaps {
  const { pointers, indices, columns } = matrix;
  const counts = new Uint32Array(columns);
  const others = new Uint32Array(columns);
  let found = 0;
  return (rows) => {
    for (let at = 0; at < found; at++) counts[others[at]] = 0;
    found = 0;
    for (let at = 0; at < rows.length; at++) {
      const end = pointers[rows[at] + 1];
      for (let e = pointers[rows[at]]; e < end; e++) {
        const other = indices[e];
        if (counts[other]++ === 0) others[found++] = other;
      }
    }
    return { others: others.subarray(0, found), counts };
  };
}
