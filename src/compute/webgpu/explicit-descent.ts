import { nnz } from '../../base/sparse.ts';
import { checkExplicit, checkPairs } from '../check.ts';
import type { ExplicitDescent, ExplicitProblem } from '../device.ts';
import { groupsOf, padRows, unpadRows } from '../gpu-layout.ts';
import { BufferSet, type GpuContext } from './context.ts';
import { predictPairs } from './predict.ts';
import { addUp, compileReduction, createReduction } from './reduce.ts';
import { createSide, planSide } from './side.ts';
import { SweepTimer } from './sweep-timer.ts';

/**
 * Coordinate descent on ratings (device.ts, algorithms.md §1) with everything on the GPU: ratings both ways round,
 * factors and biases. Only the loss comes back each sweep. Throws RangeError on wrong shapes, `deviceOutOfMemory` where
 * the problem does not fit.
 */
export async function explicitDescent(context: GpuContext, problem: ExplicitProblem): Promise<ExplicitDescent> {
  checkExplicit(problem);
  context.assertUsable();
  const { byUser, byItem, mean, factors, initial } = problem;
  const groups = groupsOf(factors);
  // the session keeps these numbers and not the matrices
  const entries = nnz(byUser);
  const userRows = byUser.rows;
  const itemRows = byItem.rows;
  const [userPlan, itemPlan, sum] = await Promise.all([
    planSide(context, 'explicit', byUser),
    planSide(context, 'explicit', byItem),
    compileReduction(context, false),
  ]);

  const buffers = new BufferSet(context);
  const { model, users, items, loss, timer } = await context.allocate(buffers, () => {
    const model = {
      userFactors: buffers.upload('user factors', padRows(initial.userFactors, factors)),
      itemFactors: buffers.upload('item factors', padRows(initial.itemFactors, factors)),
      userBias: buffers.upload('user bias', initial.userBias.slice()),
      itemBias: buffers.upload('item bias', initial.itemBias.slice()),
    };
    const scratch = Math.max(userPlan.scratchEntries, itemPlan.scratchEntries);
    const shared = { kind: 'explicit', groups, mean, unobserved: 0 } as const;
    const both = { gram: null, residuals: buffers.storage('residuals', scratch * 4) };
    const users = createSide(
      context,
      buffers,
      userPlan,
      { ...shared, name: 'users', matrix: byUser, factorReg: problem.userFactorReg, biasReg: problem.userBiasReg },
      { ...both, own: model.userFactors, other: model.itemFactors, biases: [model.itemBias, model.userBias] },
    );
    const items = createSide(
      context,
      buffers,
      itemPlan,
      { ...shared, name: 'items', matrix: byItem, factorReg: problem.itemFactorReg, biasReg: problem.itemBiasReg },
      { ...both, own: model.itemFactors, other: model.userFactors, biases: [model.userBias, model.itemBias] },
    );
    const loss = createReduction(context, buffers, sum, items.rows, items.rowLoss);
    return { model, users, items, loss, timer: new SweepTimer(context, buffers) };
  });

  return {
    async sweep() {
      buffers.assertUsable();
      timer.begin();
      users.submit(timer);
      items.submit(timer);
      const encoder = context.gpu.createCommandEncoder({ label: 'loss' });
      loss.record(encoder);
      timer.record(encoder);
      context.gpu.queue.submit([encoder.finish()]);
      const [sums, stamps] = await context.read(timer.source ? [loss.source, timer.source] : [loss.source]);
      timer.end(stamps);
      return { loss: entries === 0 ? 0 : addUp(sums) / entries };
    },
    async predict({ users: rows, items: columns }) {
      checkPairs(rows, columns, userRows, itemRows);
      return predictPairs(buffers, model, { mean, groups }, rows, columns);
    },
    async factors() {
      buffers.assertUsable();
      const read = await context.read([
        { buffer: model.userFactors, bytes: userRows * groups * 16 },
        { buffer: model.itemFactors, bytes: itemRows * groups * 16 },
        { buffer: model.userBias, bytes: userRows * 4 },
        { buffer: model.itemBias, bytes: itemRows * 4 },
      ]);
      const [user, item, userBias, itemBias] = read.map((bytes) => new Float32Array(bytes));
      return {
        userFactors: unpadRows(user, factors, 0),
        itemFactors: unpadRows(item, factors, 0),
        userBias,
        itemBias,
      };
    },
    destroy: () => buffers.destroy(),
  };
}
