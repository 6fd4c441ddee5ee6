/** What is asked of the heatmap and what comes back. Plain values and typed arrays: all of it crosses `postMessage`. */

export type SimilarityMeasure = 'cosine' | 'adjustedCosine' | 'pearson' | 'jaccard' | 'model';

export type Side = 'products' | 'customers';

export interface HeatmapRequest {
  readonly side: Side;
  readonly measure: SimilarityMeasure;
  /** 2 … 2,000 */
  readonly size: number;
  readonly choose:
    | { readonly by: 'popularity' }
    | { readonly by: 'category'; readonly category: string }
    | { readonly by: 'search'; readonly query: string };
  /** For the measure of the model alone: the run that answers; null or nothing: the newest factorization. */
  readonly run?: string | null;
}

export interface HeatmapGroup {
  /** First row and one past the last, in display order. */
  readonly from: number;
  readonly to: number;
  /** Category the group is named by; null → named by its typical members. */
  readonly category: string | null;
  /** Labels of the two most typical members. */
  readonly members: readonly string[];
  /** Groups of customers: up to two products they have in common more than the others on the map do; else empty. */
  readonly distinctive: readonly string[];
}

/** A merge of the dendrogram: rows/merges a and b at a height; leaves are 0…n−1 in display order, merge m is n + m. */
export interface Dendrogram {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly height: Float32Array;
}

export interface HeatmapResult {
  readonly request: HeatmapRequest;
  /** Rows of the entity table in display order. Fewer than asked for where fewer qualify, even 0 or 1. */
  readonly rows: Uint32Array;
  readonly labels: readonly string[];
  /** n × n, row-major, display order; NaN is "undefined, shown blank". */
  readonly values: Float32Array;
  /** Smallest and largest off-diagonal value, for the colour scale. [0, 1] where none is defined. */
  readonly range: readonly [number, number];
  readonly dendrogram: Dendrogram;
  readonly groups: readonly HeatmapGroup[];
  readonly milliseconds: number;
}

export interface PairDetail {
  readonly a: string;
  readonly b: string;
  readonly value: number;
  /** Customers who did both (or products both customers have). */
  readonly together: number;
  readonly onlyA: number;
  readonly onlyB: number;
  /** The strongest common rows. */
  readonly shared: readonly string[];
}

export interface SimilarRow {
  readonly row: number;
  readonly label: string;
  readonly value: number;
}
