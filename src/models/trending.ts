/**
 * What is chosen most lately, and by customers of the same kind: the counts of popularity, each choice weighing half as
 * much for every so many days it lies back, those of one kind of customer shrunk towards those of all. How fast choices
 * age, and which attribute tells kinds apart, is chosen on validation. Recency alone makes plain popularity a much
 * stronger yardstick (Ji, Sun, Zhang & Li 2020, "A re-visit of the popularity baseline in recommender systems").
 */
import { AppError } from '../base/error.ts';
import { yieldToEvents } from '../base/progress.ts';
import type { Csr } from '../base/sparse.ts';
import { choiceWeight, type Ratings } from '../data/ratings.ts';
import { ATTRIBUTE_TO_BE_CHOSEN, type CustomerKinds, customerKinds, NO_ATTRIBUTE, NO_KIND } from './customer-kinds.ts';
import { validationRecall } from './held-out.ts';
import type { FitContext, Recommender } from './recommender.ts';
import type { StepWork } from './single-fit.ts';
import { fitChoiceOnce } from './single-fit-choice.ts';
import { TrendingModel } from './trending-model.ts';

export interface TrendingOptions {
  /** Days after which a choice counts half; 0: it never ages; below 0: chosen on validation. */
  readonly halfLife: number;
  /** Which attribute of customers tells kinds apart, from 0; −1: none; below that: chosen on validation. */
  readonly attribute: number;
  /** Choices a kind needs until its own counts say as much as those of all customers. */
  readonly shrink: number;
  /** Always one; nothing is drawn at random. */
  readonly epochs: number;
  readonly seed: number;
}

const TO_BE_CHOSEN = -1;
/**
 * Recall@10 on the validation part (the latest tenth, and the latest tenth before it), by attribute and shrink, at the
 * half-life that was chosen (of the gift shop 11 days, of MovieLens 100K 5 days; without ageing .035 and .083):
 *
 *                                 none   0      20     100    500    2000
 *     gift shop, country          .059   .061   .061   .062   .062   .061
 *     MovieLens 100K, age         .129   .067   .079   .107   .124   .127
 *     MovieLens 100K, gender      .129   .115   .116   .116   .116   .125
 */
const SHRINK = 1000;
const DAY = 86_400_000;
/** Half-lives that are tried, as shares of the time from the first choice to the last. */
const SHARES = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64] as const;

/** The choices of the training part with what they are counted by. */
interface Material {
  readonly chosen: Csr;
  /** Days before the last one, by choice; NaN where there is no date. null where there are no dates. */
  readonly age: Float64Array | null;
  /** From the first choice to the last, days. */
  readonly span: number;
  readonly kinds: readonly (CustomerKinds | null)[];
  readonly shrink: number;
}

export const trending: Recommender<TrendingOptions, TrendingModel> = {
  name: 'trending',
  head: 'choice',
  defaults: () => ({
    halfLife: TO_BE_CHOSEN,
    attribute: ATTRIBUTE_TO_BE_CHOSEN,
    shrink: SHRINK,
    epochs: 1,
    seed: 1,
  }),
  /**
   * Throws AppError `noTrends` where there are neither two different dates nor an attribute that tells kinds of
   * customers apart, `tooFewRatings` without a choice; RangeError for nonsense.
   */
  fit(ratings, options, context) {
    if (!(options.shrink >= 0)) throw new RangeError(`shrink ${options.shrink}`);
    return fitChoiceOnce('trending', ratings, context, async (chosen, work) => {
      const material = materialOf(ratings, chosen, options.shrink);
      if (material.span === 0 && !material.kinds.some((kinds) => kinds !== null)) throw new AppError('noTrends');
      return settle(material, ratings, options, context, work);
    });
  },
  refitOptions: (options, { model, epochs }) => ({
    ...options,
    halfLife: model.halfLife,
    attribute: model.attribute,
    epochs,
  }),
  refitsBeforeTest: true,
};

function materialOf(ratings: Ratings, chosen: Csr, shrink: number): Material {
  const { attributes = [] } = ratings.about?.customers ?? {};
  const customers = ratings.about?.customers;
  const kinds = customers ? attributes.map((_, attribute) => customerKinds(customers, attribute)) : [];
  const times = timesOf(ratings);
  const [first, last] = times ? endsOf(times) : [0, 0];
  // NaN − x is NaN: what has no date has no age.
  const age = times && last > first ? times.map((time) => (last - time) / DAY) : null;
  return { chosen, age, span: age ? (last - first) / DAY : 0, kinds, shrink };
}

/** Of the choices, in the order of `chosenPairs`. */
function timesOf(ratings: Ratings): Float64Array | null {
  const time = ratings.lastTime?.();
  if (!time) return null;
  const { values } = ratings.byUser;
  return time.filter((_, e) => choiceWeight(values[e], ratings) > 0);
}

function endsOf(times: Float64Array): [first: number, last: number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let e = 0; e < times.length; e++) {
    if (times[e] < first) first = times[e];
    if (times[e] > last) last = times[e];
  }
  return [first, last];
}

/** How fast choices age first, then what tells kinds apart: the one with the best recall@10, ties to the plainer one. */
async function settle(
  material: Material,
  ratings: Ratings,
  options: TrendingOptions,
  { validation }: FitContext,
  work: StepWork,
): Promise<TrendingModel> {
  const { age, span, kinds } = material;
  const recall = validationRecall(ratings, validation);
  const halfLives = age ? [0, ...SHARES.map((share) => share * span)] : [0];
  const attributes = [NO_ATTRIBUTE, ...kinds.flatMap((kind, attribute) => (kind ? [attribute] : []))];
  const tries = halfLives.length + attributes.length;
  let tried = 0;
  const best = async (candidates: readonly number[], modelOf: (candidate: number) => TrendingModel) => {
    if (!recall) return candidates[0];
    let [winner, most] = [candidates[0], Number.NEGATIVE_INFINITY];
    for (const candidate of candidates) {
      const model = modelOf(candidate);
      const figure = await recall((users, count, exclude) => model.topItemsForMany(users, count, exclude));
      if (figure > most) [winner, most] = [candidate, figure];
      work.tell(++tried / tries);
      await work.turn();
    }
    return winner;
  };
  const wished = age ? options.halfLife : 0;
  const halfLife = wished >= 0 ? wished : await best(halfLives, (days) => counted(material, days, NO_ATTRIBUTE));
  const own = options.attribute >= NO_ATTRIBUTE ? [options.attribute] : attributes;
  const attribute = own.length === 1 ? own[0] : await best(own, (kind) => counted(material, halfLife, kind));
  await yieldToEvents();
  // An attribute somebody named, or of data that has changed, may tell nobody apart any more.
  return counted(material, halfLife, kinds[attribute] ? attribute : NO_ATTRIBUTE);
}

/** What choices come to when they age so fast and kinds are told apart so. */
function counted({ chosen, age, kinds: all, shrink }: Material, halfLife: number, attribute: number): TrendingModel {
  const { rows, columns, pointers, indices } = chosen;
  const kinds = all[attribute] ?? null;
  const weights = weightsOf(indices.length, age, halfLife);
  const counts = new Float64Array(columns);
  const own = Array.from({ length: kinds?.count ?? 0 }, () => new Float64Array(columns));
  for (let user = 0; user < rows; user++) {
    const kind = kinds?.kindOf[user] ?? NO_KIND;
    for (let e = pointers[user]; e < pointers[user + 1]; e++) {
      counts[indices[e]] += weights[e];
      if (kind !== NO_KIND) own[kind][indices[e]] += weights[e];
    }
  }
  const total = sumOf(counts);
  const share = Float32Array.from(counts, (count) => count / total);
  const shares = own.map((ofKind) => {
    const known = sumOf(ofKind) + shrink;
    return known > 0 ? Float32Array.from(ofKind, (count, item) => (count + shrink * share[item]) / known) : share;
  });
  return new TrendingModel({
    halfLife,
    attribute: kinds ? attribute : NO_ATTRIBUTE,
    shares: [share, ...shares],
    kindOf: kinds?.kindOf ?? new Uint32Array(),
  });
}

/** ½ to the power of age over half-life; a choice without a date counts as the dated ones do on average. */
function weightsOf(length: number, age: Float64Array | null, halfLife: number): Float64Array {
  const weights = new Float64Array(length).fill(1);
  if (!age || halfLife === 0) return weights;
  let [sum, dated] = [0, 0];
  for (let e = 0; e < length; e++) {
    weights[e] = 2 ** (-age[e] / halfLife);
    if (weights[e] >= 0) {
      sum += weights[e];
      dated++;
    }
  }
  return weights.map((weight) => (weight >= 0 ? weight : sum / dated));
}

const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
