/** Both sides of the biased model in textures, and the answers from them: what explicit and sampled descent share. */
import { checkPairs } from '../check.ts';
import type { BiasedFactors, ExplicitDescent } from '../device.ts';
import { biasOf, groupsOf, padRows, unpadRows } from '../gpu-layout.ts';
import type { GlContext, Texture } from './context.ts';
import { readRows } from './layers.ts';
import { predictPairs } from './predict.ts';
import type { TextureSet } from './textures.ts';

export interface BiasedModel {
  readonly users: Texture;
  readonly items: Texture;
  readonly groups: number;
  readonly answers: Omit<ExplicitDescent, 'sweep'>;
}

/** Uploads the factors. Call inside `allocate`. */
export function createBiased(
  context: GlContext,
  session: TextureSet,
  { mean, factors, initial }: { readonly mean: number; readonly factors: number; readonly initial: BiasedFactors },
): BiasedModel {
  const groups = groupsOf(factors + 1);
  const userRows = initial.userBias.length;
  const itemRows = initial.itemBias.length;
  const users = session.rows(padRows(initial.userFactors, factors, initial.userBias), userRows, groups);
  const items = session.rows(padRows(initial.itemFactors, factors, initial.itemBias), itemRows, groups);
  const layersOf = (rows: Texture) => Array.from({ length: groups }, (_, v) => session.target([rows], v));
  const layers = { users: layersOf(users), items: layersOf(items) };
  return {
    users,
    items,
    groups,
    answers: {
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
    },
  };
}
