/** What is said of products nobody has chosen yet. Pure. */
import type { ColdProductsResult } from '../../evaluate/cold-start.ts';
import type { ModelName } from '../../models/recommender.ts';

/** Who is measured, by the name and colour of which model. */
export const COLD_ENTRANTS = {
  random: 'random',
  popularity: 'popularity',
  content: 'content',
  hybridWithout: 'hybrid',
  hybrid: 'hybrid',
} as const satisfies Readonly<Record<string, ModelName>>;

export function isColdEntrant(id: string): id is keyof typeof COLD_ENTRANTS {
  return id in COLD_ENTRANTS;
}

/** Whoever of the others does better has not read any description: it is luck. */
const READ_DESCRIPTIONS: readonly string[] = ['content', 'hybrid'];

/**
 * How much the best of those who read descriptions finds of what people chose among new products, beside chance, and
 * whether their intervals stay apart; null where nobody has a figure.
 */
export function coldVerdict({ entrants }: Pick<ColdProductsResult, 'entrants'>): {
  readonly found: number;
  readonly chance: number;
  readonly clear: boolean;
} | null {
  const chance = entrants.find(({ id }) => id === 'random')?.among?.recall;
  const best = entrants
    .flatMap(({ id, among }) => (among && READ_DESCRIPTIONS.includes(id) ? [among.recall] : []))
    .reduce<NonNullable<typeof chance> | null>((most, one) => (most && most.mean >= one.mean ? most : one), null);
  if (!best || !chance) return null;
  return { found: best.mean, chance: chance.mean, clear: best.low > chance.high };
}
