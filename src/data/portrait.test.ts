import { expect, it } from 'vitest';
import { importLog } from './plan.testing.ts';
import type { Role } from './plan.ts';
import { portraitOf } from './portrait.ts';
import { toRatings } from './ratings.ts';

async function portrait(roles: readonly Role[], lines: readonly string[], feedback: 'explicit' | 'implicit') {
  const { interactions } = await importLog(roles, lines, feedback);
  return portraitOf(interactions, toRatings(interactions, { feedback }));
}

it('draws ratings as they are', async () => {
  const roles: Role[] = ['customer', 'product', 'rating', 'time', 'category'];
  const lines = [
    ...Array.from({ length: 9 }, (_, p) => `ann,p${p},${p < 3 ? 5 : 4},2020-01-15,War`),
    'bob,p0,1,2020-03-01,War',
    'eve,p0,2,2020-12-31,War',
    'eve,p9,4,,Love',
  ];
  const result = await portrait(roles, lines, 'explicit');
  expect(result).toMatchObject({
    customers: 3,
    products: 10,
    pairs: 12,
    interactions: 12,
    newCustomers: 2,
    medianPerCustomer: 2,
  });
  expect(result.density).toBeCloseTo(12 / 30);
  expect(result.ratingHistogram).toEqual({ edges: [1, 2, 3, 4, 5], counts: [1, 1, 0, 7, 3] });
  expect(result.meanRating).toBeCloseTo((1 + 2 + 28 + 15) / 12);
  expect(result.topTenthShare).toBeCloseTo(3 / 12);
  expect(result.longTail.x.slice(0, 3)).toEqual([0, 0.1, 0.2]);
  expect(result.longTail.y[1]).toBeCloseTo(3 / 12);
  expect([result.longTail.x.at(-1), result.longTail.y.at(-1)]).toEqual([1, 1]);
  expect(result.overTime?.unit).toBe('month');
  expect(result.overTime?.counts).toEqual([9, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(result.overTime?.starts[2]).toBe(Date.UTC(2020, 2, 1));
  expect(result.categories).toEqual(['War', 'Love']);
  expect(result.hasTitles).toBe(false);
});

it('counts units of purchases and days of a short log', async () => {
  const roles: Role[] = ['customer', 'product', 'quantity', 'time'];
  const lines = [
    'ann,a,1,2020-01-01',
    'ann,b,2,2020-01-01',
    'bob,a,3,2020-01-03',
    'bob,b,4,2020-01-03',
    'bob,c,5,2020-01-03',
    'eve,a,8,2020-01-04',
    'eve,b,9,2020-01-04',
  ];
  const result = await portrait(roles, lines, 'implicit');
  expect(result.ratingHistogram).toEqual({ edges: [1, 2, 3, 5, 9], counts: [1, 1, 2, 2, 1] });
  expect(result.overTime).toEqual({
    unit: 'day',
    starts: [1, 2, 3, 4].map((day) => Date.UTC(2020, 0, day)),
    counts: [2, 0, 3, 2],
  });
  expect(result.meanRating).toBeNull();
});

it('shows a long tail in at most 200 points', async () => {
  const lines = Array.from({ length: 3000 }, (_, i) => `c${i % 50},p${i % 1234}`);
  const { longTail } = await portrait(['customer', 'product'], lines, 'implicit');
  expect(longTail.x.length).toBe(200);
  expect([longTail.x.at(-1), longTail.y.at(-1)]).toEqual([1, 1]);
  expect(longTail.x.every((x, at) => at === 0 || x > longTail.x[at - 1])).toBe(true);
  expect(longTail.y.every((y, at) => at === 0 || y >= longTail.y[at - 1])).toBe(true);
});
