import { expect, test } from 'vitest';
import { pairsFromCsr, transpose } from '../base/sparse.ts';
import { splitRatings } from '../data/split.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import { everyNth, everythingOf, withoutBelow } from './parts.ts';

const ratings = plantedRatings({ users: 20, items: 15, perUser: 6, noise: 0.5, seed: 2 });

test('split and put together again is what it was', () => {
  const split = splitRatings(ratings, { kind: 'random', holdout: 0.3, seed: 4 });
  expect(split.test.users).toHaveLength(36);
  const whole = everythingOf(split);
  expect(whole.byUser).toEqual(ratings.byUser);
  expect(whole.byItem).toEqual(ratings.byItem);
});

test('put together again, pairs of the training part keep their times; the others have none', () => {
  const timeOf = (user: number, item: number) => 1e12 + 1000 * user + item;
  const all = pairsFromCsr(ratings.byUser);
  const dated = { ...ratings, lastTime: () => Float64Array.from(all.users, (user, p) => timeOf(user, all.items[p])) };
  const split = splitRatings(dated, { kind: 'random', holdout: 0.3, seed: 4 });
  const held = new Set(Array.from(split.test.users, (user, p) => timeOf(user, split.test.items[p])));
  const times = everythingOf(split).lastTime?.();
  expect(times).toHaveLength(all.users.length);
  times?.forEach((time, p) => {
    const own = timeOf(all.users[p], all.items[p]);
    expect(time).toBe(held.has(own) ? Number.NaN : own);
  });
  expect(times?.filter((time) => Number.isNaN(time))).toHaveLength(36);
  expect(everythingOf(splitRatings(ratings, { kind: 'random', holdout: 0.3, seed: 4 })).lastTime).toBeNull();
});

test('a pair in both parts keeps its training value', () => {
  const [user, item] = [ratings.byUser.indices.length > 0 ? 0 : -1, ratings.byUser.indices[0]];
  const whole = everythingOf({
    train: ratings,
    test: { users: Uint32Array.of(user), items: Uint32Array.of(item), values: Float32Array.of(99) },
  });
  expect(whole.byUser).toEqual(ratings.byUser);
});

test('what is below goes, on both sides, times with it', () => {
  const dated = { ...ratings, lastTime: () => Float64Array.from(ratings.byUser.values, (value) => value * 1000) };
  const high = withoutBelow(dated, 3);
  const kept = pairsFromCsr(ratings.byUser).values.filter((value) => value >= 3);
  expect(high.byUser.values).toEqual(kept);
  expect(high.byItem).toEqual(transpose(high.byUser));
  expect(high.lastTime?.()).toEqual(Float64Array.from(kept, (value) => value * 1000));
});

test('every third pair: a third of them, each as it was', () => {
  const part = everyNth(ratings, 3);
  const all = pairsFromCsr(ratings.byUser);
  const kept = pairsFromCsr(part.byUser);
  const thirds = (values: ArrayLike<number>) => Array.from(values).filter((_, p) => p % 3 === 0);
  expect(Array.from(kept.users)).toEqual(thirds(all.users));
  expect(Array.from(kept.items)).toEqual(thirds(all.items));
  expect(Array.from(kept.values)).toEqual(thirds(all.values));
  expect(part.byItem).toEqual(transpose(part.byUser));
  expect([part.byUser.rows, part.byUser.columns]).toEqual([20, 15]);
});
