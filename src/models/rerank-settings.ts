/** How a person wants lists to be re-ordered, and which rules of the shop they keep. Plain values that may be kept as JSON. */

export interface RerankSettings {
  /** 0: as likely as can be. 1: as unlike each other as can be. */
  readonly variety: number;
  /** −1: what many choose. 0: as the model has it. 1: what few choose. */
  readonly niche: number;
  /** 0: whatever comes. 1: categories in the proportions of the customer's own history. */
  readonly ownMix: number;
  readonly rules: ShopRules;
}

/** Product rows and category codes of the data in hand. */
export interface ShopRules {
  /** First in every list whose customer does not have them yet, in the order of their scores. */
  readonly always: readonly number[];
  /** In no list. Goes before `always`. */
  readonly never: readonly number[];
  /** Codes of product categories none of whose things is listed, unless it is in `always`. */
  readonly neverCategories: readonly number[];
  /** Nothing else is listed: what is in stock. Goes before `always`. null: everything. */
  readonly only: readonly number[] | null;
}

export const NO_RULES: ShopRules = { always: [], never: [], neverCategories: [], only: null };
export const NEUTRAL: RerankSettings = { variety: 0, niche: 0, ownMix: 0, rules: NO_RULES };

/** The sliders, by the name of their setting. */
export const SLIDERS = ['variety', 'niche', 'ownMix'] as const;
export type Slider = (typeof SLIDERS)[number];

/**
 * Where each slider can stand, ascending: few enough that what every position costs is measured. 0 is among them. They
 * stand close where lists change most: below 0.3 variety moves next to nothing, and towards 1 nothing is left of what the
 * customer likes (measured on books and films).
 */
export const POSITIONS: Readonly<Record<Slider, readonly number[]>> = {
  variety: [0, 0.3, 0.45, 0.55, 0.65, 0.75],
  niche: [-1, -0.6, -0.3, 0, 0.3, 0.6, 1],
  ownMix: [0, 0.2, 0.4, 0.6, 0.75, 0.9],
};

export function hasRules({ always, never, neverCategories, only }: ShopRules): boolean {
  return always.length > 0 || never.length > 0 || neverCategories.length > 0 || only !== null;
}

/** Whether lists stay as the model makes them. */
export function isNeutral({ variety, niche, ownMix, rules }: RerankSettings): boolean {
  return variety === 0 && niche === 0 && ownMix === 0 && !hasRules(rules);
}

/** How many products and categories there are. */
export interface RuleLimits {
  readonly products: number;
  readonly categories: number;
}

/** What can be believed of settings from a file: the nearest position of each slider, and rows that exist, each once, ascending. */
export function soundSettings(value: unknown, { products, categories }: RuleLimits): RerankSettings {
  const given = fieldsOf(value);
  const rules = fieldsOf(given['rules']);
  const only = rules['only'];
  return {
    variety: nearest('variety', given['variety']),
    niche: nearest('niche', given['niche']),
    ownMix: nearest('ownMix', given['ownMix']),
    rules: {
      always: rowsBelow(rules['always'], products),
      never: rowsBelow(rules['never'], products),
      neverCategories: rowsBelow(rules['neverCategories'], categories),
      // A list none of whose products is known would leave every list empty: no rule at all is the safer reading.
      only: Array.isArray(only) && rowsBelow(only, products).length > 0 ? rowsBelow(only, products) : null,
    },
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function nearest(slider: Slider, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 0;
  return POSITIONS[slider].reduce((best, position) =>
    Math.abs(position - value) < Math.abs(best - value) ? position : best,
  );
}

function rowsBelow(value: unknown, limit: number): number[] {
  if (!Array.isArray(value)) return [];
  const rows = value.filter((row): row is number => Number.isInteger(row) && row >= 0 && row < limit);
  return [...new Set(rows)].sort((a, b) => a - b);
}
