import { type Csr, transpose } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { chosenPairs } from '../models/chosen-pairs.ts';
import { choiceCounts } from '../models/popularity-order.ts';

/** What was chosen in the training part, both ways round: what popularity and activity are counted on. */
export interface TrainingChoices {
  readonly byUser: Csr;
  readonly byItem: Csr;
  /** Customers who chose each product. */
  readonly perProduct: Uint32Array;
  /** Customers with at least one choice. */
  readonly choosers: number;
}

export function trainingChoices(train: Ratings): TrainingChoices {
  const byUser = chosenPairs(train);
  let choosers = 0;
  for (let user = 0; user < byUser.rows; user++) if (lengthOf(byUser, user) > 0) choosers++;
  return { byUser, byItem: transpose(byUser), perProduct: choiceCounts(byUser), choosers };
}

/** Entries of a row. */
export function lengthOf({ pointers }: Csr, row: number): number {
  return pointers[row + 1] - pointers[row];
}
