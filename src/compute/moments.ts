/**
 * Σ x and Σ (x − Σx/rows)² of every column [bias, factor 1, … factor k] of one side, in 64 bits and in the order of the
 * rows: what the hyperpriors of the sampler are drawn from. Factors are rows × `stride` of which k count.
 */
export function columnMoments(
  bias: Float32Array,
  factors: Float32Array,
  k: number,
  stride: number,
): { readonly sums: Float64Array; readonly squares: Float64Array } {
  const rows = bias.length;
  const sums = new Float64Array(k + 1);
  const squares = new Float64Array(k + 1);
  for (let row = 0; row < rows; row++) {
    sums[0] += bias[row];
    squares[0] += bias[row] * bias[row];
    for (let f = 0, at = row * stride; f < k; f++, at++) {
      sums[f + 1] += factors[at];
      squares[f + 1] += factors[at] * factors[at];
    }
  }
  // numbers of 24 bits in sums of 53: nothing to speak of cancels
  for (let column = 0; column <= k && rows > 0; column++) {
    squares[column] = Math.max(0, squares[column] - sums[column] ** 2 / rows);
  }
  return { sums, squares };
}
