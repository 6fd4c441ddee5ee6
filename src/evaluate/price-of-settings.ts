/**
 * What re-ordering costs: how much less of what people chose next the lists find, and what they show instead.
 *
 * The recommender is fitted once, where every price is measured (`priced-part.ts`), the pools are asked for once, and
 * every setting re-orders the same pools for the same customers.
 */
import { throwIfAborted } from '../base/error.ts';
import { createPacer } from '../base/pacer.ts';
import type { Tell } from '../base/progress.ts';
import type { Csr } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { NOT_FOUND } from '../compute/device.ts';
import { choiceWeights, type Ratings } from '../data/ratings.ts';
import { ListMix, mixOf } from '../models/category-mix.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import type { ChoiceModel } from '../models/recommender.ts';
import { type Shelf, shelfOf } from '../models/rerank.ts';
import { hasRules, NEUTRAL, POSITIONS, type RerankSettings, SLIDERS, type Slider } from '../models/rerank-settings.ts';
import { type Candidates, candidatesForMany, historyOf, Reranker } from '../models/reranked-model.ts';
import {
  bootstrap,
  comparePaired,
  createResamples,
  type Interval,
  meanOver,
  type Paired,
  type Resamples,
} from './bootstrap.ts';
import { DefinedMean } from './defined.ts';
import { FitAnywhere, type NextDevice } from './fit-anywhere.ts';
import type { HeadPlan } from './head-plan.ts';
import { judgeLists } from './list-metrics.ts';
import { cutForPrice, fitForPrice, type PriceCutRequest } from './priced-part.ts';
import { type Lists, listOf } from './ranking.ts';

/** Of the lists of the tested customers. null where a figure is undefined: nothing listed, no list of two, no categories. */
export interface PriceFigures {
  readonly recall: Interval;
  readonly ndcg: Interval;
  /** Different products over all these lists. */
  readonly shown: number;
  /** The same as a share of the catalogue. */
  readonly coverage: number;
  /** Mean over lists of 1 − mean cosine of two things in it. */
  readonly diversity: number | null;
  /** Mean over lists of the mean number of customers who chose a thing of it. */
  readonly popularity: number | null;
  /** Mean over customers with a mix of KL(own mix ‖ list), nats (`category-mix.ts`). */
  readonly categoryGap: number | null;
}

/** One setting beside lists as the model makes them, on the same customers. */
export interface Price {
  readonly settings: RerankSettings;
  readonly figures: PriceFigures;
  /** Of recall: with the setting minus without. */
  readonly difference: Paired;
}

/** Every position of every slider, the others neutral; 0 left out. */
export type PriceCurves = Readonly<Record<Slider, readonly Price[]>>;

export interface PriceOfSettings {
  /** Length of the lists. */
  readonly k: number;
  /** Customers whose lists were judged. */
  readonly customers: number;
  readonly neutral: PriceFigures;
  readonly curves: PriceCurves;
}

export interface PricingRequest extends PriceCutRequest {
  /** A plan serves one pricing: it remembers what it settled on. */
  readonly plan: HeadPlan<ChoiceModel>;
  readonly device: ComputeDevice;
  readonly nextDevice?: NextDevice;
  readonly tell?: Tell;
  readonly signal?: AbortSignal;
}

/** A model that stands ready to have settings priced. */
export interface Pricing {
  readonly neutral: PriceFigures;
  /** Throws AppError `cancelled`. */
  curves(tell?: Tell, signal?: AbortSignal): Promise<PriceOfSettings>;
  /** Exactly these settings, rules included. Throws AppError `cancelled`. */
  price(settings: RerankSettings, signal?: AbortSignal): Promise<Price>;
  /** Lets the model go. */
  destroy(): void;
}

/** Lists whose pairs are compared: evenly spaced ones fix the mean to within a percent. */
const DIVERSITY_LISTS = 400;
/** What the fit takes of opening a pricing, pools being the rest. */
const FIT_SHARE = 0.9;
/** Rows and candidates asked for at once. */
const NUMBERS_AT_ONCE = 2_000_000;

/**
 * Fits and asks for the pools. Rejects with AppError `nothingToTest` where nobody can be tested, with what is wrong with
 * the data (`assertLearnable`), with what a fit throws, and with `cancelled`.
 */
export async function openPricing(request: PricingRequest): Promise<Pricing> {
  const { plan, seed, tell, signal } = request;
  const { parts, choices, k } = cutForPrice(request);
  const place = new FitAnywhere(request.device, request.nextDevice);
  const model = await fitForPrice(plan, parts, place, (share) => tell?.(FIT_SHARE * share), signal);
  try {
    const judge = new PriceJudge(model, parts.train, choices, k, createResamples(seed));
    const neutral = await judge.begin((done) => tell?.(FIT_SHARE + (1 - FIT_SHARE) * done), signal);
    return {
      neutral,
      curves: async (onShare, stop) => ({
        k,
        customers: choices.users.length,
        neutral,
        curves: await judge.curves(onShare, stop),
      }),
      price: (settings, stop) => judge.price(settings, stop),
      destroy: () => model.destroy(),
    };
  } catch (thrown) {
    model.destroy();
    throw thrown;
  }
}

/** One model, one set of customers, any number of settings. */
class PriceJudge {
  readonly #model: ChoiceModel;
  readonly #choices: HeldOutChoices;
  readonly #k: number;
  readonly #resamples: Resamples;
  readonly #shelf: Shelf;
  readonly #histories: Csr;
  readonly #had: readonly Uint32Array[];
  /** Without rules: the same for every position of every slider. */
  #pools: readonly Candidates[] = [];
  #neutralRecall: Float32Array = new Float32Array();

  constructor(model: ChoiceModel, train: Ratings, choices: HeldOutChoices, k: number, resamples: Resamples) {
    this.#model = model;
    this.#choices = choices;
    this.#k = k;
    this.#resamples = resamples;
    this.#shelf = shelfOf(train);
    this.#histories = choiceWeights(train);
    const { pointers, indices } = train.byUser;
    this.#had = Array.from(choices.users, (user) => indices.subarray(pointers[user], pointers[user + 1]));
  }

  async begin(tell: Tell, signal?: AbortSignal): Promise<PriceFigures> {
    // Pools of settings that are not neutral, so that there are candidates beyond the list.
    this.#pools = await this.#poolsFor(this.#reranker({ ...NEUTRAL, variety: 1 }), tell, signal);
    const { figures, recall } = await this.#judge(NEUTRAL, this.#pools, signal);
    this.#neutralRecall = recall;
    return figures;
  }

  async curves(tell?: Tell, signal?: AbortSignal): Promise<PriceCurves> {
    const curves: Record<Slider, Price[]> = { variety: [], niche: [], ownMix: [] };
    const sliders = SLIDERS.filter((slider) => slider !== 'ownMix' || this.#shelf.categories !== null);
    const steps = sliders.flatMap((slider) =>
      POSITIONS[slider].filter((position) => position !== 0).map((position) => ({ slider, position })),
    );
    for (const [at, { slider, position }] of steps.entries()) {
      curves[slider].push(await this.price({ ...NEUTRAL, [slider]: position }, signal));
      tell?.((at + 1) / steps.length);
    }
    return curves;
  }

  async price(settings: RerankSettings, signal?: AbortSignal): Promise<Price> {
    throwIfAborted(signal);
    const pools = hasRules(settings.rules)
      ? await this.#poolsFor(this.#reranker(settings), undefined, signal)
      : this.#pools;
    const { figures, recall } = await this.#judge(settings, pools, signal);
    const [after, before] = [meanOver(recall), meanOver(this.#neutralRecall)];
    const difference = await comparePaired(after, before, 'higher', this.#resamples);
    // Recall is defined for every tested customer.
    if (!difference) throw new TypeError('no tested customer has a recall');
    return { settings, figures, difference };
  }

  #reranker(settings: RerankSettings): Reranker {
    return new Reranker(settings, this.#shelf);
  }

  async #poolsFor(reranker: Reranker, tell?: Tell, signal?: AbortSignal): Promise<Candidates[]> {
    const { users } = this.#choices;
    const atOnce = Math.max(1, Math.floor(NUMBERS_AT_ONCE / Math.max(1, this.#shelf.products)));
    const pools: Candidates[] = [];
    const pace = createPacer(signal);
    for (let from = 0; from < users.length; from += atOnce) {
      const block = users.subarray(from, from + atOnce);
      const had = this.#had.slice(from, from + block.length);
      for (const candidates of await candidatesForMany(this.#model, reranker, block, had, this.#k))
        pools.push(candidates);
      tell?.(pools.length / users.length);
      await pace.turn();
    }
    return pools;
  }

  async #judge(settings: RerankSettings, pools: readonly Candidates[], signal?: AbortSignal) {
    const lists = await this.#listsOf(settings, pools, signal);
    const quality = judgeLists(lists, this.#choices);
    const [recall, ndcg] = await bootstrap([meanOver(quality.recall), meanOver(quality.ndcg)], this.#resamples);
    if (!recall || !ndcg) throw new TypeError('no tested customer has a recall');
    const figures: PriceFigures = { recall, ndcg, ...(await this.#looksOf(lists, signal)) };
    return { figures, recall: quality.recall };
  }

  async #listsOf(settings: RerankSettings, pools: readonly Candidates[], signal?: AbortSignal): Promise<Lists> {
    const { users } = this.#choices;
    const length = this.#k;
    const items = new Uint32Array(users.length * length).fill(NOT_FOUND);
    const reranker = this.#reranker(settings);
    const pace = createPacer(signal);
    for (let q = 0; q < users.length; q++) {
      const { pool, pinned, firsts } = pools[q];
      const list = reranker.finish(pool, pinned, firsts, historyOf(this.#histories, users[q]), length);
      items.set(list.indices, q * length);
      if (pace.due()) await pace.turn();
    }
    return { users, length, items };
  }

  /** What the lists show, whatever of it was chosen. */
  async #looksOf(lists: Lists, signal?: AbortSignal): Promise<Omit<PriceFigures, 'recall' | 'ndcg'>> {
    const { cosines, categories, products } = this.#shelf;
    const shown = new Set<number>();
    const diversity = new DefinedMean();
    const popularity = new DefinedMean();
    const gap = new DefinedMean();
    const every = Math.ceil(lists.users.length / DIVERSITY_LISTS);
    const pace = createPacer(signal);
    for (let q = 0; q < lists.users.length; q++) {
      if (pace.due()) await pace.turn();
      const list = listOf(lists, q).filter((item) => item !== NOT_FOUND);
      const own = categories && mixOf(historyOf(this.#histories, lists.users[q]), categories);
      const mix = own && categories && new ListMix(own, categories);
      // One in so many, the first among them.
      const paired = q % every === 0;
      let alike = 0;
      let counted = 0;
      list.forEach((item, place) => {
        shown.add(item);
        counted += cosines.counts[item];
        mix?.add(item);
        if (!paired) return;
        const near = cosines.to(item);
        for (let before = 0; before < place; before++) alike += near[list[before]];
      });
      if (list.length > 0) popularity.add(counted / list.length);
      if (paired && list.length > 1) diversity.add(1 - alike / ((list.length * (list.length - 1)) / 2));
      if (mix && list.length > 0) gap.add(mix.divergence());
    }
    return {
      shown: shown.size,
      coverage: products === 0 ? 0 : shown.size / products,
      diversity: diversity.mean,
      popularity: popularity.mean,
      categoryGap: gap.mean,
    };
  }
}
