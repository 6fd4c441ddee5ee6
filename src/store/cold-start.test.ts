import { beforeEach, expect, it, vi } from 'vitest';
import { AppError } from '../base/error.ts';
import type { ColdStart, ColdStartRequest } from '../worker/api/quality.ts';

type Hear = (progress: { done: number; total: number }) => void;
const fake = vi.hoisted(() => ({
  begun: 0,
  answers: null as ((answer: ColdStart) => void) | null,
  hears: null as Hear | null,
}));
vi.mock('./engine.ts', () => ({
  engine: () => ({
    measureColdStart: (_: ColdStartRequest, hears: Hear, signal: AbortSignal) => {
      fake.begun++;
      fake.hears = hears;
      return new Promise<ColdStart>((resolve, reject) => {
        fake.answers = resolve;
        signal.addEventListener('abort', () => reject(new AppError('cancelled')));
      });
    },
    keepLine: async () => undefined,
  }),
}));
// there is no page here: it is looked at all the time
vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined });

const { coldKey, forgetColdStart, measureColdStart, stopColdStarts, useColdStart } = await import('./cold-start.ts');
const { stopEverything } = await import('./training.ts');

const KEY = coldKey('ratings.csv', null);
const ANSWER = { what: 'products' } as ColdStart;
const begun = (count: number) => vi.waitFor(() => expect(fake.begun).toBe(count));

beforeEach(() => {
  forgetColdStart();
  fake.begun = 0;
});

it('new data does not wait for a measurement, and nothing comes of it afterwards', async () => {
  const measured = measureColdStart(KEY, { what: 'products', run: null });
  await begun(1);
  stopColdStarts();
  await stopEverything();
  await measured;
  expect(useColdStart.getState().products).toMatchObject({ measuring: null, answer: null, error: null });
});

it('one that waits does not begin after that', async () => {
  const first = measureColdStart(KEY, { what: 'customers', run: null });
  const second = measureColdStart(KEY, { what: 'products', run: null });
  await begun(1);
  stopColdStarts();
  await stopEverything();
  await Promise.all([first, second]);
  expect(fake.begun).toBe(1);
});

it('what was measured goes with its data, whatever the next is called', async () => {
  const measured = measureColdStart(KEY, { what: 'products', run: null });
  await begun(1);
  fake.answers?.(ANSWER);
  await measured;
  expect(useColdStart.getState().products?.answer).toBe(ANSWER);
  forgetColdStart();
  expect(useColdStart.getState()).toEqual({});
});

it('progress that arrives after the answer does not take it away', async () => {
  const measured = measureColdStart(KEY, { what: 'products', run: null });
  await begun(1);
  fake.hears?.({ done: 1, total: 2 });
  expect(useColdStart.getState().products?.measuring).toEqual({ share: 0.5 });
  fake.answers?.(ANSWER);
  await measured;
  fake.hears?.({ done: 2, total: 2 });
  expect(useColdStart.getState().products).toMatchObject({ measuring: null, answer: ANSWER });
});
