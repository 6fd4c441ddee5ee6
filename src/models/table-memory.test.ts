import { expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createSquare } from './square-matrix.ts';
import { easeMegabytes, MOST_SQUARE_MEGABYTES, squareMegabytes, tableMemory } from './table-memory.ts';

const DATA = { customers: 6040, products: 3706, feedback: 'explicit' } as const;

test('a square of floats and the four of EASE, in megabytes', () => {
  // 4 · 3706² = 54,937,744 bytes = 52.4 MB; four of them 209.6 MB
  expect(squareMegabytes(3706)).toBe(53);
  expect(easeMegabytes(3706)).toBe(210);
});

test('each model says whose rows its table has, and what it takes', () => {
  expect(tableMemory('slopeOne', DATA)).toMatchObject({ head: 'taste', of: 'products', rows: 3706, megabytes: 53 });
  expect(tableMemory('itemNeighbours', DATA)).toMatchObject({ of: 'products', megabytes: 53, tooLarge: false });
  // 4 · 6040² = 145,926,400 bytes = 139.2 MB
  expect(tableMemory('userNeighbours', DATA)).toMatchObject({ of: 'customers', rows: 6040, megabytes: 140 });
  expect(tableMemory('ease', DATA)).toMatchObject({ head: 'choice', rows: 3706, leftOut: 0, megabytes: 210 });
  // Of many products it takes those chosen most: 16 · 5000² = 400,000,000 bytes = 381.5 MB
  expect(tableMemory('ease', { ...DATA, products: 9724 })).toMatchObject({
    rows: 5000,
    leftOut: 4724,
    megabytes: 382,
    tooLarge: false,
  });
  expect(tableMemory('hybrid', DATA)).toEqual(tableMemory('ease', DATA));
  for (const model of ['mf', 'vae', 'svd', 'popularity'] as const) expect(tableMemory(model, DATA)).toBeNull();
  // Without stars there is nothing to guess, and no table for it.
  for (const model of ['slopeOne', 'itemNeighbours', 'userNeighbours'] as const) {
    expect(tableMemory(model, { ...DATA, feedback: 'implicit' })).toBeNull();
  }
  expect(tableMemory('ease', { ...DATA, feedback: 'implicit' })).not.toBeNull();
});

test('what is said to be too large is what a fit refuses, with the same number', () => {
  expect(tableMemory('slopeOne', { ...DATA, products: 11_585 })).toMatchObject({ tooLarge: false });
  const table = tableMemory('slopeOne', { ...DATA, products: 11_586 });
  expect(table).toMatchObject({ tooLarge: true });
  try {
    createSquare('slopeOne', 11_586);
    expect.unreachable();
  } catch (thrown) {
    const params = { model: 'slopeOne', neededMb: table?.megabytes, mostMb: MOST_SQUARE_MEGABYTES };
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({ code: 'modelTooLarge', params });
  }
});
