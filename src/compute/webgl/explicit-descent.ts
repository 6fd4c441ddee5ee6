import { nnz } from '../../base/sparse.ts';
import { checkExplicit, checkPairs } from '../check.ts';
import type { ExplicitDescent, ExplicitProblem } from '../device.ts';
import { biasOf, groupsOf, padRows, unpadRows } from '../gpu-layout.ts';
import type { GlContext } from './context.ts';
import { readRows } from './layers.ts';
import { predictPairs } from './predict.ts';
import { addUp, createReduction } from './reduce.ts';
import { createSide } from './side.ts';
import { allocate } from './textures.ts';

/**
 * Coordinate descent on ratings (device.ts, algorithms.md §1) with ratings, factors and biases in textures. Only the
 * loss comes back each sweep. Throws RangeError on wrong shapes, `deviceOutOfMemory` where the problem does not fit.
 */
export async function explicitDescent(context: GlContext, problem: ExplicitProblem): Promise<ExplicitDescent> {
  checkExplicit(problem);
  const { byUser, byItem, mean, factors, initial } = problem;
  const groups = groupsOf(factors + 1);
  // the session keeps these numbers and not the matrices
  const entries = nnz(byUser);
  const userRows = byUser.rows;
  const itemRows = byItem.rows;

  const { users, items, userSide, itemSide, loss, layers, session } = allocate(context, (textures) => {
    const users = textures.rows(padRows(initial.userFactors, factors, initial.userBias), userRows, groups);
    const items = textures.rows(padRows(initial.itemFactors, factors, initial.itemBias), itemRows, groups);
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
    const layersOf = (rows: typeof users) => Array.from({ length: groups }, (_, v) => textures.target([rows], v));
    return {
      users,
      items,
      userSide,
      itemSide,
      loss: createReduction(context, textures, itemSide.squares, itemSide.segments),
      layers: { users: layersOf(users), items: layersOf(items) },
      session: textures,
    };
  });

  return {
    async sweep() {
      session.assertUsable();
      userSide.solve();
      itemSide.solve();
      itemSide.measure();
      loss.draw();
      const [sums] = await context.read([loss.target]);
      return { loss: entries === 0 ? 0 : addUp(sums) / entries };
    },
    async predict({ users: rows, items: columns }) {
      checkPairs(rows, columns, userRows, itemRows);
      return predictPairs(context, { session, users, items }, mean, rows, columns);
    },
    async factors() {
      session.assertUsable();
      const [user, item] = await readRows(context, [
        { layers: layers.users, rows: userRows },
        { layers: layers.items, rows: itemRows },
      ]);
      return {
        userFactors: unpadRows(user, factors, 1),
        itemFactors: unpadRows(item, factors, 1),
        userBias: biasOf(user, factors),
        itemBias: biasOf(item, factors),
      };
    },
    destroy: () => session.destroy(),
  };
}
