import { expect, test, vi } from 'vitest';
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
  expect(asked[0]).toBe(1024);
  expect(asked.reduce((sum, pairs) => sum + pairs)).toBe(count);
  // The more at once, the faster: but for one that takes its time.
  expect(Math.max(...asked)).toBeGreaterThan(2048);
  expect(told).toHaveLength(asked.length);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
  const stopped = predictPairs(model, { users, items }, undefined, AbortSignal.abort());
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });

  const clock = vi.spyOn(performance, 'now');
  let now = 0;
  clock.mockImplementation(() => now);
  const sizes: number[] = [];
  const slow = {
    async predict(who: Uint32Array) {
      sizes.push(who.length);
      now += 40;
      return new Float32Array(who.length);
    },
  };
  try {
    await predictPairs(slow, { users: users.subarray(0, 3000), items: items.subarray(0, 3000) });
  } finally {
    clock.mockRestore();
  }
  expect(sizes).toEqual([1024, 1024, 952]);
});
