/** How lists are re-ordered, as a file beside the project. Checked like everything read back; what cannot be believed is neutral. */
import { NEUTRAL, type RerankSettings, soundSettings } from '../models/rerank-settings.ts';

const VERSION = 1;

interface Kept {
  readonly version: number;
  /** `fingerprint` of the ratings whose product rows the rules name. */
  readonly ratings: number;
  readonly settings: RerankSettings;
  /** Names of the categories never listed: codes may be others after another import. */
  readonly neverCategories: readonly string[];
}

/** `names`: of the categories, by code. */
export function packReshape(
  ratings: number,
  settings: RerankSettings,
  names: readonly string[],
): Uint8Array<ArrayBuffer> {
  const neverCategories = settings.rules.neverCategories.flatMap((code) => names[code] ?? []);
  const kept: Kept = { version: VERSION, ratings, settings, neverCategories };
  return new TextEncoder().encode(JSON.stringify(kept));
}

/** What `packReshape` wrote for these ratings; neutral for other ratings, another version, and anything damaged. */
export function unpackReshape(
  bytes: Uint8Array<ArrayBuffer>,
  ratings: number,
  products: number,
  names: readonly string[],
): RerankSettings {
  try {
    const kept = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Kept>;
    if (kept.version !== VERSION || kept.ratings !== ratings) return NEUTRAL;
    const settings = soundSettings(kept.settings, { products, categories: 0 });
    const wanted = new Set(Array.isArray(kept.neverCategories) ? kept.neverCategories : []);
    const neverCategories = names.flatMap((name, code) => (wanted.has(name) ? [code] : []));
    return { ...settings, rules: { ...settings.rules, neverCategories } };
  } catch {
    return NEUTRAL;
  }
}
