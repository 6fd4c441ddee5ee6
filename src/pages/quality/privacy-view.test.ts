import { describe, expect, it } from 'vitest';
import { NO_PRIVACY } from '../../data/protect.ts';
import type { Interval, Paired } from '../../evaluate/bootstrap.ts';
import type { PriceOfPrivacy, PrivacyPrice } from '../../evaluate/price-of-privacy.ts';
import { failedPrices, freePrivacy, measuringTime, privacyLines } from './privacy-view.ts';

const interval = (mean: number, low: number, high: number): Interval => ({ mean, low, high });
const paired = (mean: number, low: number, high: number): Paired => ({
  difference: interval(mean, low, high),
  p: 0.5,
  better: 0,
  equal: 1,
  worse: 0,
});
const recall = interval(0.25, 0.2, 0.3);
const price = (fewest: number, entries: number, lost: Paired, rmse: Paired | null = null): PrivacyPrice => ({
  settings: { fewest, most: null },
  measured: {
    figures: { recall, ndcg: recall, rmse: rmse && 0.91, entries, products: 7 },
    recall: lost,
    ndcg: lost,
    rmse,
  },
  error: null,
});
const of = (prices: readonly PrivacyPrice[]): PriceOfPrivacy => ({
  k: 10,
  customers: 80,
  none: { recall, ndcg: recall, rmse: 0.9, entries: 200, products: 9 },
  prices,
  pointless: [],
});
const SAME = paired(-0.001, -0.004, 0.002);
const LESS = paired(-0.02, -0.03, -0.01);

describe('the card on privacy', () => {
  it('has a line for everything first, shares of what that is, and points of a hundred', () => {
    const lines = privacyLines(of([price(5, 150, LESS), price(20, 50, SAME)]));
    expect(lines.map(({ settings, share, points }) => [settings.fewest, share, points?.is ?? null])).toEqual([
      [0, 1, null],
      [5, 0.75, 'less'],
      [20, 0.25, 'same'],
    ]);
    expect(lines[0].settings).toEqual(NO_PRIVACY);
    expect(lines[1].points?.mean).toBeCloseTo(-2, 9);
    expect([lines[1].points?.low, lines[1].points?.high].map((end) => Math.round(end ?? 0))).toEqual([-3, -1]);
    expect(privacyLines(of([price(5, 150, paired(0.02, 0.01, 0.03))]))[1].points?.is).toBe('more');
  });

  it('names the setting that leaves out most of those that cost nothing, stars counted too', () => {
    const free = (prices: readonly PrivacyPrice[]) => freePrivacy(privacyLines(of(prices)));
    expect(free([price(3, 190, SAME), price(5, 150, SAME), price(20, 50, LESS)])).toEqual({ fewest: 5, most: null });
    expect(free([price(5, 150, SAME, paired(0.01, 0.005, 0.02)), price(3, 190, SAME, paired(0, -1, 1))])).toEqual({
      fewest: 3,
      most: null,
    });
    expect(free([price(5, 150, LESS)])).toBeNull();
    const failed: PrivacyPrice = {
      settings: { fewest: 20, most: null },
      measured: null,
      error: { code: 'tooPrivate', params: { entries: 0, products: 0 } },
    };
    expect(free([failed])).toBeUndefined();
    expect(failedPrices(of([failed, price(5, 150, SAME)]))).toEqual([
      { settings: failed.settings, error: failed.error },
    ]);
    expect(privacyLines(of([failed]))).toHaveLength(1);
  });

  it('says about how long measuring takes: six settings, each fitted twice', () => {
    expect(measuringTime(null)).toBeNull();
    expect(measuringTime({ fitMs: 0, choiceFitMs: 0 })).toBeNull();
    expect(measuringTime({ fitMs: 500, choiceFitMs: 1500 })).toBe(20_000);
    expect(measuringTime({ fitMs: 0, choiceFitMs: 20_000 })).toBe(240_000);
  });
});
