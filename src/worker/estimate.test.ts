import { expect, it } from 'vitest';
import type { HeadPlan } from '../evaluate/head-plan.ts';
import { planHead } from '../evaluate/head-plan.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import type { ChoiceModel, FitContext, Recommender, TasteModel } from '../models/recommender.ts';
import { estimateSeconds } from './estimate.ts';

const ratings = plantedRatings({ users: 300, items: 100, perUser: 90, noise: 0.5, seed: 2 });
const device = {} as FitContext['device'];
const freed: string[] = [];

/** A recommender whose second epoch takes a millisecond a pair, and whose first one ten times that. */
function slow(
  head: 'taste' | 'choice',
  refitsBeforeTest: boolean,
): Recommender<{ epochs: number; seed: number }, TasteModel> {
  return {
    name: 'mf',
    head: 'taste',
    refitsBeforeTest,
    defaults: () => ({ epochs: 20, seed: 1 }),
    async fit(part, { epochs }, { onEpoch }) {
      const pairs = part.byUser.indices.length;
      expect(pairs).toBeLessThan(20_000);
      for (let epoch = 1; epoch <= epochs; epoch++) {
        const seconds = (pairs / 1000) * (epoch === 1 ? 10 : 1);
        onEpoch?.({ model: 'mf', head, epoch, epochs, trainLoss: 1, validation: null, seconds, ratingsPerSecond: 0 });
      }
      const model = { name: 'mf', head: 'taste', destroy: () => void freed.push(head) } as unknown as TasteModel;
      return { model, epochs, fitMs: 0, stoppedEarly: false };
    },
  };
}

it('takes a part of the data for a moment, and counts every epoch of every fit', async () => {
  const taste = planHead(slow('taste', false), 'quick', {}, 1);
  const choice = planHead(slow('choice', true), 'quick', { 'taste.epochs': 10 }, 1) as unknown as HeadPlan<ChoiceModel>;
  // 27,000 pairs at a millisecond each: 27 s an epoch.
  expect(await estimateSeconds({ taste, choice: null }, ratings, device)).toBeCloseTo(27 * 20 * 2, 6);
  expect(await estimateSeconds({ taste: null, choice }, ratings, device)).toBeCloseTo(27 * 10 * 3, 6);
  expect(await estimateSeconds({ taste, choice }, ratings, device)).toBeCloseTo(27 * (20 * 2 + 10 * 3), 6);
  expect(freed).toEqual(['taste', 'choice', 'taste', 'choice']);
});
