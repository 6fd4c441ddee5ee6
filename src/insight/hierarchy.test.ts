import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { permuted, toDendrogram } from './dendrogram.ts';
import { findGroups } from './groups.ts';
import type { Dendrogram } from './heatmap-types.ts';
import { averageLinkage, type Merges } from './hierarchy.ts';
import { orderLeaves } from './leaf-order.ts';
import { plantedBlocks } from './small-data.testing.ts';

function randomSimilarity(n: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const values = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    values[i * n + i] = 1;
    for (let j = 0; j < i; j++) values[i * n + j] = values[j * n + i] = 2 * random.next() - 1;
  }
  return values;
}

/** Height at which each pair of leaves first shares a cluster. */
function cophenetic({ n, a, b, height }: Merges): Float64Array {
  const members: number[][] = Array.from({ length: n }, (_, row) => [row]);
  const heights = new Float64Array(n * n);
  for (let merge = 0; merge < n - 1; merge++) {
    for (const x of members[a[merge]]) {
      for (const y of members[b[merge]]) heights[x * n + y] = heights[y * n + x] = height[merge];
    }
    members.push([...members[a[merge]], ...members[b[merge]]]);
  }
  return heights;
}

/** Average linkage as it is defined: look at all pairs of clusters, join the nearest two, repeat. O(n³) and more. */
function naiveCophenetic(similarity: Float32Array, n: number): Float64Array {
  let clusters: number[][] = Array.from({ length: n }, (_, row) => [row]);
  const heights = new Float64Array(n * n);
  const distance = (x: readonly number[], y: readonly number[]) => {
    let sum = 0;
    for (const i of x) for (const j of y) sum += 1 - similarity[i * n + j];
    return sum / (x.length * y.length);
  };
  while (clusters.length > 1) {
    let best = { x: 0, y: 1, distance: Number.POSITIVE_INFINITY };
    for (let x = 0; x < clusters.length; x++) {
      for (let y = x + 1; y < clusters.length; y++) {
        const d = distance(clusters[x], clusters[y]);
        if (d < best.distance) best = { x, y, distance: d };
      }
    }
    for (const i of clusters[best.x]) {
      for (const j of clusters[best.y]) heights[i * n + j] = heights[j * n + i] = best.distance;
    }
    const joined = [...clusters[best.x], ...clusters[best.y]];
    clusters = [...clusters.filter((_, at) => at !== best.x && at !== best.y), joined];
  }
  return heights;
}

/** Sum of distances of neighbours in an order. */
function walkLength(order: Uint32Array, similarity: Float32Array): number {
  let sum = 0;
  for (let at = 1; at < order.length; at++) sum += 1 - similarity[order[at - 1] * order.length + order[at]];
  return sum;
}

/** Every order a tree allows. */
function allOrders({ n, a, b }: Merges): number[][] {
  const orders: number[][][] = Array.from({ length: n }, (_, row) => [[row]]);
  for (let merge = 0; merge < n - 1; merge++) {
    const both: number[][] = [];
    for (const x of orders[a[merge]]) for (const y of orders[b[merge]]) both.push([...x, ...y], [...y, ...x]);
    orders.push(both);
  }
  return orders[2 * n - 2];
}

async function display(similarity: Float32Array, n: number) {
  const merges = await averageLinkage(similarity, n);
  const order = await orderLeaves(merges, similarity);
  const tree = toDendrogram(merges, order);
  return { merges, order, tree, values: permuted(similarity, order) };
}

/** First and one past the last display position of every cluster; throws where one is not in one piece. */
function spans(tree: Dendrogram, n: number): [number, number][] {
  const result: [number, number][] = Array.from({ length: n }, (_, at) => [at, at + 1]);
  for (let merge = 0; merge < n - 1; merge++) {
    const left = result[tree.left[merge]];
    const right = result[tree.right[merge]];
    if (left[1] !== right[0]) throw new Error(`merge ${merge} joins ${left} and ${right}`);
    result.push([left[0], right[1]]);
  }
  return result;
}

describe('average linkage', () => {
  test.each([2, 3, 9, 30])('of %i rows agrees with joining the nearest two clusters again and again', async (n) => {
    for (const seed of [1, 2, 3, 4]) {
      const similarity = randomSimilarity(n, seed);
      const merges = await averageLinkage(similarity, n);
      const expected = naiveCophenetic(similarity, n);
      const found = cophenetic(merges);
      for (let at = 0; at < n * n; at++) expect(found[at]).toBeCloseTo(expected[at], 5);
      expect([...merges.height]).toEqual([...merges.height].sort((x, y) => x - y));
    }
  });

  test('takes blanks for "nothing in common" and needs no rows at all', async () => {
    const nan = Number.NaN;
    const merges = await averageLinkage(Float32Array.of(1, nan, 0.8, nan, 1, nan, 0.8, nan, 1), 3);
    expect([...merges.a, ...merges.b]).toEqual([0, 1, 2, 3]);
    expect(merges.height[0]).toBeCloseTo(0.2, 6);
    expect(merges.height[1]).toBe(1);
    expect((await averageLinkage(new Float32Array(0), 0)).height.length).toBe(0);
    expect((await averageLinkage(Float32Array.of(1), 1)).height.length).toBe(0);
  });

  test('stops when cancelled', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(averageLinkage(randomSimilarity(20, 1), 20, abort.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('leaf order', () => {
  test('is the best of all orders the tree allows', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const similarity = randomSimilarity(9, seed);
      const merges = await averageLinkage(similarity, 9);
      const order = await orderLeaves(merges, similarity);
      const lengths = allOrders(merges).map((each) => walkLength(Uint32Array.from(each), similarity));
      expect(walkLength(order, similarity)).toBeCloseTo(Math.min(...lengths), 4);
      expect([...order].sort((x, y) => x - y)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      expect(order.indexOf(0)).toBeLessThan(5);
    }
  });

  test('keeps every cluster in one piece, also where the optimum is out of reach', async () => {
    // Two thousand rows in a perfectly balanced tree: too dear for the optimal order.
    const n = 2048;
    const merges: Merges = {
      n,
      a: Uint32Array.from({ length: n - 1 }, (_, merge) => 2 * merge),
      b: Uint32Array.from({ length: n - 1 }, (_, merge) => 2 * merge + 1),
      height: Float32Array.from({ length: n - 1 }, (_, merge) => merge / n),
    };
    // Similarity falls with the distance of two numbers, which the order should bring out.
    const similarity = new Float32Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) similarity[i * n + j] = 1 - Math.abs(i - j) / n;
    const order = await orderLeaves(merges, similarity);
    expect(spans(toDendrogram(merges, order), n)[2 * n - 2]).toEqual([0, n]);
    expect([...order]).toEqual(Array.from({ length: n }, (_, at) => at));
  });
});

describe('groups', () => {
  test.each([
    { sizes: [20, 16, 12, 10, 8] },
    { sizes: [30, 30] },
    { sizes: [40, 9, 9, 9, 9, 9, 9] },
    { sizes: [5, 5, 5] },
  ])('finds planted blocks $sizes, each in one piece', async ({ sizes }) => {
    for (const seed of [1, 2]) {
      const { values, block, n } = plantedBlocks(sizes, 0.6, 0.1, seed);
      const shown = await display(values, n);
      expect(spans(shown.tree, n)[2 * n - 2]).toEqual([0, n]);
      const groups = findGroups(shown.values, n, shown.tree);
      expect(groups.map(({ from, to }) => to - from).sort((x, y) => y - x)).toEqual([...sizes].sort((x, y) => y - x));
      for (const { from, to } of groups) {
        expect(new Set(Array.from(shown.order.subarray(from, to), (row) => block[row])).size).toBe(1);
      }
    }
  });

  test('leaves strangers out, and says nothing where nothing stands out', async () => {
    const strangers = Array<number>(6).fill(1);
    const { values, block, n } = plantedBlocks([14, 12, 10, ...strangers], 0.7, 0.05, 3);
    const shown = await display(values, n);
    const groups = findGroups(shown.values, n, shown.tree);
    expect(groups.length).toBe(3);
    for (const { from, to } of groups) {
      for (const row of shown.order.subarray(from, to)) expect(block[row]).toBeLessThan(3);
    }
    const flat = new Float32Array(16).fill(0.4);
    const same = await display(flat, 4);
    expect(findGroups(same.values, 4, same.tree)).toEqual([]);
    expect(
      findGroups(
        new Float32Array(0),
        0,
        toDendrogram(await averageLinkage(new Float32Array(0), 0), new Uint32Array(0)),
      ),
    ).toEqual([]);
  });
});
