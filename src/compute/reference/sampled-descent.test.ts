import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { csrFromPairs, pairsFromCsr, transpose } from '../../base/sparse.ts';
import { counterNormals, streamKey } from '../counter-normal.ts';
import type { ColumnPriors, SampledProblem } from '../device.ts';
import { sampledDescent } from './sampled-descent.ts';

const USERS = 5;
const ITEMS = 4;
const K = 3;
const random = createRandom(12);
const uniform = (length: number, scale: number, offset = 0) =>
  Float32Array.from({ length }, () => offset + scale * (random.next() - 0.5));

/** The last user and the last item stay without ratings. */
function problem(): SampledProblem {
  const pairs = { users: Uint32Array.of(0, 0, 1, 2, 2, 3), items: Uint32Array.of(0, 2, 1, 0, 1, 2) };
  const byUser = csrFromPairs({ ...pairs, values: uniform(6, 4, 3) }, USERS, ITEMS);
  return {
    byUser,
    byItem: transpose(byUser),
    mean: 3,
    factors: K,
    seed: 5,
    initial: {
      userFactors: uniform(USERS * K, 1),
      itemFactors: uniform(ITEMS * K, 1),
      userBias: uniform(USERS, 1),
      itemBias: uniform(ITEMS, 1),
    },
  };
}

const priors = (rows = 1): ColumnPriors => ({ means: uniform(rows * (K + 1), 1), precisions: uniform(K + 1, 1, 1) });

/** [bias, factors] of every row, in 64 bits. */
const joined = (bias: Float32Array, factors: Float32Array) =>
  Array.from(bias, (b, row) => [b, ...factors.subarray(row * K, (row + 1) * K)]);

describe('sampling descent', () => {
  it('draws every coordinate, in its order, from the posterior given all others', async () => {
    const given = problem();
    const { users, items, values } = pairsFromCsr(given.byUser);
    const model = {
      user: joined(given.initial.userBias, given.initial.userFactors),
      item: joined(given.initial.itemBias, given.initial.itemFactors),
    };
    const squaredErrors = () => {
      let sum = 0;
      for (let p = 0; p < users.length; p++) {
        const [b, ...row] = model.user[users[p]];
        const [c, ...column] = model.item[items[p]];
        const product = row.reduce((total, x, f) => total + x * column[f], 0);
        sum += (values[p] - given.mean - b - c - product) ** 2;
      }
      return sum;
    };
    const noisePrecision = 1.7;
    const descent = sampledDescent({ ...given, rowMeans: 'item' });
    for (const [sweep, side, rowsOfMeans] of [
      [1, 'user', 1],
      [1, 'item', ITEMS],
      [2, 'user', 1],
      [2, 'item', 1],
    ] as const) {
      const prior = priors(rowsOfMeans);
      const apart = rowsOfMeans > 1 ? K + 1 : 0;
      const rows = model[side];
      for (let row = 0; row < rows.length; row++) {
        const noise = new Float64Array(K + 1);
        counterNormals(streamKey(given.seed, sweep, side), row, noise);
        for (let column = 0; column <= K; column++) {
          /** −2 ln of the posterior in this coordinate, up to a constant: a parabola. */
          const at = (x: number) => {
            rows[row][column] = x;
            return (
              noisePrecision * squaredErrors() + prior.precisions[column] * (x - prior.means[row * apart + column]) ** 2
            );
          };
          const [left, middle, right] = [at(-1), at(0), at(1)];
          const precision = (left - 2 * middle + right) / 2;
          rows[row][column] = (left - right) / 4 / precision + noise[column] / Math.sqrt(precision);
        }
      }
      const { squares } = await descent.draw(side, prior, noisePrecision, sweep);
      expect(squares).toBeCloseTo(squaredErrors(), 4);
    }
    const drawn = await descent.factors();
    const actual = { user: joined(drawn.userBias, drawn.userFactors), item: joined(drawn.itemBias, drawn.itemFactors) };
    for (const side of ['user', 'item'] as const) {
      expect(actual[side].flat()).toEqual(model[side].flat().map((x) => expect.closeTo(x, 4)));
    }
    const predicted = await descent.predict({ users, items });
    const squares = predicted.reduce((sum, x, p) => sum + (values[p] - x) ** 2, 0);
    expect(squares).toBeCloseTo(squaredErrors(), 4);
  });

  it('with little noise puts rows on the minimum, and rows without ratings on the prior', async () => {
    const given = problem();
    const prior = { means: Float32Array.of(0.5, -1, 2, 0), precisions: new Float32Array(K + 1).fill(1e10) };
    const descent = sampledDescent(given);
    await descent.draw('user', prior, 1e10, 1);
    const { userBias, userFactors } = await descent.factors();
    expect(userBias[USERS - 1]).toBeCloseTo(0.5, 3);
    expect([...userFactors.subarray(-K)]).toEqual([-1, 2, 0].map((x) => expect.closeTo(x, 3)));
  });

  it('knows the sum and the spread of its columns', async () => {
    const given = problem();
    const { sums, squares } = await sampledDescent(given).moments('item');
    const rows = joined(given.initial.itemBias, given.initial.itemFactors);
    for (let column = 0; column <= K; column++) {
      const sum = rows.reduce((total, row) => total + row[column], 0);
      const spread = rows.reduce((total, row) => total + (row[column] - sum / ITEMS) ** 2, 0);
      expect(sums[column]).toBeCloseTo(sum, 10);
      expect(squares[column]).toBeCloseTo(spread, 10);
    }
  });

  it('refuses wrong shapes and precisions that are none', async () => {
    const given = problem();
    expect(() => sampledDescent({ ...given, byItem: given.byUser })).toThrow(RangeError);
    const descent = sampledDescent(given);
    const prior = priors();
    await expect(descent.draw('user', { ...prior, means: new Float32Array(K) }, 1, 1)).rejects.toThrow(RangeError);
    // no room was made for means of every row
    await expect(descent.draw('item', priors(ITEMS), 1, 1)).rejects.toThrow(RangeError);
    await expect(descent.draw('user', prior, 0, 1)).rejects.toThrow(RangeError);
    const flat = { ...prior, precisions: new Float32Array(K + 1) };
    await expect(descent.draw('user', flat, 1, 1)).rejects.toThrow(RangeError);
  });
});
