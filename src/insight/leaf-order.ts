import { createPacer } from '../base/pacer.ts';
import type { Merges } from './hierarchy.ts';

/**
 * Steps of the optimal ordering that are affordable (about a second). Lopsided trees cost little at
 * any size; an evenly balanced one reaches this at about 1,500 rows and is then ordered greedily.
 */
const OPTIMAL_STEPS = 6e8;
/** Rows looked at on each side of a seam by the greedy ordering. */
const SEAM = 8;

/**
 * The rows in an order the tree allows in which neighbours are alike. Optimal where affordable: the
 * smallest possible sum of 1 − similarity over neighbours (Bar-Joseph, Gifford & Jaakkola 2001);
 * otherwise each merge is turned so that the rows about its seam are most alike (after Gruvaeus &
 * Wainer 1972).
 *
 * @param similarity n × n, symmetric; NaN counts as 0
 * @returns display position → row
 * @throws AppError `cancelled`
 */
export async function orderLeaves(
  merges: Merges,
  similarity: Float32Array,
  signal?: AbortSignal,
): Promise<Uint32Array> {
  const { n } = merges;
  if (n < 3) return Uint32Array.from({ length: n }, (_, row) => row);
  const layout = layOut(merges);
  const order =
    optimalSteps(merges, layout) <= OPTIMAL_STEPS
      ? await optimalOrder(merges, layout, similarity, signal)
      : greedyOrder(merges, similarity);
  // Either direction is as good; the first row given (the most popular) goes to the upper half.
  return order.indexOf(0) < n / 2 ? order : order.reverse();
}

/** Any order the tree allows, and where each cluster stands in it: from … middle − 1 is its a, middle … to − 1 its b. */
interface Layout {
  /** position → row */
  readonly rows: Uint32Array;
  readonly from: Uint32Array;
  readonly middle: Uint32Array;
  readonly to: Uint32Array;
}

function layOut({ n, a, b }: Merges): Layout {
  const clusters = 2 * n - 1;
  const sizes = new Uint32Array(clusters).fill(1);
  for (let merge = 0; merge < n - 1; merge++) sizes[n + merge] = sizes[a[merge]] + sizes[b[merge]];
  const from = new Uint32Array(clusters);
  const middle = new Uint32Array(clusters);
  const to = new Uint32Array(clusters);
  const rows = new Uint32Array(n);
  to[clusters - 1] = n;
  for (let cluster = clusters - 1; cluster >= n; cluster--) {
    const first = a[cluster - n];
    const second = b[cluster - n];
    middle[cluster] = from[cluster] + sizes[first];
    from[first] = from[cluster];
    to[first] = middle[cluster];
    from[second] = middle[cluster];
    to[second] = to[cluster];
  }
  for (let row = 0; row < n; row++) rows[from[row]] = row;
  return { rows, from, middle, to };
}

/** Rows of the other half of a cluster that can stand at its far end when one half holds the near end. */
function halves(merges: Merges, { from, middle, to }: Layout, cluster: number): [number, number] {
  if (cluster < merges.n) return [1, 1];
  return [middle[cluster] - from[cluster], to[cluster] - middle[cluster]];
}

function optimalSteps(merges: Merges, layout: Layout): number {
  let steps = 0;
  for (let merge = 0; merge < merges.n - 1; merge++) {
    const [a1, a2] = halves(merges, layout, merges.a[merge]);
    const [b1, b2] = halves(merges, layout, merges.b[merge]);
    steps += 2 * a1 * a2 * (b1 + b2) + (a1 + a2) * 2 * b1 * b2;
  }
  return steps;
}

async function optimalOrder(
  merges: Merges,
  layout: Layout,
  similarity: Float32Array,
  signal?: AbortSignal,
): Promise<Uint32Array> {
  const { n, a, b } = merges;
  const { rows } = layout;
  const distance = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const value = similarity[rows[i] * n + rows[j]];
      distance[i * n + j] = value !== value ? 1 : 1 - value;
    }
  }
  // best[i·n + j]: the shortest walk through the smallest cluster holding both, from i at one end to j at the other.
  const best = new Float32Array(n * n);
  const walk = new Float32Array(n);
  const pacer = createPacer(signal);
  for (let merge = 0; merge < n - 1; merge++) {
    const [fromA, toA] = [layout.from[a[merge]], layout.to[a[merge]]];
    const [fromB, toB] = [layout.from[b[merge]], layout.to[b[merge]]];
    for (let i = fromA; i < toA; i++) {
      walk.fill(Number.POSITIVE_INFINITY, fromB, toB);
      const [fromM, toM] = opposite(n, layout, a[merge], i);
      for (let m = fromM; m < toM; m++) {
        const inner = best[i * n + m];
        const row = m * n;
        for (let k = fromB; k < toB; k++) {
          const length = inner + distance[row + k];
          if (length < walk[k]) walk[k] = length;
        }
      }
      for (let j = fromB; j < toB; j++) {
        const [fromK, toK] = opposite(n, layout, b[merge], j);
        let shortest = Number.POSITIVE_INFINITY;
        for (let k = fromK; k < toK; k++) {
          const length = walk[k] + best[j * n + k];
          if (length < shortest) shortest = length;
        }
        best[i * n + j] = shortest;
        best[j * n + i] = shortest;
      }
      if (pacer.due()) await pacer.turn();
    }
  }
  return readBack(merges, layout, distance, best);
}

/** Positions that can be at the other end of a cluster when position i is at one end. */
function opposite(n: number, { from, middle, to }: Layout, cluster: number, i: number): [number, number] {
  if (cluster < n) return [i, i + 1];
  return i < middle[cluster] ? [middle[cluster], to[cluster]] : [from[cluster], middle[cluster]];
}

/** Follows the best walk from the root down, ends first. */
function readBack({ n, a, b }: Merges, layout: Layout, distance: Float32Array, best: Float32Array): Uint32Array {
  const root = 2 * n - 2;
  let ends: [number, number] = [0, n - 1];
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < layout.middle[root]; i++) {
    for (let j = layout.middle[root]; j < n; j++) {
      if (best[i * n + j] < shortest) {
        shortest = best[i * n + j];
        ends = [i, j];
      }
    }
  }
  const order = new Uint32Array(n);
  let at = 0;
  const stack: { cluster: number; first: number; last: number }[] = [{ cluster: root, first: ends[0], last: ends[1] }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { cluster, first, last } = next;
    if (cluster < n) {
      order[at++] = layout.rows[first];
      continue;
    }
    const startsInA = first < layout.middle[cluster];
    const near = startsInA ? a[cluster - n] : b[cluster - n];
    const far = startsInA ? b[cluster - n] : a[cluster - n];
    const [fromM, toM] = opposite(n, layout, near, first);
    const [fromK, toK] = opposite(n, layout, far, last);
    let seam: [number, number] = [fromM, fromK];
    let length = Number.POSITIVE_INFINITY;
    for (let m = fromM; m < toM; m++) {
      for (let k = fromK; k < toK; k++) {
        const candidate = best[first * n + m] + distance[m * n + k] + best[k * n + last];
        if (candidate < length) {
          length = candidate;
          seam = [m, k];
        }
      }
    }
    stack.push({ cluster: far, first: seam[1], last }, { cluster: near, first, last: seam[0] });
  }
  return order;
}

/** Each merge, from the lowest up, turned so that the rows about its seam are most alike. */
function greedyOrder({ n, a, b }: Merges, similarity: Float32Array): Uint32Array {
  const placed: (Uint32Array | null)[] = Array.from({ length: n }, (_, row) => Uint32Array.of(row));
  for (let merge = 0; merge < n - 1; merge++) {
    const first = placed[a[merge]]!;
    const second = placed[b[merge]]!;
    placed[a[merge]] = null;
    placed[b[merge]] = null;
    let best = Number.NEGATIVE_INFINITY;
    let turned: [boolean, boolean] = [false, false];
    for (const turnFirst of [false, true]) {
      for (const turnSecond of [false, true]) {
        const seam = seamSimilarity(similarity, n, first, turnFirst, second, turnSecond);
        if (seam > best) {
          best = seam;
          turned = [turnFirst, turnSecond];
        }
      }
    }
    const joined = new Uint32Array(first.length + second.length);
    joined.set(turned[0] ? first.toReversed() : first);
    joined.set(turned[1] ? second.toReversed() : second, first.length);
    placed[n + merge] = joined;
  }
  return placed[2 * n - 2]!;
}

/** Mean similarity over the seam, nearer pairs counting more. */
function seamSimilarity(
  similarity: Float32Array,
  n: number,
  first: Uint32Array,
  turnFirst: boolean,
  second: Uint32Array,
  turnSecond: boolean,
): number {
  let sum = 0;
  let weights = 0;
  for (let x = 0; x < Math.min(SEAM, first.length); x++) {
    const row = turnFirst ? first[x] : first[first.length - 1 - x];
    for (let y = 0; y < Math.min(SEAM, second.length); y++) {
      const column = turnSecond ? second[second.length - 1 - y] : second[y];
      const value = similarity[row * n + column];
      const weight = 1 / (1 + x + y);
      sum += weight * (value !== value ? 0 : value);
      weights += weight;
    }
  }
  return sum / weights;
}
