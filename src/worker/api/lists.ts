/** What a customer will want next and why; what somebody new is asked. */
import type { Reply } from '../../models/questions.ts';
import type { ModelName } from '../../models/recommender.ts';
import type { RerankSettings } from '../../models/rerank-settings.ts';
import type { CustomerCard, ProductCard } from './catalogue.ts';

export interface Recommendation {
  readonly product: ProductCard;
  /** Of a re-ordered list: the place from 1 in the model's own order, null for what it has no score for. */
  readonly ownPlace?: number | null;
  /** Of a re-ordered list: first by a rule, not by its score. */
  readonly pinned?: boolean;
  /** The choice head's score (what the order is by). */
  readonly score: number;
  /** Predicted stars; null for implicit data or a model without a taste head. */
  readonly stars: number | null;
  /** Half width of the 90 % interval of a rating, noise of ratings included; null where unknown. */
  readonly starsInterval: number | null;
  /** null where the model gives none. */
  readonly reasons: {
    /** They add up to the score. Otherwise each is how far the score falls without it, and `baseline` and `others` say nothing. */
    readonly exact: boolean;
    readonly baseline: number;
    /** Largest first, at most three; the rest of the history is summed in `others`. */
    readonly because: readonly { readonly product: ProductCard; readonly amount: number }[];
    readonly others: number;
    readonly othersCount: number;
    readonly sum: number;
  } | null;
}

/** What a person would have had to do differently. Whole histories are replaced when `fromNothing`. */
export interface WhatIf {
  readonly liked: readonly number[];
  readonly disliked: readonly number[];
}

export interface RecommendRequest {
  /** null: a new customer, known only by `whatIf`. */
  readonly customer: number | null;
  readonly whatIf: WhatIf;
  readonly count: number;
  /** Which run's models answer; null: the latest factorization. */
  readonly run: string | null;
  /** How the list is re-ordered; as the model has it without. */
  readonly rerank?: RerankSettings;
}

/** What somebody new said of what they were asked about. */
export interface QuestionAnswer {
  readonly product: number;
  readonly reply: Reply;
}

export interface QuestionRequest {
  /** In any order; what was picked by hand counts like an answer. */
  readonly answers: readonly QuestionAnswer[];
  /** As in `RecommendRequest`. */
  readonly run: string | null;
}

/** What to ask somebody new next. */
export interface NextQuestion {
  readonly product: ProductCard;
  /** Share of the customers who have it, liked or not. */
  readonly known: number;
  /** How long choosing it took. */
  readonly milliseconds: number;
}

/** "And without this?", asked of one suggestion. */
export interface CounterfactualRequest extends Omit<RecommendRequest, 'count' | 'rerank'> {
  readonly product: number;
  /** Something of the history. */
  readonly without: number;
}

/** Places from 1 in the model's own order of everything the customer does not have; null where it would not be listed at all. */
export interface Counterfactual {
  readonly before: number | null;
  readonly after: number | null;
}

export interface RecommendationList {
  readonly items: readonly Recommendation[];
  readonly similarCustomers: readonly { readonly customer: CustomerCard; readonly similarity: number }[];
  /** How long solving and ranking took. */
  readonly milliseconds: number;
  readonly model: ModelName;
}

export interface TopCustomersRequest {
  readonly product: number;
  readonly count: number;
  /** As in `RecommendRequest`. */
  readonly run: string | null;
}

/** Whom a campaign for one product should reach. */
export interface TopCustomers {
  readonly product: ProductCard;
  /** By `score`, highest first. `place`: of the product in the customer's own list, as on their page before any settings, from 1. */
  readonly customers: readonly {
    readonly customer: CustomerCard;
    readonly score: number;
    readonly place: number | null;
  }[];
  /** Customers who were looked at: those the model learned a choice of who do not have it. */
  readonly among: number;
  /** Why there is nobody: privacy keeps it out of lists, nothing was learned of it, all have it. null where somebody is. */
  readonly nobody: 'unlisted' | 'unlearned' | 'nobodyLeft' | null;
  /** That answered: a factorization where the run's own looks at nobody's history. */
  readonly model: ModelName;
  readonly milliseconds: number;
}
