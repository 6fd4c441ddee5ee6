/** How alike two customers, or two things, are by their ratings: what neighbours are chosen by. */
import { type Csr, nnz } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Means } from './baselines.ts';
import { walkCoRatings } from './co-ratings.ts';
import { type NeighbourMeasure, type SimilarityOptions, sumsFor } from './neighbour-measures.ts';
import type { StepWork } from './single-fit.ts';
import { createSquare } from './square-matrix.ts';

/** Whose rows are compared, by the model that is made of it. */
export type NeighbourModelName = 'userNeighbours' | 'itemNeighbours';

/**
 * Similarity of every two customers (`userNeighbours`) or things (`itemNeighbours`): rows × rows, row-major, symmetric,
 * 0 on the diagonal, since nobody is their own neighbour. Sums are doubles. Cost: see `walkCoRatings`. Throws AppError
 * `modelTooLarge` beyond 11,585 rows.
 */
export async function neighbourSimilarity(
  model: NeighbourModelName,
  ratings: Ratings,
  means: Means,
  options: SimilarityOptions,
  work: StepWork,
): Promise<Float32Array> {
  const byItems = model === 'itemNeighbours';
  const n = byItems ? ratings.byItem.rows : ratings.byUser.rows;
  const square = createSquare(model, n);
  const { byUser, byItem } = compared(ratings, means, options.similarity);
  const own = byItems ? byItem : byUser;
  const other = byItems ? byUser : byItem;
  const { stride, sums, add, similarity } = sumsFor(options, own, other);
  await walkCoRatings(own, other, work, {
    add,
    finish(a) {
      for (let b = a + 1; b < n; b++) {
        const at = b * stride;
        const overlap = sums[at];
        if (overlap === 0) continue;
        if (overlap >= options.minimumOverlap) {
          const value = similarity(at, a, b);
          square[a * n + b] = value;
          square[b * n + a] = value;
        }
        for (let s = at; s < at + stride; s++) sums[s] = 0;
      }
    },
  });
  return square;
}

/** The same entries with r_ui − (μ + b_u + b_i) as values. `rowsAre` says whose rows the matrix has. */
export function residuals(matrix: Csr, rowsAre: 'users' | 'items', { mean, userBias, itemBias }: Means): Csr {
  return rowsAre === 'users'
    ? shifted(matrix, (user, item) => mean + userBias[user] + itemBias[item])
    : shifted(matrix, (item, user) => mean + userBias[user] + itemBias[item]);
}

function shifted(matrix: Csr, shift: (row: number, column: number) => number): Csr {
  const { rows, pointers, indices, values } = matrix;
  const shiftedValues = new Float32Array(nnz(matrix));
  for (let row = 0; row < rows; row++) {
    for (let e = pointers[row]; e < pointers[row + 1]; e++) shiftedValues[e] = values[e] - shift(row, indices[e]);
  }
  return { ...matrix, values: shiftedValues };
}

/** Both orders of the ratings as a measure looks at them. */
function compared(ratings: Ratings, means: Means, measure: NeighbourMeasure): Pick<Ratings, 'byUser' | 'byItem'> {
  const { byUser, byItem } = ratings;
  if (measure === 'pearsonBaseline') {
    return { byUser: residuals(byUser, 'users', means), byItem: residuals(byItem, 'items', means) };
  }
  if (measure === 'adjustedCosine') {
    const own = customerMeans(byUser);
    return { byUser: shifted(byUser, (user) => own[user]), byItem: shifted(byItem, (_, user) => own[user]) };
  }
  return { byUser, byItem };
}

function customerMeans({ rows, pointers, values }: Csr): Float64Array {
  return Float64Array.from({ length: rows }, (_, user) => {
    let sum = 0;
    for (let e = pointers[user]; e < pointers[user + 1]; e++) sum += values[e];
    return sum / Math.max(1, pointers[user + 1] - pointers[user]);
  });
}
