/** Customers and products as they stand on a page. */

export interface ProductCard {
  readonly product: number;
  readonly id: string;
  /** The id where no title is known. */
  readonly title: string;
  /** Author, genres, category: one short line, '' where nothing is known. */
  readonly detail: string;
  readonly count: number;
}

export interface CustomerCard {
  readonly customer: number;
  readonly id: string;
  /** What the page calls them: a name where one is known, else the id. */
  readonly label: string;
  readonly count: number;
}

export interface HistoryEntry {
  readonly product: ProductCard;
  /** The rating, or the number of units. */
  readonly value: number;
  /** ms since 1970, null where unknown */
  readonly time: number | null;
}

export interface ProductCategory {
  readonly code: number;
  readonly name: string;
  /** Products that have it. */
  readonly count: number;
}

export interface FoundProducts {
  /** Rows, ascending. */
  readonly products: readonly number[];
  /** Ids that are not in the data, and the first few of them. */
  readonly unknown: number;
  readonly named: readonly string[];
}

export interface CustomerProfile {
  readonly customer: CustomerCard;
  /** Rated highest / bought most first, at most 200. */
  readonly history: readonly HistoryEntry[];
  readonly historyCount: number;
  readonly meanRating: number | null;
  readonly overallMean: number | null;
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  readonly units: number | null;
  readonly spend: number | null;
  /** Share (0…1) of this customer's actions and of everyone's in each category, most distinctive first, at most 6. */
  readonly categories: readonly { readonly name: string; readonly share: number; readonly everyone: number }[];
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}
