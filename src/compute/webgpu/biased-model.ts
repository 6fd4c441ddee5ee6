/** Both sides of the biased model in buffers, and the answers from them: what all solvers of ratings share. */
import { checkPairs } from '../check.ts';
import type { BiasedFactors, ExplicitDescent, Side } from '../device.ts';
import { groupsOf, padRows, unpadRows } from '../gpu-layout.ts';
import type { BufferSet } from './context.ts';
import { type BiasedSide, predictPairs } from './predict.ts';

export interface BiasedModel {
  readonly user: BiasedSide;
  readonly item: BiasedSide;
  readonly groups: number;
  readonly answers: Omit<ExplicitDescent, 'sweep'>;
}

export interface BiasedRequest {
  readonly mean: number;
  readonly factors: number;
  readonly initial: BiasedFactors;
  /** The side whose buffers have as much room again, for means of its rows. */
  readonly rowMeans?: Side;
}

/** Uploads factors and biases. Call inside `GpuContext.allocate`; `answers.destroy` destroys the set. */
export function createBiased(buffers: BufferSet, { mean, factors: k, initial, rowMeans }: BiasedRequest): BiasedModel {
  const groups = groupsOf(k);
  const { context } = buffers;
  const side = (name: Side, factors: Float32Array, bias: Float32Array): BiasedSide => {
    const times = name === rowMeans ? 2 : 1;
    return {
      factors: buffers.upload(`${name} factors`, padRows(factors, k), times),
      bias: buffers.upload(`${name} bias`, bias.slice(), times),
      rows: bias.length,
    };
  };
  const user = side('user', initial.userFactors, initial.userBias);
  const item = side('item', initial.itemFactors, initial.itemBias);
  return {
    user,
    item,
    groups,
    answers: {
      async predict({ users, items }) {
        checkPairs(users, items, user.rows, item.rows);
        return predictPairs(buffers, { user, item }, { mean, groups }, users, items);
      },
      async factors() {
        buffers.assertUsable();
        const read = await context.read(
          [user, item].flatMap(({ factors, bias, rows }) => [
            { buffer: factors, bytes: rows * groups * 16 },
            { buffer: bias, bytes: rows * 4 },
          ]),
        );
        const [userFactors, userBias, itemFactors, itemBias] = read.map((bytes) => new Float32Array(bytes));
        return {
          userFactors: unpadRows(userFactors, k, 0),
          itemFactors: unpadRows(itemFactors, k, 0),
          userBias,
          itemBias,
        };
      },
      destroy: () => buffers.destroy(),
    },
  };
}
