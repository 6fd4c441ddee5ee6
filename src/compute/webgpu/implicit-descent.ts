import { checkImplicit } from '../check.ts';
import type { ImplicitDescent, ImplicitProblem } from '../device.ts';
import { groupsOf, padRows, unpadRows } from '../gpu-layout.ts';
import { BufferSet, type GpuContext } from './context.ts';
import { compilePacking, createGathered } from './gathered.ts';
import { compileGram, createGram } from './gram.ts';
import { addUp, compileReduction, createReduction } from './reduce.ts';
import { createSide, planSide } from './side.ts';
import { SweepTimer } from './sweep-timer.ts';

/**
 * Coordinate descent on choices with confidence weights (device.ts) with everything on the GPU. The unobserved pairs
 * are in the Gram matrix of the other side, computed anew before each side; of the loss, Σ_all (p·q)² is the sum of
 * the products of both Gram matrices. Throws RangeError on wrong shapes, `deviceOutOfMemory` where it does not fit.
 */
export async function implicitDescent(context: GpuContext, problem: ImplicitProblem): Promise<ImplicitDescent> {
  checkImplicit(problem);
  context.assertUsable();
  const { byUser, byItem, factors, unobservedWeight, initial } = problem;
  const groups = groupsOf(factors);
  // the session keeps these numbers and not the matrices
  const userRows = byUser.rows;
  const itemRows = byItem.rows;
  let confidence = 0;
  for (const c of byUser.values) confidence += c;
  const [userPlan, itemPlan, packing, gram, sum, sumOfProducts] = await Promise.all([
    planSide(context, 'implicit', byUser),
    planSide(context, 'implicit', byItem),
    compilePacking(context),
    compileGram(context),
    compileReduction(context, false),
    compileReduction(context, true),
  ]);

  const buffers = new BufferSet(context);
  const built = await context.allocate(buffers, () => {
    const userFactors = buffers.upload('user factors', padRows(initial.userFactors, factors));
    const itemFactors = buffers.upload('item factors', padRows(initial.itemFactors, factors));
    const userRead = createGathered(context, buffers, packing, userFactors, userRows * groups);
    const itemRead = createGathered(context, buffers, packing, itemFactors, itemRows * groups);
    const userGram = createGram(context, buffers, gram, userFactors, userRows, groups);
    const itemGram = createGram(context, buffers, gram, itemFactors, itemRows, groups);
    const scratch = Math.max(userPlan.scratchEntries, itemPlan.scratchEntries);
    const shared = { kind: 'implicit', groups, biasReg: null, mean: 0, unobserved: unobservedWeight } as const;
    const both = { biases: [], prior: null, residuals: buffers.storage('residuals', scratch * 4) };
    const users = createSide(
      context,
      buffers,
      userPlan,
      { ...shared, name: 'users', matrix: byUser, factorReg: problem.userReg },
      { ...both, own: userFactors, gathered: userRead, other: itemRead, gram: itemGram.buffer },
    );
    const items = createSide(
      context,
      buffers,
      itemPlan,
      { ...shared, name: 'items', matrix: byItem, factorReg: problem.itemReg },
      { ...both, own: itemFactors, gathered: itemRead, other: userRead, gram: userGram.buffer },
    );
    const observed = createReduction(context, buffers, sum, items.rows, items.rowLoss);
    const everywhere = createReduction(
      context,
      buffers,
      sumOfProducts,
      userGram.cells,
      userGram.buffer,
      itemGram.buffer,
    );
    const timer = new SweepTimer(buffers);
    return { userFactors, itemFactors, userGram, itemGram, users, items, observed, everywhere, timer };
  });
  const { userGram, itemGram, users, items, observed, everywhere, timer } = built;

  const submit = (...recordings: { record(encoder: GPUCommandEncoder): void }[]) => {
    const encoder = context.gpu.createCommandEncoder({ label: 'implicit' });
    for (const recording of recordings) recording.record(encoder);
    context.gpu.queue.submit([encoder.finish()]);
  };
  submit(itemGram);

  return {
    async sweep() {
      buffers.assertUsable();
      timer.begin();
      users.submit(timer);
      submit(userGram);
      items.submit(timer);
      // the items' Gram matrix is needed for the loss now and for the users of the next sweep
      submit(itemGram, observed, everywhere, timer);
      const sources = [observed.source, everywhere.source];
      if (timer.source) sources.push(timer.source);
      const [observedSums, everywhereSums, stamps] = await context.read(sources);
      timer.end(stamps);
      const loss = addUp(observedSums) + unobservedWeight * addUp(everywhereSums);
      return { loss: confidence === 0 ? 0 : loss / confidence };
    },
    async factors() {
      buffers.assertUsable();
      const [userFactors, itemFactors] = await context.read([
        { buffer: built.userFactors, bytes: userRows * groups * 16 },
        { buffer: built.itemFactors, bytes: itemRows * groups * 16 },
      ]);
      return {
        userFactors: unpadRows(new Float32Array(userFactors), factors, 0),
        itemFactors: unpadRows(new Float32Array(itemFactors), factors, 0),
      };
    },
    destroy: () => buffers.destroy(),
  };
}
