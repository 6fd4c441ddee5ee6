import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../../compute/reference/device.ts';
import { english } from '../../i18n/en.ts';
import { tableOf } from '../../models/about.testing.ts';
import { plantedRatings } from '../../models/planted.testing.ts';
import { MODEL_NAMES, PRESETS } from '../../models/recommender.ts';
import type { SettingField } from '../../worker/api/training.ts';
import { settingFields } from '../../worker/heads.ts';
import { isIdle, withSetting } from './setting-changes.ts';

const of = { head: 'taste', kind: 'number', min: 0, max: 100, step: 1 } as const;
const measure: SettingField = {
  key: 'taste.similarity',
  head: 'taste',
  name: 'similarity',
  kind: 'choice',
  value: 'pearsonBaseline',
  options: [{ value: 'pearsonBaseline' }, { value: 'jaccard' }],
};
const shrinkage: SettingField = {
  ...of,
  key: 'taste.shrinkage',
  name: 'shrinkage',
  value: 100,
  onlyWith: { key: 'taste.similarity', value: 'pearsonBaseline' },
};
const overlap: SettingField = { ...of, key: 'taste.minimumOverlap', name: 'minimumOverlap', value: 1 };
const decided: SettingField = { ...of, key: 'choice.halfLife', name: 'halfLife', value: null };
const fields = [measure, shrinkage, overlap, decided];

describe('changed settings', () => {
  it('are those that differ from the preset', () => {
    const changed = withSetting({}, fields, overlap, 3);
    expect(changed).toEqual({ 'taste.minimumOverlap': 3 });
    expect(withSetting(changed, fields, measure, 'jaccard')).toEqual({
      'taste.minimumOverlap': 3,
      'taste.similarity': 'jaccard',
    });
    expect(withSetting(changed, fields, overlap, 1)).toEqual({});
  });

  it('go back to what validation decides', () => {
    const changed = withSetting({}, fields, decided, 0);
    expect(changed).toEqual({ 'choice.halfLife': 0 });
    expect(withSetting(changed, fields, decided, null)).toEqual({});
  });

  it('lose what has no effect any more', () => {
    const changed = withSetting({}, fields, shrinkage, 20);
    expect(isIdle(shrinkage, fields, changed)).toBe(false);
    const other = withSetting(changed, fields, measure, 'jaccard');
    expect(isIdle(shrinkage, fields, other)).toBe(true);
    expect(other).toEqual({ 'taste.similarity': 'jaccard' });
    expect(isIdle(overlap, fields, other)).toBe(false);
  });
});

it('every setting that is offered has a name, every choice a name and a sentence', () => {
  const device = createReferenceDevice();
  const planted = plantedRatings({ users: 60, items: 15, perUser: 8, noise: 0.3, seed: 2 });
  const customers = tableOf(Array.from({ length: 60 }, (_, user) => ({ attributes: { country: `${user % 2}` } })));
  const about = { customers, products: tableOf(Array.from({ length: 15 }, () => ({}))) };
  const many = { ...planted, about, byUser: { ...planted.byUser, indices: { length: 900_000 } as Uint32Array } };
  const { setting, choices, choiceHints } = english.train as unknown as {
    setting: Record<string, string>;
    choices: Record<string, Record<string, string>>;
    choiceHints: Record<string, Record<string, string>>;
  };
  const offered = MODEL_NAMES.flatMap((model) =>
    PRESETS.flatMap((preset) => [
      ...settingFields(model, preset, { ...planted, about }, device),
      ...(model === 'mf' ? settingFields(model, preset, many, device) : []),
    ]),
  );
  expect(offered.length).toBeGreaterThan(100);
  expect([...new Set(offered.map(({ name }) => name))].filter((name) => setting[name] === undefined)).toEqual([]);
  const chosen = offered.flatMap((field) => (field.kind === 'choice' ? [field] : []));
  expect([...new Set(chosen.map(({ name }) => name))].sort()).toEqual(['attribute', 'measure', 'similarity']);
  for (const { name, options } of chosen) {
    for (const { value } of options) {
      if (typeof value !== 'string') continue;
      expect(choices[name][value], `${name} ${value}`).toBeTruthy();
      expect(choiceHints[name][value], `${name} ${value}`).toBeTruthy();
    }
  }
});
