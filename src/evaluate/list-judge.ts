/** Everything that is said of one model's lists, on the same customers for every model. */
import type { Tell } from '../base/progress.ts';
import type { Ratings } from '../data/ratings.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import { PopularityModel } from '../models/popularity-model.ts';
import type { ChoiceModel, ScoringChoice } from '../models/recommender.ts';
import {
  bootstrap,
  type CustomerSums,
  comparePaired,
  type Interval,
  meanOver,
  type Paired,
  type Resamples,
} from './bootstrap.ts';
import { type CandidateLists, judgeCandidates, SAMPLED_METRICS, type SampledMetric } from './candidates.ts';
import type { ListScores } from './comparison-result.ts';
import { columnCosine, exposureOf, type ProductSimilarity } from './exposure.ts';
import { areasUnderCurve, judgeLists, LIST_METRICS } from './list-metrics.ts';
import { type Lists, listsFor } from './ranking.ts';
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
  /** Throws AppError `cancelled`. */
  judge(model: Lister, tell?: Tell, signal?: AbortSignal): Promise<Judged>;
  /** Higher is better; null where one of them has no such figure. */
  compare(first: Judged, second: Judged): Promise<Paired | null>;
}

export interface JudgeRequest {
  readonly train: Ratings;
  /** At least one customer. */
  readonly choices: HeldOutChoices;
  readonly k: number;
  readonly resamples: Resamples;
  /** With them models are compared by the hit rate among candidates instead of recall. */
  readonly candidates?: CandidateLists;
  /** For the diversity of lists; default: cosine of the products' training columns. */
  readonly similarity?: ProductSimilarity;
  readonly tell?: Tell;
  readonly signal?: AbortSignal;
}

/** What of the judging the lists take, the rest being rows of scores, for the share that is told. */
const LISTS_SHARE = 0.5;
const CANDIDATES_SHARE = 0.2;

export async function createListJudge(request: JudgeRequest): Promise<ListJudge> {
  const { train, choices, k, resamples, candidates } = request;
  const training = trainingChoices(train);
  const similarity = request.similarity ?? columnCosine(training);
  const bands = popularityBands(training.perProduct);

  const judgeWith = async (popular: Lists | null, model: Lister, tell?: Tell, signal?: AbortSignal) => {
    const part = (from: number, to: number) => tell && ((share: number) => tell(from + (to - from) * share));
    const lists = await listsFor(model, train, choices.users, k, part(0, LISTS_SHARE), signal);
    const figures = judgeLists(lists, choices);
    const scoring = scores(model) ? model : null;
    const areaEnd = candidates ? 1 - CANDIDATES_SHARE : 1;
    const areas = scoring && (await areasUnderCurve(scoring, train, choices, part(LISTS_SHARE, areaEnd), signal));
    const sampled =
      scoring &&
      candidates &&
      (await judgeCandidates(scoring, candidates, train.byUser.columns, k, part(areaEnd, 1), signal));
    const intervals = await bootstrap(
      LIST_METRICS.map((metric) => meanOver(figures[metric])),
      resamples,
    );
    const byCandidate = sampled && SAMPLED_METRICS.map((metric) => meanOver(sampled[metric]));
    const listScores: Omit<ListScores, 'versus'> = {
      metrics: byMetric(intervals),
      auc: areas && (await bootstrap([meanOver(areas)], resamples))[0],
      exposure: await exposureOf(lists, choices, training, popular ?? lists, similarity, signal),
      byActivity: await qualityByActivity(figures, choices.users, training, resamples),
      byPopularity: await recallByPopularity(lists, choices, bands, resamples),
      sampled: byCandidate ? { metrics: bySampledMetric(await bootstrap(byCandidate, resamples)) } : null,
    };
    const compared = candidates ? (sampled ? meanOver(sampled.hitRate) : null) : meanOver(figures.recall);
    return { lists, listScores, compared };
  };
  const compare = async (first: CustomerSums | null, second: CustomerSums | null) =>
    first && second ? comparePaired(first, second, 'higher', resamples) : null;

  const popular = await judgeWith(null, PopularityModel.of(training.byUser), request.tell, request.signal);

  return {
    popularity: { scores: { ...popular.listScores, versus: null }, compared: popular.compared },
    async judge(model, tell, signal) {
      const { listScores, compared } = await judgeWith(popular.lists, model, tell, signal);
      const paired = await compare(compared, popular.compared);
      return { scores: { ...listScores, versus: paired && { popularity: paired } }, compared };
    },
    compare: (first, second) => compare(first.compared, second.compared),
  };
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
