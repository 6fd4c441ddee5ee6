import { nnz } from '../../base/sparse.ts';
import { checkExplicit } from '../check.ts';
import type { ExplicitDescent, ExplicitProblem } from '../device.ts';
import { createBiased } from './biased-model.ts';
import { BufferSet, type GpuContext } from './context.ts';
import { compilePacking, createGathered } from './gathered.ts';
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
  const { byUser, byItem, mean } = problem;
  // the session keeps this number and not the matrices
  const entries = nnz(byUser);
  const [userPlan, itemPlan, packing, sum] = await Promise.all([
    planSide(context, 'explicit', byUser),
    planSide(context, 'explicit', byItem),
    compilePacking(context),
    compileReduction(context, false),
  ]);

  const buffers = new BufferSet(context);
  const { model, users, items, loss, timer } = await context.allocate(buffers, () => {
    const model = createBiased(buffers, problem);
    const { user, item, groups } = model;
    const userRead = createGathered(context, buffers, packing, user.factors, user.rows * groups);
    const itemRead = createGathered(context, buffers, packing, item.factors, item.rows * groups);
    const scratch = Math.max(userPlan.scratchEntries, itemPlan.scratchEntries);
    const shared = { kind: 'explicit', groups, mean, unobserved: 0 } as const;
    const both = { gram: null, prior: null, residuals: buffers.storage('residuals', scratch * 4) };
    const users = createSide(
      context,
      buffers,
      userPlan,
      { ...shared, name: 'users', matrix: byUser, factorReg: problem.userFactorReg, biasReg: problem.userBiasReg },
      { ...both, own: user.factors, gathered: userRead, other: itemRead, biases: [item.bias, user.bias] },
    );
    const items = createSide(
      context,
      buffers,
      itemPlan,
      { ...shared, name: 'items', matrix: byItem, factorReg: problem.itemFactorReg, biasReg: problem.itemBiasReg },
      { ...both, own: item.factors, gathered: itemRead, other: userRead, biases: [user.bias, item.bias] },
    );
    const loss = createReduction(context, buffers, sum, items.rows, items.rowLoss);
    return { model, users, items, loss, timer: new SweepTimer(buffers) };
  });

  return {
    ...model.answers,
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
  };
}
