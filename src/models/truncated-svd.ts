/**
 * The largest singular values of a sparse matrix and their right singular vectors, by randomized subspace iteration
 * (Halko, Martinsson & Tropp 2011, "Finding structure with randomness", algorithms 4.4 and 5.1): a few random
 * directions, multiplied with the matrix and its transpose again and again, come to lie in the space of the largest
 * ones; what is left to solve is a small dense problem.
 */
import type { Tell } from '../base/progress.ts';
import { createRandom } from '../base/random.ts';
import { type Csr, rowBlocks, transpose } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { StepWork } from './single-fit.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface TruncatedSvd {
  /** Columns × factors, row-major; the columns of it are orthonormal. */
  readonly vectors: Float32Array;
  /** Largest first, all above 0; length = factors. */
  readonly singularValues: Float64Array;
  /** As many as were asked for, or fewer where the matrix has no more. */
  readonly factors: number;
}

export interface TruncatedSvdRequest {
  readonly matrix: Csr;
  /** Its transpose, where the caller has it. */
  readonly transposed?: Csr;
  readonly factors: number;
  /** How often the directions go through the matrix and back; each brings (σ_{k+1} / σ_k)² of what is left of the error. */
  readonly powerIterations: number;
  readonly seed: number;
}

/** Directions beyond those that are asked for; 5 to 10 are plenty (section 4.2). */
const OVERSAMPLING = 10;
/** Beside the largest singular value: below this there is rounding and nothing else. */
const LEAST_SINGULAR = 1e-4;
/** What has to be left of a direction once the others are taken out of it, for the same reason. */
const LEAST_LEFT = 1e-5;

/** Of a matrix, between two words on how far it is: a fraction of a second of one thread. */
const ENTRIES_AT_ONCE = 4_000_000;

/** Rows × columns, row-major. */
export interface Block {
  readonly data: Float32Array;
  readonly columns: number;
}

/** The products run on `device`; same seed, matrix and device → the same bits. Throws what the device throws. */
export async function truncatedSvd(
  { matrix, transposed, factors, powerIterations, seed }: TruncatedSvdRequest,
  device: ComputeDevice,
  work: Pick<StepWork, 'due' | 'turn'>,
  tell: Tell = () => undefined,
): Promise<TruncatedSvd> {
  const across = transposed ?? transpose(matrix);
  const directions = Math.min(factors + OVERSAMPLING, matrix.rows, matrix.columns);
  const random = createRandom(seed);
  const steps = 2 * powerIterations + 2;
  let step = 0;
  /** S · D on the device. */
  const times = async (sparse: Csr, { data, columns }: Block): Promise<Block> => {
    const held = await device.holdMatrix({ data, columns });
    try {
      const product = new Float32Array(sparse.rows * columns);
      for (const { first, block } of rowBlocks(sparse, ENTRIES_AT_ONCE)) {
        product.set(await held.timesSparse(block), first * columns);
        tell((step + (first + block.rows) / sparse.rows) / steps);
        await work.turn();
      }
      return { data: product, columns };
    } finally {
      held.destroy();
      step++;
    }
  };

  const start = random.normals(matrix.rows * directions);
  let basis = await orthonormal(await times(across, { data: start, columns: directions }), matrix.columns, work);
  for (let iteration = 0; iteration < powerIterations && basis.columns > 0; iteration++) {
    const there = await orthonormal(await times(matrix, basis), matrix.rows, work);
    basis = await orthonormal(await times(across, there), matrix.columns, work);
  }
  if (basis.columns === 0) return { vectors: new Float32Array(), singularValues: new Float64Array(), factors: 0 };

  // A restricted to the basis; its singular values are the square roots of what its Gram matrix has.
  const { values, vectors } = symmetricEigen(
    await gramOf(await times(matrix, basis), matrix.rows, work),
    basis.columns,
  );
  const singularValues = values.map((value) => Math.sqrt(Math.max(0, value)));
  const real = singularValues.filter((value) => value > LEAST_SINGULAR * singularValues[0]).length;
  const kept = Math.min(factors, real);
  return { vectors: turned(basis, vectors, kept), singularValues: singularValues.slice(0, kept), factors: kept };
}

/**
 * Orthonormal columns that span what those of `block` (rows × columns) span: Gram–Schmidt in the terms of the Gram
 * matrix G = BᵀB, which is the Cholesky factor of it (G = RᵀR, Q = B R⁻¹) and needs one pass over the rows. G in 64 bits
 * holds what 32 bits can tell apart. Columns that lie in the span of those before them are left out.
 */
export async function orthonormal(block: Block, rows: number, work: Pick<StepWork, 'due' | 'turn'>): Promise<Block> {
  const { data, columns } = block;
  const gram = await gramOf(block, rows, work);
  /** Row j: column j of R, its entries for the columns that are kept. */
  const factor = new Float64Array(columns * columns);
  const kept: number[] = [];
  for (let column = 0; column < columns; column++) {
    const own = factor.subarray(kept.length * columns, (kept.length + 1) * columns);
    let left = gram[column * columns + column];
    for (let at = 0; at < kept.length; at++) {
      let sum = gram[kept[at] * columns + column];
      for (let f = 0; f < at; f++) sum -= own[f] * factor[at * columns + f];
      own[at] = sum / factor[at * columns + at];
      left -= own[at] ** 2;
    }
    if (!(left > LEAST_LEFT ** 2 * gram[column * columns + column])) continue;
    own[kept.length] = Math.sqrt(left);
    kept.push(column);
  }
  const width = kept.length;
  const basis = new Float32Array(rows * width);
  const solved = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < width; at++) {
      let sum = data[row * columns + kept[at]];
      for (let f = 0, from = at * columns; f < at; f++, from++) sum -= solved[f] * factor[from];
      solved[at] = sum / factor[at * columns + at];
    }
    basis.set(solved, row * width);
    if (work.due()) await work.turn();
  }
  return { data: basis, columns: width };
}

/** Bᵀ B: columns × columns, what stands on and above the diagonal. */
async function gramOf(
  { data, columns }: Block,
  rows: number,
  work: Pick<StepWork, 'due' | 'turn'>,
): Promise<Float64Array> {
  const gram = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * columns, (row + 1) * columns);
    for (let a = 0; a < columns; a++) {
      const x = own[a];
      for (let b = a, to = a * columns + a; b < columns; b++, to++) gram[to] += x * own[b];
    }
    if (work.due()) await work.turn();
  }
  return gram;
}

/** The first `kept` of the eigenvectors (rows of `vectors`) in the terms of the whole: rows × kept. */
function turned({ data, columns }: Block, vectors: Float64Array, kept: number): Float32Array {
  const rows = data.length / columns;
  const out = new Float32Array(rows * kept);
  for (let row = 0; row < rows; row++) {
    for (let f = 0; f < kept; f++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += data[row * columns + c] * vectors[f * columns + c];
      out[row * kept + f] = sum;
    }
  }
  return out;
}
