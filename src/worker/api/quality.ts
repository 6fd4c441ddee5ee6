/** What lists are worth to newcomers, and what re-ordering and privacy cost. */
import type { ColdCustomersResult, ColdProductsResult } from '../../evaluate/cold-start.ts';
import type { PriceOfPrivacy } from '../../evaluate/price-of-privacy.ts';
import type { Price, PriceOfSettings } from '../../evaluate/price-of-settings.ts';
import type { ModelName, Preset } from '../../models/recommender.ts';
import type { RerankSettings } from '../../models/rerank-settings.ts';
import type { TrainRequest } from './training.ts';

/** How good lists are where nothing was learned: for new customers by the run that answers, or of new products. */
export interface ColdStartRequest {
  readonly what: 'customers' | 'products';
  /** As in `RecommendRequest`; new products are measured with models of their own. */
  readonly run: string | null;
  /** Default 1. */
  readonly seed?: number;
}

/** Entrants of new products: random, popularity, content, hybrid, and hybridWithout, the blend without content. */
export type ColdStart =
  | { readonly what: 'customers'; readonly result: ColdCustomersResult }
  | { readonly what: 'products'; readonly result: ColdProductsResult };

/** What re-ordering the lists of one run costs. */
export interface PriceRequest {
  readonly run: string | null;
  /** Measured beside the curves: exactly these. */
  readonly settings: RerankSettings | null;
}

export interface PriceAnswer {
  readonly model: ModelName;
  readonly curves: PriceOfSettings;
  /** null where nothing was asked, and where one slider alone is set: the curves have it. */
  readonly together: Price | null;
}

/** What would be learned from under privacy settings, and what there is. */
export interface LearnedShare {
  readonly entries: number;
  readonly products: number;
  readonly allEntries: number;
  readonly allProducts: number;
}

/** What privacy settings cost the model of one run. */
export interface PrivacyPriceAnswer {
  readonly model: ModelName;
  readonly preset: Preset;
  /** As the run had them. */
  readonly settings: TrainRequest['settings'];
  readonly price: PriceOfPrivacy;
}
