import { describe, expect, it } from 'vitest';
import type { AcrossPair } from '../../evaluate/across-result.ts';
import type { Leader } from '../../evaluate/comparison-result.ts';
import type { EntrantPair } from '../../evaluate/entrant-pair.ts';
import { chosenTwo, comparedLines, pairSaid, pairsIn, twoOf } from './pair-view.ts';
import { ENTRANTS, type Line } from './quality-view.ts';

const pair = (
  first: string,
  second: string,
  mean: number,
  p: number,
  changes: Partial<EntrantPair> = {},
): EntrantPair => ({
  first,
  second,
  difference: { mean, low: mean - 0.01, high: mean + 0.02 },
  p,
  better: 0.5,
  equal: 0.3,
  worse: 0.2,
  ...changes,
});

/** A line as the comparison leaves it, with as much as is looked at. */
function line(model: string, found: number | null, rmse: number | null = null): Line {
  const entrant = ENTRANTS.find((one) => one.model === model);
  if (!entrant) throw new Error(model);
  const about = (mean: number) => ({ mean, low: mean, high: mean });
  const result = {
    lists: found === null ? null : { metrics: { recall: about(found) } },
    taste: rmse === null ? null : { rmse: about(rmse) },
  };
  return { entrant: { ...entrant, id: model }, state: 'done', result } as unknown as Line;
}

const [ease, svd, means, popular] = [
  line('ease', 0.2),
  line('svd', 0.22),
  line('means', null, 0.95),
  line('popularity', 0.1),
];
const failed: Line = { ...line('slopeOne', null), state: 'failed' };
const lines = [ease, svd, means, popular, failed];
const bestOf = (lists: Leader | null, taste: Leader | null = null) => ({ best: { lists, taste }, across: null });
const three = bestOf({
  id: 'svd',
  metric: 'recall',
  pairs: [
    pair('ease', 'svd', -0.02, 0.3),
    pair('ease', 'popularity', 0.1, 0.001),
    pair('svd', 'popularity', 0.12, 0.001),
  ],
});

describe('who can be looked at', () => {
  it('are those in a pair, the best first', () => {
    expect(comparedLines(lines, 'choice', three)).toEqual([svd, ease, popular]);
    expect(pairsIn('choice', three)).toBe(3);
    expect(comparedLines(lines, 'taste', three)).toEqual([]);
    expect(pairsIn('taste', three)).toBe(0);
  });

  it('is nobody of one model, nor where another figure leads than the table has', () => {
    expect(comparedLines(lines, 'choice', bestOf({ id: 'ease', metric: 'recall', pairs: [] }))).toEqual([]);
    const sampled = bestOf({ id: 'ease', metric: 'hitRate', pairs: [pair('ease', 'svd', 0.1, 0.001)] });
    expect(comparedLines(lines, 'choice', sampled)).toEqual([]);
    expect(pairSaid(ease, svd, 'choice', sampled)).toBeNull();
  });

  it('are the best two until somebody chooses, and again where one of the chosen is gone', () => {
    const compared = [svd, ease, popular];
    expect(twoOf(compared, null)).toEqual([svd, ease]);
    expect(twoOf(compared, ['popularity', 'svd'])).toEqual([popular, svd]);
    expect(twoOf(compared, ['popularity', 'gone'])).toEqual([svd, ease]);
    expect(twoOf([svd], null)).toBeNull();
  });

  it('change places where one is chosen on the other side', () => {
    expect(chosenTwo(['a', 'b'], 'first', 'c')).toEqual(['c', 'b']);
    expect(chosenTwo(['a', 'b'], 'second', 'c')).toEqual(['a', 'c']);
    expect(chosenTwo(['a', 'b'], 'first', 'b')).toEqual(['b', 'a']);
    expect(chosenTwo(['a', 'b'], 'second', 'a')).toEqual(['b', 'a']);
    expect(chosenTwo(['a', 'b'], 'first', 'a')).toEqual(['a', 'b']);
  });
});

describe('what is said of two', () => {
  it('tells who finds more, from either side', () => {
    expect(pairSaid(ease, popular, 'choice', three)).toMatchObject({
      verdict: 'first',
      better: 0.5,
      worse: 0.2,
      p: 0.001,
    });
    const other = pairSaid(popular, ease, 'choice', three);
    expect(other).toMatchObject({ verdict: 'second', better: 0.2, worse: 0.5, p: 0.001 });
    expect(other?.gain.mean).toBeCloseTo(-0.1, 12);
    expect(other?.gain.low).toBeCloseTo(-0.12, 12);
    expect(other?.gain.high).toBeCloseTo(-0.09, 12);
  });

  it('says nothing is clear where chance may have done it', () => {
    expect(pairSaid(ease, svd, 'choice', three)?.verdict).toBe('doubt');
  });

  it('calls two the same that serve nobody otherwise', () => {
    const twins = bestOf({
      id: 'ease',
      metric: 'recall',
      pairs: [pair('ease', 'svd', 0, 1, { difference: { mean: 0, low: 0, high: 0 }, better: 0, equal: 1, worse: 0 })],
    });
    expect(pairSaid(svd, ease, 'choice', twins)?.verdict).toBe('same');
  });

  it('takes the smaller error for the better one', () => {
    const mf = line('mf', null, 0.9);
    // The error of the first is smaller, and it is better for most.
    const stars = bestOf(null, { id: 'mf', metric: 'rmse', pairs: [pair('mf', 'means', -0.05, 0.001)] });
    const said = pairSaid(mf, means, 'taste', stars);
    expect(said).toMatchObject({ measure: 'rmse', verdict: 'first', better: 0.5, worse: 0.2 });
    expect(said?.gain.mean).toBeCloseTo(0.05, 12);
    expect(said?.gain.low).toBeCloseTo(0.03, 12);
    expect(said?.gain.high).toBeCloseTo(0.06, 12);
    expect(pairSaid(means, mf, 'taste', stars)).toMatchObject({ verdict: 'second', better: 0.2, worse: 0.5 });
  });

  it('goes by all cuts where there are several, whichever way round they have the two; customers are those of the first', () => {
    const difference = { cuts: 5, mean: 0.03, deviation: 0.01, low: 0.01, high: 0.05 };
    const across = (pairs: readonly AcrossPair[]) =>
      ({
        ...three,
        across: { best: { lists: { id: 'svd', metric: 'recall', pairs }, taste: null } },
      }) as unknown as Parameters<typeof pairSaid>[3];
    const clear = across([{ first: 'svd', second: 'ease', difference, p: 0.002 }]);
    expect(pairSaid(svd, ease, 'choice', clear)).toMatchObject({
      verdict: 'first',
      gain: { mean: 0.03, low: 0.01, high: 0.05 },
      p: 0.002,
      cuts: 5,
      better: 0.2,
      worse: 0.5,
    });
    expect(pairSaid(ease, svd, 'choice', clear)).toMatchObject({
      verdict: 'second',
      gain: { mean: -0.03, low: -0.05, high: -0.01 },
      cuts: 5,
    });
    // Together in one cut alone, nothing says how far cuts differ.
    const once = { ...difference, cuts: 1, deviation: null, low: null, high: null };
    for (const result of [across([{ first: 'svd', second: 'ease', difference: once, p: null }]), across([])]) {
      expect(pairSaid(svd, ease, 'choice', result)).toMatchObject({ verdict: 'doubt', p: 0.3, cuts: null });
    }
  });

  it('says nothing of who was not compared', () => {
    expect(pairSaid(ease, failed, 'choice', three)).toBeNull();
  });
});
