/** What the runs of the data in hand learned from. */
import {
  isProtecting,
  NO_PRIVACY,
  type PrivacySettings,
  type Protected,
  protect,
  samePrivacy,
} from '../data/protect.ts';
import type { Ratings } from '../data/ratings.ts';
import type { TrainRequest } from './api/training.ts';
import type { Project } from './session.ts';

interface Known {
  readonly settings: PrivacySettings;
  readonly value: Protected;
}

/** By data, under the settings that were asked for last: most runs of a visit have the same. */
const newest = new WeakMap<Ratings, Known>();

/** The data as a run's privacy settings leave it; all of it, the very same object, where the run has none. */
export function learnedBy(
  { ratings }: Pick<Project, 'ratings'>,
  { privacy = NO_PRIVACY }: Pick<TrainRequest, 'privacy'>,
): Protected {
  if (!isProtecting(privacy)) return protect(ratings, privacy);
  const before = newest.get(ratings);
  if (before && samePrivacy(before.settings, privacy)) return before.value;
  const value = protect(ratings, privacy);
  newest.set(ratings, { settings: privacy, value });
  return value;
}
