import { describe, expect, it } from 'vitest';
import type { AcrossLeader, AcrossPaired } from '../../evaluate/across-result.ts';
import { acrossVerdict } from './repeats-view.ts';

const apart = (p: number | null): AcrossPaired => ({
  difference: { cuts: 5, mean: 0.01, deviation: 0.01, low: -0.01, high: 0.03 },
  p,
});
const entrants = ['ease', 'mf', 'popularity'].map((id) => ({ id, figures: {} }));
const leader = (metric: AcrossLeader['metric'], others: Readonly<Record<string, AcrossPaired>>): AcrossLeader => ({
  id: 'ease',
  metric,
  pairs: Object.entries(others).map(([second, paired]) => ({ first: 'ease', second, ...paired })),
});

describe('what is said over several cuts', () => {
  it('names the leader alone where every difference is clear', () => {
    const best = { lists: leader('recall', { mf: apart(0.02), popularity: apart(0.001) }), taste: null };
    expect(acrossVerdict({ best, entrants }, 'choice')).toEqual({ id: 'ease', other: null });
    expect(acrossVerdict({ best, entrants }, 'taste')).toBeNull();
  });

  it('names the one that is hardest to tell apart', () => {
    const best = { taste: leader('rmse', { mf: apart(0.4), popularity: apart(0.06) }), lists: null };
    expect(acrossVerdict({ best, entrants }, 'taste')).toEqual({ id: 'ease', other: 'mf' });
  });

  it('cannot tell from a single cut', () => {
    const best = { lists: leader('recall', { mf: apart(null) }), taste: null };
    expect(acrossVerdict({ best, entrants }, 'choice')).toEqual({ id: 'ease', other: 'mf' });
  });
});
