/**
 * What a customer will want next and why. Lists are in the choice head's order; stars come from the
 * taste head and stand beside. Everything is answered from the exact solve of the customer's row, so
 * the reasons shown add up to the score shown.
 */
import { AppError } from '../base/error.ts';
import type { Protected } from '../data/protect.ts';
import { choiceWeight } from '../data/ratings.ts';
import { rowOf } from '../models/chosen-pairs.ts';
import type { QuestionRule } from '../models/questions.ts';
import type {
  ChoiceModel,
  FoldableChoice,
  FoldableTaste,
  History,
  HistoryChoice,
  OrderedChoice,
  PersonalChoice,
  ScoredList,
  TasteModel,
} from '../models/recommender.ts';
import type { Counterfactual, CounterfactualRequest, RecommendationList, RecommendRequest } from './api/lists.ts';
import { customerCard, productCard } from './catalogue.ts';
import { learnedBy } from './learned.ts';
import { mostChosen } from './most-chosen.ts';
import { forNewcomers } from './new-customers.ts';
import { type AnswersHistories, approximateReasons, counterfactual, exactReasons } from './reasons.ts';
import { rerankerFor } from './reshaping.ts';
import type { Project, Session, TrainedRun } from './session.ts';

const SIMILAR_SHOWN = 6;

/** A model, or one with the bestsellers beside it, which knows nobody by number. */
type Lists = Partial<Pick<HistoryChoice, 'topItems' | 'topItemsFrom' | 'explain'>>;
const answersHistories = (model: Lists): model is Lists & AnswersHistories => model.topItemsFrom !== undefined;
const givesReasons = (model: Lists): model is Lists & Pick<HistoryChoice, 'explain'> => model.explain !== undefined;
const knowsOrder = (model: ChoiceModel): model is OrderedChoice => 'inOrderOf' in model;
const knowsInPerson = (model: ChoiceModel): model is PersonalChoice => 'inPersonOf' in model;
const isFoldableChoice = (model: ChoiceModel): model is FoldableChoice => 'foldIn' in model;
const isFoldableTaste = (model: TasteModel | null): model is FoldableTaste => model !== null && 'foldIn' in model;

/** A row of a matrix with some entries set (number) or taken out (null); what `weigh` makes 0 of does not count. */
function edited(
  matrix: { readonly pointers: Uint32Array; readonly indices: Uint32Array; readonly values: Float32Array },
  row: number | null,
  changes: ReadonlyMap<number, number | null>,
  weigh: (value: number) => number = (value) => value,
): History {
  const entries = new Map<number, number>();
  if (row !== null) {
    for (let e = matrix.pointers[row]; e < matrix.pointers[row + 1]; e++) {
      const weight = weigh(matrix.values[e]);
      if (weight !== 0) entries.set(matrix.indices[e], weight);
    }
  }
  for (const [item, value] of changes) {
    if (value === null) entries.delete(item);
    else entries.set(item, value);
  }
  const items = Uint32Array.from(entries.keys()).sort();
  return { items, values: Float32Array.from(items, (item) => entries.get(item) as number) };
}

type Asked = Omit<RecommendRequest, 'count'>;

const isChanged = ({ whatIf }: Asked) => whatIf.liked.length + whatIf.disliked.length > 0;

/**
 * The two histories a list is made from, as far as the run learned from them, and what may not appear in it: all that the
 * customer has.
 */
function histories(project: Project, learned: Protected, { customer, whatIf }: Asked) {
  const { ratings } = learned;
  if (customer !== null) customerCard(project, customer);
  for (const item of [...whatIf.liked, ...whatIf.disliked]) productCard(project, item);
  const { scale } = ratings;
  const likedWeight = scale ? choiceWeight(scale.max, ratings) : 1;
  const choice = new Map<number, number | null>();
  const taste = new Map<number, number | null>();
  for (const item of whatIf.disliked) {
    choice.set(item, null);
    if (scale) taste.set(item, scale.min);
  }
  for (const item of whatIf.liked) {
    choice.set(item, likedWeight);
    if (scale) taste.set(item, scale.max);
  }
  const tasteHistory = edited(ratings.byUser, customer, taste);
  const chosen = edited(ratings.byUser, customer, choice, (value) => choiceWeight(value, ratings));
  const had = customer === null ? [] : rowOf(project.ratings.byUser, customer);
  const exclude = new Set([...had, ...whatIf.liked, ...whatIf.disliked]);
  return { choice: chosen, taste: tasteHistory, exclude: Uint32Array.from(exclude).sort() };
}

/** What a run learned that a customer chose. */
function ownHistory({ ratings }: Protected, customer: number): History {
  return edited(ratings.byUser, customer, new Map(), (value) => choiceWeight(value, ratings));
}

async function starsFor(run: TrainedRun, who: number | null, history: History, changed: boolean, items: Uint32Array) {
  const { taste } = run;
  if (isFoldableTaste(taste) && history.items.length > 0) {
    const intervals = Float32Array.from(items, (item) => taste.ratingInterval(history, item));
    return { stars: taste.predictFor(taste.foldIn(history), items), intervals };
  }
  // A model without fold-in knows only the customers it was trained on, as they were.
  if (taste && who !== null && !changed) {
    return { stars: await taste.predict(new Uint32Array(items.length).fill(who), items), intervals: null };
  }
  return { stars: null, intervals: null };
}

/** Where each thing of a list stands in the model's own order of everything the customer does not have, from 1. */
async function ownPlaces(
  ask: (count: number, exclude: Uint32Array) => Promise<ScoredList>,
  list: ScoredList,
  exclude: Uint32Array,
  products: number,
): Promise<(number | null)[]> {
  const wanted = new Map<number, number | null>(Array.from(list.indices, (item) => [item, null]));
  const { indices } = await ask(products, exclude);
  indices.forEach((item, at) => {
    if (wanted.has(item)) wanted.set(item, at + 1);
  });
  return Array.from(list.indices, (item) => wanted.get(item) ?? null);
}

/** A customer as they were learned from, with another history since, or whom nobody knows. */
type Standing = 'known' | 'changed' | 'new';

const standingOf = (asked: Asked): Standing =>
  asked.customer === null ? 'new' : isChanged(asked) ? 'changed' : 'known';

/**
 * The run that answers; a factorization where the run's own model cannot, and for somebody new where it has parameters
 * for each customer: of a few choices the factorization makes more (docs/algorithms.md), and in a moment. Throws
 * `notTrained`, `factorizationMissing`.
 */
export function answering(session: Session, wanted: string | null, standing: Standing): TrainedRun {
  const run = session.serving(wanted);
  // Bestsellers and chance look at nobody's history.
  const able = answersHistories(run.choice);
  if (standing === 'known' || (able && !(standing === 'new' && knowsInPerson(run.choice)))) return run;
  const factorization = session.factorization(run);
  if (factorization) return factorization;
  if (able) return run;
  throw new AppError('factorizationMissing');
}

/** A question is chosen among a hundred lists: too many for a model that has to find a place for somebody first. */
export function questionRule(model: ChoiceModel): QuestionRule {
  return knowsInPerson(model) ? 'entropy' : 'lists';
}

/**
 * Who makes the list: of somebody new so little is known that the bestsellers count beside the model; of somebody known
 * a model may know more than a history says: in which order they chose, or parameters of their own.
 */
function forWhom(learned: Protected, model: ChoiceModel, customer: number | null): Lists {
  const own = customer !== null && knowsInPerson(model) ? ownHistory(learned, customer) : null;
  // Of whom nothing was learned is somebody new, whatever is said of them now.
  if (customer === null || own?.items.length === 0) {
    return answersHistories(model) ? forNewcomers(learned, model) : model;
  }
  if (own && knowsInPerson(model)) return model.inPersonOf(customer, own);
  return knowsOrder(model) ? model.inOrderOf(customer) : model;
}

/**
 * Where a product stands in a known customer's list as the model that lists for them orders it, from 1; null where it is
 * not listed. `had`: what it leaves out, ascending.
 */
export function placeInList(
  learned: Protected,
  model: ChoiceModel,
  customer: number,
  product: number,
  had: Uint32Array,
): number | null {
  const lists = forWhom(learned, model, customer);
  if (!answersHistories(lists)) return null;
  const { indices } = lists.topItemsFrom(ownHistory(learned, customer), learned.ratings.itemIds.length, had);
  const at = indices.indexOf(product);
  return at < 0 ? null : at + 1;
}

/** Throws `notTrained`, `factorizationMissing`, `unknownCustomer`, `unknownProduct`. */
export async function recommend(session: Session, request: RecommendRequest): Promise<RecommendationList> {
  const { project } = session;
  const { customer, count } = request;
  const changed = isChanged(request);
  const run = answering(session, request.run, standingOf(request));
  const learned = learnedBy(project, run.summary.request);
  const { choice, taste, exclude } = histories(project, learned, request);
  const model = forWhom(learned, run.choice, customer);
  const start = performance.now();
  let similar: RecommendationList['similarCustomers'] = [];
  const explained = choice.items.length > 0 && givesReasons(model) ? model : null;
  const ask = async (length: number, without: Uint32Array): Promise<ScoredList> => {
    if (choice.items.length === 0) return mostChosen(learned, length, without);
    if (answersHistories(model)) return model.topItemsFrom(choice, length, without);
    return run.choice.topItems(customer as number, length, without);
  };
  const reranker = rerankerFor(project, learned, request.rerank);
  const list = reranker ? await reranker.listLater(ask, choice, count, exclude) : await ask(count, exclude);
  const own = reranker && (await ownPlaces(ask, list, exclude, project.ratings.itemIds.length));
  // Who is like whom is read off a factorization, whichever model makes the list.
  const space = isFoldableChoice(run.choice) ? run.choice : session.factorization(run)?.choice;
  if (choice.items.length > 0 && space && isFoldableChoice(space)) {
    const near = space.similarUsers(space.foldIn(choice), SIMILAR_SHOWN + 1);
    similar = Array.from(near.indices, (row, at) => ({ row, similarity: near.scores[at] }))
      .filter(({ row }) => row !== customer)
      .slice(0, SIMILAR_SHOWN)
      .map(({ row, similarity }) => ({ customer: customerCard(project, row), similarity }));
  }
  // The same for stars: lists may be a factorization's where the stars beside them are not.
  const unknown = customer === null || changed;
  const rated = unknown && !isFoldableTaste(run.taste) ? (session.factorization(run) ?? run) : run;
  const { stars, intervals } = await starsFor(rated, customer, taste, changed, list.indices);
  const reasons = explained
    ? Array.from(list.indices, (item, at) =>
        // What the model knows no score for, it knows no reasons for.
        Number.isFinite(list.scores[at]) ? exactReasons(project, explained.explain(choice, item)) : null,
      )
    : choice.items.length > 0 && answersHistories(model)
      ? approximateReasons(project, model, choice, list)
      : null;
  const milliseconds = performance.now() - start;

  return {
    items: Array.from(list.indices, (item, at) => ({
      product: productCard(project, item),
      ...(reranker && own ? { ownPlace: own[at], pinned: reranker.pins(item) } : {}),
      score: list.scores[at],
      stars: stars?.[at] ?? null,
      starsInterval: intervals?.[at] ?? null,
      reasons: reasons?.[at] ?? null,
    })),
    similarCustomers: similar,
    milliseconds,
    model: run.summary.request.model,
  };
}

/** Throws `notTrained`, `factorizationMissing`, `unknownCustomer`, `unknownProduct`; null for a model that only knows histories as they were. */
export function standWithout(session: Session, request: CounterfactualRequest): Counterfactual | null {
  const { project } = session;
  productCard(project, request.product);
  productCard(project, request.without);
  const { choice: own, summary } = answering(session, request.run, standingOf(request));
  const learned = learnedBy(project, summary.request);
  const { choice, exclude } = histories(project, learned, request);
  const model = forWhom(learned, own, request.customer);
  if (!answersHistories(model)) return null;
  const lists = {
    // As in a list: where nothing is left to go by, what most people choose.
    topItemsFrom: (history: History, count: number, without: Uint32Array) =>
      history.items.length === 0 ? mostChosen(learned, count, without) : model.topItemsFrom(history, count, without),
  };
  return counterfactual(lists, choice, request, exclude, project.ratings.itemIds.length);
}
