/** The solvers of the taste head's factorization, each as a session that `descent-fit.ts` can run. */
import { createRandom } from '../base/random.ts';
import type { Csr } from '../base/sparse.ts';
import type { BiasedFactors, ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import type { DescentSession, TrainedState } from './descent-fit.ts';
import { regularizationOf } from './mf-taste-model.ts';
import { type MfTasteOptions, rangeOf } from './mf-taste-options.ts';

type Matrices = Pick<Ratings, 'byUser' | 'byItem' | 'scale'>;

/** Both solvers' states, in units of the ratings. Stochastic descent keeps its own in ratings divided by `unit`. */
export function inRatings({ unit, ...state }: TrainedState): BiasedFactors {
  const factors = state as unknown as BiasedFactors;
  return unit ? scaled(factors, unit[0]) : factors;
}

/** The factors of ratings `times` as large: p·q and biases grow with them. */
function scaled({ userFactors, itemFactors, userBias, itemBias }: BiasedFactors, times: number): BiasedFactors {
  if (times === 1) return { userFactors, itemFactors, userBias, itemBias };
  const root = Math.sqrt(times);
  return {
    userFactors: userFactors.map((x) => x * root),
    itemFactors: itemFactors.map((x) => x * root),
    userBias: userBias.map((x) => x * times),
    itemBias: itemBias.map((x) => x * times),
  };
}

/** Starts coordinate descent, from where either solver left off or from the seeded start. */
export async function startSweeps(
  device: ComputeDevice,
  { byUser, byItem }: Matrices,
  mean: number,
  options: MfTasteOptions,
  from: TrainedState | null,
): Promise<DescentSession> {
  const { factors, initSd, seed } = options;
  const random = createRandom(seed);
  const descent = await device.explicitDescent({
    byUser,
    byItem,
    mean,
    factors,
    ...regularizationArrays(options, byUser, byItem),
    initial: from
      ? inRatings(from)
      : {
          // customers start at zero: the first half sweep solves them
          userFactors: new Float32Array(byUser.rows * factors),
          itemFactors: random.normals(byUser.columns * factors, initSd),
          userBias: new Float32Array(byUser.rows),
          itemBias: new Float32Array(byUser.columns),
        },
  });
  return {
    sweep: async (tell) => Math.sqrt((await descent.sweep(tell)).loss),
    state: async () => ({ ...(await descent.factors()) }),
    destroy: () => descent.destroy(),
  };
}

/**
 * Starts stochastic descent where the device has it, null where it does not. Steps are made for one width of scale, so
 * ratings of another width are brought to it; `epoch` is how many `from` has behind it, and decides the step.
 */
export async function startStochastic(
  device: ComputeDevice,
  ratings: Matrices,
  mean: number,
  options: MfTasteOptions,
  from: TrainedState | null,
  epoch: number,
): Promise<DescentSession | null> {
  const { factors, initSd, step, stepDecay, factorPerStep, biasPerStep, grid, seed } = options;
  const unit = rangeOf(ratings);
  const byUser: Csr =
    unit === 1 ? ratings.byUser : { ...ratings.byUser, values: ratings.byUser.values.map((value) => value / unit) };
  const resumed =
    from && (from['unit'] ? inRatings({ ...from, unit: Float32Array.of(1) }) : scaled(inRatings(from), 1 / unit));
  const descent = await device.stochasticDescent?.({
    byUser,
    mean: mean / unit,
    factors,
    grid,
    step,
    decay: stepDecay,
    factorReg: factorPerStep,
    biasReg: biasPerStep,
    seed,
    epoch,
    initial: resumed ?? tinyStart(initSd / Math.sqrt(unit), byUser, factors, seed),
  });
  if (!descent) return null;
  return {
    sweep: async (tell) => unit * Math.sqrt((await descent.sweep(tell)).loss),
    state: async () => ({ ...(await descent.factors()), unit: Float32Array.of(unit) }),
    destroy: () => descent.destroy(),
  };
}

/** Uniform rather than normal numbers: what counts is that they are tiny, and drawing normal ones takes as long as an epoch. */
function tinyStart(deviation: number, { rows, columns }: Csr, factors: number, seed: number): BiasedFactors {
  const random = createRandom(seed);
  const width = deviation * Math.sqrt(12);
  const draw = (length: number) => random.fill(new Float32Array(length), width);
  return {
    userFactors: draw(rows * factors),
    itemFactors: draw(columns * factors),
    userBias: new Float32Array(rows),
    itemBias: new Float32Array(columns),
  };
}

/** One weight per row and side, from how many ratings each has. */
function regularizationArrays(options: MfTasteOptions, byUser: Csr, byItem: Csr) {
  const side = (matrix: Csr, of: 'factor' | 'bias') =>
    Float32Array.from(
      { length: matrix.rows },
      (_, row) => regularizationOf(options, matrix.pointers[row + 1] - matrix.pointers[row])[of],
    );
  return {
    userFactorReg: side(byUser, 'factor'),
    userBiasReg: side(byUser, 'bias'),
    itemFactorReg: side(byItem, 'factor'),
    itemBiasReg: side(byItem, 'bias'),
  };
}
