/** The biased model in an arena: what the solvers that walk rows (explicit, sampled) have in common. */
import type { Tell } from '../../base/progress.ts';
import type { Csr } from '../../base/sparse.ts';
import { checkPairs } from '../check.ts';
import type { BiasedFactors, ExplicitDescent } from '../device.ts';
import { type ArenaPlan, doublesAt, floatsAt, padRows, strideOf, unpadRows, wordsAt } from './arena.ts';
import type { Engine } from './arena-pool.ts';
import type { KernelName } from './control.ts';
import { type MatrixPlace, placeMatrix, rowScratch } from './side.ts';
import { Workspace } from './workspace.ts';

/** Pairs predicted at a time. */
const PAIRS_PER_BATCH = 8192;
/** Fields of `ExplicitSide` in assembly/explicit.ts, 4 bytes each. */
export const SIDE_FIELDS = 17;
const MEAN_FIELD = 15;

export interface BiasedProblem {
  readonly byUser: Csr;
  readonly byItem: Csr;
  readonly mean: number;
  readonly factors: number;
  readonly initial: BiasedFactors;
}

/** Addresses of one side. `task` is where a kernel finds all of them. */
export interface BiasedSide {
  readonly rows: number;
  readonly matrix: MatrixPlace;
  readonly factors: number;
  readonly bias: number;
  readonly task: number;
}

export interface BiasedModel {
  readonly workspace: Workspace;
  readonly user: BiasedSide;
  readonly item: BiasedSide;
  readonly stride: number;
  /** Runs a kernel over the rows of each side in turn. Σ e² of the last one's ratings, chunks added in their order. */
  walk(kernel: KernelName, sides: readonly BiasedSide[], tell?: Tell): number;
  /** Answers from the factors as they are at the time of asking. */
  readonly answers: Omit<ExplicitDescent, 'sweep'>;
}

export interface BiasedExtras {
  /** Fields a solver's tasks have behind those of `ExplicitSide`. */
  readonly fields: number;
  /** Scratch bytes in front of each row's. */
  readonly scratchBytes: number;
  /** Addresses of the weights per row, where a solver has them. */
  readonly regs: {
    readonly user: readonly [factor: number, bias: number];
    readonly item: readonly [number, number];
  } | null;
}

/** Lays the model out behind what `plan` has already, and takes the memory. Task fields behind its own are the solver's to fill. */
export function placeBiased(
  engine: Engine,
  plan: ArenaPlan,
  problem: BiasedProblem,
  extras: BiasedExtras,
): BiasedModel {
  const { byUser, byItem, mean, factors: k, initial } = problem;
  const stride = strideOf(k);
  const scratch = rowScratch([byUser, byItem], stride);
  const place = (matrix: Csr): BiasedSide => ({
    rows: matrix.rows,
    matrix: placeMatrix(plan, matrix),
    // one row more: the zeros that pad a row's neighbours
    factors: plan.words((matrix.rows + 1) * stride),
    bias: plan.words(matrix.rows),
    task: plan.words(SIDE_FIELDS + extras.fields),
  });
  const user = place(byUser);
  const item = place(byItem);
  const pairUsers = plan.words(PAIRS_PER_BATCH);
  const pairItems = plan.words(PAIRS_PER_BATCH);
  const pairScores = plan.words(PAIRS_PER_BATCH);
  const workspace = new Workspace(engine, plan, scratch.bytes + extras.scratchBytes);

  const { memory } = workspace;
  const fill = (
    own: BiasedSide,
    other: BiasedSide,
    [factorReg, biasReg]: readonly [number, number],
    wantsLoss: boolean,
  ) => {
    own.matrix.fill(memory);
    const { pointers, indices, values, chunks, partials } = own.matrix;
    wordsAt(memory, own.task, SIDE_FIELDS).set([
      ...[pointers, indices, values, own.factors, own.bias, factorReg, biasReg, other.factors, other.bias],
      ...[chunks, partials, other.rows, k, stride, scratch.blockFloats, 0, wantsLoss ? 1 : 0],
    ]);
    floatsAt(memory, own.task, SIDE_FIELDS)[MEAN_FIELD] = mean;
  };
  fill(user, item, extras.regs?.user ?? [0, 0], false);
  fill(item, user, extras.regs?.item ?? [0, 0], true);
  padRows(initial.userFactors, k, floatsAt(memory, user.factors, user.rows * stride), stride);
  padRows(initial.itemFactors, k, floatsAt(memory, item.factors, item.rows * stride), stride);
  floatsAt(memory, user.bias, user.rows).set(initial.userBias);
  floatsAt(memory, item.bias, item.rows).set(initial.itemBias);

  return {
    workspace,
    user,
    item,
    stride,
    walk(kernel, sides, tell) {
      const { memory } = workspace;
      workspace.run(
        (phase) => {
          for (const { task, matrix } of sides) phase(kernel, task, matrix.chunkCount);
        },
        tell && { tell, chunks: sides.reduce((sum, { matrix }) => sum + matrix.chunkCount, 0) },
      );
      const { partials, chunkCount } = sides[sides.length - 1].matrix;
      return doublesAt(memory, partials, chunkCount).reduce((sum, partial) => sum + partial, 0);
    },
    answers: {
      async predict({ users, items }) {
        const { memory, kernels } = workspace;
        checkPairs(users, items, user.rows, item.rows);
        const out = new Float32Array(users.length);
        for (let from = 0; from < users.length; from += PAIRS_PER_BATCH) {
          const count = Math.min(PAIRS_PER_BATCH, users.length - from);
          wordsAt(memory, pairUsers, count).set(users.subarray(from, from + count));
          wordsAt(memory, pairItems, count).set(items.subarray(from, from + count));
          kernels.predictPairs(user.task, pairUsers, pairItems, pairScores, count);
          out.set(floatsAt(memory, pairScores, count), from);
        }
        return out;
      },
      async factors() {
        const { memory } = workspace;
        return {
          userFactors: unpadRows(floatsAt(memory, user.factors, user.rows * stride), stride, user.rows, k),
          itemFactors: unpadRows(floatsAt(memory, item.factors, item.rows * stride), stride, item.rows, k),
          userBias: Float32Array.from(floatsAt(memory, user.bias, user.rows)),
          itemBias: Float32Array.from(floatsAt(memory, item.bias, item.rows)),
        };
      },
      destroy: () => workspace.destroy(),
    },
  };
}
