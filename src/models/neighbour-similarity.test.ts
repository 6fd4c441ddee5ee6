import { describe, expect, it } from 'vitest';
import { type Csr, findEntry } from '../base/sparse.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import { alternatingMeans } from './baselines.ts';
import { NEIGHBOUR_MEASURES, type NeighbourMeasure, type SimilarityOptions } from './neighbour-measures.ts';
import { type NeighbourModelName, neighbourSimilarity, residuals } from './neighbour-similarity.ts';
import { madeUpRatings } from './neumf-data.testing.ts';

const { ratings } = madeUpRatings(30, 24, 0.3, 17);
const means = alternatingMeans(ratings);
const work = { tell: () => undefined, due: () => false, turn: async () => undefined };
const SIDES: readonly NeighbourModelName[] = ['userNeighbours', 'itemNeighbours'];
const similarityOf = (side: NeighbourModelName, options: Partial<SimilarityOptions>, of = ratings) =>
  neighbourSimilarity(
    side,
    of,
    alternatingMeans(of),
    { similarity: 'msd', minimumOverlap: 1, shrinkage: 100, ...options },
    work,
  );

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((x, at) => x * b[at]));
const over = (top: number, bottom: number) => (bottom === 0 ? 0 : top / bottom);

function rowOf(matrix: Csr, row: number): Map<number, number> {
  const entries = new Map<number, number>();
  for (let e = matrix.pointers[row]; e < matrix.pointers[row + 1]; e++)
    entries.set(matrix.indices[e], matrix.values[e]);
  return entries;
}

/** The formulas as the documentation of Surprise has them, over two rows at a time. */
function naive(side: NeighbourModelName, measure: NeighbourMeasure, a: number, b: number, options: SimilarityOptions) {
  const matrix = side === 'itemNeighbours' ? ratings.byItem : ratings.byUser;
  const [rowA, rowB] = [rowOf(matrix, a), rowOf(matrix, b)];
  const common = [...rowA.keys()].filter((column) => rowB.has(column));
  const n = common.length;
  if (n === 0 || n < options.minimumOverlap) return 0;
  const pair = (row: number, column: number) => (side === 'itemNeighbours' ? [column, row] : [row, column]);
  const values = (row: number, shift: (user: number, item: number) => number, columns = common) =>
    columns.map((column) => {
      const [user, item] = pair(row, column);
      return (rowOf(matrix, row).get(column) as number) - shift(user, item);
    });
  const [x, y] = [values(a, () => 0), values(b, () => 0)];
  switch (measure) {
    case 'msd':
      return 1 / (sum(x.map((value, at) => (value - y[at]) ** 2)) / n + 1);
    case 'cosine':
      return over(dot(x, y), Math.sqrt(dot(x, x) * dot(y, y)));
    case 'pearson': {
      const [dx, dy] = [x.map((value) => value - sum(x) / n), y.map((value) => value - sum(y) / n)];
      const bottom = Math.sqrt(dot(dx, dx) * dot(dy, dy));
      return bottom < 1e-6 ? 0 : dot(dx, dy) / bottom;
    }
    case 'pearsonBaseline': {
      const shift = (user: number, item: number) => means.mean + means.userBias[user] + means.itemBias[item];
      const [dx, dy] = [values(a, shift), values(b, shift)];
      const cosine = over(dot(dx, dy), Math.sqrt(dot(dx, dx) * dot(dy, dy)));
      return n === 1 ? 0 : (cosine * (n - 1)) / (n - 1 + options.shrinkage);
    }
    case 'adjustedCosine': {
      const own = (user: number) => sum([...rowOf(ratings.byUser, user).values()]) / rowOf(ratings.byUser, user).size;
      const length = (row: number, entries: Map<number, number>) => {
        const all = values(row, own, [...entries.keys()]);
        return Math.sqrt(dot(all, all));
      };
      return over(dot(values(a, own), values(b, own)), length(a, rowA) * length(b, rowB));
    }
    case 'jaccard':
      return n / new Set([...rowA.keys(), ...rowB.keys()]).size;
    default:
      return measure satisfies never;
  }
}

describe('similarity of neighbours', () => {
  for (const similarity of NEIGHBOUR_MEASURES) {
    for (const side of SIDES) {
      it(`${similarity} of ${side} is what its formula gives for every two rows`, async () => {
        for (const options of [
          { similarity, minimumOverlap: 1, shrinkage: 0 },
          { similarity, minimumOverlap: 3, shrinkage: 20 },
        ]) {
          const n = side === 'itemNeighbours' ? 24 : 30;
          const values = await similarityOf(side, options);
          let positive = 0;
          for (let a = 0; a < n; a++) {
            expect(values[a * n + a]).toBe(0);
            for (let b = 0; b < n; b++) {
              if (a === b) continue;
              expect(values[a * n + b]).toBeCloseTo(naive(side, similarity, a, b, options), 5);
              if (values[a * n + b] > 0) positive++;
            }
          }
          // not all of them gaps
          expect(positive).toBeGreaterThan(2 * n);
        }
      });
    }
  }

  it('has worked examples', async () => {
    // Things 0 and 1 share customers 0, 1 and 2, who gave (5, 4), (3, 3) and (1, 4): squared differences 1, 0 and 9.
    const few = ratingsOf(
      {
        users: Uint32Array.of(0, 0, 1, 1, 2, 2, 3),
        items: Uint32Array.of(0, 1, 0, 1, 0, 1, 1),
        values: Float32Array.of(5, 4, 3, 3, 1, 4, 2),
      },
      4,
      2,
    );
    const of = async (similarity: NeighbourMeasure) => (await similarityOf('itemNeighbours', { similarity }, few))[1];
    expect(await of('msd')).toBeCloseTo(1 / (10 / 3 + 1), 6);
    expect(await of('cosine')).toBeCloseTo((20 + 9 + 4) / Math.sqrt((25 + 9 + 1) * (16 + 9 + 16)), 6);
    // means 3 and 11/3: (2)(1/3) + 0 + (−2)(1/3) = 0
    expect(await of('pearson')).toBeCloseTo(0, 6);
    expect(await of('jaccard')).toBeCloseTo(3 / 4, 6);
    // means of the customers 4.5, 3, 2.5 and 2: (½)(−½) + 0 + (−1½)(1½) over √(¼ + 2¼) twice (the last customer adds 0)
    expect(await of('adjustedCosine')).toBeCloseTo(-2.5 / 2.5, 6);
  });

  it('says nothing about a row that gave the same rating each time', async () => {
    const flat = ratingsOf(
      {
        users: Uint32Array.of(0, 0, 0, 1, 1, 1),
        items: Uint32Array.of(0, 1, 2, 0, 1, 2),
        values: Float32Array.of(3.3, 3.3, 3.3, 1, 3, 5),
      },
      2,
      3,
    );
    for (const similarity of ['pearson', 'adjustedCosine'] as const) {
      expect((await similarityOf('userNeighbours', { similarity }, flat))[1]).toBe(0);
    }
  });

  it('subtracts the averages entry by entry, in either order', () => {
    const { mean, userBias, itemBias } = means;
    const byUser = residuals(ratings.byUser, 'users', means);
    const byItem = residuals(ratings.byItem, 'items', means);
    for (let user = 0; user < 30; user++) {
      for (const [item, value] of rowOf(ratings.byUser, user)) {
        const expected = value - mean - userBias[user] - itemBias[item];
        expect(byUser.values[findEntry(byUser, user, item)]).toBeCloseTo(expected, 5);
        expect(byItem.values[findEntry(byItem, item, user)]).toBeCloseTo(expected, 5);
      }
    }
  });
});
