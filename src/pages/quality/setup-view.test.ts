import { expect, it } from 'vitest';
import { SPLIT_KINDS } from '../../data/split.ts';
import { english } from '../../i18n/en.ts';
import { chinese } from '../../i18n/zh-CN.ts';
import { partName, repeatsOf } from './setup-view.ts';

const SAID = {
  english: { latest: /latest/, random: /any\b|at random/i, fifth: /fifth/i, tenth: /tenth/i },
  chinese: { latest: /最近/, random: /任意|随机/, fifth: /五分之一/, tenth: /十分之一/ },
};

for (const [language, texts] of [
  ['english', english.quality],
  ['chinese', chinese.quality],
] as const) {
  const said = SAID[language];

  it(`calls nothing the latest that has no date, in ${language}`, () => {
    for (const names of [texts.setup.protocols, texts.how.protocol]) {
      expect(names[partName('leave-one-out', 0.1, true)]).toMatch(said.latest);
      const undated = names[partName('leave-one-out', 0.1, false)];
      expect(undated).not.toMatch(said.latest);
      expect(undated).toMatch(said.random);
    }
  });

  it(`calls a fifth a fifth, in ${language}`, () => {
    for (const names of [texts.setup.protocols, texts.how.protocol]) {
      for (const split of ['per-customer', 'random'] as const) {
        expect(names[partName(split, 1 / 5, true)]).toMatch(said.fifth);
        for (const share of [1, 1 / 10]) expect(names[partName(split, share, true)]).toMatch(said.tenth);
      }
    }
  });
}

it('has several cuts only of what can be cut again', () => {
  const cuts = SPLIT_KINDS.map((held) => [held, repeatsOf({ held, repeats: '5' })]);
  expect(Object.fromEntries(cuts)).toEqual({
    random: 5,
    'per-customer': 5,
    'leave-one-out': 1,
    time: 1,
    'time-per-customer': 1,
  });
  expect(repeatsOf({ held: 'file', repeats: '10' })).toBe(1);
});
