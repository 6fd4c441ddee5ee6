import { expect, it, vi } from 'vitest';
import type { PrivacySettings } from '../../data/protect.ts';
import type { Head, ModelName } from '../../models/recommender.ts';
import type { RunSummary } from '../../worker/api/training.ts';

// there is no page here: it is looked at all the time
vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined });
const { spaceMissing } = await import('./model-space.ts');

const CAREFUL = { fewest: 5, most: null };
const run = (model: ModelName, privacy?: PrivacySettings, heads: readonly Head[] = ['taste', 'choice']) =>
  ({ id: `${model} ${privacy ? 'careful' : 'open'}`, heads, request: { model, privacy } }) as unknown as RunSummary;

it('there is none without a run, and the one of the run that answers where it is a factorization', () => {
  expect(spaceMissing([], null)).toBe('factorization');
  expect(spaceMissing([run('mf')], null)).toBeNull();
  // Its lists are a factorization's.
  expect(spaceMissing([run('means')], null)).toBeNull();
  expect(spaceMissing([run('ease')], null)).toBe('factorization');
});

it('a factorization stands in where it learned from the same', () => {
  const runs = [run('mf'), run('ease', CAREFUL)];
  expect(spaceMissing(runs, 'ease careful')).toBe('privacy');
  expect(spaceMissing([...runs, run('mf', CAREFUL)], 'ease careful')).toBeNull();
  expect(spaceMissing([...runs, run('mf', { fewest: 3, most: null })], 'ease careful')).toBe('privacy');
  // One that was stopped before it had lists has no space either.
  expect(spaceMissing([...runs, run('mf', CAREFUL, ['taste'])], 'ease careful')).toBe('privacy');
  expect(spaceMissing([run('ease', CAREFUL), run('mf', CAREFUL, ['taste'])], 'ease careful')).toBe('factorization');
  expect(spaceMissing([run('ease'), run('mf')], 'ease open')).toBeNull();
});
