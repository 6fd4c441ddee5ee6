import { describe, expect, it } from 'vitest';
import type { Price, PriceFigures, PriceOfSettings } from '../../evaluate/price-of-settings.ts';
import { NEUTRAL, NO_RULES } from '../../models/rerank-settings.ts';
import {
  costOf,
  idsIn,
  isCombined,
  isQuick,
  sliderCost,
  stepsOf,
  togetherCost,
  withoutRow,
  withRow,
} from './reshape-view.ts';

const interval = (mean: number, spread = 0.01) => ({ mean, low: mean - spread, high: mean + spread });
const figures = (recall: number, more: Partial<PriceFigures> = {}): PriceFigures => ({
  recall: interval(recall),
  ndcg: interval(recall),
  shown: 100,
  coverage: 0.1,
  diversity: 0.8,
  popularity: 40,
  categoryGap: 0.5,
  ...more,
});
const price = (settings: Price['settings'], of: PriceFigures, mean: number, spread: number): Price => ({
  settings,
  figures: of,
  difference: { difference: interval(mean, spread), p: 0.5, better: 0.2, equal: 0.6, worse: 0.2 },
});
const neutral = figures(0.121);

describe('what a setting costs', () => {
  it('is less or more only where chance would not do it', () => {
    const at = (mean: number, spread: number) => costOf(price(NEUTRAL, figures(0.121 + mean), mean, spread), neutral);
    expect(at(-0.009, 0.003)).toMatchObject({ finds: 'less', before: 0.121 });
    expect(at(-0.009, 0.003).points).toBeCloseTo(0.9, 9);
    expect(at(-0.009, 0.003).after).toBeCloseTo(0.112, 9);
    expect(at(0.004, 0.003)).toMatchObject({ finds: 'more' });
    expect(at(0.004, 0.003).points).toBeCloseTo(0.4, 9);
    expect(at(-0.002, 0.003)).toMatchObject({ finds: 'same' });
    expect(at(0, 0)).toMatchObject({ finds: 'same', points: 0 });
  });

  it('says how many times as much is shown, and how much nearer the mix is', () => {
    const other = figures(0.1, { shown: 210, popularity: 20, categoryGap: 0.3 });
    const cost = costOf(price(NEUTRAL, other, -0.02, 0.01), neutral);
    expect([cost.shown, cost.popularity]).toEqual([2.1, 0.5]);
    expect(cost.closer).toBeCloseTo(0.4, 9);
    const nothing = figures(0.1, { popularity: null, categoryGap: null });
    expect(costOf(price(NEUTRAL, nothing, 0, 0), neutral)).toMatchObject({ popularity: null, closer: null });
    expect(costOf(price(NEUTRAL, other, 0, 0), figures(0.1, { shown: 0 })).shown).toBeNull();
  });

  it('is read off the curve of the slider, and nothing at its middle', () => {
    const prices: PriceOfSettings = {
      k: 10,
      customers: 50,
      neutral,
      curves: { variety: [price({ ...NEUTRAL, variety: 0.3 }, figures(0.12), -0.001, 0.01)], niche: [], ownMix: [] },
    };
    expect(sliderCost('variety', 0.3, prices)?.after).toBe(0.12);
    expect(sliderCost('variety', 0, prices)).toBeNull();
    expect(sliderCost('niche', 0.3, prices)).toBeNull();
    expect(sliderCost('variety', 0.3, null)).toBeNull();
  });

  it('of everything together counts only for what is set now', () => {
    const both = { ...NEUTRAL, variety: 0.3, niche: 0.6 };
    const together = price(both, figures(0.1), -0.021, 0.004);
    expect(togetherCost({ ...both }, { settings: both, together }, neutral)?.points).toBeCloseTo(2.1, 9);
    expect(togetherCost({ ...both, niche: 1 }, { settings: both, together }, neutral)).toBeNull();
    expect(togetherCost(both, { settings: both, together: null }, neutral)).toBeNull();
    expect(togetherCost(both, null, neutral)).toBeNull();
  });
});

it('one slider alone is no combination; two are, and so is a rule', () => {
  expect(isCombined(NEUTRAL)).toBe(false);
  expect(isCombined({ ...NEUTRAL, niche: -1 })).toBe(false);
  expect(isCombined({ ...NEUTRAL, niche: -1, variety: 0.3 })).toBe(true);
  expect(isCombined({ ...NEUTRAL, rules: { ...NO_RULES, only: [1] } })).toBe(true);
});

it('steps count from the middle to either side', () => {
  expect(stepsOf('niche', -1)).toEqual({ at: 3, of: 3 });
  expect(stepsOf('niche', 0.3)).toEqual({ at: 1, of: 3 });
  expect(stepsOf('variety', 0.55)).toEqual({ at: 3, of: 5 });
  expect(stepsOf('variety', 0)).toEqual({ at: 0, of: 5 });
});

it('only quick fits begin by themselves', () => {
  expect([0, 20, 4000, 4001].map((choiceFitMs) => isQuick({ choiceFitMs }))).toEqual([false, true, true, false]);
});

describe('ids somebody gives', () => {
  it('are the first cells of lines, or the cells of one line', () => {
    expect(idsIn('A1\nB2\r\n\nB2\rC3 \n')).toEqual(['A1', 'B2', 'C3']);
    expect(idsIn('\uFEFF"85123A","WHITE HEART; red"\n71053;LANTERN\n')).toEqual(['85123A', '71053']);
    expect(idsIn(' A1, B2;C3\t"D 4" ')).toEqual(['A1', 'B2', 'C3', 'D 4']);
    expect(idsIn(' \n ')).toEqual([]);
  });

  it('may hold what parts cells, in quotes', () => {
    expect(idsIn('"Lamp, red",3\n"6"" nails";4\n')).toEqual(['Lamp, red', '6" nails']);
    expect(idsIn('"Lamp, red", "B;2"')).toEqual(['Lamp, red', 'B;2']);
  });

  it('an empty first cell is none, and the next is not taken for it', () => {
    expect(idsIn(',LANTERN\nA1,LAMP\n')).toEqual(['A1']);
  });
});

it('rows go in and out in order, each once', () => {
  expect(withRow([2, 10], 4)).toEqual([2, 4, 10]);
  expect(withRow([2, 10], 10)).toEqual([2, 10]);
  expect(withoutRow([2, 4, 10], 4)).toEqual([2, 10]);
});
