import { checkImplicit } from '../check.ts';
import type { ImplicitDescent, ImplicitProblem } from '../device.ts';
import { groupsOf, padRows, unpadRows } from '../gpu-layout.ts';
import type { GlContext } from './context.ts';
import { createGram, createGramProduct } from './gram.ts';
import { readRows } from './layers.ts';
import { addUp, createReduction } from './reduce.ts';
import { createSide } from './side.ts';
import { allocate } from './textures.ts';

/**
 * Coordinate descent on choices with confidence weights (device.ts) with everything in textures. The unobserved pairs
 * are in the Gram matrix of the other side, computed anew before each side; of the loss, Σ_all (p·q)² is the sum of
 * the products of both Gram matrices. Throws RangeError on wrong shapes, `deviceOutOfMemory` where it does not fit.
 */
export async function implicitDescent(context: GlContext, problem: ImplicitProblem): Promise<ImplicitDescent> {
  checkImplicit(problem);
  const { byUser, byItem, factors, unobservedWeight, initial } = problem;
  const groups = groupsOf(factors);
  // the session keeps these numbers and not the matrices
  const userRows = byUser.rows;
  const itemRows = byItem.rows;
  let confidence = 0;
  for (const c of byUser.values) confidence += c;

  const built = allocate(context, (textures) => {
    const users = textures.rows(padRows(initial.userFactors, factors), userRows, groups);
    const items = textures.rows(padRows(initial.itemFactors, factors), itemRows, groups);
    const userGram = createGram(context, textures, users, userRows, groups);
    const itemGram = createGram(context, textures, items, itemRows, groups);
    const shared = { kind: 'implicit', groups, mean: 0, unobserved: unobservedWeight } as const;
    const userSide = createSide(
      context,
      textures,
      { ...shared, matrix: byUser, factorReg: problem.userReg, firstReg: problem.userReg },
      { own: users, other: items, gram: itemGram.texture },
    );
    const itemSide = createSide(
      context,
      textures,
      { ...shared, matrix: byItem, factorReg: problem.itemReg, firstReg: problem.itemReg },
      { own: items, other: users, gram: userGram.texture },
    );
    const layersOf = (rows: typeof users) => Array.from({ length: groups }, (_, v) => textures.target([rows], v));
    return {
      userGram,
      itemGram,
      userSide,
      itemSide,
      observed: createReduction(context, textures, itemSide.squares, itemSide.segments),
      everywhere: createGramProduct(context, textures, userGram.texture, itemGram.texture, groups),
      layers: { users: layersOf(users), items: layersOf(items) },
      session: textures,
    };
  });
  const { userGram, itemGram, userSide, itemSide, observed, everywhere, layers, session } = built;
  itemGram.draw();

  return {
    async sweep() {
      session.assertUsable();
      userSide.solve();
      userGram.draw();
      itemSide.solve();
      itemSide.measure();
      observed.draw();
      // the items' Gram matrix is needed for the loss now and for the users of the next sweep
      itemGram.draw();
      everywhere.draw();
      const [observedSums, everywhereSums] = await context.read([observed.target, everywhere.target]);
      const loss = addUp(observedSums) + unobservedWeight * addUp(everywhereSums);
      return { loss: confidence === 0 ? 0 : loss / confidence };
    },
    async factors() {
      session.assertUsable();
      const [user, item] = await readRows(context, [
        { layers: layers.users, rows: userRows },
        { layers: layers.items, rows: itemRows },
      ]);
      return { userFactors: unpadRows(user, factors, 0), itemFactors: unpadRows(item, factors, 0) };
    },
    destroy: () => session.destroy(),
  };
}
