/** How often each product is chosen: the order every other one falls back on. */
import type { Csr } from '../base/sparse.ts';

/** Customers who chose each product; length = products. */
export function choiceCounts(chosen: Csr): Uint32Array {
  const counts = new Uint32Array(chosen.columns);
  for (let e = 0; e < chosen.indices.length; e++) counts[chosen.indices[e]]++;
  return counts;
}

/** Product rows by their count, largest first; ties to the lower row. */
export function orderByCount(counts: ArrayLike<number>): Uint32Array {
  const order = Uint32Array.from({ length: counts.length }, (_, item) => item);
  return order.sort((a, b) => counts[b] - counts[a] || a - b);
}
