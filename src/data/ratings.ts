/**
 * The matrix models learn from: one value per customer and product, derived from Interactions.
 * Immutable. Rows and columns are the rows of Interactions.customers and .products (so an index
 * means the same thing everywhere); a customer whose rows were all held out simply has an empty row.
 */
import type { Csr } from '../base/sparse.ts';
import type { Feedback } from './plan.ts';

export interface RatingScale {
  readonly min: number;
  readonly max: number;
  /** Smallest difference between two ratings seen (1, 0.5, …). */
  readonly step: number;
}

/** What counts as chosen, and how strongly (algorithms.md §2). */
export interface ChoiceRule {
  /** Explicit data: ratings at or above this are choices. Implicit data: 0. */
  readonly minRating: number;
  /** Weight of each kind of event (view 1, cart 3, purchase 5); 1 for names not listed. */
  readonly eventWeights: Readonly<Record<string, number>>;
}

export interface Ratings {
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  readonly feedback: Feedback;
  /** Explicit: the rating. Implicit: the choice weight (Σ event weight · (1 + ln quantity)). */
  readonly byUser: Csr;
  /** The same entries by item. */
  readonly byItem: Csr;
  /** Latest time of each pair in byUser order, ms since 1970; null where there is no time. */
  readonly lastTime: Float64Array | null;
  /** null for implicit feedback. */
  readonly scale: RatingScale | null;
  readonly rule: ChoiceRule;
}
