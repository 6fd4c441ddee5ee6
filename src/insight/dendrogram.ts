import type { Dendrogram } from './heatmap-types.ts';
import type { Merges } from './hierarchy.ts';

/**
 * The tree told in display positions: leaves are 0…n−1 from top to bottom, and of each merge `left`
 * is the cluster that stands higher.
 *
 * @param order display position → row, an order the tree allows
 */
export function toDendrogram({ n, a, b, height }: Merges, order: Uint32Array): Dendrogram {
  const top = new Uint32Array(Math.max(0, 2 * n - 1));
  const name = Uint32Array.from(top, (_, cluster) => cluster);
  for (let position = 0; position < n; position++) {
    top[order[position]] = position;
    name[order[position]] = position;
  }
  const left = new Uint32Array(height.length);
  const right = new Uint32Array(height.length);
  for (let merge = 0; merge < height.length; merge++) {
    const [upper, lower] = top[a[merge]] < top[b[merge]] ? [a[merge], b[merge]] : [b[merge], a[merge]];
    top[n + merge] = top[upper];
    left[merge] = name[upper];
    right[merge] = name[lower];
  }
  return { left, right, height: height.slice() };
}

/** n × n values with rows and columns put in display order. */
export function permuted(values: Float32Array, order: Uint32Array): Float32Array {
  const n = order.length;
  const out = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = order[i] * n;
    for (let j = 0; j < n; j++) out[i * n + j] = values[row + order[j]];
  }
  return out;
}
