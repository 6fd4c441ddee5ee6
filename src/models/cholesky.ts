/**
 * Small dense symmetric positive definite systems in 64 bits: what a customer's exact solve needs.
 * Matrices are row-major n × n; only the lower triangle is read or written.
 */

/** Replaces the lower triangle of `a` by L with A = L·Lᵀ. Throws RangeError when A is not positive definite. */
export function factorCholesky(a: Float64Array, n: number): void {
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = a[row * n + column];
      for (let f = 0; f < column; f++) sum -= a[row * n + f] * a[column * n + f];
      if (row !== column) {
        a[row * n + column] = sum / a[column * n + column];
      } else {
        if (!(sum > 0)) throw new RangeError(`matrix is not positive definite at row ${row}`);
        a[row * n + row] = Math.sqrt(sum);
      }
    }
  }
}

/** Solves A·x = b in place (b becomes x), given what `factorCholesky` left in `l`. */
export function solveCholesky(l: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row++) {
    let sum = b[row];
    for (let f = 0; f < row; f++) sum -= l[row * n + f] * b[f];
    b[row] = sum / l[row * n + row];
  }
  solveTransposed(l, n, b);
}

/** Solves Lᵀ·x = b in place: of a standard normal b, a draw with covariance A⁻¹. */
export function solveTransposed(l: Float64Array, n: number, b: Float64Array): void {
  for (let row = n - 1; row >= 0; row--) {
    let sum = b[row];
    for (let f = row + 1; f < n; f++) sum -= l[f * n + row] * b[f];
    b[row] = sum / l[row * n + row];
  }
}
