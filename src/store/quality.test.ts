import { beforeEach, expect, it, vi } from 'vitest';
import type { EntrantState } from '../evaluate/comparison-result.ts';
import type { CompareRequest, Comparison } from '../worker/api/comparing.ts';

const fake = vi.hoisted(() => ({
  answers: [] as unknown[],
  asked: [] as string[],
}));
vi.mock('./engine.ts', () => ({
  engine: () => ({
    compare: async () => fake.answers.shift(),
    removeComparison: async (madeAt: number) => void fake.asked.push(`remove ${madeAt}`),
    save: async () => void fake.asked.push('save'),
    keepLine: async () => undefined,
  }),
}));
// there is no page here: it is looked at all the time
vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined });

const { compare, removeComparison, restoreComparisons, showComparison, useQuality } = await import('./quality.ts');
const { keepProject } = await import('./saving.ts');

const REQUEST = { entrants: [{ id: 'mf' }] } as unknown as CompareRequest;
const made = (madeAt: number, state: EntrantState = 'done') =>
  ({ madeAt, request: REQUEST, result: { entrants: [{ id: 'mf', state }] } }) as unknown as Comparison;

const shown = () => useQuality.getState().comparison?.madeAt ?? null;
const kept = () => useQuality.getState().comparisons.map(({ madeAt }) => madeAt);

beforeEach(() => {
  restoreComparisons([]);
  fake.answers.length = fake.asked.length = 0;
});

it('a comparison that ends is looked at, and those before it stay; one that did nothing changes nothing', async () => {
  for (const at of [1, 2]) {
    fake.answers.push(made(at));
    await compare(REQUEST);
  }
  expect([shown(), kept()]).toEqual([2, [2, 1]]);
  showComparison(1);
  fake.answers.push(made(3, 'waiting'));
  await compare(REQUEST);
  expect([shown(), kept()]).toEqual([1, [2, 1]]);
  fake.answers.push(made(4));
  await compare(REQUEST);
  expect([shown(), kept()]).toEqual([4, [4, 2, 1]]);
});

it('the newest is looked at when a project comes back, and any other that is chosen', () => {
  restoreComparisons([made(9), made(8)]);
  expect(shown()).toBe(9);
  showComparison(8);
  expect(shown()).toBe(8);
  showComparison(5);
  expect(shown()).toBe(8);
});

it('one that is removed is gone from the engine and from what is saved, and another is looked at in its place', async () => {
  restoreComparisons([made(9), made(8), made(7)]);
  showComparison(8);
  await removeComparison(7);
  expect([shown(), kept()]).toEqual([8, [9, 8]]);
  await removeComparison(8);
  await keepProject();
  expect([shown(), kept()]).toEqual([9, [9]]);
  expect(fake.asked.filter((one) => one !== 'save')).toEqual(['remove 7', 'remove 8']);
  expect(fake.asked.at(-1)).toBe('save');
  await removeComparison(9);
  expect(shown()).toBeNull();
});
