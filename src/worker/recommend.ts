/**
 * What a customer will want next and why. Lists are in the choice head's order; stars come from the
 * taste head and stand beside. Everything is answered from the exact solve of the customer's row, so
 * the reasons shown add up to the score shown.
 */
import { AppError } from '../base/error.ts';
import { TopK } from '../base/top-k.ts';
import { choiceWeight } from '../data/ratings.ts';
import type {
  ChoiceModel,
  FoldableChoice,
  FoldableTaste,
  History,
  HistoryChoice,
  ScoredList,
  TasteModel,
} from '../models/recommender.ts';
import type { Counterfactual, CounterfactualRequest, RecommendationList, RecommendRequest } from './api.ts';
import { customerCard, productCard } from './catalogue.ts';
import { type AnswersHistories, approximateReasons, counterfactual, exactReasons } from './reasons.ts';
import type { Project, Session, TrainedRun } from './session.ts';

const SIMILAR_SHOWN = 6;

const answersHistories = (model: ChoiceModel): model is ChoiceModel & AnswersHistories => 'topItemsFrom' in model;
const givesReasons = (model: ChoiceModel): model is HistoryChoice => 'explain' in model;
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

/** The two histories a list is made from, and what may not appear in it. */
function histories(project: Project, { customer, whatIf }: Omit<RecommendRequest, 'count'>) {
  const { ratings } = project;
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
  const exclude = new Set([...tasteHistory.items, ...whatIf.liked, ...whatIf.disliked]);
  return {
    choice: chosen,
    taste: tasteHistory,
    exclude: Uint32Array.from(exclude).sort(),
    changed: whatIf.liked.length + whatIf.disliked.length > 0,
  };
}

/** For somebody nothing is known of: what most people choose. */
function mostChosen({ ratings }: Project, count: number, exclude: Uint32Array): ScoredList {
  const excluded = new Set(exclude);
  const best = new TopK(count);
  const { columns, indices, values } = ratings.byUser;
  const times = new Uint32Array(columns);
  for (let e = 0; e < indices.length; e++) if (choiceWeight(values[e], ratings) > 0) times[indices[e]]++;
  for (let item = 0; item < times.length; item++) {
    if (!excluded.has(item)) best.offer(item, times[item]);
  }
  return best.drain();
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

/** The run that answers; a factorization for somebody new or changed where the run's own model cannot. Throws `notTrained`. */
function answering(session: Session, wanted: string | null, unknown: boolean): TrainedRun {
  const run = session.serving(wanted);
  // Networks know only the customers they were trained on, as they were.
  if (answersHistories(run.choice) || !unknown) return run;
  const factorization = session.factorization();
  if (!factorization) throw new AppError('notTrained');
  return factorization;
}

/** Throws `notTrained`, `unknownCustomer`, `unknownProduct`. */
export async function recommend(session: Session, request: RecommendRequest): Promise<RecommendationList> {
  const { project } = session;
  const { customer, count } = request;
  const { choice, taste, exclude, changed } = histories(project, request);
  const run = answering(session, request.run, customer === null || changed);
  const model = run.choice;
  const start = performance.now();
  let list: ScoredList;
  let similar: RecommendationList['similarCustomers'] = [];
  const explained = choice.items.length > 0 && givesReasons(model) ? model : null;
  if (choice.items.length === 0) {
    list = mostChosen(project, count, exclude);
  } else if (answersHistories(model)) {
    list = model.topItemsFrom(choice, count, exclude);
  } else {
    list = await model.topItems(customer as number, count, exclude);
  }
  // Who is like whom is read off a factorization, whichever model makes the list.
  const space = isFoldableChoice(model) ? model : session.factorization()?.choice;
  if (choice.items.length > 0 && space && isFoldableChoice(space)) {
    const near = space.similarUsers(space.foldIn(choice), SIMILAR_SHOWN + 1);
    similar = Array.from(near.indices, (row, at) => ({ row, similarity: near.scores[at] }))
      .filter(({ row }) => row !== customer)
      .slice(0, SIMILAR_SHOWN)
      .map(({ row, similarity }) => ({ customer: customerCard(project, row), similarity }));
  }
  // The same for stars: lists may be a factorization's where the stars beside them are not.
  const unknown = customer === null || changed;
  const rated = unknown && !isFoldableTaste(run.taste) ? (session.factorization() ?? run) : run;
  const { stars, intervals } = await starsFor(rated, customer, taste, changed, list.indices);
  const reasons = explained
    ? Array.from(list.indices, (item) => exactReasons(project, explained.explain(choice, item)))
    : choice.items.length > 0 && answersHistories(model)
      ? approximateReasons(project, model, choice, list)
      : null;
  const milliseconds = performance.now() - start;

  return {
    items: Array.from(list.indices, (item, at) => ({
      product: productCard(project, item),
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

/** Throws `notTrained`, `unknownCustomer`, `unknownProduct`; null for a model that only knows histories as they were. */
export function standWithout(session: Session, request: CounterfactualRequest): Counterfactual | null {
  const { project } = session;
  const { choice, exclude, changed } = histories(project, request);
  productCard(project, request.product);
  productCard(project, request.without);
  const model = answering(session, request.run, request.customer === null || changed).choice;
  if (!answersHistories(model)) return null;
  return counterfactual(model, choice, request, exclude, project.ratings.itemIds.length);
}
