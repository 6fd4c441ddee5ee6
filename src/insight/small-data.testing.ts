/** Small data for the tests of this floor; imported by tests only. */
import { createRandom } from '../base/random.ts';
import type { EntityTable } from '../data/interactions.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';

/** Ratings from a dense matrix of customers × products; 0 is "nothing there". */
export function ratingsFromDense(
  dense: readonly (readonly number[])[],
  feedback: Ratings['feedback'] = 'explicit',
): Ratings {
  const users: number[] = [];
  const items: number[] = [];
  const values: number[] = [];
  for (const [u, row] of dense.entries()) {
    for (const [i, value] of row.entries()) {
      if (value === 0) continue;
      users.push(u);
      items.push(i);
      values.push(value);
    }
  }
  const pairs = { users: Uint32Array.from(users), items: Uint32Array.from(items), values: Float32Array.from(values) };
  return {
    ...ratingsOf(pairs, dense.length, dense[0].length, feedback),
    userIds: dense.map((_, u) => `c${u}`),
    itemIds: dense[0].map((_, i) => `p${i}`),
  };
}

/** Customers × products with stars 1–5 at about `density` of the cells. */
export function randomDense(customers: number, products: number, density: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: customers }, () =>
    Array.from({ length: products }, () => (random.next() < density ? 1 + random.integer(5) : 0)),
  );
}

/** A table of ids with titles and categories where given. */
export function tableOf(ids: readonly string[], categories?: readonly (readonly string[])[]): EntityTable {
  const names = [...new Set(categories?.flat() ?? [])];
  const pointers = [0];
  const codes: number[] = [];
  for (const own of categories ?? []) {
    codes.push(...own.map((name) => names.indexOf(name)));
    pointers.push(codes.length);
  }
  return {
    ids,
    titles: ids.map((id) => `The ${id}`),
    categories: categories ? { names, pointers: Uint32Array.from(pointers), codes: Uint32Array.from(codes) } : null,
    attributes: [],
  };
}

/**
 * Similarities with planted blocks, their rows shuffled: `inside` within a block, `outside` between
 * blocks, both with a little noise. `block[row]` says which block a row belongs to.
 */
export function plantedBlocks(
  sizes: readonly number[],
  inside: number,
  outside: number,
  seed: number,
): { values: Float32Array; block: Uint32Array; n: number } {
  const random = createRandom(seed);
  const n = sizes.reduce((sum, size) => sum + size, 0);
  const block = random.shuffle(Uint32Array.from(sizes.flatMap((size, at) => Array<number>(size).fill(at))));
  const values = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    values[i * n + i] = 1;
    for (let j = 0; j < i; j++) {
      const value = (block[i] === block[j] ? inside : outside) + 0.1 * (random.next() - 0.5);
      values[i * n + j] = value;
      values[j * n + i] = value;
    }
  }
  return { values, block, n };
}
