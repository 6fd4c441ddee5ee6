import { expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { tableOf } from '../models/about.testing.ts';
import { datedChoices } from '../models/dated.testing.ts';
import { ease } from '../models/ease.ts';
import { hybrid } from '../models/hybrid.ts';
import type { ChoiceModel } from '../models/recommender.ts';
import { trending } from '../models/trending.ts';
import { TrendingModel } from '../models/trending-model.ts';
import { runComparison } from './comparison.ts';
import { type HeadPlan, planHead } from './head-plan.ts';
import { runTrial } from './protocol.ts';

const USERS = 80;
const ITEMS = 40;
const device = createReferenceDevice();
const isFrench = (user: number) => user % 2 === 1;
const random = createRandom(9);
/** The French choose what is odd and the others what is even, at any time. */
const choices = Array.from({ length: USERS }, (_, user) =>
  Array.from({ length: ITEMS }, (_, item) => ({ user, item, day: random.integer(100) })).filter(
    ({ item }) => random.next() < ((item % 2 === 1) === isFrench(user) ? 0.5 : 0.03),
  ),
).flat();
const customers = tableOf(
  Array.from({ length: USERS }, (_, user) => ({
    attributes: { name: `n${user}`, country: isFrench(user) ? 'France' : 'UK' },
  })),
);
const products = tableOf(Array.from({ length: ITEMS }, () => ({})));
const data = { ...datedChoices(choices, USERS, ITEMS), about: { customers, products } };
const trial = (choice: HeadPlan<ChoiceModel>) =>
  runTrial({ data, split: 'random', holdout: 0.2, seed: 2, taste: null, choice, device });

test('what validation settled is told, an attribute by its name', async () => {
  const { decided, choice } = await trial(planHead(trending, 'balanced', { shrink: 5 }, 2));
  if (!(choice instanceof TrendingModel)) throw new TypeError('no trending model');
  expect(choice.attribute).toBe(1);
  expect(decided).toEqual({ 'choice.halfLife': choice.halfLife, 'choice.attribute': 'country' });
});

test('what somebody set stands as it was set', async () => {
  const settings = { 'choice.halfLife': 7, 'choice.attribute': -1 };
  const { decided, choice } = await trial(planHead(trending, 'balanced', settings, 2));
  expect(decided).toEqual(settings);
  expect(choice).toMatchObject({ halfLife: 7, attribute: -1 });
});

test('of a blend it is its weights, of a model that leaves nothing open it is nothing', async () => {
  const { decided } = await trial(planHead(hybrid, 'quick', { factors: 4, epochs: 3 }, 2));
  expect(decided['choice.share']).toBeGreaterThanOrEqual(0);
  expect(decided['choice.share']).toBeLessThanOrEqual(1);
  expect((await trial(planHead(ease, 'quick', {}, 2))).decided).toEqual({});
});

test('a comparison tells it of each of its rows', async () => {
  const { entrants } = await runComparison({
    data,
    split: 'random',
    holdout: 0.2,
    seed: 2,
    entrants: [
      { id: 'late', taste: null, choice: planHead(trending, 'balanced', { shrink: 5, halfLife: 0 }, 2) },
      { id: 'ease', taste: null, choice: planHead(ease, 'quick', {}, 2) },
    ],
    device,
    rounds: 20,
  });
  expect(entrants.map(({ decided }) => decided)).toEqual([{ 'choice.halfLife': 0, 'choice.attribute': 'country' }, {}]);
});
