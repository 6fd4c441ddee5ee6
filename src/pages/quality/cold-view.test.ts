import { expect, it } from 'vitest';
import type { ColdProductsRow } from '../../evaluate/cold-start.ts';
import { coldVerdict } from './cold-view.ts';

const row = (id: string, mean: number, half: number): ColdProductsRow => {
  const recall = { mean, low: mean - half, high: mean + half };
  return { id, error: null, everything: null, among: { recall, ndcg: recall }, warm: null };
};

it('holds the best against chance', () => {
  const entrants = [row('random', 0.02, 0.01), row('content', 0.2, 0.02), row('hybrid', 0.25, 0.02)];
  expect(coldVerdict({ entrants })).toEqual({ found: 0.25, chance: 0.02, clear: true });
  expect(coldVerdict({ entrants: [row('random', 0.2, 0.05), row('hybrid', 0.25, 0.02)] })).toMatchObject({
    clear: false,
  });
});

it('gives descriptions no credit for what others find', () => {
  const entrants = [row('random', 0.02, 0.01), row('hybridWithout', 0.3, 0.02), row('content', 0.03, 0.02)];
  expect(coldVerdict({ entrants })).toEqual({ found: 0.03, chance: 0.02, clear: false });
});

it('says nothing where nobody could be measured', () => {
  const failed: ColdProductsRow = {
    ...row('content', 0, 0),
    among: null,
    error: { code: 'noDescriptions', params: {} },
  };
  expect(coldVerdict({ entrants: [failed, row('random', 0.1, 0.1)] })).toBeNull();
  expect(coldVerdict({ entrants: [] })).toBeNull();
});
