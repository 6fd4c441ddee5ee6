import { beforeEach, expect, it, vi } from 'vitest';
import { AppError } from '../base/error.ts';
import { NO_PRIVACY, type PrivacySettings } from '../data/protect.ts';
import type { PrivacyPriceAnswer } from '../worker/api/quality.ts';
import type { TrainRequest } from '../worker/api/training.ts';

type Hear = (progress: { done: number; total: number }) => void;
const fake = vi.hoisted(() => ({
  runs: [] as (string | null)[],
  answer: null as ((answer: PrivacyPriceAnswer) => void) | null,
  refuse: null as ((error: Error) => void) | null,
  hears: null as Hear | null,
  kept: [] as PrivacySettings[],
  trained: [] as TrainRequest[],
}));
vi.mock('./engine.ts', () => ({
  engine: () => ({
    priceOfPrivacy: (run: string | null, hears: Hear, signal: AbortSignal) => {
      fake.runs.push(run);
      fake.hears = hears;
      return new Promise<PrivacyPriceAnswer>((resolve, reject) => {
        fake.answer = resolve;
        fake.refuse = reject;
        signal.addEventListener('abort', () => reject(new AppError('cancelled')));
      });
    },
    keepPrivacy: async (settings: PrivacySettings) => void fake.kept.push(settings),
    keepLine: async () => undefined,
    train: async (_: string, request: TrainRequest) => {
      fake.trained.push(request);
      throw new AppError('cancelled');
    },
  }),
}));
// there is no page here: it is looked at all the time
vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined });

const { forgetPrivacyPrice, measurePrivacyPrice, stopPrivacyPrice, usePrivacyPrice } = await import(
  './privacy-price.ts'
);
const { forgetPrivacySettings, restorePrivacySettings, setPrivacySettings, usePrivacySettings } = await import(
  './privacy-settings.ts'
);
const { stopEverything, train } = await import('./training.ts');

const ANSWER = { model: 'ease' } as PrivacyPriceAnswer;
const begun = (count: number) => vi.waitFor(() => expect(fake.runs).toHaveLength(count));

beforeEach(() => {
  forgetPrivacyPrice();
  forgetPrivacySettings();
  fake.runs.length = 0;
  fake.kept.length = 0;
  fake.trained.length = 0;
});

it('is measured once however often it is asked for, tells how far it is, and keeps the answer', async () => {
  const first = measurePrivacyPrice('r');
  await measurePrivacyPrice('r');
  await begun(1);
  fake.hears?.({ done: 1, total: 4 });
  expect(usePrivacyPrice.getState().measuring).toEqual({ share: 0.25 });
  fake.answer?.(ANSWER);
  await first;
  fake.hears?.({ done: 2, total: 4 });
  expect(fake.runs).toEqual(['r']);
  expect(usePrivacyPrice.getState()).toEqual({ measuring: null, answer: ANSWER, error: null });
  // Measuring again begins anew and leaves the answer on screen; a stop leaves it too.
  const again = measurePrivacyPrice('r');
  await begun(2);
  stopPrivacyPrice();
  await again;
  expect(usePrivacyPrice.getState()).toEqual({ measuring: null, answer: ANSWER, error: null });
});

it('one that waits does not begin after a stop, and goes with its data', async () => {
  const measured = measurePrivacyPrice(null);
  const second = stopEverything();
  stopPrivacyPrice();
  await Promise.all([measured, second]);
  forgetPrivacyPrice();
  expect(usePrivacyPrice.getState()).toEqual({ measuring: null, answer: null, error: null });
});

it('says what went wrong', async () => {
  const measured = measurePrivacyPrice(null);
  await begun(1);
  fake.refuse?.(new AppError('nothingToTest'));
  await measured;
  expect(usePrivacyPrice.getState()).toMatchObject({ measuring: null, error: { code: 'nothingToTest' } });
});

it('settings are kept when they change, not when they come back, and go with every training from then on', async () => {
  const settings = { fewest: 5, most: 50 };
  await train('ease', 'quick');
  setPrivacySettings(settings);
  await train('ease', 'quick');
  expect(fake.trained.map(({ privacy }) => privacy)).toEqual([undefined, settings]);
  expect('privacy' in fake.trained[0]).toBe(false);
  expect(fake.kept).toEqual([settings]);
  restorePrivacySettings({ fewest: 3, most: null });
  expect(fake.kept).toHaveLength(1);
  // Where everything is deleted there is nothing left to keep them beside.
  forgetPrivacySettings();
  expect(usePrivacySettings.getState().settings).toEqual(NO_PRIVACY);
  expect(fake.kept).toHaveLength(1);
});
