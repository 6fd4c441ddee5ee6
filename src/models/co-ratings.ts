import type { Csr } from '../base/sparse.ts';
import type { StepWork } from './single-fit.ts';

/** What is done with what two rows have in common. */
export interface CoRatings {
  /**
   * The current row has the value `x` in a column where the entries `from` … `to − 1` of `other` belong to rows after it:
   * each of them is a column the two have in common.
   */
  add(x: number, from: number, to: number): void;
  /** All of the row's entries were added up against the rows after it; those sums are no longer needed. */
  finish(row: number): void;
}

/**
 * Goes through every two rows a < b of `own` that have a column in common, row after row, over the columns they share
 * (Gustavson 1978); `other` is the transpose. Cost: Σ_c d_c² / 2 for d_c entries in column c. Events have their turn
 * between rows, and `work.tell` learns the share that is done.
 */
export async function walkCoRatings(own: Csr, other: Csr, work: StepWork, { add, finish }: CoRatings): Promise<void> {
  const { pointers, indices, values } = own;
  const ends = other.pointers;
  let total = 0;
  for (let column = 0; column < other.rows; column++) {
    const entries = ends[column + 1] - ends[column];
    total += (entries * (entries - 1)) / 2;
  }
  // Where the entries of each column begin that lie after the current row: rows come in order, on both sides.
  const rest = ends.slice(0, other.rows);
  let done = 0;
  for (let row = 0; row < own.rows; row++) {
    for (let e = pointers[row]; e < pointers[row + 1]; e++) {
      const column = indices[e];
      const from = ++rest[column];
      const to = ends[column + 1];
      add(values[e], from, to);
      done += to - from;
    }
    finish(row);
    if (!work.due()) continue;
    work.tell(done / Math.max(1, total));
    await work.turn();
  }
  work.tell(1);
}
