/** Re-ordered lists for the page: what the data in hand knows of its products, the settings, and where they are kept. */
import { remembered } from '../base/remembered.ts';
import type { Csr } from '../base/sparse.ts';
import { fingerprint } from '../data/fingerprint.ts';
import type { Protected } from '../data/protect.ts';
import { choiceWeights, type Ratings } from '../data/ratings.ts';
import { shelfOf } from '../models/rerank.ts';
import { NEUTRAL, type RerankSettings, soundSettings } from '../models/rerank-settings.ts';
import { Reranker } from '../models/reranked-model.ts';
import { readSideFile, writeSideFile } from '../storage/opfs.ts';
import { packReshape, unpackReshape } from '../storage/reshape.ts';
import type { FoundProducts, ProductCategory } from './api/catalogue.ts';
import type { Project, Session } from './session.ts';

/** What the data knows of its products, worked out the first time a list is re-ordered. */
const shelfFor = remembered(shelfOf);

/** Choice weights of everybody. */
export const weightsFor = remembered((ratings: Ratings): Csr => choiceWeights(ratings));

/**
 * `learned`: what the model learned from, and no more is known of its products. null where lists stay as the model makes
 * them. Settings of other data lose the rows that do not exist here.
 */
export function rerankerFor(
  project: Project,
  { ratings: learned }: Protected,
  settings: RerankSettings | undefined,
): Reranker | null {
  if (!settings) return null;
  const { products } = project.interactions;
  const limits = { products: products.ids.length, categories: products.categories?.names.length ?? 0 };
  const sound = soundSettings(settings, limits);
  // What is in stock was said by somebody just now: a list none of which is known here leaves nothing to list.
  const only = settings.rules.only === null ? null : settings.rules.only.filter((row) => row < limits.products);
  const reranker = new Reranker({ ...sound, rules: { ...sound.rules, only } }, shelfFor(learned));
  return reranker.neutral ? null : reranker;
}

/**
 * Keeps the settings beside the project; where nothing can be kept they last until the tab closes. They belong to the
 * data they were chosen for: read again, it has them again, and other data has none. The file holds those that were
 * chosen last, whatever for; a visit remembers all of its own.
 */
export class ReshapeKeeper {
  /** Of this visit, as they are written, by the fingerprint of the ratings. */
  readonly #chosen = new Map<number, Uint8Array<ArrayBuffer>>();

  async keep(session: Session, settings: RerankSettings): Promise<void> {
    if (!session.hasProject) return;
    const { interactions } = session.project;
    const ratings = fingerprint(session.project.ratings);
    const bytes = packReshape(ratings, settings, interactions.products.categories?.names ?? []);
    this.#chosen.set(ratings, bytes);
    await writeSideFile('reshape.json', bytes).catch(() => undefined);
  }

  /** What was chosen for the data in hand; neutral where nothing was, or where it cannot be believed. */
  async kept({ project }: Session): Promise<RerankSettings> {
    const onDisk = await readSideFile('reshape.json');
    if (!onDisk && this.#chosen.size === 0) return NEUTRAL;
    const ratings = fingerprint(project.ratings);
    const bytes = this.#chosen.get(ratings) ?? onDisk;
    const { ids, categories } = project.interactions.products;
    return bytes ? unpackReshape(bytes, ratings, ids.length, categories?.names ?? []) : NEUTRAL;
  }

  /** Everything is deleted; the file is removed with the rest. */
  forget(): void {
    this.#chosen.clear();
  }
}

/** Categories of the products by how many have them, most first. */
export function productCategories({ interactions }: Project): ProductCategory[] {
  const { categories } = interactions.products;
  if (!categories) return [];
  const counts = new Uint32Array(categories.names.length);
  for (const code of categories.codes) counts[code]++;
  return Array.from(categories.names, (name, code) => ({ code, name, count: counts[code] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.code - b.code);
}

/** Unknown ids that are named; the others are counted. */
const NAMED = 5;

/** Products by their ids as they stand in the data, white space aside. Each counts once. */
export function findProducts({ interactions }: Project, ids: readonly string[]): FoundProducts {
  const rowOf = new Map(interactions.products.ids.map((id, row) => [id.trim(), row]));
  const rows = new Set<number>();
  const unknown = new Set<string>();
  for (const id of new Set(ids.map((one) => one.trim()).filter((one) => one !== ''))) {
    const row = rowOf.get(id);
    if (row === undefined) unknown.add(id);
    else rows.add(row);
  }
  return {
    products: [...rows].sort((a, b) => a - b),
    unknown: unknown.size,
    named: [...unknown].slice(0, NAMED),
  };
}
