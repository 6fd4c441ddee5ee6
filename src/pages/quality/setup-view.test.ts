import { describe, expect, it } from 'vitest';
import { SPLIT_KINDS } from '../../data/split.ts';
import { english } from '../../i18n/en.ts';
import { chinese } from '../../i18n/zh-CN.ts';
import { choosesShare, holdoutOf, lengthOf, partName, repeatsOf, shareHeld } from './setup-view.ts';

const SAID = {
  english: { latest: /latest/, random: /any\b|at random/i },
  chinese: { latest: /最近/, random: /任意|随机/ },
};

for (const [language, texts] of [
  ['english', english.quality],
  ['chinese', chinese.quality],
] as const) {
  const said = SAID[language];

  it(`calls nothing the latest that has no date, in ${language}`, () => {
    for (const names of [texts.setup.protocols, texts.how.protocol]) {
      expect(names[partName('leave-one-out', true)]).toMatch(said.latest);
      const undated = names[partName('leave-one-out', false)];
      expect(undated).not.toMatch(said.latest);
      expect(undated).toMatch(said.random);
    }
  });

  it(`says how much of what is cut by a share, and of nothing else, in ${language}`, () => {
    for (const names of [texts.setup.protocols, texts.how.protocol]) {
      for (const split of SPLIT_KINDS) {
        for (const hasDates of [true, false]) {
          expect(names[partName(split, hasDates)].includes('{{share}}')).toBe(split !== 'leave-one-out');
        }
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

describe('how much is held back', () => {
  const share = '30';

  it('is for somebody to choose where it is a share, of one cut', () => {
    const chosen = (repeats: '1' | '5') => SPLIT_KINDS.filter((held) => choosesShare({ held, repeats }));
    expect(chosen('1').sort()).toEqual(['per-customer', 'random', 'time', 'time-per-customer']);
    expect(chosen('5').sort()).toEqual(['time', 'time-per-customer']);
    expect(choosesShare({ held: 'file', repeats: '1' })).toBe(false);
  });

  it('is what was chosen, or else the usual tenth', () => {
    expect(holdoutOf({ held: 'time', repeats: '5', share })).toBe(0.3);
    expect(holdoutOf({ held: 'random', repeats: '1', share: '5' })).toBe(0.05);
    expect(holdoutOf({ held: 'random', repeats: '5', share })).toBe(0.1);
    expect(holdoutOf({ held: 'leave-one-out', repeats: '1', share })).toBe(0.1);
    expect(holdoutOf({ held: 'file', repeats: '1', share })).toBe(0.1);
  });

  it('is said to be a part of the whole over several cuts', () => {
    expect(shareHeld({ held: 'per-customer', repeats: '5', share })).toBe(1 / 5);
    expect(shareHeld({ held: 'per-customer', repeats: '1', share })).toBe(0.3);
    expect(shareHeld({ held: 'time', repeats: '10', share })).toBe(0.3);
  });
});

describe('how long a list is', () => {
  const typed = (typedLength: string) => lengthOf({ length: 'other', typedLength });

  it('is a usual length, whatever else was typed before', () => {
    expect(lengthOf({ length: '20', typedLength: 'nonsense' })).toBe(20);
  });

  it('is any whole number from 1 to 100', () => {
    expect(['1', '7', '100', ' 7 ', '007', '７'].map(typed)).toEqual([1, 7, 100, 7, 7, 7]);
    expect(['', '0', '101', '7.5', '-7', '1e1', 'ten', '7 8'].map(typed)).toEqual(
      Array.from({ length: 8 }, () => null),
    );
  });
});
