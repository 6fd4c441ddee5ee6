/**
 * What every device refuses, and what it copies. Wrong shapes are programming mistakes: RangeError with the offending
 * value, before any memory is taken.
 */
import type { Csr } from '../base/sparse.ts';
import type {
  BiasedFactors,
  ColumnPriors,
  ExplicitProblem,
  ImplicitProblem,
  SampledProblem,
  Side,
  StochasticProblem,
  TopKRequest,
} from './device.ts';

function expectLength(name: string, array: ArrayLike<number>, length: number): void {
  if (array.length !== length) throw new RangeError(`${name} has length ${array.length}, expected ${length}`);
}

/** Throws RangeError unless the arrays of the matrix have the lengths its pointers say. */
export function checkMatrix(name: string, matrix: Csr): void {
  expectLength(`${name}.pointers`, matrix.pointers, matrix.rows + 1);
  expectLength(`${name}.values`, matrix.values, matrix.indices.length);
  const end = matrix.pointers[matrix.rows];
  if (end !== matrix.indices.length) throw new RangeError(`${name}.pointers end at ${end}`);
}

function checkBothSides(byUser: Csr, byItem: Csr, factors: number): void {
  if (!Number.isInteger(factors) || factors < 1) throw new RangeError(`factors ${factors}`);
  checkMatrix('byUser', byUser);
  checkMatrix('byItem', byItem);
  if (byUser.rows !== byItem.columns || byUser.columns !== byItem.rows) {
    throw new RangeError(`byItem is ${byItem.rows} × ${byItem.columns}, not the transpose of byUser`);
  }
  expectLength('byItem.indices', byItem.indices, byUser.indices.length);
}

/** A copy of a matrix: the caller may transfer its own away. */
export function copyCsr({ rows, columns, pointers, indices, values }: Csr): Csr {
  return { rows, columns, pointers: pointers.slice(), indices: indices.slice(), values: values.slice() };
}

/** Throws RangeError unless every array of the problem has the length its neighbours ask for. */
export function checkExplicit(problem: ExplicitProblem): void {
  const { byUser, byItem, factors, initial } = problem;
  checkBothSides(byUser, byItem, factors);
  expectLength('userFactorReg', problem.userFactorReg, byUser.rows);
  expectLength('userBiasReg', problem.userBiasReg, byUser.rows);
  expectLength('itemFactorReg', problem.itemFactorReg, byItem.rows);
  expectLength('itemBiasReg', problem.itemBiasReg, byItem.rows);
  checkStart(initial, byUser.rows, byItem.rows, factors);
}

function checkStart(initial: BiasedFactors, users: number, items: number, factors: number): void {
  expectLength('initial.userFactors', initial.userFactors, users * factors);
  expectLength('initial.itemFactors', initial.itemFactors, items * factors);
  expectLength('initial.userBias', initial.userBias, users);
  expectLength('initial.itemBias', initial.itemBias, items);
}

/** Throws RangeError unless every array of the problem has the length its neighbours ask for. */
export function checkSampled({ byUser, byItem, factors, initial }: SampledProblem): void {
  checkBothSides(byUser, byItem, factors);
  checkStart(initial, byUser.rows, byItem.rows, factors);
}

/** Throws RangeError unless the grid is one and every array of the problem has the length its neighbours ask for. */
export function checkStochastic({ byUser, factors, grid, initial }: StochasticProblem): void {
  if (!Number.isInteger(factors) || factors < 1) throw new RangeError(`factors ${factors}`);
  if (!Number.isInteger(grid) || grid < 1) throw new RangeError(`grid ${grid}`);
  checkMatrix('byUser', byUser);
  checkStart(initial, byUser.rows, byUser.columns, factors);
}

/** Rows of means that a draw of each side may be given. */
export const meanRows = ({ byUser, byItem, rowMeans }: SampledProblem): Readonly<Record<Side, number>> => ({
  user: rowMeans === 'user' ? byUser.rows : 1,
  item: rowMeans === 'item' ? byItem.rows : 1,
});

/**
 * Throws RangeError unless there is a proper prior for the bias and every factor, and noise to speak of. `rows`:
 * `meanRows` of the side. What is returned is how far apart the means of two rows lie.
 */
export function checkPriors(
  { means, precisions }: ColumnPriors,
  noisePrecision: number,
  factors: number,
  rows: number,
): number {
  const shared = means.length === factors + 1;
  expectLength('priors.means', means, (shared ? 1 : rows) * (factors + 1));
  expectLength('priors.precisions', precisions, factors + 1);
  const least = precisions.reduce((smallest, precision) => Math.min(smallest, precision), noisePrecision);
  if (!(least > 0 && Number.isFinite(noisePrecision))) throw new RangeError(`precision ${least} of noise or priors`);
  return shared ? 0 : factors + 1;
}

/** Throws RangeError unless every array of the problem has the length its neighbours ask for. */
export function checkImplicit(problem: ImplicitProblem): void {
  const { byUser, byItem, factors, initial } = problem;
  checkBothSides(byUser, byItem, factors);
  expectLength('userReg', problem.userReg, byUser.rows);
  expectLength('itemReg', problem.itemReg, byItem.rows);
  expectLength('initial.userFactors', initial.userFactors, byUser.rows * factors);
  expectLength('initial.itemFactors', initial.itemFactors, byItem.rows * factors);
}

/** The number of rows of a row-major matrix; throws RangeError when the length is no multiple of `factors`. */
export function rowsOf(name: string, matrix: Float32Array, factors: number): number {
  if (!Number.isInteger(factors) || factors < 1) throw new RangeError(`factors ${factors}`);
  const rows = matrix.length / factors;
  if (!Number.isInteger(rows)) throw new RangeError(`${name} has length ${matrix.length}, factors ${factors}`);
  return rows;
}

/** Checks the shapes of a top-K request and gives them: m queries, n keys. */
export function checkTopK(request: TopKRequest): { readonly queryCount: number; readonly keyCount: number } {
  const queryCount = rowsOf('queries', request.queries, request.factors);
  const keyCount = rowsOf('keys', request.keys, request.factors);
  if (!Number.isInteger(request.count) || request.count < 0) throw new RangeError(`count ${request.count}`);
  if (request.keyBias) expectLength('keyBias', request.keyBias, keyCount);
  if (request.exclude) expectLength('exclude.pointers', request.exclude.pointers, queryCount + 1);
  return { queryCount, keyCount };
}

/** Throws RangeError unless both sides of the pairs have the same length and point into the model. */
export function checkPairs(users: Uint32Array, items: Uint32Array, userCount: number, itemCount: number): void {
  expectLength('pairs.items', items, users.length);
  for (let p = 0; p < users.length; p++) {
    if (users[p] >= userCount) throw new RangeError(`user row ${users[p]} of ${userCount}`);
    if (items[p] >= itemCount) throw new RangeError(`item row ${items[p]} of ${itemCount}`);
  }
}

/** The number of rows of a matrix to hold; throws RangeError when its length is no multiple of `columns`. */
export function checkHeld(data: Float32Array, columns: number): number {
  if (!Number.isInteger(columns) || columns < 1) throw new RangeError(`columns ${columns}`);
  const rows = data.length / columns;
  if (!Number.isInteger(rows)) throw new RangeError(`data has length ${data.length}, columns ${columns}`);
  return rows;
}

/** Throws RangeError unless the sparse matrix has a column for every row that is held, and no row is longer than that. */
export function checkTimesSparse(matrix: Csr, heldRows: number): void {
  checkMatrix('matrix', matrix);
  const { rows, columns, pointers } = matrix;
  if (columns !== heldRows) throw new RangeError(`matrix has ${columns} columns, ${heldRows} rows are held`);
  for (let row = 0; row < rows; row++) {
    const length = pointers[row + 1] - pointers[row];
    if (length < 0 || length > columns) throw new RangeError(`row ${row} of matrix has ${length} entries`);
  }
}

/** Throws RangeError unless the matrix is size × size. */
export function checkInverse(matrix: Float32Array, size: number): void {
  if (!Number.isInteger(size) || size < 0) throw new RangeError(`size ${size}`);
  expectLength('matrix', matrix, size * size);
}
