import { describe, expect, it } from 'vitest';
import { haltonPoints } from '../base/halton.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { hasSearchSpace, type SearchedSetting, searchedNames, shareAt, valueAt } from '../evaluate/search-spaces.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import { HEADS_OF, type Head, MODEL_NAMES, type ModelName } from '../models/recommender.ts';
import { tunableFor } from './heads.ts';

const device = createReferenceDevice();
const ratings = plantedRatings({ users: 30, items: 20, perUser: 8, noise: 0.3, seed: 2 });
const many = { ...ratings, byUser: { ...ratings.byUser, indices: { length: 900_000 } as Uint32Array } };
const searched = MODEL_NAMES.flatMap((model) =>
  HEADS_OF[model].filter((head) => hasSearchSpace(model, head)).map((head) => [model, head] as const),
);

function tunableOf(model: ModelName, head: Head) {
  const it = tunableFor({ model, head, preset: 'balanced', seed: 1 }, ratings, device);
  if (!it) throw new TypeError(`${model} ${head}`);
  return it;
}

describe('what is searched', () => {
  it('is of models that are searched by a head of their own', () => {
    expect(searched.map(([model, head]) => `${model} ${head}`)).toEqual(
      expect.arrayContaining(['mf taste', 'mf choice', 'neumf choice', 'ease choice', 'itemNeighbours choice']),
    );
    const of = { preset: 'balanced', seed: 1 } as const;
    expect(tunableFor({ ...of, model: 'popularity', head: 'choice' }, ratings, device)).toBeNull();
    // the stars beside EASE are a factorization's, which has a search of its own
    expect(tunableFor({ ...of, model: 'ease', head: 'taste' }, ratings, device)).toBeNull();
    const purchases = { feedback: 'implicit' } as const;
    expect(tunableFor({ ...of, model: 'mf', head: 'taste' }, purchases, device)).toBeNull();
  });

  it.each(searched)('%s %s: every setting is one the recommender has, its preset within its range', (model, head) => {
    const it = tunableOf(model, head);
    expect(it).toMatchObject({ name: model, head });
    const { settings, epochs } = it.space(ratings);
    expect(settings.length).toBeGreaterThan(0);
    expect(epochs).toBeGreaterThanOrEqual(1);
    const point = haltonPoints(settings.length, 7);
    for (const [s, setting] of settings.entries()) {
      expect(setting.low).toBeLessThan(setting.high);
      if (setting.scale === 'log') expect(setting.low).toBeGreaterThan(0);
      expect(setting.value).toBeGreaterThanOrEqual(setting.low);
      expect(setting.value).toBeLessThanOrEqual(setting.high);
      for (let at = 0; at < 50; at++) {
        const value = valueAt(setting, point(at)[s]);
        expect(value >= setting.low && value <= setting.high).toBe(true);
        if (setting.step > 0) expect(value % setting.step).toBe(0);
      }
    }
  });

  it('of the factorization of stars is its solver’s alone; together they are all that is named for it', () => {
    const names = (given: typeof ratings) =>
      tunableOf('mf', 'taste')
        .space(given)
        .settings.map(({ name }) => name);
    expect(names(ratings)).toEqual(['factors', 'factorBase', 'factorPerRating', 'biasBase']);
    expect(names(many)).toEqual(['factors', 'step', 'stepDecay', 'factorPerStep', 'biasPerStep']);
    // nothing is named that no recommender has
    const known = new Set(searched.flatMap(([model, head]) => tunableOf(model, head).space(ratings).settings));
    const all = new Set([...known].map(({ name }) => name).concat(names(many)));
    expect([...all].sort()).toEqual([...searchedNames()].sort());
  });

  it('reaches the recommender: a candidate’s values are what it is fitted with', async () => {
    const it = tunableOf('mf', 'choice');
    const { model } = await it.plan({ factors: 6, epochs: 2 }).choose(ratings, { device });
    expect((model as unknown as { itemVectors: { factors: number } }).itemVectors.factors).toBe(6);
  });
});

describe('a setting', () => {
  const setting = (changes: Partial<SearchedSetting>): SearchedSetting => ({
    name: 'x',
    low: 1,
    high: 100,
    scale: 'log',
    step: 0,
    value: 10,
    ...changes,
  });

  it('has as much room between 1 and 10 as between 10 and 100 on a logarithmic scale', () => {
    expect(valueAt(setting({}), 0.5)).toBe(10);
    expect(valueAt(setting({ scale: 'linear' }), 0.5)).toBe(50.5);
    expect(shareAt(setting({}), 10)).toBeCloseTo(0.5, 12);
    expect(shareAt(setting({ scale: 'linear' }), 50.5)).toBeCloseTo(0.5, 12);
    expect(shareAt(setting({ high: 1 }), 1)).toBe(0.5);
  });

  it('is written with three digits, or a multiple of its step, and never leaves its range', () => {
    // 100^0.3 = 3.98107…
    expect(valueAt(setting({}), 0.3)).toBe(3.98);
    expect(valueAt(setting({ step: 4 }), 0.3)).toBe(4);
    expect(valueAt(setting({ low: 1.23456, high: 2 }), 0)).toBe(1.23456);
    expect(valueAt(setting({ low: 3, high: 99, step: 2 }), 0.9999)).toBe(98);
  });
});
