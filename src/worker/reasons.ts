/** Why something is suggested: exactly where the model is a sum over the history, by leaving things out where it is not. */
import type { Explanation, History, HistoryChoice, LeavesOut, ScoredList } from '../models/recommender.ts';
import type { Counterfactual, Recommendation } from './api/lists.ts';
import { productCard } from './catalogue.ts';
import type { Project } from './session.ts';

const REASONS_SHOWN = 3;
/** Things of a history that are left out in turn, the strongest first: each costs a whole ranking, or nearly. */
const MOST_LEFT_OUT = 150;

/** Answers for anybody with a history, changed or new. */
export type AnswersHistories = Pick<HistoryChoice, 'topItemsFrom'> & Partial<LeavesOut>;

/** The reasons of a model whose contributions add up to its score. */
export function exactReasons(
  project: Project,
  { score, baseline, contributions }: Explanation,
): Recommendation['reasons'] {
  const because = contributions.slice(0, REASONS_SHOWN).filter(({ amount }) => amount > 0);
  const shown = because.reduce((sum, { amount }) => sum + amount, baseline);
  return {
    exact: true,
    baseline,
    because: because.map(({ item: cause, amount }) => ({ product: productCard(project, cause), amount })),
    others: score - shown,
    othersCount: contributions.length - because.length,
    sum: score,
  };
}

/** A history without one of its things. */
function withoutOne({ items, values }: History, item: number): History {
  const keep = (at: number) => items[at] !== item;
  return { items: items.filter((_, at) => keep(at)), values: values.filter((_, at) => keep(at)) };
}

/** The score of every product; −Infinity for what is never listed. */
function scoresOf(model: AnswersHistories, history: History, products: number): Float32Array {
  const { indices, scores } = model.topItemsFrom(history, products, new Uint32Array());
  const byProduct = new Float32Array(products).fill(Number.NEGATIVE_INFINITY);
  indices.forEach((item, at) => {
    byProduct[item] = scores[at];
  });
  return byProduct;
}

const scoresAt = (items: Uint32Array, scores: Float32Array) => Float32Array.from(items, (item) => scores[item]);

/**
 * What each thing of the history does for a score, found by leaving it out: how far the score falls. Interactions count
 * for each of the things involved, so that the amounts do not add up to the score.
 */
export function approximateReasons(
  project: Project,
  model: AnswersHistories,
  history: History,
  { indices, scores }: ScoredList,
): Recommendation['reasons'][] {
  const products = project.ratings.itemIds.length;
  const strongest = Array.from(history.items.keys())
    .sort((a, b) => history.values[b] - history.values[a] || a - b)
    .slice(0, MOST_LEFT_OUT);
  const causes = Uint32Array.from(strongest, (at) => history.items[at]);
  const without = model.scoresWithout?.(history, causes, indices);
  const falls = Array.from(causes, (cause, row) => {
    const left = without
      ? without.subarray(row * indices.length, (row + 1) * indices.length)
      : scoresAt(indices, scoresOf(model, withoutOne(history, cause), products));
    return { cause, amounts: scores.map((score, place) => score - left[place]) };
  });
  return Array.from(indices, (_, place) => {
    const because = falls
      .map(({ cause, amounts }) => ({ cause, amount: amounts[place] }))
      .filter(({ amount }) => amount > 0 && Number.isFinite(amount))
      .sort((a, b) => b.amount - a.amount || a.cause - b.cause)
      .slice(0, REASONS_SHOWN);
    return {
      exact: false,
      baseline: 0,
      because: because.map(({ cause, amount }) => ({ product: productCard(project, cause), amount })),
      others: 0,
      othersCount: 0,
      sum: scores[place],
    };
  });
}

/** Where a product would stand without one thing of the history, all else the same. Places count from 1. */
export function counterfactual(
  model: AnswersHistories,
  history: History,
  { product, without }: { readonly product: number; readonly without: number },
  exclude: Uint32Array,
  products: number,
): Counterfactual {
  const placeIn = (own: History) => {
    const place = model.topItemsFrom(own, products, exclude).indices.indexOf(product);
    return place < 0 ? null : place + 1;
  };
  return { before: placeIn(history), after: placeIn(withoutOne(history, without)) };
}
