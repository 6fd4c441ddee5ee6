/**
 * Where arithmetic runs. A `ComputeDevice` offers the few operations the models need; there are four
 * implementations (webgpu, webgl, wasm, reference) in folders of their own. `reference/` is plain
 * loops and is what every other one is tested against. Only `compute/` knows WebGPU, WebGL or WASM.
 *
 * Promises:
 * - same inputs → same bits on the same device, for any number of threads; across devices equal up to
 *   rounding (see `TOLERANCE`);
 * - inputs are never changed, and may be reused or transferred away after the promise resolves;
 * - `destroy()` of a session or device frees everything it owns and may be called twice;
 * - when hardware goes away, pending and later calls reject with AppError `deviceLost` and `lost`
 *   resolves; when memory runs out they reject with `deviceOutOfMemory`.
 */
import type { AppError } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import type { Csr, Pairs } from '../base/sparse.ts';
import type { Autoencoder, AutoencoderProblem } from './autoencoder.ts';

export const DEVICE_KINDS = ['webgpu', 'webgl', 'wasm', 'reference'] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

export interface DeviceInfo {
  readonly kind: DeviceKind;
  /** What the hardware calls itself ("apple m3"), '' where unknown. */
  readonly adapter: string;
  /** A GPU made of software: never chosen by itself. */
  readonly software: boolean;
  /** Compute threads (1 on GPUs and the reference). */
  readonly threads: number;
  readonly simd: boolean;
  /** Whether sweeps read in 16 bits (`setHalfReads`); absent where there is no such way. */
  readonly halfReads?: boolean;
}

/** Largest allowed differences from the reference device on the same problem and seed. */
export const TOLERANCE = { predictions: 0.01, rmse: 0.001, kernel: 1e-4 } as const;

/** Biased factorization r̂_ui = mean + userBias[u] + itemBias[i] + p_u·q_i. Factors are row-major, rows × factors. */
export interface BiasedFactors {
  readonly userFactors: Float32Array;
  readonly itemFactors: Float32Array;
  readonly userBias: Float32Array;
  readonly itemBias: Float32Array;
}

/** Squared error on observed entries + Σ_rows reg·‖row‖² (Koren, Bell & Volinsky 2009); algorithms.md §1. */
export interface ExplicitProblem {
  /** Ratings as they are (the mean is subtracted inside). byItem is the transpose of byUser. */
  readonly byUser: Csr;
  readonly byItem: Csr;
  readonly mean: number;
  readonly factors: number;
  /** One weight per row: what multiplies ‖p_u‖² and b_u² (already scaled by how much is known). */
  readonly userFactorReg: Float32Array;
  readonly userBiasReg: Float32Array;
  readonly itemFactorReg: Float32Array;
  readonly itemBiasReg: Float32Array;
  readonly initial: BiasedFactors;
}

/**
 * Cyclic coordinate descent. One `sweep()`: for every user row, bias first, then f = 1…k in order,
 * δ = (Σ e·q_f − reg·p_f) / (Σ q_f² + reg), with e updated after every coordinate; then the same for
 * every item row against the new user rows. Rows of a side see only the other side. A row without
 * entries becomes 0; a factor whose denominator is 0 stays as it is.
 */
export interface ExplicitDescent {
  /** One sweep over both sides. `loss` is the mean squared training error after it. `tell` hears of long ones how far they are. */
  sweep(tell?: Tell): Promise<{ readonly loss: number }>;
  /** r̂ for each pair, unclipped, from the current factors. */
  predict(pairs: Pick<Pairs, 'users' | 'items'>): Promise<Float32Array>;
  /** A copy of the current factors. */
  factors(): Promise<BiasedFactors>;
  destroy(): void;
}

/**
 * The same model by stratified stochastic gradient descent (Gemulla et al. 2011; algorithms.md §1).
 * Rows are relabelled at random from `seed` and cut into `grid` equal groups a side; ratings are sorted into
 * grid × grid blocks, whose order is fixed. Blocks of one diagonal share no row and may run side by side,
 * so the result does not depend on threads; `grid` changes the order of updates and so belongs to the model.
 */
export interface StochasticProblem {
  /** Ratings as they are (the mean is subtracted inside). */
  readonly byUser: Csr;
  readonly mean: number;
  readonly factors: number;
  readonly grid: number;
  /** Step of epoch e (from 0): step · decay^e. */
  readonly step: number;
  readonly decay: number;
  readonly factorReg: number;
  readonly biasReg: number;
  readonly seed: number;
  /** Epochs `initial` has behind it: 0 for a fresh start. */
  readonly epoch: number;
  readonly initial: BiasedFactors;
}

/**
 * One `sweep()` is one epoch: for every rating, with e = r − r̂ from the rows as they are at that moment,
 * p ← p + step (e q − reg p), q ← q + step (e p_before − reg q), biases alike with their own reg.
 * `loss` is the mean of e² as it was met on the way (the model gets better while the epoch runs).
 */
export type StochasticDescent = ExplicitDescent;

/** The model of `ExplicitProblem` without weights: what the sampler draws from is the data and its hyperpriors. */
export interface SampledProblem {
  readonly byUser: Csr;
  readonly byItem: Csr;
  readonly mean: number;
  readonly factors: number;
  readonly seed: number;
  readonly initial: BiasedFactors;
  /** The side whose draws may give every row means of its own; room is made for them. */
  readonly rowMeans?: Side;
}

export type Side = 'user' | 'item';

/** A normal prior for every column of one side: [bias, factor 1, … factor k]. */
export interface ColumnPriors {
  /** Length k + 1, the same for all rows; or rows × (k + 1), row-major, for the side of `rowMeans`. */
  readonly means: Float32Array;
  /** Length k + 1. */
  readonly precisions: Float32Array;
}

/**
 * The explicit sweep sampled instead of solved (Gibbs; Salakhutdinov & Mnih 2008, Rendle 2012): for every
 * row, bias first, then f = 1…k in order, x ~ N((α(Σ e·q + x Σ q²) + Λ m)/(αΣ q² + Λ), 1/(αΣ q² + Λ)), with e
 * updated after every coordinate. A row without entries is drawn from the prior. The normal numbers come
 * from a counter (seed, sweep, side, row, column), so that every device draws the same ones.
 */
export interface SampledDescent {
  /** Σ x and Σ (x − Σx/rows)² over the rows of a side, by column: what its hyperpriors are drawn from. */
  moments(side: Side): Promise<{ readonly sums: Float64Array; readonly squares: Float64Array }>;
  /** Draws every row of one side. `squares` is Σ e² over all ratings after it. `tell` hears of long draws how far they are. */
  draw(
    side: Side,
    priors: ColumnPriors,
    noisePrecision: number,
    sweep: number,
    tell?: Tell,
  ): Promise<{ readonly squares: number }>;
  /** r̂ for each pair, unclipped, from the current draw. */
  predict(pairs: Pick<Pairs, 'users' | 'items'>): Promise<Float32Array>;
  /** A copy of the current draw. */
  factors(): Promise<BiasedFactors>;
  destroy(): void;
}

/** Factors of the implicit model: score = p_u·q_i. Row-major, rows × factors. */
export interface PlainFactors {
  readonly userFactors: Float32Array;
  readonly itemFactors: Float32Array;
}

/**
 * Σ_observed c_ui (1 − p_u·q_i)² + unobservedWeight Σ_all (p_u·q_i)² + Σ_rows reg·‖row‖²
 * (Hu, Koren & Volinsky 2008; He et al. 2016, eALS; Rendle et al. 2021). Values of the matrix are c_ui > 0.
 */
export interface ImplicitProblem {
  readonly byUser: Csr;
  readonly byItem: Csr;
  readonly factors: number;
  readonly unobservedWeight: number;
  readonly userReg: Float32Array;
  readonly itemReg: Float32Array;
  readonly initial: PlainFactors;
}

/**
 * Cyclic coordinate descent with the Gram matrix G = QᵀQ of the other side. One `sweep()`: for every
 * user row, f = 1…k in order, with s_e = p·q_e of the row's entries cached and updated:
 * p_f ← (Σ_e c_e q_ef (1 − s_e + p_f q_ef) − w Σ_{g≠f} p_g G_gf) / (Σ_e c_e q_ef² + w G_ff + reg);
 * then every item row against the new user rows. A row without entries becomes 0 (its exact minimizer);
 * a factor whose denominator is 0 stays as it is.
 */
export interface ImplicitDescent {
  /**
   * One sweep over both sides. `loss` is the objective above (without the reg terms) divided by Σ c. `tell` hears of long
   * ones how far they are.
   */
  sweep(tell?: Tell): Promise<{ readonly loss: number }>;
  factors(): Promise<PlainFactors>;
  destroy(): void;
}

/**
 * For each query row the `count` largest dot products with key rows, its excluded keys left out.
 * Scores are compared as 32-bit floats; keys that score NaN or -Infinity are never returned.
 */
export interface TopKRequest {
  /** m × factors, row-major */
  readonly queries: Float32Array;
  /** n × factors, row-major */
  readonly keys: Float32Array;
  readonly factors: number;
  /** Added to every score of that key; length n. */
  readonly keyBias?: Float32Array;
  /** Row q's excluded keys: indices[pointers[q]] … ascending. */
  readonly exclude?: { readonly pointers: Uint32Array; readonly indices: Uint32Array };
  readonly count: number;
  readonly signal?: AbortSignal;
}

export interface TopKResult {
  /** m × count, best first, ties to the lower index; NOT_FOUND where fewer than count remain. */
  readonly indices: Uint32Array;
  /** m × count; -Infinity where nothing remains. */
  readonly scores: Float32Array;
}

/** X Xᵀ of a sparse matrix X: what every two of its rows have in common. */
export interface RowProductsRequest {
  readonly matrix: Csr;
  readonly signal?: AbortSignal;
  readonly tell?: Tell;
}

/** A dense matrix that stays with the device until `destroy()`, to be multiplied with many sparse ones. */
export interface HeldMatrix {
  /**
   * S · D for a sparse S (m × rows of D): m × columns of D, row-major. Throws RangeError for a shape that does not
   * fit, TypeError after `destroy()`, AppError `cancelled`, `deviceLost`, `deviceOutOfMemory`.
   */
  timesSparse(matrix: Csr, signal?: AbortSignal): Promise<Float32Array>;
  destroy(): void;
}

export interface HeldMatrixRequest {
  /** rows × columns, row-major */
  readonly data: Float32Array;
  readonly columns: number;
}

/** The inverse of a symmetric positive definite matrix. */
export interface InverseRequest {
  /** size × size; what stands on and below the diagonal is read. */
  readonly matrix: Float32Array;
  readonly size: number;
  readonly signal?: AbortSignal;
  readonly tell?: Tell;
}

export const NOT_FOUND = 0xffffffff;

/** What the last sweep of any session took by the GPU's own clock, milliseconds. */
export interface SweepTiming {
  /** All timed dispatches together. */
  readonly sweepMs: number;
  readonly longestDispatchMs: number;
}

export interface ComputeDevice {
  readonly info: DeviceInfo;
  /** null before the first sweep; absent where the device has no clock of its own. */
  readonly timing?: SweepTiming | null;
  /** Resolves (never rejects) when the hardware has gone away. */
  readonly lost: Promise<AppError>;
  explicitDescent(problem: ExplicitProblem): Promise<ExplicitDescent>;
  /** Absent where the device cannot run it (WebGL2 has no way to write two rows at once). */
  stochasticDescent?(problem: StochasticProblem): Promise<StochasticDescent>;
  sampledDescent?(problem: SampledProblem): Promise<SampledDescent>;
  implicitDescent(problem: ImplicitProblem): Promise<ImplicitDescent>;
  autoencoder(problem: AutoencoderProblem): Promise<Autoencoder>;
  topK(request: TopKRequest): Promise<TopKResult>;
  /** A (m × k) times B (n × k) transposed: m × n, row-major. */
  dots(a: Float32Array, b: Float32Array, factors: number): Promise<Float32Array>;
  /** Σ_c x_ac · x_bc for all rows a and b: rows × rows, symmetric. In batches, so that it can be stopped (`cancelled`). */
  rowProducts(request: RowProductsRequest): Promise<Float32Array>;
  /** Takes its memory when called; the matrix is copied. */
  holdMatrix(request: HeldMatrixRequest): Promise<HeldMatrix>;
  /**
   * size × size, symmetric, both triangles written. Throws RangeError where a pivot is not positive (the matrix is not
   * positive definite, or not to this precision), AppError `cancelled`, `deviceLost`, `deviceOutOfMemory`.
   */
  invert(request: InverseRequest): Promise<Float32Array>;
  /**
   * Whether threads beside the calling one compute too, as they do by themselves, from the next piece of work on. What is
   * computed is the same. Absent where there are none.
   */
  setHelping?(on: boolean): void;
  /**
   * Whether sweeps that begin from now on (solved or sampled; stochastic descent updates both sides at once and does not)
   * read the other side's factors from a copy in 16 bits, half the bytes. Factors themselves, and every sum, stay in 32.
   * Absent where there is no such way.
   */
  setHalfReads?(on: boolean): void;
  /** Makes the hardware go away, as a driver reset would: for the recovery drill. Absent where nothing can be lost. */
  simulateLoss?(): void;
  destroy(): void;
}

/** What was found for one kind of device, for the engine card. */
export interface DeviceFinding {
  readonly kind: DeviceKind;
  readonly state: 'available' | 'software' | 'missing' | 'failedSelfTest' | 'lost';
  readonly info: DeviceInfo | null;
  /** Why it is not available: a code for i18n ('noAdapter', 'noApi', 'noFloatTargets', 'noSimd', 'notIsolated', 'threadFailed', a message). */
  readonly detail: string;
  /** Measured multiply–adds per second in the self-test, 0 where not run. */
  readonly speed: number;
}
