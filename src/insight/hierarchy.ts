import { throwIfAborted } from '../base/error.ts';
import { createPacer } from '../base/pacer.ts';

/**
 * n − 1 merges in ascending height. Clusters are numbered as usual: 0…n−1 are the rows themselves,
 * merge m makes cluster n + m out of a[m] and b[m]. Heights are distances, 1 − similarity.
 */
export interface Merges {
  readonly n: number;
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly height: Float32Array;
}

/** A pair nobody can compare stands as far apart as a pair with nothing in common. */
const UNDEFINED_DISTANCE = 1;

/**
 * Agglomerative clustering with average linkage (UPGMA, Sokal & Michener 1958) by the nearest-neighbour
 * chain (Murtagh 1983; Müllner 2011): O(n²) time, n²/2 floats.
 *
 * @param similarity n × n, symmetric; NaN counts as 0
 * @throws AppError `cancelled`
 */
export async function averageLinkage(similarity: Float32Array, n: number, signal?: AbortSignal): Promise<Merges> {
  if (similarity.length !== n * n) throw new RangeError(`${similarity.length} similarities for ${n} rows`);
  throwIfAborted(signal);
  const distances = condensed(similarity, n);
  const sizes = new Float64Array(n).fill(1);
  const active = Uint32Array.from({ length: n }, (_, row) => row);
  let left = n;
  const chain: number[] = [];
  const steps = { a: new Uint32Array(Math.max(0, n - 1)), b: new Uint32Array(Math.max(0, n - 1)) };
  const heights = new Float32Array(Math.max(0, n - 1));
  const pacer = createPacer(signal);

  for (let merge = 0; merge < n - 1; ) {
    if (chain.length === 0) chain.push(active[0]);
    const tip = chain[chain.length - 1];
    const previous = chain.length > 1 ? chain[chain.length - 2] : -1;
    // Ties go to where the chain came from, or it could go round in circles.
    let nearest = previous;
    let shortest = previous < 0 ? Number.POSITIVE_INFINITY : distances[slot(tip, previous)];
    for (let at = 0; at < left; at++) {
      const candidate = active[at];
      if (candidate === tip) continue;
      const distance = distances[slot(tip, candidate)];
      if (distance < shortest) {
        shortest = distance;
        nearest = candidate;
      }
    }
    if (nearest !== previous) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    steps.a[merge] = tip;
    steps.b[merge] = nearest;
    heights[merge] = shortest;
    left = join(distances, sizes, active, left, tip, nearest);
    merge++;
    if (pacer.due()) await pacer.turn();
  }
  return numbered(n, steps.a, steps.b, heights);
}

/** Where the pair (x, y) stands in the lower triangle. */
function slot(x: number, y: number): number {
  return x > y ? (x * (x - 1)) / 2 + y : (y * (y - 1)) / 2 + x;
}

function condensed(similarity: Float32Array, n: number): Float32Array {
  const distances = new Float32Array((n * (n - 1)) / 2);
  for (let x = 1, at = 0; x < n; x++) {
    for (let y = 0; y < x; y++) {
      const value = similarity[x * n + y];
      distances[at++] = value !== value ? UNDEFINED_DISTANCE : 1 - value;
    }
  }
  return distances;
}

/** Cluster `gone` joins cluster `kept`: distances become the size-weighted mean (Lance & Williams 1967). */
function join(
  distances: Float32Array,
  sizes: Float64Array,
  active: Uint32Array,
  left: number,
  gone: number,
  kept: number,
): number {
  const total = sizes[gone] + sizes[kept];
  let to = 0;
  for (let at = 0; at < left; at++) {
    const other = active[at];
    if (other === gone) continue;
    active[to++] = other;
    if (other === kept) continue;
    const there = slot(other, kept);
    distances[there] = (sizes[gone] * distances[slot(other, gone)] + sizes[kept] * distances[there]) / total;
  }
  sizes[kept] = total;
  return to;
}

/** The chain finds merges out of order: sorts them by height and names each cluster by the merge that made it. */
function numbered(n: number, a: Uint32Array, b: Uint32Array, height: Float32Array): Merges {
  const order = Array.from(height, (_, merge) => merge).sort((x, y) => height[x] - height[y] || x - y);
  const parent = Uint32Array.from({ length: Math.max(0, 2 * n - 1) }, (_, cluster) => cluster);
  const rootOf = (cluster: number): number => {
    let root = cluster;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  };
  const merges = { n, a: new Uint32Array(a.length), b: new Uint32Array(a.length), height: new Float32Array(a.length) };
  for (let merge = 0; merge < order.length; merge++) {
    const first = rootOf(a[order[merge]]);
    const second = rootOf(b[order[merge]]);
    merges.a[merge] = Math.min(first, second);
    merges.b[merge] = Math.max(first, second);
    merges.height[merge] = height[order[merge]];
    parent[first] = n + merge;
    parent[second] = n + merge;
  }
  return merges;
}
