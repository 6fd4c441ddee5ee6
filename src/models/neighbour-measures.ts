/** The measures of how alike two rows of ratings are: what each adds up over the columns they share, and makes of it. */
import type { Csr } from '../base/sparse.ts';
import type { CoRatings } from './co-ratings.ts';

/**
 * The first four are Surprise's, by name and definition: they look at co-ratings alone. Over the n columns rated by both
 * rows, x and y being the two ratings of a column:
 *
 * - `msd`: 1 / (Σ(x − y)² / n + 1)
 * - `cosine`: Σ xy / √(Σx² · Σy²)
 * - `pearson`: Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² · Σ(y − ȳ)²), means over the n columns
 * - `pearsonBaseline`: Σ(x − b)(y − b′) / √(Σ(x − b)² · Σ(y − b′)²) · (n − 1) / (n − 1 + shrinkage), b = μ + b_u + b_i
 *   (Koren 2010, "Factor in the neighbors", §2.2)
 * - `adjustedCosine`: Σ xy / (‖row‖ · ‖row′‖) of ratings minus their customer's mean, lengths over whole rows, so that
 *   what is not rated counts as 0, as on the map (the numerator is that of Sarwar et al. 2001)
 * - `jaccard`: n / (columns rated by either)
 *
 * 0 where a measure is not defined.
 */
export const NEIGHBOUR_MEASURES = ['msd', 'cosine', 'pearson', 'pearsonBaseline', 'adjustedCosine', 'jaccard'] as const;
export type NeighbourMeasure = (typeof NEIGHBOUR_MEASURES)[number];

export interface SimilarityOptions {
  readonly similarity: NeighbourMeasure;
  /** Rows with fewer columns in common have similarity 0. */
  readonly minimumOverlap: number;
  /** `pearsonBaseline`: takes a similarity over few co-ratings towards 0. */
  readonly shrinkage: number;
}

/** Below this part of n Σx² a variance is what rounding left of none: the row gave the same rating each time. */
const NOTHING = 1e-9;
/** Lengths below this are rounding: a customer who gives everything the same stars has no direction. */
const LEAST_LENGTH = 1e-5;

/** What a measure adds up over the columns two rows share, and what it makes of it. */
export interface Sums {
  /** Numbers for each row that the current one is compared with; the first one is n. */
  readonly stride: number;
  readonly sums: Float64Array;
  readonly add: CoRatings['add'];
  /** From the sums at `at`, of rows a and b. */
  similarity(at: number, a: number, b: number): number;
}

/** Both matrices as the measure looks at them: `own` has the rows that are compared, `other` is its transpose. */
export function sumsFor(options: SimilarityOptions, own: Csr, other: Csr): Sums {
  switch (options.similarity) {
    case 'msd':
      return differences(own.rows, other);
    case 'cosine':
      return lengths(own.rows, other, () => 1);
    case 'pearson':
      return moments(own.rows, other);
    case 'pearsonBaseline':
      return lengths(own.rows, other, (n) => (n > 1 ? (n - 1) / (n - 1 + options.shrinkage) : 0));
    case 'adjustedCosine':
      return products(own, other);
    case 'jaccard':
      return counts(own, other);
    default:
      return options.similarity satisfies never;
  }
}

/** n and Σ(x − y)² */
function differences(rows: number, { indices, values }: Csr): Sums {
  const sums = new Float64Array(2 * rows);
  return {
    stride: 2,
    sums,
    add(x, from, to) {
      for (let e = from; e < to; e++) {
        const at = 2 * indices[e];
        const difference = x - values[e];
        sums[at]++;
        sums[at + 1] += difference * difference;
      }
    },
    similarity: (at) => 1 / (sums[at + 1] / sums[at] + 1),
  };
}

/** n, Σx², Σy² and Σxy; a cosine over co-ratings times `weight(n)`. */
function lengths(rows: number, { indices, values }: Csr, weight: (n: number) => number): Sums {
  const sums = new Float64Array(4 * rows);
  return {
    stride: 4,
    sums,
    add(x, from, to) {
      for (let e = from; e < to; e++) {
        const at = 4 * indices[e];
        const y = values[e];
        sums[at]++;
        sums[at + 1] += x * x;
        sums[at + 2] += y * y;
        sums[at + 3] += x * y;
      }
    },
    similarity(at) {
      const squares = sums[at + 1] * sums[at + 2];
      return squares > 0 ? (sums[at + 3] / Math.sqrt(squares)) * weight(sums[at]) : 0;
    },
  };
}

/** n, Σx, Σy, Σx², Σy² and Σxy */
function moments(rows: number, { indices, values }: Csr): Sums {
  const sums = new Float64Array(6 * rows);
  return {
    stride: 6,
    sums,
    add(x, from, to) {
      for (let e = from; e < to; e++) {
        const at = 6 * indices[e];
        const y = values[e];
        sums[at]++;
        sums[at + 1] += x;
        sums[at + 2] += y;
        sums[at + 3] += x * x;
        sums[at + 4] += y * y;
        sums[at + 5] += x * y;
      }
    },
    similarity(at) {
      const n = sums[at];
      const x = sums[at + 1];
      const y = sums[at + 2];
      const xx = n * sums[at + 3];
      const yy = n * sums[at + 4];
      if (xx - x * x <= NOTHING * xx || yy - y * y <= NOTHING * yy) return 0;
      return (n * sums[at + 5] - x * y) / Math.sqrt((xx - x * x) * (yy - y * y));
    },
  };
}

/** n and Σxy; a cosine with the lengths of whole rows. */
function products(own: Csr, { indices, values }: Csr): Sums {
  const sums = new Float64Array(2 * own.rows);
  const norms = Float64Array.from({ length: own.rows }, (_, row) => {
    let squares = 0;
    for (let e = own.pointers[row]; e < own.pointers[row + 1]; e++) squares += own.values[e] ** 2;
    return Math.sqrt(squares);
  });
  return {
    stride: 2,
    sums,
    add(x, from, to) {
      for (let e = from; e < to; e++) {
        const at = 2 * indices[e];
        sums[at]++;
        sums[at + 1] += x * values[e];
      }
    },
    similarity: (at, a, b) => (Math.min(norms[a], norms[b]) < LEAST_LENGTH ? 0 : sums[at + 1] / (norms[a] * norms[b])),
  };
}

/** n alone */
function counts(own: Csr, { indices }: Csr): Sums {
  const sums = new Float64Array(own.rows);
  return {
    stride: 1,
    sums,
    add(_, from, to) {
      for (let e = from; e < to; e++) sums[indices[e]]++;
    },
    similarity: (at, a, b) =>
      sums[at] / (own.pointers[a + 1] - own.pointers[a] + own.pointers[b + 1] - own.pointers[b] - sums[at]),
  };
}
