/** Who leads in a figure, and how every two entrants that have it stand against each other. */
import type { Tell } from '../base/progress.ts';
import { type CustomerSums, comparePairs, type Resamples } from './bootstrap.ts';
import type { Leader } from './comparison-result.ts';

/** The figure of one entrant. */
export interface ComparedFigure {
  readonly id: string;
  readonly value: number;
  /** What it is made of, customer by customer; the same customers for all. */
  readonly sums: CustomerSums;
}

/** The first of those with the best figure, with all pairs; null where nobody has one. */
export async function leaderOf(
  metric: Leader['metric'],
  figures: readonly ComparedFigure[],
  resamples: Resamples,
  tell?: Tell,
): Promise<Leader | null> {
  if (figures.length === 0) {
    tell?.(1);
    return null;
  }
  const better = metric === 'rmse' ? 'lower' : 'higher';
  const ahead = better === 'lower' ? (a: number, b: number) => a < b : (a: number, b: number) => a > b;
  const best = figures.reduce((leader, one) => (ahead(one.value, leader.value) ? one : leader));
  const sums = figures.map((figure) => figure.sums);
  const pairs = await comparePairs(sums, better, resamples, tell);
  return {
    id: best.id,
    metric,
    pairs: pairs.map(({ first, second, paired }) => ({
      first: figures[first].id,
      second: figures[second].id,
      ...paired,
    })),
  };
}
