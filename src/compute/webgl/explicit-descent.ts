import { nnz } from '../../base/sparse.ts';
import { checkExplicit } from '../check.ts';
import type { ExplicitDescent, ExplicitProblem } from '../device.ts';
import { createBiased } from './biased-model.ts';
import type { GlContext } from './context.ts';
import { addUp, createReduction } from './reduce.ts';
import { createSide } from './side.ts';
import { allocate } from './textures.ts';

/**
 * Coordinate descent on ratings (device.ts, algorithms.md §1) with ratings, factors and biases in textures. Only the
 * loss comes back each sweep. Throws RangeError on wrong shapes, `deviceOutOfMemory` where the problem does not fit.
 */
export async function explicitDescent(context: GlContext, problem: ExplicitProblem): Promise<ExplicitDescent> {
  checkExplicit(problem);
  const { byUser, byItem, mean } = problem;
  // the session keeps this number and not the matrices
  const entries = nnz(byUser);

  const { model, userSide, itemSide, loss, session } = allocate(context, (textures) => {
    const model = createBiased(context, textures, problem);
    const { users, items, groups } = model;
    const shared = { kind: 'explicit', groups, mean, unobserved: 0 } as const;
    const userSide = createSide(
      context,
      textures,
      { ...shared, matrix: byUser, factorReg: problem.userFactorReg, firstReg: problem.userBiasReg },
      { own: users, other: items },
    );
    const itemSide = createSide(
      context,
      textures,
      { ...shared, matrix: byItem, factorReg: problem.itemFactorReg, firstReg: problem.itemBiasReg },
      { own: items, other: users },
    );
    const loss = createReduction(context, textures, itemSide.squares, itemSide.segments);
    return { model, userSide, itemSide, loss, session: textures };
  });

  return {
    ...model.answers,
    async sweep() {
      session.assertUsable();
      userSide.solve();
      itemSide.solve();
      itemSide.measure();
      loss.draw();
      const [sums] = await context.read([loss.target]);
      return { loss: entries === 0 ? 0 : addUp(sums) / entries };
    },
  };
}
