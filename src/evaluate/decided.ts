import type { Ratings } from '../data/ratings.ts';
import type { Model } from '../models/recommender.ts';
import type { SettingValue } from '../models/setting-values.ts';
import type { Prepared } from './head-fits.ts';

/** Options that validation decides unless somebody has, as they came out: by `head.name`. */
export type Decided = Readonly<Record<string, SettingValue>>;

/** Of one head; an attribute of customers by its name instead of its row. */
export function decidedBy<M extends Model>({ plan, chosen }: Prepared<M>, { about }: Pick<Ratings, 'about'>): Decided {
  return Object.fromEntries(
    Object.entries(plan.decided(chosen)).map(([name, value]) => [
      `${plan.head}.${name}`,
      (name === 'attribute' && about?.customers.attributes[value]?.name) || value,
    ]),
  );
}
