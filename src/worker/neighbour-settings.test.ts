import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { Settings } from '../evaluate/head-plan.ts';
import { tableOf } from '../models/about.testing.ts';
import { chosenTable, historyOf, randomChoices } from '../models/choices.testing.ts';
import { userNeighboursTaste } from '../models/neighbours-taste.ts';
import { HEADS_OF, type ModelName } from '../models/recommender.ts';
import type { TrainRequest } from './api/training.ts';
import { headsFor, settingFields } from './heads.ts';

const device = createReferenceDevice();
const ratings = randomChoices(40, 14, 5);
const purchases = { ...ratings, feedback: 'implicit', scale: null } as const;
const table = chosenTable(ratings);

const request = (model: ModelName, settings: Settings): TrainRequest => ({
  model,
  preset: 'balanced',
  settings,
  seed: 1,
});
const fieldsOf = (model: ModelName, data: typeof ratings = ratings) => settingFields(model, 'balanced', data, device);
const ownNames = (model: ModelName, data: typeof ratings = ratings) =>
  fieldsOf(model, data)
    .filter(({ head }) => HEADS_OF[model].includes(head))
    .map(({ key }) => key);

/** What both products have, what either has, and the product of their sizes, counted in plain loops. */
function together(a: number, b: number) {
  const both = table.filter((row) => row[a] === 1 && row[b] === 1).length;
  const sizes = [a, b].map((item) => table.filter((row) => row[item] === 1).length);
  return { both, either: sizes[0] + sizes[1] - both, sizes: sizes[0] * sizes[1] };
}

describe('settings of neighbours', () => {
  const likeness = {
    jaccard: ({ both, either }: ReturnType<typeof together>) => both / either,
    cosine: ({ both, sizes }: ReturnType<typeof together>) => both / Math.sqrt(sizes),
  };

  it.each([
    ['jaccard', 3],
    ['jaccard', 6],
    ['cosine', 6],
  ] as const)('reach the lists: %s with at least %d in common', async (measure, minimumOverlap) => {
    const settings = {
      'choice.measure': measure,
      'choice.minimumOverlap': minimumOverlap,
      'choice.k': 100,
      'choice.shrink': 0,
    };
    const { choice } = headsFor(request('itemNeighbours', settings), ratings, device, ['choice']);
    const { model } = (await choice?.choose(ratings, { device })) ?? {};
    for (const user of [3, 11, 27]) {
      const { items } = historyOf(table, user);
      const { indices, scores } = (await model?.topItems(user, 5, items)) ?? {};
      expect(indices?.length).toBeGreaterThan(2);
      for (const [at, item] of (indices ?? []).entries()) {
        let expected = 0;
        for (const chosen of items) {
          const counts = together(item, chosen);
          if (counts.both >= minimumOverlap) expected += likeness[measure](counts);
        }
        expect(scores?.[at]).toBeCloseTo(expected, 5);
      }
    }
  });

  it('reach the stars', async () => {
    const settings = { 'taste.similarity': 'jaccard', 'taste.minimumOverlap': 4, 'taste.neighbours': 3 };
    const { taste } = headsFor(request('userNeighbours', settings), ratings, device, ['taste']);
    const { model } = (await taste?.choose(ratings, { device })) ?? {};
    const defaults = userNeighboursTaste.defaults('balanced', ratings);
    const [users, items] = [Uint32Array.of(1, 5, 9, 30), Uint32Array.of(2, 0, 7, 3)];
    const asked = await userNeighboursTaste.fit(
      ratings,
      { ...defaults, similarity: 'jaccard', minimumOverlap: 4, neighbours: 3 },
      { device },
    );
    const usual = await userNeighboursTaste.fit(ratings, defaults, { device });
    expect(await model?.predict(users, items)).toEqual(await asked.model.predict(users, items));
    expect(await model?.predict(users, items)).not.toEqual(await usual.model.predict(users, items));
  });

  it.each<[ModelName, Settings]>([
    ['itemNeighbours', { 'choice.measure': 'oracle' }],
    ['itemNeighbours', { 'choice.measure': 3 }],
    ['itemNeighbours', { 'choice.measure': 'toString' }],
    // of stars alone
    ['itemNeighbours', { 'choice.measure': 'pearson' }],
    ['userNeighbours', { 'choice.k': 'jaccard' }],
    ['userNeighbours', { 'choice.shrink': Number.NaN }],
  ])('that are none are refused: %s %j', (model, settings) => {
    const { choice } = headsFor(request(model, settings), ratings, device, ['choice']);
    expect(() => choice?.choose(ratings, { device })).toThrow(RangeError);
  });

  it('are offered with what there is to choose from, those of stars where there are stars', () => {
    const fields = new Map(fieldsOf('itemNeighbours').map((field) => [field.key, field]));
    const offered = (key: string) => {
      const field = fields.get(key);
      return field?.kind === 'choice' ? field.options.map(({ value }) => value) : null;
    };
    expect(offered('choice.measure')).toEqual(['cosine', 'jaccard']);
    expect(offered('taste.similarity')).toEqual(
      expect.arrayContaining(['cosine', 'adjustedCosine', 'pearson', 'pearsonBaseline', 'jaccard']),
    );
    expect(fields.get('taste.shrinkage')?.onlyWith).toEqual({ key: 'taste.similarity', value: 'pearsonBaseline' });
    expect([...fields.keys()].sort()).toEqual(
      [
        ...['choice.k', 'choice.measure', 'choice.minimumOverlap', 'choice.shrink'],
        ...['taste.minimumOverlap', 'taste.neighbours', 'taste.shrinkage', 'taste.similarity'],
      ].sort(),
    );
    expect(fieldsOf('itemNeighbours', purchases).every(({ head }) => head === 'choice')).toBe(true);
  });
});

describe('settings of the other models of one step', () => {
  it('are what is worth setting, and no epochs', () => {
    expect(ownNames('ease')).toEqual(['choice.lambda']);
    expect(ownNames('svd')).toEqual(['choice.factors', 'choice.noiseLevel', 'choice.powerIterations']);
    expect(ownNames('content')).toEqual(['choice.k', 'choice.fame']);
    expect(ownNames('markov').sort()).toEqual(['choice.fade', 'choice.recent', 'choice.together', 'choice.window']);
    expect(ownNames('slopeOne')).toEqual(['taste.minimumOverlap']);
    expect(ownNames('means')).toEqual(['taste.itemShrinkage', 'taste.userShrinkage']);
    expect(ownNames('popularity')).toEqual([]);
    expect(ownNames('random')).toEqual([]);
    expect(ownNames('hybrid')).toEqual(['choice.share', 'choice.lambda', 'choice.factors', 'choice.epochs']);
  });

  it('lie within what may be entered, or are left to validation', () => {
    for (const model of Object.keys(HEADS_OF) as ModelName[]) {
      for (const field of fieldsOf(model)) {
        if (field.kind === 'choice') expect(field.options.map(({ value }) => value)).toContain(field.value);
        else if (field.value !== null) {
          expect(field.value, field.key).toBeGreaterThanOrEqual(field.min);
          expect(field.value, field.key).toBeLessThanOrEqual(field.max);
        }
      }
    }
    expect(fieldsOf('hybrid').find(({ name }) => name === 'share')).toMatchObject({ value: null, min: 0, max: 1 });
  });

  it('of the latest bestsellers name what tells customers apart in this data', () => {
    // A name for each tells nobody apart; half are of either country.
    const customers = tableOf(
      Array.from({ length: 40 }, (_, user) => ({
        attributes: { name: `n${user}`, country: user % 2 === 0 ? 'UK' : 'France' },
      })),
    );
    const products = tableOf(Array.from({ length: 14 }, () => ({})));
    expect(ownNames('trending', purchases)).toEqual(['choice.halfLife']);
    const fields = fieldsOf('trending', { ...purchases, about: { customers, products } });
    expect(fields.find(({ name }) => name === 'halfLife')).toMatchObject({ value: null });
    expect(fields.find(({ name }) => name === 'attribute')).toMatchObject({
      value: -2,
      options: [{ value: -2 }, { value: -1 }, { value: 1, label: 'country' }],
    });
  });
});
