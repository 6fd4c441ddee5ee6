/** What the card on privacy says, worked out from figures. Pure. */
import { NO_PRIVACY, type PrivacySettings } from '../../data/protect.ts';
import type { Interval, Paired } from '../../evaluate/bootstrap.ts';
import { PRIVACY_GRID, type PriceOfPrivacy, type PrivacyPrice } from '../../evaluate/price-of-privacy.ts';
import type { RunSummary } from '../../worker/api/training.ts';
import { roughly } from '../train/train-view.ts';

/** Something measured with a setting beside without, as far as can be told from chance: the 95 % interval is on one side of 0. */
export interface Change {
  readonly is: 'less' | 'more' | 'same';
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** One measured setting, ready to be said. */
export interface PrivacyLine {
  readonly settings: PrivacySettings;
  /** Of the data, 0…1. */
  readonly share: number;
  /** Products that are still learned from. */
  readonly products: number;
  readonly recall: Interval;
  /** Of recall in percentage points; null for the line without a setting. */
  readonly points: Change | null;
  /** Of RMSE; null without stars. */
  readonly stars: Change | null;
  readonly rmse: number | null;
}

/** Without a setting first, then what was measured, as it was asked for. */
export function privacyLines({ none, prices }: PriceOfPrivacy): PrivacyLine[] {
  const first: PrivacyLine = {
    settings: NO_PRIVACY,
    share: 1,
    products: none.products,
    recall: none.recall,
    points: null,
    stars: null,
    rmse: none.rmse,
  };
  return [
    first,
    ...prices.flatMap(({ settings, measured }): PrivacyLine[] => {
      if (!measured) return [];
      const { figures, recall, rmse } = measured;
      return [
        {
          settings,
          share: figures.entries / Math.max(1, none.entries),
          products: figures.products,
          recall: figures.recall,
          points: changeOf(recall, 100),
          stars: rmse && changeOf(rmse, 1),
          rmse: figures.rmse,
        },
      ];
    }),
  ];
}

function changeOf({ difference: { mean, low, high } }: Paired, unit: number): Change {
  return { is: high < 0 ? 'less' : low > 0 ? 'more' : 'same', mean: unit * mean, low: unit * low, high: unit * high };
}

const isFree = ({ points, stars }: PrivacyLine) => points?.is !== 'less' && stars?.is !== 'more';

/**
 * Of the settings that cost nothing that could be told from chance, the one that leaves out most; null where all of them
 * cost something, undefined where none could be measured.
 */
export function freePrivacy(lines: readonly PrivacyLine[]): PrivacySettings | null | undefined {
  const measured = lines.filter(({ points }) => points !== null);
  if (measured.length === 0) return undefined;
  const free = measured.filter(isFree).toSorted((a, b) => a.share - b.share);
  return free[0]?.settings ?? null;
}

/** Settings that could not be measured, and why. */
export function failedPrices({ prices }: Pick<PriceOfPrivacy, 'prices'>) {
  return prices.flatMap(({ settings, error }: PrivacyPrice) => (error ? [{ settings, error }] : []));
}

/** Fits of each head at most: none and every setting of the grid, each with validation and then with all of the part. */
export const MOST_FITS = PRIVACY_GRID.length + 1;
const FITS_EACH = 2;

/** About how long measuring takes, ms, from how long the run took; null where that says nothing. */
export function measuringTime(run: Pick<RunSummary, 'fitMs' | 'choiceFitMs'> | null): number | null {
  if (!run || !(run.choiceFitMs > 0)) return null;
  return 1000 * roughly((MOST_FITS * FITS_EACH * (run.fitMs + run.choiceFitMs)) / 1000);
}
