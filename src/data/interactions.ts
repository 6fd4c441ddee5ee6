/**
 * The cleaned log: one entry per kept row, column by column. Immutable. Everything kept of the log
 * stays (orders, prices, repeat purchases), because baskets, recency and journeys need it later.
 */

/** Text values seen often, stored once: value of row r is names[codes[r]]; code 0xFFFFFFFF is "none". */
export interface Dictionary {
  readonly names: readonly string[];
  readonly codes: Uint32Array;
}

export const NO_CODE = 0xffffffff;

/** Several values per row (the genres of a film): those of row r are names[codes[e]], e in pointers[r] … pointers[r+1]−1. */
export interface MultiDictionary {
  readonly names: readonly string[];
  readonly pointers: Uint32Array;
  readonly codes: Uint32Array;
}

export interface Attribute {
  readonly name: string;
  readonly values: Dictionary;
}

/** Customers or products: external ids (strings, exactly as they stood) by row, and what is known of each. */
export interface EntityTable {
  readonly ids: readonly string[];
  /** '' where no title is known. null when no title column exists. */
  readonly titles: readonly string[] | null;
  readonly categories: MultiDictionary | null;
  readonly attributes: readonly Attribute[];
}

export interface Interactions {
  readonly customers: EntityTable;
  readonly products: EntityTable;
  /** Row numbers into the tables; length = kept rows. */
  readonly customer: Uint32Array;
  readonly product: Uint32Array;
  /** The rating; null for implicit feedback. */
  readonly value: Float32Array | null;
  /** Units bought, plays, views: what is left after netting; null where there is no such column (then every row counts once). */
  readonly quantity: Float32Array | null;
  readonly event: Dictionary | null;
  /** Milliseconds since 1970 UTC; NaN where unreadable; null where there is no time. */
  readonly time: Float64Array | null;
  readonly order: Dictionary | null;
  /** Per unit, in the file's currency. */
  readonly price: Float32Array | null;
}
