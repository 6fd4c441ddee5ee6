import { checkExplicit, checkPairs } from '../check.ts';
import type { ExplicitDescent, ExplicitProblem } from '../device.ts';
import { ArenaPlan, doublesAt, floatsAt, padRows, strideOf, unpadRows, wordsAt } from './arena.ts';
import { placeMatrix, rowScratch } from './side.ts';
import { type Engine, Workspace } from './workspace.ts';

/** Pairs predicted at a time. */
const PAIRS_PER_BATCH = 8192;
/** Fields of `ExplicitSide` in assembly/explicit.ts, 4 bytes each. */
const SIDE_FIELDS = 17;
const MEAN_FIELD = 15;

/**
 * Cyclic coordinate descent in WebAssembly. Takes 16 bytes per rating (both orders of the matrix),
 * 4·(k + 3) per row and one row's scratch per thread. Residuals are computed anew whenever a row is
 * gathered: on MovieLens 1M, k = 32, that is 7 of a sweep's 45 ms; fetching stored ones in the other
 * order and putting them back would be 4.5 ms and 8 more bytes per rating.
 */
export function explicitDescent(engine: Engine, problem: ExplicitProblem): ExplicitDescent {
  checkExplicit(problem);
  const { byUser, byItem, mean, factors: k, initial } = problem;
  const stride = strideOf(k);
  const plan = new ArenaPlan();
  const scratch = rowScratch([byUser, byItem], stride);

  const place = (matrix: typeof byUser) => ({
    rows: matrix.rows,
    matrix: placeMatrix(plan, matrix),
    // one row more: the zeros that pad a row's neighbours
    factors: plan.words((matrix.rows + 1) * stride),
    bias: plan.words(matrix.rows),
    factorReg: plan.words(matrix.rows),
    biasReg: plan.words(matrix.rows),
    task: plan.words(SIDE_FIELDS),
  });
  type Side = ReturnType<typeof place>;
  const user = place(byUser);
  const item = place(byItem);
  const pairUsers = plan.words(PAIRS_PER_BATCH);
  const pairItems = plan.words(PAIRS_PER_BATCH);
  const pairScores = plan.words(PAIRS_PER_BATCH);
  const workspace = new Workspace(engine, plan, scratch.bytes);

  const fill = (own: Side, other: Side, wantsLoss: boolean) => {
    const { memory } = workspace;
    own.matrix.fill(memory);
    const { pointers, indices, values, chunks, partials } = own.matrix;
    wordsAt(memory, own.task, SIDE_FIELDS).set([
      ...[pointers, indices, values, own.factors, own.bias, own.factorReg, own.biasReg, other.factors, other.bias],
      ...[chunks, partials, other.rows, k, stride, scratch.blockFloats, 0, wantsLoss ? 1 : 0],
    ]);
    floatsAt(memory, own.task, SIDE_FIELDS)[MEAN_FIELD] = mean;
  };
  fill(user, item, false);
  fill(item, user, true);
  const { memory } = workspace;
  padRows(initial.userFactors, k, floatsAt(memory, user.factors, user.rows * stride), stride);
  padRows(initial.itemFactors, k, floatsAt(memory, item.factors, item.rows * stride), stride);
  floatsAt(memory, user.bias, user.rows).set(initial.userBias);
  floatsAt(memory, item.bias, item.rows).set(initial.itemBias);
  floatsAt(memory, user.factorReg, user.rows).set(problem.userFactorReg);
  floatsAt(memory, user.biasReg, user.rows).set(problem.userBiasReg);
  floatsAt(memory, item.factorReg, item.rows).set(problem.itemFactorReg);
  floatsAt(memory, item.biasReg, item.rows).set(problem.itemBiasReg);
  const entries = byItem.indices.length;

  return {
    async sweep() {
      const { memory } = workspace;
      workspace.run((phase) => {
        phase('explicitRows', user.task, user.matrix.chunkCount);
        phase('explicitRows', item.task, item.matrix.chunkCount);
      });
      let squares = 0;
      for (const partial of doublesAt(memory, item.matrix.partials, item.matrix.chunkCount)) squares += partial;
      return { loss: entries === 0 ? 0 : squares / entries };
    },
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
  };
}
