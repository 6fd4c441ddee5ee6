/** Everything that is said of one model's lists, on the same customers for every model. */
import type { Tell } from '../base/progress.ts';
import { NOT_FOUND } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import { PopularityModel } from '../models/popularity-model.ts';
import type { ChoiceModel, ScoringChoice } from '../models/recommender.ts';
import { bootstrap, type CustomerSums, comparePaired, type Interval, meanOver, type Resamples } from './bootstrap.ts';
import { calibrationOf } from './calibration.ts';
import { type CandidateLists, judgeCandidates, SAMPLED_METRICS, type SampledMetric } from './candidates.ts';
import type { ListScores } from './comparison-result.ts';
import type { Defined } from './defined.ts';
import { columnCosine, exposureOf, type ProductSimilarity } from './exposure.ts';
import { recallByAttribute, recallByCategory } from './group-recall.ts';
import {
  type CategoryGrouping,
  type CustomerGrouping,
  groupCategories,
  groupCustomers,
  isLeftOut,
  type LeftOutGrouping,
} from './groupings.ts';
import { areasLookedAt, areasUnderCurve, judgeLists, LIST_METRICS } from './list-metrics.ts';
import { type Lists, listOf, listsFor } from './ranking.ts';
import { byMetric, popularityBands, qualityByActivity, recallByPopularity } from './segments.ts';
import { trainingChoices } from './training-choices.ts';

/** Ranks everything, and scores everything where it can. */
export type Lister = Pick<ChoiceModel, 'topItemsForMany'> & Partial<Pick<ScoringChoice, 'scoresForMany'>>;

/** One model's scores with what they were made of, to be compared with another's. */
export interface Judged {
  readonly scores: ListScores;
  /** The figure models are compared by, customer by customer; null where the model has none. */
  readonly compared: CustomerSums | null;
}

export interface ListJudge {
  /** The most popular things for everyone, judged like any other lists. */
  readonly popularity: Judged;
  /** What customers or held-out choices could not be told apart by. */
  readonly ungrouped: readonly LeftOutGrouping[];
  /** Throws AppError `cancelled`. */
  judge(model: Lister, tell?: Tell, signal?: AbortSignal): Promise<Judged>;
}

export interface JudgeRequest {
  readonly train: Ratings;
  /** At least one customer. */
  readonly choices: HeldOutChoices;
  readonly k: number;
  readonly resamples: Resamples;
  readonly candidates?: CandidateLists;
  /** What models are compared by; default: recall. `hitRate` is that among the candidates. */
  readonly comparedBy?: 'recall' | 'hitRate';
  /** false: the figures alone, without groups and calibration, for further cuts of the same comparison. Default true. */
  readonly inDetail?: boolean;
  /** For the diversity of lists; default: cosine of the products' training columns. */
  readonly similarity?: ProductSimilarity;
  readonly tell?: Tell;
  readonly signal?: AbortSignal;
}

/** How far the judging is after its parts, for the share that is told: after the lists, after rows of scores; figures come last. */
const LISTS_END = 0.35;
const SCORES_END = 0.65;
/** What of the rows of scores the candidates take. */
const CANDIDATES_SHARE = 0.12;
/** Those that are told one by one, attributes not counted: metrics, area, exposure, activity, popularity, category, calibration, sampled. */
const FIGURES = LIST_METRICS.length + 7;

export async function createListJudge(request: JudgeRequest): Promise<ListJudge> {
  const { train, choices, k, resamples, candidates, comparedBy = 'recall', inDetail = true } = request;
  const training = trainingChoices(train);
  const similarity = request.similarity ?? columnCosine(training);
  const bands = popularityBands(training.perProduct);
  const { attributes, category, ungrouped } = groupingsOf(train, choices, inDetail);

  const judgeWith = async (popular: Lists | null, model: Lister, tell?: Tell, signal?: AbortSignal) => {
    const part = (from: number, to: number) => tell && ((share: number) => tell(from + (to - from) * share));
    const lists = await listsFor(model, train, choices.users, k, part(0, LISTS_END), signal);
    const figures = judgeLists(lists, choices);
    const scoring = scores(model) ? model : null;
    const areaEnd = candidates ? SCORES_END - CANDIDATES_SHARE : SCORES_END;
    const areas = scoring && (await areasUnderCurve(scoring, train, choices, part(LISTS_END, areaEnd), signal));
    const sampled =
      scoring &&
      candidates &&
      (await judgeCandidates(scoring, candidates, train.byUser.columns, k, part(areaEnd, SCORES_END), signal));
    let figured = 0;
    const tellFigured = (share: number) =>
      tell?.(SCORES_END + (1 - SCORES_END) * Math.min(1, (figured + share) / (FIGURES + attributes.length)));
    /** One part of the figures. */
    const told = <Part>(part: Part): Part => {
      figured++;
      tellFigured(0);
      return part;
    };
    const intervals: (Interval | null)[] = [];
    for (const metric of LIST_METRICS) intervals.push(...told(await bootstrap([meanOver(figures[metric])], resamples)));
    const byCandidate = sampled && SAMPLED_METRICS.map((metric) => meanOver(sampled[metric]));
    const { exposure, counts } = told(
      await exposureOf(lists, choices, training, popular ?? lists, similarity, resamples, tellFigured, signal),
    );
    const listScores: Omit<ListScores, 'versus'> = {
      metrics: byMetric(intervals),
      auc: told(areas && (await bootstrap([meanOver(areas)], resamples))[0]),
      exposure,
      counts: { ...counts, ...lengthsOf(lists), auc: areas && areaCounts(areas, train.byUser.columns) },
      byActivity: told(inDetail ? await qualityByActivity(figures, choices.users, training, resamples) : []),
      byPopularity: told(inDetail ? await recallByPopularity(lists, choices, bands, resamples) : []),
      byAttribute: await inTurn(attributes, async (grouping) =>
        told(await recallByAttribute(grouping, figures.recall, choices, resamples)),
      ),
      byCategory: told(category && (await recallByCategory(category, lists, choices, resamples))),
      calibration: told(inDetail ? await calibrationOf(lists, choices, resamples, signal) : null),
      sampled: told(byCandidate ? { metrics: bySampledMetric(await bootstrap(byCandidate, resamples)) } : null),
    };
    const recall = meanOver(figures.recall);
    const compared = comparedBy === 'recall' ? recall : sampled ? meanOver(sampled.hitRate) : null;
    return { lists, listScores, compared };
  };
  const compare = async (first: CustomerSums | null, second: CustomerSums | null) =>
    first && second ? comparePaired(first, second, 'higher', resamples) : null;

  const popular = await judgeWith(null, PopularityModel.of(training.byUser), request.tell, request.signal);

  return {
    popularity: { scores: { ...popular.listScores, versus: null }, compared: popular.compared },
    ungrouped,
    async judge(model, tell, signal) {
      const { listScores, compared } = await judgeWith(popular.lists, model, tell, signal);
      const paired = await compare(compared, popular.compared);
      return { scores: { ...listScores, versus: paired && { popularity: paired } }, compared };
    },
  };
}

/** Everything customers and held-out choices can be told apart by, and what they cannot. */
function groupingsOf(
  { about }: Ratings,
  choices: HeldOutChoices,
  inDetail: boolean,
): {
  readonly attributes: readonly CustomerGrouping[];
  readonly category: CategoryGrouping | null;
  readonly ungrouped: readonly LeftOutGrouping[];
} {
  const made = inDetail
    ? (about?.customers.attributes ?? []).map((attribute) => groupCustomers(attribute, choices.users))
    : [];
  const categories = inDetail ? (about?.products.categories ?? null) : null;
  const category = categories && groupCategories(categories, choices);
  return {
    attributes: made.filter((grouping): grouping is CustomerGrouping => !isLeftOut(grouping)),
    category: category && !isLeftOut(category) ? category : null,
    ungrouped: [...made, ...(category ? [category] : [])].filter(isLeftOut),
  };
}

/** One after the other: each resamples for itself, and events have their turn in it. */
async function inTurn<From, To>(all: readonly From[], work: (one: From) => Promise<To>): Promise<To[]> {
  const done: To[] = [];
  for (const one of all) done.push(await work(one));
  return done;
}

/** How many lists are shorter than they should be, and how many have nothing on them. */
function lengthsOf(lists: Lists): { readonly short: number; readonly empty: number } {
  let [short, empty] = [0, 0];
  for (let q = 0; q < lists.users.length; q++) {
    const end = listOf(lists, q).indexOf(NOT_FOUND);
    if (end >= 0) short++;
    if (end === 0) empty++;
  }
  return { short, empty };
}

function areaCounts(areas: Float32Array, products: number): Defined {
  const looked = areasLookedAt(areas.length, products);
  const customers = areas.reduce((count, area) => count + (Number.isNaN(area) ? 0 : 1), 0);
  return { customers, undefined: looked - customers, passed: areas.length - looked };
}

function scores(model: Lister): model is Lister & Pick<ScoringChoice, 'scoresForMany'> {
  return model.scoresForMany !== undefined;
}

/** Defined for every customer with candidates, so there is one of each. */
function bySampledMetric(intervals: readonly (Interval | null)[]): Record<SampledMetric, Interval> {
  return Object.fromEntries(SAMPLED_METRICS.map((metric, m) => [metric, intervals[m]])) as Record<
    SampledMetric,
    Interval
  >;
}
