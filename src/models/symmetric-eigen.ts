/**
 * Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan, "Matrix
 * Computations", section 8.5): slower than other ways, and accurate to the last digits for small eigenvalues as well.
 */

export interface Eigen {
  /** Largest first; length = size. */
  readonly values: Float64Array;
  /** Row r is the unit eigenvector of values[r]: size × size. */
  readonly vectors: Float64Array;
}

/** Sweeps after which rounding is all that is left; a matrix of some hundred rows takes about ten. */
const MOST_SWEEPS = 60;

/**
 * `matrix` is size × size, row-major; what stands on and above the diagonal is read, nothing is changed. Throws
 * RangeError for a number that is not finite.
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = row; column < size; column++) {
      const value = matrix[row * size + column];
      if (!Number.isFinite(value)) throw new RangeError(`entry (${row}, ${column}) is ${value}`);
      a[row * size + column] = value;
      a[column * size + row] = value;
    }
  }
  const rows = new Float64Array(size * size);
  for (let row = 0; row < size; row++) rows[row * size + row] = 1;

  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let turned = false;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) turned = rotate(a, rows, size, p, q) || turned;
    }
    if (!turned) break;
  }

  const order = Array.from({ length: size }, (_, row) => row).sort((p, q) => a[q * size + q] - a[p * size + p]);
  const vectors = new Float64Array(size * size);
  order.forEach((row, to) => {
    vectors.set(rows.subarray(row * size, (row + 1) * size), to * size);
  });
  return { values: Float64Array.from(order, (row) => a[row * size + row]), vectors };
}

/** Makes a_pq zero; false where it already is, next to the two entries of the diagonal. */
function rotate(a: Float64Array, rows: Float64Array, size: number, p: number, q: number): boolean {
  const across = a[p * size + q];
  const [above, below] = [a[p * size + p], a[q * size + q]];
  if (Math.abs(across) <= Number.EPSILON * Math.sqrt(Math.abs(above * below)) || across === 0) {
    a[p * size + q] = 0;
    a[q * size + p] = 0;
    return false;
  }
  // The smaller of the two angles that do it: t² + 2 θ t − 1 = 0.
  const theta = (below - above) / (2 * across);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (let k = 0; k < size; k++) {
    if (k === p || k === q) continue;
    const [x, y] = [a[p * size + k], a[q * size + k]];
    const toP = cosine * x - sine * y;
    const toQ = sine * x + cosine * y;
    a[p * size + k] = toP;
    a[k * size + p] = toP;
    a[q * size + k] = toQ;
    a[k * size + q] = toQ;
  }
  a[p * size + p] = above - tangent * across;
  a[q * size + q] = below + tangent * across;
  a[p * size + q] = 0;
  a[q * size + p] = 0;
  for (let k = 0; k < size; k++) {
    const [x, y] = [rows[p * size + k], rows[q * size + k]];
    rows[p * size + k] = cosine * x - sine * y;
    rows[q * size + k] = sine * x + cosine * y;
  }
  return true;
}
