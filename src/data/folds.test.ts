import { describe, expect, test } from 'vitest';
import { nnz, pairsFromCsr } from '../base/sparse.ts';
import { type FoldOptions, kFold } from './folds.ts';
import { ratingsOf } from './ratings.testing.ts';
import type { Ratings } from './ratings.ts';

/** Customer u has u + 1 of ten products; the value tells the pair. */
function ladder(customers: number): Ratings {
  const users = Array.from({ length: customers }, (_, u) => Array(u + 1).fill(u)).flat();
  const items = Array.from({ length: customers }, (_, u) => Array.from({ length: u + 1 }, (_, i) => i)).flat();
  const pairs = {
    users: Uint32Array.from(users),
    items: Uint32Array.from(items),
    values: Float32Array.from(users, (u, p) => 10 * u + items[p]),
  };
  return {
    ...ratingsOf(pairs, customers, 10),
    lastTime: () => Float64Array.from(pairs.values, (value) => value * 1000),
  };
}

const written = ({ users, items, values }: ReturnType<typeof pairsFromCsr>) =>
  Array.from(users, (user, p) => `${user} ${items[p]} ${values[p]}`).sort();

describe.each(['random', 'per-customer'] as const)('%s folds', (kind) => {
  const ratings = ladder(10);
  const all = written(pairsFromCsr(ratings.byUser));
  const cutsOf = (options: Omit<FoldOptions, 'kind'>) => {
    const folds = kFold(ratings, { ...options, kind });
    return Array.from({ length: folds.folds }, (_, fold) => folds.cut(fold));
  };

  test('every pair is tested exactly once, and learned from in all other folds', () => {
    for (const folds of [2, 3, 5, 7, 55]) {
      const cuts = cutsOf({ folds, seed: 4 });
      expect(cuts).toHaveLength(folds);
      expect(cuts.flatMap(({ test: held }) => written(held)).sort()).toEqual(all);
      for (const { train, test: held } of cuts) {
        expect([...written(pairsFromCsr(train.byUser)), ...written(held)].sort()).toEqual(all);
        expect(nnz(train.byItem)).toBe(nnz(train.byUser));
        expect(Array.from(train.lastTime?.() ?? [])).toEqual(Array.from(train.byUser.values, (value) => value * 1000));
        expect([Math.floor(55 / folds), Math.ceil(55 / folds)]).toContain(held.users.length);
      }
    }
  });

  test('seeded: the same again, and others for another seed', () => {
    const held = (seed: number) => cutsOf({ folds: 5, seed }).map((cut) => written(cut.test));
    expect(held(1)).toEqual(held(1));
    expect(held(1)).not.toEqual(held(2));
  });

  test('fewer pairs than folds, and what is no number of folds', () => {
    expect(() => kFold(ladder(2), { folds: 4, kind, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'tooFewToFold', params: { count: 3, needed: 4 } }),
    );
    expect(() => kFold(ratings, { folds: 1, kind, seed: 1 })).toThrow(RangeError);
    expect(() => kFold(ratings, { folds: 2.5, kind, seed: 1 })).toThrow(RangeError);
    expect(() => kFold(ratings, { folds: 5, kind, seed: 1 }).cut(5)).toThrow(RangeError);
  });
});

test('per customer, the pairs of each are dealt out evenly; a single one is tested once, by models that know nothing of it', () => {
  const ratings = ladder(10);
  const folds = kFold(ratings, { folds: 4, kind: 'per-customer', seed: 9 });
  const cuts = [0, 1, 2, 3].map((fold) => folds.cut(fold));
  for (let user = 0; user < 10; user++) {
    const held = cuts.map((cut) => cut.test.users.filter((one) => one === user).length);
    expect(held.reduce((sum, count) => sum + count, 0)).toBe(user + 1);
    expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
  }
  const tested = cuts.filter((cut) => cut.test.users.includes(0));
  expect(tested).toHaveLength(1);
  expect(tested[0].train.byUser.pointers[1]).toBe(0);
});
