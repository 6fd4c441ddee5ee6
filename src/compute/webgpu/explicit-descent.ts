import { nnz } from '../../base/sparse.ts';
import { checkExplicit, checkPairs } from '../check.ts';
import type { ExplicitDescent, ExplicitProblem } from '../device.ts';
import { biasOf, groupsOf, padRows, unpadRows } from '../gpu-layout.ts';
import { BufferSet, type GpuContext } from './context.ts';
import { predictPairs } from './predict.ts';
import { addUp, compileReduction, createReduction } from './reduce.ts';
import { compileRowSolve, createSide } from './side.ts';

/**
 * Coordinate descent on ratings (device.ts, algorithms.md §1) with everything on the GPU: ratings both ways round,
 * factors and biases. Only the loss comes back each sweep. Throws RangeError on wrong shapes, `deviceOutOfMemory` where
 * the problem does not fit.
 */
export async function explicitDescent(context: GpuContext, problem: ExplicitProblem): Promise<ExplicitDescent> {
  checkExplicit(problem);
  context.assertUsable();
  const { byUser, byItem, mean, factors, initial } = problem;
  const groups = groupsOf(factors + 1);
  // the session keeps these numbers and not the matrices
  const entries = nnz(byUser);
  const userRows = byUser.rows;
  const itemRows = byItem.rows;
  const [rowSolve, sum] = await Promise.all([
    compileRowSolve(context, 'explicit', groups, [byUser, byItem]),
    compileReduction(context, false),
  ]);

  const buffers = new BufferSet(context);
  const { model, users, items, loss } = await context.allocate(buffers, () => {
    const userFactors = buffers.upload('user factors', padRows(initial.userFactors, factors, initial.userBias));
    const itemFactors = buffers.upload('item factors', padRows(initial.itemFactors, factors, initial.itemBias));
    const shared = { kind: 'explicit', groups, mean, unobserved: 0 } as const;
    const users = createSide(
      context,
      buffers,
      rowSolve,
      {
        ...shared,
        name: 'users',
        matrix: byUser,
        factorReg: problem.userFactorReg,
        firstReg: problem.userBiasReg,
        withLoss: false,
      },
      { own: userFactors, other: itemFactors },
    );
    const items = createSide(
      context,
      buffers,
      rowSolve,
      {
        ...shared,
        name: 'items',
        matrix: byItem,
        factorReg: problem.itemFactorReg,
        firstReg: problem.itemBiasReg,
        withLoss: true,
      },
      { own: itemFactors, other: userFactors },
    );
    const loss = createReduction(context, buffers, sum, items.rows, items.rowLoss);
    return { model: { userFactors, itemFactors }, users, items, loss };
  });

  return {
    async sweep() {
      buffers.assertUsable();
      users.submit();
      items.submit();
      const encoder = context.gpu.createCommandEncoder({ label: 'loss' });
      loss.record(encoder);
      context.gpu.queue.submit([encoder.finish()]);
      const [sums] = await context.read([loss.source]);
      return { loss: entries === 0 ? 0 : addUp(sums) / entries };
    },
    async predict({ users: rows, items: columns }) {
      checkPairs(rows, columns, userRows, itemRows);
      return predictPairs(buffers, model, { mean, groups }, rows, columns);
    },
    async factors() {
      buffers.assertUsable();
      const [users, items] = await context.read([
        { buffer: model.userFactors, bytes: userRows * groups * 16 },
        { buffer: model.itemFactors, bytes: itemRows * groups * 16 },
      ]);
      const [user, item] = [new Float32Array(users), new Float32Array(items)];
      return {
        userFactors: unpadRows(user, factors, 1),
        itemFactors: unpadRows(item, factors, 1),
        userBias: biasOf(user, factors),
        itemBias: biasOf(item, factors),
      };
    },
    destroy: () => buffers.destroy(),
  };
}
