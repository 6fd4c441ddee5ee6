/**
 * How the two GPU devices see factors: rows of whole groups of four coordinates, so that a shader reads and solves
 * four at a time. Where there are biases, coordinate 0 is the bias: it is stepped first, as the contract says, and
 * stands opposite a column of ones. Coordinates behind the last factor are 0, have no weight anywhere and stay 0.
 */

/** Coordinates a shader reads at once (a vec4). */
export const GROUP = 4;

/** Groups of four that hold `coordinates` (factors, and 1 for a bias). */
export function groupsOf(coordinates: number): number {
  return Math.ceil(coordinates / GROUP);
}

/** rows × factors, with a bias in front where given → rows × (4 · groups). `from` and `to` are row numbers. */
export function padRows(
  matrix: Float32Array,
  factors: number,
  bias: Float32Array | null = null,
  from = 0,
  to = matrix.length / factors,
): Float32Array<ArrayBuffer> {
  const lead = bias ? 1 : 0;
  const stride = groupsOf(factors + lead) * GROUP;
  const padded = new Float32Array((to - from) * stride);
  for (let row = from; row < to; row++) {
    const at = (row - from) * stride;
    if (bias) padded[at] = bias[row];
    padded.set(matrix.subarray(row * factors, (row + 1) * factors), at + lead);
  }
  return padded;
}

/** The factors of padded rows; `lead` is 1 where coordinate 0 is a bias. */
export function unpadRows(padded: Float32Array, factors: number, lead: 0 | 1): Float32Array<ArrayBuffer> {
  const stride = groupsOf(factors + lead) * GROUP;
  const rows = padded.length / stride;
  const matrix = new Float32Array(rows * factors);
  for (let row = 0; row < rows; row++) {
    const at = row * stride + lead;
    matrix.set(padded.subarray(at, at + factors), row * factors);
  }
  return matrix;
}

/** Coordinate 0 of padded rows: the biases. */
export function biasOf(padded: Float32Array, factors: number): Float32Array<ArrayBuffer> {
  const stride = groupsOf(factors + 1) * GROUP;
  return Float32Array.from({ length: padded.length / stride }, (_, row) => padded[row * stride]);
}

/** Renderer names that are made of software: never chosen by themselves. */
export function isSoftwareRenderer(name: string): boolean {
  return /swiftshader|llvmpipe|softpipe|software|basic render|warp/i.test(name);
}
