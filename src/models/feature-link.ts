/**
 * Rows drawn around a linear function of what is known of them: x_rf ~ N(β_f·[1, z_r], 1/Λ_f) with
 * β_f ~ N(0, (Λ_f diag w)⁻¹), so that rows that have little of their own take after those they resemble (Bayesian matrix
 * factorization with side information: Porteous, Asuncion & Welling 2010; Simm et al. 2017, "Macau"). Given x, Λ_f is
 * drawn with β_f integrated out, then β_f; algorithms.md §1.
 */
import type { Random } from '../base/random.ts';
import type { ColumnPriors } from '../compute/device.ts';
import { factorCholesky, solveCholesky, solveTransposed } from './cholesky.ts';
import { drawPrecision, PRIOR_ROWS } from './hyperpriors.ts';
import type { RowFeatures } from './rater-features.ts';

/**
 * Rows, and features, whose products are added at a time, for two sums at once: what is read serves twice, and a sum is
 * written a quarter as often. A draw for 10,000 things with 17 features each, in 33 columns: 14.2 ms in plain loops, 5.8 so.
 */
const TOGETHER = 4;
const wholeFours = (count: number) => TOGETHER * Math.ceil(count / TOGETHER);

/** Rows that β = 0 is worth, for every feature: 1 to 100 differ by 0.0003 in RMSE on books and by less elsewhere. */
const FEATURE_ROWS = 10;

export class FeatureLink {
  /** Whole fours of rows × whole fours of [1, features]; zeros behind the last row and the last feature. */
  readonly #design: Float64Array;
  readonly #rows: number;
  /** Of C = ZᵀZ + diag w: size × size. */
  readonly #cholesky: Float64Array;
  readonly #size: number;
  readonly #width: number;

  constructor({ data, columns }: RowFeatures) {
    const rows = data.length / columns;
    const size = columns + 1;
    const width = wholeFours(size);
    const design = new Float64Array(wholeFours(rows) * width);
    for (let row = 0; row < rows; row++) {
      design[row * width] = 1;
      design.set(data.subarray(row * columns, (row + 1) * columns), row * width + 1);
    }
    const gram = new Float64Array(size * size);
    for (let at = 0; at < design.length; at += width) {
      for (let a = 0; a < size; a++) {
        const z = design[at + a];
        for (let b = 0; b <= a; b++) gram[a * size + b] += z * design[at + b];
      }
    }
    for (let a = 0; a < size; a++) gram[a * size + a] += a === 0 ? PRIOR_ROWS : FEATURE_ROWS;
    factorCholesky(gram, size);
    this.#design = design;
    this.#rows = rows;
    this.#cholesky = gram;
    this.#size = size;
    this.#width = width;
  }

  /**
   * Precisions by column [bias, factor 1, …], and means of every row: what the next draw of these rows goes by.
   * `bias`: one number per row; `factors`: rows × k.
   */
  draw(bias: Float32Array, factors: Float32Array, random: Random): ColumnPriors {
    const [cholesky, rows, size] = [this.#cholesky, this.#rows, this.#size];
    const columns = factors.length / rows + 1;
    const { products, squares } = this.#products(bias, factors, columns);
    const precisions = new Float32Array(columns);
    const coefficients = new Float64Array(this.#width * columns);
    const solution = new Float64Array(size);
    const noise = new Float64Array(size);
    for (let column = 0; column < columns; column++) {
      for (let a = 0; a < size; a++) solution[a] = products[a * columns + column];
      solveCholesky(cholesky, size, solution);
      let explained = 0;
      for (let a = 0; a < size; a++) explained += solution[a] * products[a * columns + column];
      precisions[column] = drawPrecision(Math.max(0, squares[column] - explained), rows, random);
      const deviation = 1 / Math.sqrt(precisions[column]);
      for (let a = 0; a < size; a++) noise[a] = deviation * random.normal();
      solveTransposed(cholesky, size, noise);
      for (let a = 0; a < size; a++) coefficients[a * columns + column] = solution[a] + noise[a];
    }
    return { means: this.#means(coefficients, columns), precisions };
  }

  /** Zᵀx of every column of x, whole fours of features × columns, and Σ x² of every column. */
  #products(bias: Float32Array, factors: Float32Array, columns: number) {
    const [design, width, rows] = [this.#design, this.#width, this.#rows];
    const k = columns - 1;
    const products = new Float64Array(width * columns);
    const squares = new Float64Array(columns);
    /** Four rows of x. Those behind the last row stand opposite zeros. */
    const x = new Float64Array(TOGETHER * columns);
    for (let first = 0; first < rows; first += TOGETHER) {
      const last = Math.min(rows, first + TOGETHER);
      for (let row = first, to = 0; row < last; row++, to += columns) {
        x[to] = bias[row];
        for (let f = 0; f < k; f++) x[to + 1 + f] = factors[row * k + f];
        for (let column = 0; column < columns; column++) squares[column] += x[to + column] * x[to + column];
      }
      for (let a = 0; a < width; a += 2) {
        const at = first * width + a;
        const z0 = design[at];
        const z1 = design[at + width];
        const z2 = design[at + 2 * width];
        const z3 = design[at + 3 * width];
        const y0 = design[at + 1];
        const y1 = design[at + width + 1];
        const y2 = design[at + 2 * width + 1];
        const y3 = design[at + 3 * width + 1];
        for (let column = 0, to = a * columns; column < columns; column++, to++) {
          const x0 = x[column];
          const x1 = x[column + columns];
          const x2 = x[column + 2 * columns];
          const x3 = x[column + 3 * columns];
          products[to] += z0 * x0 + z1 * x1 + z2 * x2 + z3 * x3;
          products[to + columns] += y0 * x0 + y1 * x1 + y2 * x2 + y3 * x3;
        }
      }
    }
    return { products, squares };
  }

  /** Z β: rows × columns. */
  #means(coefficients: Float64Array, columns: number): Float32Array {
    const [design, width, rows] = [this.#design, this.#width, this.#rows];
    const means = new Float32Array(rows * columns);
    /** Of two rows. */
    const sums = new Float64Array(2 * columns);
    for (let row = 0; row < rows; row += 2) {
      sums.fill(0);
      for (let a = 0; a < width; a += TOGETHER) {
        const at = row * width + a;
        const z0 = design[at];
        const z1 = design[at + 1];
        const z2 = design[at + 2];
        const z3 = design[at + 3];
        const y0 = design[at + width];
        const y1 = design[at + width + 1];
        const y2 = design[at + width + 2];
        const y3 = design[at + width + 3];
        for (let column = 0, from = a * columns; column < columns; column++, from++) {
          const b0 = coefficients[from];
          const b1 = coefficients[from + columns];
          const b2 = coefficients[from + 2 * columns];
          const b3 = coefficients[from + 3 * columns];
          sums[column] += z0 * b0 + z1 * b1 + z2 * b2 + z3 * b3;
          sums[column + columns] += y0 * b0 + y1 * b1 + y2 * b2 + y3 * b3;
        }
      }
      means.set(row + 1 < rows ? sums : sums.subarray(0, columns), row * columns);
    }
    return means;
  }
}
