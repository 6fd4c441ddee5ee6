/**
 * What to ask somebody of whom nothing is known: "do you know this, and did you like it?" Asking about what everybody
 * likes tells little, and about what nobody knows nothing. The next question depends on the answers so far, as in the
 * trees of Golbandi, Koren & Lempel (2011, "Adaptive bootstrapping of recommender systems using decision trees"); the
 * tree is never built: only the node a person stands in is looked at, and what a question is worth is not the squared
 * error of means but what the lists after each answer find.
 */
import { type Csr, transpose } from '../base/sparse.ts';
import { choiceWeight, type Ratings } from '../data/ratings.ts';
import { chosenPairs, rowOf, takeRows } from './chosen-pairs.ts';
import { choiceCounts, orderByCount } from './popularity-order.ts';
import type { History, HistoryChoice } from './recommender.ts';
import { topRows } from './vector-lists.ts';

export type Reply = 'liked' | 'disliked' | 'unknown';

export interface Answer {
  readonly item: number;
  readonly reply: Reply;
}

/**
 * `lists`: by what the lists after each answer find, see `Questions.next`. `entropy`: ln(customers who know it) times
 * the entropy of what they say (Rashid et al. 2002, "Getting to know you"), the same for everybody.
 */
export type QuestionRule = 'lists' | 'entropy';

export interface Question {
  readonly item: number;
  /** Share of the customers who have it, liked or not. */
  readonly known: number;
}

/** Who makes the lists that answers lead to. */
export type Lister = Pick<HistoryChoice, 'topItemsFrom'>;

/** Products that come into question, those most liked among people with the same answers: each costs a list. */
const MOST_CANDIDATES = 100;
const FEWEST_CANDIDATES = 40;
/** Scores looked at for one question, so that it comes at once also where the catalogue is large. */
const SCORES = 400_000;
/** Customers who stand for all, evenly spread: what a question is worth is then known to a few percent. */
const MOST_CUSTOMERS = 2000;
/** The length of the lists. */
const LENGTH = 10;
/** What a customer still counts for each answer they would have given otherwise: a few answers leave hardly anybody who agrees with all. */
const DISAGREEING = 0.1;

/** What the answers say, as the history of a customer: things disliked and not known are no choices. */
export function historyFromAnswers(answers: readonly Answer[], ratings: Pick<Ratings, 'scale' | 'rule'>): History {
  const weight = ratings.scale ? choiceWeight(ratings.scale.max, ratings) : 1;
  const liked = answers.flatMap(({ item, reply }) => (reply === 'liked' ? [item] : []));
  const items = Uint32Array.from(new Set(liked)).sort();
  return { items, values: new Float32Array(items.length).fill(weight) };
}

/** Ascending rows of what no list may hold after these answers: what is not known may still be just the thing. */
export function toldOf(answers: readonly Answer[]): Uint32Array {
  const told = answers.flatMap(({ item, reply }) => (reply === 'unknown' ? [] : [item]));
  return Uint32Array.from(new Set(told)).sort();
}

/**
 * The customers whose answers are looked at: everything by sampled customer and by product. 8 bytes for each of their
 * pairs, twice.
 */
export class Questions {
  readonly #ratings: Ratings;
  /** Sampled customers × products. */
  readonly #liked: Csr;
  /** The same the other way round; `known` are all they have, liked or not. */
  readonly #likedBy: Csr;
  readonly #knownBy: Csr;
  /** Products by how many customers chose them; only those that somebody chose. */
  readonly #order: Uint32Array;

  constructor(ratings: Ratings) {
    const chosen = chosenPairs(ratings);
    const sample = sampled(chosen);
    const counts = choiceCounts(chosen);
    this.#ratings = ratings;
    this.#liked = takeRows(chosen, sample);
    this.#likedBy = transpose(this.#liked);
    this.#knownBy = transpose(takeRows(ratings.byUser, sample));
    this.#order = orderByCount(counts).filter((item) => counts[item] > 0);
  }

  /**
   * The next one after these answers; null where nothing is left to ask. Nothing is drawn at random: the same answers
   * lead to the same question.
   *
   * `lists`: every customer stands for the person as far as they would have given the same answers. Of those who like a
   * candidate, how much more of what they like does the list find that knows of it than the one that does not? A hit
   * counts 1 / (things they like), so that the sum is recall. The others' list stays as it is.
   */
  next(answers: readonly Answer[], lister: Lister, rule: QuestionRule = 'lists'): Question | null {
    const alike = this.#alike(answers);
    const asked = new Set(answers.map(({ item }) => item));
    const candidates = this.#candidates(asked, alike);
    if (candidates.length === 0) return null;
    const worth =
      rule === 'entropy'
        ? candidates.map((item) => this.entropy(item))
        : this.#found(candidates, answers, alike, lister);
    let best = 0;
    for (let c = 1; c < candidates.length; c++) if (worth[c] > worth[best]) best = c;
    const { pointers, columns } = this.#ratings.byItem;
    const item = candidates[best];
    return { item, known: (pointers[item + 1] - pointers[item]) / Math.max(1, columns) };
  }

  /**
   * ln n times the entropy of what the n who have it say, in nats: over the marks of the scale, or over having it and
   * not where there is no scale.
   */
  entropy(item: number): number {
    const { byItem, scale } = this.#ratings;
    const [from, to] = [byItem.pointers[item], byItem.pointers[item + 1]];
    const count = to - from;
    if (count === 0) return 0;
    const marks = new Map<number, number>();
    if (scale === null) {
      marks.set(1, count / byItem.columns).set(0, 1 - count / byItem.columns);
    } else {
      for (let e = from; e < to; e++) marks.set(byItem.values[e], (marks.get(byItem.values[e]) ?? 0) + 1 / count);
    }
    let entropy = 0;
    for (const share of marks.values()) if (share > 0) entropy -= share * Math.log(share);
    return Math.log(count) * entropy;
  }

  /** By sampled customer: 1 for those who would have given every answer, a tenth of it for each they would not. */
  #alike(answers: readonly Answer[]): Float64Array {
    const alike = new Float64Array(this.#liked.rows).fill(1);
    const replies = new Uint8Array(alike.length);
    for (const { item, reply } of answers) {
      replies.fill(0);
      for (const q of rowOf(this.#knownBy, item)) replies[q] = 1;
      for (const q of rowOf(this.#likedBy, item)) replies[q] = 2;
      const given = reply === 'liked' ? 2 : reply === 'disliked' ? 1 : 0;
      for (let q = 0; q < alike.length; q++) if (replies[q] !== given) alike[q] *= DISAGREEING;
    }
    return alike;
  }

  /** Those not asked about that most people alike have liked, ties to what most customers chose. */
  #candidates(asked: ReadonlySet<number>, alike: Float64Array): number[] {
    const { columns } = this.#liked;
    const most = Math.max(FEWEST_CANDIDATES, Math.min(MOST_CANDIDATES, Math.floor(SCORES / columns)));
    const known = Float32Array.from(this.#order, (item) =>
      asked.has(item) ? Number.NEGATIVE_INFINITY : sumOver(rowOf(this.#likedBy, item), alike),
    );
    const { indices, scores } = topRows(known, most);
    return Array.from(
      indices.filter((_, at) => scores[at] > Number.NEGATIVE_INFINITY),
      (place) => this.#order[place],
    );
  }

  #found(candidates: readonly number[], answers: readonly Answer[], alike: Float64Array, lister: Lister): number[] {
    const { pointers } = this.#liked;
    const now = listAfter(answers, this.#ratings, lister, LENGTH + 1);
    const weights = new Float64Array(alike.length);
    return candidates.map((item) => {
      const likers = rowOf(this.#likedBy, item);
      if (likers.length === 0) return 0;
      for (const q of likers) weights[q] = alike[q] / (pointers[q + 1] - pointers[q]);
      const hits = (list: Uint32Array) =>
        list.reduce((sum, listed) => sum + sumOver(rowOf(this.#likedBy, listed), weights), 0);
      const then: Answer[] = [...answers, { item, reply: 'liked' }];
      const before = now.filter((listed) => listed !== item).slice(0, LENGTH);
      const gained = hits(listAfter(then, this.#ratings, lister, LENGTH)) - hits(before);
      for (const q of likers) weights[q] = 0;
      return gained;
    });
  }
}

/** Customers with at least two choices (one to answer by and one to find), at most `MOST_CUSTOMERS` of them. */
function sampled({ rows, pointers }: Csr): Uint32Array {
  const able: number[] = [];
  for (let user = 0; user < rows; user++) if (pointers[user + 1] - pointers[user] > 1) able.push(user);
  const most = Math.min(MOST_CUSTOMERS, able.length);
  return Uint32Array.from({ length: most }, (_, at) => able[Math.floor((at * able.length) / most)]);
}

function sumOver(rows: Uint32Array, weights: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < rows.length; at++) sum += weights[rows[at]];
  return sum;
}

/** Product rows of the list somebody gets who gave these answers, best first. */
export function listAfter(answers: readonly Answer[], ratings: Ratings, lister: Lister, count: number): Uint32Array {
  return lister.topItemsFrom(historyFromAnswers(answers, ratings), count, toldOf(answers)).indices;
}
