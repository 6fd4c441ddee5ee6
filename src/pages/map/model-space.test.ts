import { expect, it, vi } from 'vitest';
import type { PrivacySettings } from '../../data/protect.ts';
import type { Head, ModelName } from '../../models/recommender.ts';
import type { RunSummary } from '../../worker/api/training.ts';

// there is no page here: it is looked at all the time
vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined });
const { hasSpace } = await import('./model-space.ts');

const CAREFUL = { fewest: 5, most: null };
const run = (model: ModelName, privacy?: PrivacySettings, heads: readonly Head[] = ['taste', 'choice']) =>
  ({ id: `${model} ${privacy ? 'careful' : 'open'}`, heads, request: { model, privacy } }) as unknown as RunSummary;

it('there is none without a run, and the one of the run that answers where it is a factorization', () => {
  expect(hasSpace([], null)).toBe(false);
  expect(hasSpace([run('mf')], null)).toBe(true);
  // Its lists are a factorization's.
  expect(hasSpace([run('means')], null)).toBe(true);
  expect(hasSpace([run('ease')], null)).toBe(false);
});

it('a factorization stands in where it learned from the same', () => {
  const runs = [run('mf'), run('ease', CAREFUL)];
  expect(hasSpace(runs, 'ease careful')).toBe(false);
  expect(hasSpace([...runs, run('mf', CAREFUL)], 'ease careful')).toBe(true);
  expect(hasSpace([...runs, run('mf', { fewest: 3, most: null })], 'ease careful')).toBe(false);
  // One that was stopped before it had lists has no space either.
  expect(hasSpace([...runs, run('mf', CAREFUL, ['taste'])], 'ease careful')).toBe(false);
  expect(hasSpace([run('ease'), run('mf')], 'ease open')).toBe(true);
});
