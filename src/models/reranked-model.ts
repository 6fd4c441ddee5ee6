/** Lists of any model, re-ordered (`rerank.ts`) and kept to the rules of the shop. */

import type { Csr } from '../base/sparse.ts';
import { NOT_FOUND, type TopKResult } from '../compute/device.ts';
import { mixOf } from './category-mix.ts';
import type { Exclusions } from './exclusions.ts';
import { blocksOf, joined, union } from './exclusions.ts';
import type { ChoiceModel, History, HistoryChoice, ScoredList } from './recommender.ts';
import { POOL, rerank, type Shelf } from './rerank.ts';
import { isNeutral, type RerankSettings } from './rerank-settings.ts';

/** What a model puts first for one customer, without the products that are excluded (rows, ascending). */
export type AskList = (count: number, exclude: Uint32Array) => ScoredList;

/** The same of a model that answers later. */
export type AskListLater = (count: number, exclude: Uint32Array) => Promise<ScoredList>;

/** Settings made ready for lists of many customers. */
export class Reranker {
  /** Nothing is to be done: lists are the model's own, to the last bit. */
  readonly neutral: boolean;
  readonly #settings: RerankSettings;
  readonly #shelf: Shelf;
  /** Products that stand first, ascending. */
  readonly #pinned: Uint32Array;
  /** What may not come from the pool, ascending: what a rule forbids, and what stands first anyway. */
  readonly #barred: Uint32Array;

  constructor(settings: RerankSettings, shelf: Shelf) {
    this.neutral = isNeutral(settings);
    this.#settings = settings;
    this.#shelf = shelf;
    const state = statesOf(settings, shelf);
    this.#pinned = rowsWhere(state, (one) => one === PINNED);
    this.#barred = rowsWhere(state, (one) => one !== FREE);
  }

  /** Whether a product stands first in lists. */
  pins(product: number): boolean {
    return this.#pinned.includes(product);
  }

  /** How many candidates a list of `count` is made from. */
  poolFor(count: number): number {
    return Math.min(this.#shelf.products, Math.max(POOL, count));
  }

  /** Ascending rows that a pool may not hold, for somebody with these. */
  poolExclude(exclude: Uint32Array): Uint32Array {
    return union(exclude, this.#barred);
  }

  /** Products that stand first in the list of somebody with these. */
  pinnedFor(exclude: Uint32Array): Uint32Array {
    const had = new Set(exclude);
    return this.#pinned.filter((product) => !had.has(product));
  }

  /** Everything but these, ascending: whoever excludes it is told their scores and nothing else. */
  allBut(products: Uint32Array): Uint32Array {
    const kept = new Set(products);
    return rowsWhere(new Uint8Array(this.#shelf.products), (_, row) => !kept.has(row));
  }

  /**
   * `pool` without what `poolExclude` says; `pinned`: those of `firsts` the model has a score for, best first. The others
   * follow them with a score of −Infinity. Scores stay the model's own: they do not fall from place to place.
   */
  finish(
    pool: ScoredList,
    pinned: ScoredList,
    firsts: Uint32Array,
    history: History | null,
    count: number,
  ): ScoredList {
    const scored = new Set(pinned.indices);
    const first = Uint32Array.from([...pinned.indices, ...firsts.filter((product) => !scored.has(product))]);
    const { categories } = this.#shelf;
    const mix = history && categories && this.#settings.ownMix > 0 ? mixOf(history, categories) : null;
    const kept = Math.min(count, first.length);
    const places = rerank({ pool, first, settings: this.#settings, shelf: this.#shelf, mix }, count - kept);
    const indices = new Uint32Array(kept + places.length);
    const scores = new Float32Array(indices.length).fill(Number.NEGATIVE_INFINITY);
    indices.set(first.subarray(0, kept));
    scores.set(pinned.scores.subarray(0, kept));
    places.forEach((at, place) => {
      indices[kept + place] = pool.indices[at];
      scores[kept + place] = pool.scores[at];
    });
    return { indices, scores };
  }

  /** One list; `history` holds choice weights, null for none. */
  list(ask: AskList, history: History | null, count: number, exclude: Uint32Array): ScoredList {
    if (this.neutral) return ask(count, exclude);
    const firsts = this.pinnedFor(exclude);
    const pinned = firsts.length > 0 ? ask(firsts.length, this.allBut(firsts)) : NOTHING;
    return this.finish(ask(this.poolFor(count), this.poolExclude(exclude)), pinned, firsts, history, count);
  }

  /** As `list`. */
  async listLater(
    ask: AskListLater,
    history: History | null,
    count: number,
    exclude: Uint32Array,
  ): Promise<ScoredList> {
    if (this.neutral) return ask(count, exclude);
    const firsts = this.pinnedFor(exclude);
    const pinned = firsts.length > 0 ? await ask(firsts.length, this.allBut(firsts)) : NOTHING;
    const pool = await ask(this.poolFor(count), this.poolExclude(exclude));
    return this.finish(pool, pinned, firsts, history, count);
  }
}

const NOTHING: ScoredList = { indices: new Uint32Array(), scores: new Float32Array() };

const FREE = 0;
const FORBIDDEN = 1;
const PINNED = 2;

/** What the rules make of each product: a thing named goes before its category, and what may not be shown is not pinned either. */
function statesOf({ rules }: RerankSettings, { products, categories }: Shelf): Uint8Array {
  const state = new Uint8Array(products);
  if (categories && rules.neverCategories.length > 0) {
    const never = new Set(rules.neverCategories);
    for (let product = 0; product < products; product++) {
      for (let e = categories.pointers[product]; e < categories.pointers[product + 1]; e++) {
        if (never.has(categories.codes[e])) state[product] = FORBIDDEN;
      }
    }
  }
  for (const product of rules.always) state[product] = PINNED;
  if (rules.only) {
    const stock = new Set(rules.only);
    for (let product = 0; product < products; product++) if (!stock.has(product)) state[product] = FORBIDDEN;
  }
  for (const product of rules.never) state[product] = FORBIDDEN;
  return state;
}

function rowsWhere(state: Uint8Array, wanted: (one: number, row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(state.length);
  let found = 0;
  for (let row = 0; row < state.length; row++) if (wanted(state[row], row)) rows[found++] = row;
  return rows.slice(0, found);
}

/** Rows to exclude and candidates held at once for lists of many customers, 8 MB each. */
const NUMBERS_AT_ONCE = 2_000_000;

type Lister = Pick<ChoiceModel, 'topItemsForMany'>;

/** As `ChoiceModel.topItemsForMany`. `histories`: customers × products, choice weights. */
export async function rerankedForMany(
  model: Lister,
  reranker: Reranker,
  histories: Csr,
  users: Uint32Array,
  count: number,
  exclude: Exclusions,
): Promise<TopKResult> {
  if (reranker.neutral) return model.topItemsForMany(users, count, exclude);
  const indices = new Uint32Array(users.length * count).fill(NOT_FOUND);
  const scores = new Float32Array(users.length * count).fill(Number.NEGATIVE_INFINITY);
  const blocks = blocksOf(users, Math.max(1, Math.floor(NUMBERS_AT_ONCE / Math.max(1, histories.columns))));
  for (const [from, block] of blocks) {
    const had = Array.from(block, (_, q) =>
      exclude.indices.subarray(exclude.pointers[from + q], exclude.pointers[from + q + 1]),
    );
    const pools = await candidatesForMany(model, reranker, block, had, count);
    pools.forEach((candidates, q) => {
      const list = reranker.finish(
        candidates.pool,
        candidates.pinned,
        candidates.firsts,
        historyOf(histories, block[q]),
        count,
      );
      indices.set(list.indices, (from + q) * count);
      scores.set(list.scores, (from + q) * count);
    });
  }
  return { indices, scores };
}

/** What one customer's list is made from. */
export interface Candidates {
  readonly pool: ScoredList;
  readonly pinned: ScoredList;
  readonly firsts: Uint32Array;
}

/** For lists of `count`; `had`: ascending rows each customer has. */
export async function candidatesForMany(
  model: Lister,
  reranker: Reranker,
  users: Uint32Array,
  had: readonly Uint32Array[],
  count: number,
): Promise<Candidates[]> {
  const size = reranker.poolFor(count);
  const pools = await model.topItemsForMany(users, size, joined(had.map((rows) => reranker.poolExclude(rows))));
  const firsts = had.map((rows) => reranker.pinnedFor(rows));
  const most = Math.max(0, ...firsts.map(({ length }) => length));
  const others = () => joined(firsts.map((rows) => reranker.allBut(rows)));
  const pinned = most > 0 ? await model.topItemsForMany(users, most, others()) : null;
  return firsts.map((rows, q) => ({
    pool: listAt(pools, q, size),
    pinned: pinned ? listAt(pinned, q, most) : NOTHING,
    firsts: rows,
  }));
}

/** Choice weights of one customer. */
export function historyOf({ pointers, indices, values }: Csr, user: number): History {
  const [from, to] = [pointers[user], pointers[user + 1]];
  return { items: indices.subarray(from, to), values: values.subarray(from, to) };
}

/** Row q without its empty places, which stand at the end. */
function listAt({ indices, scores }: TopKResult, q: number, length: number): ScoredList {
  let end = q * length;
  while (end < (q + 1) * length && indices[end] !== NOT_FOUND) end++;
  return { indices: indices.subarray(q * length, end), scores: scores.subarray(q * length, end) };
}

/** A model whose lists are re-ordered. It owns nothing: `destroy` leaves the model inside alone. */
export class RerankedModel implements ChoiceModel {
  readonly head = 'choice';
  protected readonly inner: ChoiceModel;
  protected readonly reranker: Reranker;
  readonly #histories: Csr;

  /** `histories`: customers × products, choice weights. */
  constructor(inner: ChoiceModel, reranker: Reranker, histories: Csr) {
    this.inner = inner;
    this.reranker = reranker;
    this.#histories = histories;
  }

  get name(): ChoiceModel['name'] {
    return this.inner.name;
  }

  async topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    const ask: AskListLater = (length, without) => this.inner.topItems(user, length, without);
    return this.reranker.listLater(ask, historyOf(this.#histories, user), count, exclude);
  }

  async topItemsForMany(users: Uint32Array, count: number, exclude: Exclusions): Promise<TopKResult> {
    return rerankedForMany(this.inner, this.reranker, this.#histories, users, count, exclude);
  }

  /** The model inside; settings are kept elsewhere. */
  toBytes(): Uint8Array {
    return this.inner.toBytes();
  }

  destroy(): void {}
}

type FromHistories = Pick<HistoryChoice, 'topItemsFrom'>;

/** The same where the model inside answers for anybody with a history. */
export class RerankedHistories extends RerankedModel implements FromHistories {
  constructor(
    protected override readonly inner: ChoiceModel & FromHistories,
    reranker: Reranker,
    histories: Csr,
  ) {
    super(inner, reranker, histories);
  }

  topItemsFrom(history: History, count: number, exclude: Uint32Array): ScoredList {
    const ask: AskList = (length, without) => this.inner.topItemsFrom(history, length, without);
    return this.reranker.list(ask, history, count, exclude);
  }
}

/** `model` with its lists re-ordered; answers histories where it does. */
export function reranked(model: ChoiceModel, reranker: Reranker, histories: Csr): RerankedModel {
  return 'topItemsFrom' in model
    ? new RerankedHistories(model as ChoiceModel & FromHistories, reranker, histories)
    : new RerankedModel(model, reranker, histories);
}
