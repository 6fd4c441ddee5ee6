/**
 * How good lists are where nothing was learned: for customers who were never seen, after a few questions, and of
 * products nobody has chosen yet. As in `protocol.ts`, settings and stopping look at a validation part inside what is
 * left for training, and what is held out is looked at once.
 */
import { AppError, throwIfAborted } from '../base/error.ts';
import { createPacer } from '../base/pacer.ts';
import type { Tell } from '../base/progress.ts';
import { type ComputeDevice, NOT_FOUND } from '../compute/device.ts';
import { assertLearnable, choiceWeight, type Ratings } from '../data/ratings.ts';
import { splitRatings } from '../data/split.ts';
import { chosenPairs, rowOf } from '../models/chosen-pairs.ts';
import { customersAtOnce, type HeldOutChoices, historiesOf } from '../models/held-out.ts';
import { bestsellersOf, newcomerLister } from '../models/newcomer.ts';
import {
  type Answer,
  type Lister,
  listAfter,
  type Question,
  type QuestionRule,
  Questions,
} from '../models/questions.ts';
import type { ChoiceModel, History, HistoryChoice, Model, ModelName } from '../models/recommender.ts';
import {
  bootstrap,
  comparePaired,
  createResamples,
  type Interval,
  meanOver,
  type Paired,
  type Resamples,
} from './bootstrap.ts';
import { type ColdCustomers, cutColdCustomers, cutColdProducts, replyOf } from './cold-slices.ts';
import { FitAnywhere, type NextDevice } from './fit-anywhere.ts';
import { headFits } from './head-fits.ts';
import type { HeadPlan } from './head-plan.ts';
import { judgeLists, type PerCustomer } from './list-metrics.ts';
import type { Lists } from './ranking.ts';

/** Asked of each new customer. */
export const QUESTIONS_ASKED = 3;
const LIST_LENGTH = 10;
/** Of the training part, for stopping and settings. */
const VALIDATION = 0.1;
const VALIDATION_SEED = 0x5eed;
/** What of a measurement the fits take, for the share that is told. */
const FIT_SHARE = 0.8;

export interface ColdHooks {
  /** Of the whole, 0 to 1. */
  readonly tell?: Tell;
  readonly signal?: AbortSignal;
  readonly nextDevice?: NextDevice;
}

interface ColdRequest {
  readonly data: Ratings;
  readonly seed: number;
  readonly device: ComputeDevice;
  /** Length of the lists. Default 10. */
  readonly k?: number;
  readonly hooks?: ColdHooks;
}

/** Recall and NDCG of lists of k, with their 95 % intervals over customers. */
export interface ColdQuality {
  readonly recall: Interval;
  readonly ndcg: Interval;
}

/** Lists after so many questions. */
export interface ColdStep extends ColdQuality {
  /** null: everything they know is folded in. */
  readonly questions: number | null;
  /** Its recall against that of bestsellers; null for bestsellers themselves. */
  readonly versus: Paired | null;
  /** Its recall as a multiple of the bestsellers'; null where those find nothing. */
  readonly times: number | null;
}

export interface ColdCustomersResult {
  readonly model: ModelName;
  readonly k: number;
  /** Held out whole, with something to be found. */
  readonly customers: number;
  /** Held out whole, with nothing to be found: they count in no figure. */
  readonly skipped: number;
  /** After 0 (bestsellers), 1, 2 and 3 questions. */
  readonly steps: readonly ColdStep[];
  readonly everything: ColdStep;
  /** Of the questions: how many could be answered, and how many were answered with "liked". */
  readonly answered: number;
  readonly liked: number;
  /** Product row everybody is asked about first; null where there is nothing to ask. */
  readonly first: number | null;
}

export interface ColdCustomersRequest extends ColdRequest {
  /** A model that answers histories. */
  readonly plan: HeadPlan<ChoiceModel>;
  /** For comparisons of ways to ask. */
  readonly rule?: QuestionRule;
}

/**
 * New customers: a tenth of them leaves the training part whole (`cutColdCustomers`), the model is fitted on the others,
 * and each of them answers three questions as their known part says. Lists may hold anything they were not asked about,
 * as in life: what they have but did not speak of takes up places of every list alike. With everything known folded in,
 * all of that is left out of the list.
 *
 * Rejects with `tooFewRatings` and what else is wrong with the data, `nothingToTest` where nobody did enough, `cancelled`,
 * and TypeError for a model that does not answer histories.
 */
export async function measureColdCustomers(request: ColdCustomersRequest): Promise<ColdCustomersResult> {
  const { data, seed, plan, rule = 'lists', hooks = {} } = request;
  const { signal, tell } = hooks;
  assertLearnable(data);
  const cut = cutColdCustomers(data, seed);
  if (cut.users.length === 0) throw new AppError('nothingToTest');
  throwIfAborted(signal);
  const k = Math.min(request.k ?? LIST_LENGTH, data.byUser.columns);
  const made = new Set<Model>();
  try {
    const model = await fitted(plan, cut.train, request, made, (share) => tell?.(FIT_SHARE * share));
    if (!answersHistories(model)) throw new TypeError(`${model.name} does not answer histories`);
    const lister = newcomerLister(model, bestsellersOf(chosenPairs(cut.train)));
    const asked = await askEverybody(cut, lister, k, rule, signal, (share) =>
      tell?.(FIT_SHARE + (1 - FIT_SHARE) * share),
    );
    return {
      model: plan.name,
      k,
      customers: cut.users.length,
      skipped: cut.skipped,
      ...(await judged(cut, asked, seed)),
    };
  } finally {
    for (const model of made) model.destroy();
  }
}

const answersHistories = (model: ChoiceModel): model is ChoiceModel & Pick<HistoryChoice, 'topItemsFrom'> =>
  'topItemsFrom' in model;

interface Asked {
  /** After 0, 1, 2, 3 questions, and with everything folded in. */
  readonly lists: readonly Lists[];
  readonly questions: number;
  readonly answered: number;
  readonly liked: number;
  readonly first: number | null;
}

/** Everybody's lists. Those who answered alike are asked alike and shown the same. */
async function askEverybody(
  cut: ColdCustomers,
  lister: Lister,
  k: number,
  rule: QuestionRule,
  signal: AbortSignal | undefined,
  tell: Tell,
): Promise<Asked> {
  const { train, known, users } = cut;
  const questions = new Questions(train);
  const next = new Map<string, Question | null>();
  const shown = new Map<string, Uint32Array>();
  const lists = Array.from({ length: QUESTIONS_ASKED + 2 }, (): Lists => {
    return { users, length: k, items: new Uint32Array(users.length * k).fill(NOT_FOUND) };
  });
  let [count, answered, liked] = [0, 0, 0];
  const pace = createPacer(signal);
  for (let q = 0; q < users.length; q++) {
    let answers: readonly Answer[] = [];
    for (let step = 0; step <= QUESTIONS_ASKED; step++) {
      const key = answers.map(({ item, reply }) => `${item} ${reply}`).join();
      const list = remembered(shown, key, () => listAfter(answers, train, lister, k));
      lists[step].items.set(list, q * k);
      if (step === QUESTIONS_ASKED) break;
      const question = remembered(next, key, () => questions.next(answers, lister, rule));
      if (!question) continue;
      const reply = replyOf(cut, q, question.item);
      answers = [...answers, { item: question.item, reply }];
      count++;
      if (reply !== 'unknown') answered++;
      if (reply === 'liked') liked++;
      if (pace.due()) await pace.turn();
    }
    const everything = lister.topItemsFrom(knownHistory(cut, q), k, rowOf(known, q)).indices;
    lists[QUESTIONS_ASKED + 1].items.set(everything, q * k);
    tell((q + 1) / users.length);
    if (pace.due()) await pace.turn();
  }
  return { lists, questions: count, answered, liked, first: next.get('')?.item ?? null };
}

function remembered<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}

/** What row `q` knows, as choices. */
function knownHistory({ known, train }: ColdCustomers, q: number): History {
  const entries = Array.from(rowOf(known, q), (item, at) => ({
    item,
    weight: choiceWeight(known.values[known.pointers[q] + at], train),
  })).filter(({ weight }) => weight > 0);
  return {
    items: Uint32Array.from(entries, ({ item }) => item),
    values: Float32Array.from(entries, ({ weight }) => weight),
  };
}

async function judged({ hidden }: ColdCustomers, asked: Asked, seed: number) {
  const resamples = createResamples(seed);
  const figures = asked.lists.map((lists) => judgeLists(lists, hidden));
  const all: ColdStep[] = [];
  for (const [step, own] of figures.entries()) {
    const quality = await qualityOf(own, resamples);
    const before = all[0]?.recall.mean ?? quality.recall.mean;
    all.push({
      questions: step > QUESTIONS_ASKED ? null : step,
      ...quality,
      versus:
        step === 0 ? null : await comparePaired(meanOver(own.recall), meanOver(figures[0].recall), 'higher', resamples),
      times: before > 0 ? quality.recall.mean / before : null,
    });
  }
  return {
    steps: all.slice(0, QUESTIONS_ASKED + 1),
    everything: all[QUESTIONS_ASKED + 1],
    answered: asked.answered / Math.max(1, asked.questions),
    liked: asked.liked / Math.max(1, asked.questions),
    first: asked.first,
  };
}

async function qualityOf({ recall, ndcg }: PerCustomer, resamples: Resamples): Promise<ColdQuality> {
  const [found, order] = await bootstrap([meanOver(recall), meanOver(ndcg)], resamples);
  if (!found || !order) throw new RangeError('figures of nobody');
  return { recall: found, ndcg: order };
}

export interface ColdProductsEntrant {
  readonly id: string;
  readonly plan: HeadPlan<ChoiceModel>;
}

export interface ColdProductsRow {
  readonly id: string;
  /** Why it could not be trained or does not apply here; then nothing else is there. */
  readonly error: Pick<AppError, 'code' | 'params'> | null;
  /** Choices of new products found in lists of everything. */
  readonly everything: ColdQuality | null;
  /** The same in lists of new products alone: "new arrivals for you". */
  readonly among: ColdQuality | null;
  /** Held-out choices of products that are not new, in lists of everything: what listing new ones costs. */
  readonly warm: ColdQuality | null;
}

export interface ColdProductsResult {
  readonly k: number;
  /** Products that lost all they had. */
  readonly products: number;
  /** Customers who chose one of them. */
  readonly customers: number;
  readonly entrants: readonly ColdProductsRow[];
}

export interface ColdProductsRequest extends ColdRequest {
  readonly entrants: readonly ColdProductsEntrant[];
}

/**
 * New products: a tenth of those that five people or more chose lose every choice (`cutColdProducts`). An entrant's own
 * AppError stands in its row. Rejects with what is wrong with the data, `nothingToTest` where no product was chosen often
 * enough, `cancelled`.
 */
export async function measureColdProducts(request: ColdProductsRequest): Promise<ColdProductsResult> {
  const { data, seed, entrants, hooks = {} } = request;
  const { signal, tell } = hooks;
  assertLearnable(data);
  const cut = cutColdProducts(data, seed);
  const { train, products, cold, warm } = cut;
  if (cold.users.length === 0) throw new AppError('nothingToTest');
  const k = Math.min(request.k ?? LIST_LENGTH, data.byUser.columns);
  const resamples = createResamples(seed);
  const isNew = new Set(products);
  const others = Uint32Array.from({ length: data.byUser.columns }, (_, item) => item).filter(
    (item) => !isNew.has(item),
  );
  const rows: ColdProductsRow[] = [];
  for (const [at, { id, plan }] of entrants.entries()) {
    throwIfAborted(signal);
    const made = new Set<Model>();
    const telling: Tell = (share) => tell?.((at + share) / entrants.length);
    try {
      const model = await fitted(plan, train, request, made, (share) => telling(FIT_SHARE * share));
      const quality = async (choices: HeldOutChoices, only: Uint32Array | null) =>
        choices.users.length === 0
          ? null
          : qualityOf(judgeLists(await listsOf(model, train, choices.users, k, only, signal), choices), resamples);
      rows.push({
        id,
        error: null,
        everything: await quality(cold, null),
        among: await quality(cold, others),
        warm: await quality(warm, null),
      });
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === 'cancelled') throw thrown;
      const { code, params } = thrown;
      rows.push({ id, error: { code, params }, everything: null, among: null, warm: null });
    } finally {
      for (const model of made) model.destroy();
    }
    telling(1);
  }
  return { k, products: products.length, customers: cold.users.length, entrants: rows };
}

/** Lists of everything a customer does not have, or, with `left` (a superset of all histories), of all but that. */
async function listsOf(
  model: ChoiceModel,
  train: Ratings,
  users: Uint32Array,
  k: number,
  left: Uint32Array | null,
  signal: AbortSignal | undefined,
): Promise<Lists> {
  const items = new Uint32Array(users.length * k).fill(NOT_FOUND);
  const atOnce = customersAtOnce(train.byUser.columns);
  const pace = createPacer(signal);
  for (let from = 0; from < users.length; from += atOnce) {
    const block = users.subarray(from, from + atOnce);
    const exclude = left ? repeated(left, block.length) : historiesOf(train.byUser, block);
    items.set((await model.topItemsForMany(block, k, exclude)).indices, from * k);
    await pace.turn();
  }
  return { users, length: k, items };
}

function repeated(list: Uint32Array, times: number) {
  const indices = new Uint32Array(list.length * times);
  for (let q = 0; q < times; q++) indices.set(list, q * list.length);
  return { pointers: Uint32Array.from({ length: times + 1 }, (_, q) => q * list.length), indices };
}

/** Steps 2 and 3 of `protocol.ts`. */
async function fitted(
  plan: HeadPlan<ChoiceModel>,
  train: Ratings,
  { seed, device, hooks = {} }: ColdRequest,
  made: Set<Model>,
  tell: Tell,
): Promise<ChoiceModel> {
  const inner = splitRatings(train, { kind: 'per-customer', holdout: VALIDATION, seed: seed ^ VALIDATION_SEED });
  const fits = headFits({
    place: new FitAnywhere(device, hooks.nextDevice),
    parts: { train, inner },
    made,
    hooks: {
      signal: hooks.signal,
      onProgress: (work, _, { share }) => tell(work === 'learning' ? share / 2 : 0.5 + share / 2),
    },
  });
  const { scored } = await fits.prepare(plan);
  throwIfAborted(hooks.signal);
  return scored.model;
}
