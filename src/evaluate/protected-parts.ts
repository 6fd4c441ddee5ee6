/** What privacy settings leave of the parts of a protocol. */
import { AppError } from '../base/error.ts';
import { isProtecting, type PrivacySettings, type Protected, protect } from '../data/protect.ts';
import { assertLearnable, type Ratings } from '../data/ratings.ts';
import type { Validation } from '../models/held-out.ts';
import type { Parts } from './head-fits.ts';

/** As `protect`. Throws AppError `tooPrivate` where what is left is too little to learn from, whatever is wrong with it. */
export function protectedEnough(ratings: Ratings, settings: PrivacySettings): Protected {
  const kept = protect(ratings, settings);
  if (!isProtecting(settings)) return kept;
  try {
    assertLearnable(kept.ratings);
  } catch (cause) {
    const { entries, products } = kept.left;
    throw new AppError('tooPrivate', { entries, products }, { cause });
  }
  return kept;
}

export interface ProtectedParts extends Pick<Parts, 'train' | 'inner'> {
  /** Products that whoever learned from the training part is not to list: `Protected.unlisted`. */
  readonly unlisted: Uint32Array;
  /** Of the training part. */
  readonly left: Protected['left'];
}

/**
 * The training part with and without validation, each as `protect` leaves it; the validation part stays whole. Nobody's
 * list holds there what they have or what too few chose. Throws AppError `tooPrivate` as `protectedEnough`.
 */
export function protectedParts(
  { train, inner }: Pick<Parts, 'train' | 'inner'>,
  settings: PrivacySettings,
): ProtectedParts {
  const { ratings, unlisted, left } = protectedEnough(train, settings);
  const { ratings: learned, unlisted: barred } = protectedEnough(inner.train, settings);
  const test: Validation = learned === inner.train ? inner.test : { ...inner.test, had: inner.train.byUser, barred };
  return {
    train: ratings,
    inner: { train: learned, test },
    unlisted,
    left,
  };
}
