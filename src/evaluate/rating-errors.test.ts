import { expect, test } from 'vitest';
import { errorsByCustomer, predictPairs } from './rating-errors.ts';

test('misses are summed by customer, whatever the order of the pairs', () => {
  const held = {
    users: Uint32Array.of(7, 2, 7, 9, 2),
    items: Uint32Array.of(0, 1, 2, 3, 4),
    values: Float32Array.of(4, 1, 2, 5, 3),
  };
  // misses −1, 2, 0.5, 0, −1
  const errors = errorsByCustomer([3, 3, 2.5, 5, 2], held);
  expect(Array.from(errors.users)).toEqual([2, 7, 9]);
  expect(Array.from(errors.squared)).toEqual([4 + 1, 1 + 0.25, 0]);
  expect(Array.from(errors.absolute)).toEqual([3, 1.5, 0]);
  expect(Array.from(errors.counts)).toEqual([2, 2, 1]);
});

test('predictions come in the order of the pairs, over several blocks, and a stop is heard between them', async () => {
  const count = 25_000;
  const users = Uint32Array.from({ length: count }, (_, p) => p % 1000);
  const items = Uint32Array.from({ length: count }, (_, p) => p % 7);
  const asked: number[] = [];
  const model = {
    async predict(who: Uint32Array, what: Uint32Array) {
      asked.push(who.length);
      return Float32Array.from(who, (user, p) => user + what[p] / 8);
    },
  };
  const told: number[] = [];
  const predicted = await predictPairs(model, { users, items }, (share) => void told.push(share));
  expect(predicted.every((value, p) => value === users[p] + items[p] / 8)).toBe(true);
  expect(asked).toEqual([10_000, 10_000, 5000]);
  expect(told).toEqual([0.4, 0.8, 1]);
  const stopped = predictPairs(model, { users, items }, undefined, AbortSignal.abort());
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
});
