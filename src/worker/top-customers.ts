/**
 * Whom a campaign for one product should reach: the customers who are likeliest to want it and do not have it. How one
 * customer's score is held against another's, and what that was measured on, is in docs/algorithms.md.
 */
import { AppError, throwIfAborted } from '../base/error.ts';
import { createPacer } from '../base/pacer.ts';
import { type OnProgress, throttleProgress } from '../base/progress.ts';
import { TopK } from '../base/top-k.ts';
import type { Protected } from '../data/protect.ts';
import { choiceWeight, type Ratings } from '../data/ratings.ts';
import { rowOf } from '../models/chosen-pairs.ts';
import { union } from '../models/exclusions.ts';
import { customersAtOnce } from '../models/held-out.ts';
import type {
  ChoiceModel,
  FoldableChoice,
  HistoryChoice,
  ModelName,
  ScoredList,
  ScoringChoice,
} from '../models/recommender.ts';
import type { TopCustomers, TopCustomersRequest } from './api/lists.ts';
import { customerCard, productCard } from './catalogue.ts';
import { learnedBy } from './learned.ts';
import { isUnknown } from './most-chosen.ts';
import { placeInList } from './recommend.ts';
import type { Session, TrainedRun } from './session.ts';

/** Looks at what a customer chose, and tells a score for every pair: bestsellers, trends and chance do not. */
type Telling = ScoringChoice & Pick<HistoryChoice, 'topItemsFrom'>;
const tells = (model: ChoiceModel): model is Telling => 'scoresForMany' in model && 'topItemsFrom' in model;
const hasFactors = (model: ChoiceModel): model is FoldableChoice => 'topUsers' in model;
/** Scores products that nobody chose by what is said of them. */
const reads = (model: ChoiceModel) =>
  model.name === 'content' ||
  ('coldProducts' in model && typeof model.coldProducts === 'number' && model.coldProducts > 0);

/**
 * Models whose scores estimate the same for every pair, 1 for what is chosen and 0 for what is not, or add up over the
 * history what is as much for anybody: whoever chooses more scores higher, and will choose more. What others say holds
 * within one customer's list alone: they learn which of two a customer prefers (bpr), how their choices share out over the
 * catalogue (vae, markov), against so many not chosen for each that was (neumf), or are standardized (hybrid).
 */
const ON_ONE_SCALE: ReadonlySet<ModelName> = new Set([
  'mf',
  'ease',
  'svd',
  'itemNeighbours',
  'userNeighbours',
  'content',
]);

/** Customers by score, best first; `flat` where all of them score the same, which says nothing about any. */
interface Found {
  readonly list: ScoredList;
  readonly flat: boolean;
}

const NOBODY: ScoredList = { indices: new Uint32Array(), scores: new Float32Array() };

/** The run that answers; a factorization that learned from the same where it tells nobody apart. */
function telling(session: Session, wanted: string | null): { readonly run: TrainedRun; readonly model: Telling } {
  const run = session.serving(wanted);
  for (const able of [run, session.factorization(run)]) {
    if (able && tells(able.choice)) return { run: able, model: able.choice };
  }
  throw new AppError('tellsNobodyApart');
}

/**
 * At most `count` customers, likeliest first. Only those the run learned a choice of; nobody who has the product, whether
 * that was learned from or not; and nobody at all for a product that its privacy keeps out of lists. `onProgress` hears
 * how many customers were looked at, where they are looked at one by one. Throws `notTrained`, `modelMissing`,
 * `tellsNobodyApart`, `unknownProduct`, `cancelled`.
 */
export async function topCustomers(
  session: Session,
  { product, count, run: wanted }: TopCustomersRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<TopCustomers> {
  const { project } = session;
  const card = productCard(project, product);
  const { run, model } = telling(session, wanted);
  throwIfAborted(signal);
  const start = performance.now();
  const learned = learnedBy(project, run.summary.request);
  const customers = project.ratings.userIds.length;
  const owners = rowOf(project.ratings.byItem, product);
  const passedOver = union(
    owners,
    Uint32Array.from({ length: customers }, (_, row) => row).filter((row) => isUnknown(learned, row)),
  );
  const answer = (
    nobody: TopCustomers['nobody'],
    { indices, scores } = NOBODY,
    places: readonly (number | null)[] = [],
  ) => ({
    product: card,
    customers: Array.from(indices, (row, at) => ({
      customer: customerCard(project, row),
      score: scores[at],
      place: places[at],
    })),
    among: customers - passedOver.length,
    nobody,
    model: run.summary.request.model,
    milliseconds: performance.now() - start,
  });
  if (learned.unlisted.includes(product)) return answer('unlisted');
  if (passedOver.length === customers) return answer('nobodyLeft');
  if (!reads(model) && choicesIn(learned.ratings, 'byItem', product) === 0) return answer('unlearned');

  const { list, flat } = hasFactors(model)
    ? await byFactors(model, product, count, passedOver, signal)
    : await oneByOne(model, product, count, passedOver, project.ratings, learned, throttleProgress(onProgress), signal);
  if (flat || list.indices.length === 0) return answer('unlearned');
  return answer(null, list, await placesOf(model, product, list.indices, project.ratings, learned, signal));
}

/** How many of a customer's entries, or of a product's, are choices. */
function choicesIn(ratings: Ratings, side: 'byUser' | 'byItem', row: number): number {
  const { pointers, values } = ratings[side];
  let choices = 0;
  for (let e = pointers[row]; e < pointers[row + 1]; e++) if (choiceWeight(values[e], ratings) > 0) choices++;
  return choices;
}

/** All at once. A product of which nothing was learned has a vector of zeros. */
async function byFactors(
  model: FoldableChoice,
  product: number,
  count: number,
  passedOver: Uint32Array,
  signal: AbortSignal,
): Promise<Found> {
  const list = await model.topUsers(product, count, passedOver, signal);
  throwIfAborted(signal);
  return { list, flat: list.scores.every((score) => score === 0) };
}

/**
 * In blocks of customers, each with all that the model would list for them: by the score, or, where that holds within a
 * list alone, by choices ÷ place.
 */
async function oneByOne(
  model: Telling,
  product: number,
  count: number,
  passedOver: Uint32Array,
  { byUser, itemIds }: Ratings,
  learned: Protected,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Found> {
  const products = itemIds.length;
  const out = new Set(passedOver);
  const asked = Uint32Array.from({ length: byUser.rows }, (_, row) => row).filter((row) => !out.has(row));
  const best = new TopK(Math.min(count, asked.length));
  const atOnce = customersAtOnce(products);
  const pace = createPacer(signal);
  const comparable = ON_ONE_SCALE.has(model.name);
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let from = 0; from < asked.length; from += atOnce) {
    const block = asked.subarray(from, from + atOnce);
    const scores = await model.scoresForMany(block);
    for (let q = 0; q < block.length; q++) {
      const own = scores.subarray(q * products, (q + 1) * products);
      const score = own[product];
      // −Infinity: the model does not list it for them.
      if (score === Number.NEGATIVE_INFINITY) continue;
      lowest = Math.min(lowest, score);
      highest = Math.max(highest, score);
      const had = rowOf(byUser, block[q]);
      best.offer(
        block[q],
        comparable ? score : choicesIn(learned.ratings, 'byUser', block[q]) / placeIn(own, product, had),
      );
    }
    onProgress({ step: 'ordering', done: from + block.length, total: asked.length, unit: 'customers' });
    await pace.turn();
  }
  return { list: best.drain(), flat: asked.length > 1 && lowest === highest };
}

/** Of a product in the list of somebody with these scores who has `had`, from 1: in front of it what scores higher. */
function placeIn(scores: Float32Array, product: number, had: Uint32Array): number {
  const score = scores[product];
  let place = 1;
  for (let item = 0; item < scores.length; item++) if (scores[item] > score) place++;
  for (let e = 0; e < had.length; e++) if (scores[had[e]] > score) place--;
  return place;
}

/** Of each of some customers: where the product stands in the list their page has. */
async function placesOf(
  model: Telling,
  product: number,
  customers: Uint32Array,
  { byUser }: Ratings,
  learned: Protected,
  signal: AbortSignal,
): Promise<(number | null)[]> {
  const pace = createPacer(signal);
  const places: (number | null)[] = [];
  for (const customer of customers) {
    places.push(placeInList(learned, model, customer, product, rowOf(byUser, customer)));
    await pace.turn();
  }
  return places;
}
