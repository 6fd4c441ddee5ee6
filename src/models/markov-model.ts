import { AppError } from '../base/error.ts';
import { type Csr, findEntry } from '../base/sparse.ts';
import { NOT_FOUND, type TopKResult } from '../compute/device.ts';
import type { Exclusions } from './exclusions.ts';
import { scoresForMany } from './lists-for-many.ts';
import { packModel, unpackModel } from './model-bytes.ts';
import { RankedCatalogue, type ScoreBlock } from './ranked-catalogue.ts';
import type { Explanation, History, HistoryChoice, OrderedChoice, ScoredList, ScoringChoice } from './recommender.ts';
import type { Sequences } from './sequences.ts';
import { rowsFromFloats, rowsToFloats } from './square-matrix.ts';
import type { Transitions } from './transitions.ts';

export interface MarkovParts {
  readonly catalogue: RankedCatalogue;
  /** By columns of the catalogue. */
  readonly transitions: Transitions;
  /** Of every customer, items being columns of the catalogue. */
  readonly sequences: Sequences;
  /** What each customer chose without a date, by columns: in no order, and therefore without a say. */
  readonly undated: Pick<Csr, 'pointers' | 'indices'>;
  /** Latest steps a list is made from. */
  readonly recent: number;
  /** What each step back leaves of their say. */
  readonly fade: number;
  readonly shrink: number;
  readonly lift: number;
}

const KIND = 'markov-choice/1';
const NUMBERS = ['products', 'recent', 'fade', 'shrink', 'lift'] as const;
const ARRAYS = [
  'order',
  'popularity',
  'totals',
  'followerCounts',
  'followers',
  'followed',
  'sequenceCounts',
  'sequenceColumns',
  'steps',
  'undatedCounts',
  'undatedColumns',
] as const;

/** Columns with how much each has to say; the weights add up to 1. */
interface Weighted {
  readonly columns: Uint32Array;
  readonly weights: Float64Array;
}

/** How much of some columns, ascending, has to say something. */
type Weigh = (columns: Uint32Array) => Weighted;

/**
 * With c_ij how often j follows i, n_i = Σ_j c_ij and π_j the share of all choices that are j: P(j | i) =
 * (c_ij + κ π_j) / (n_i + κ), so that what is seldom followed by anything is taken to be followed by what is popular. The
 * score of j is Σ w_i P(j | i) / π_j^β over what was chosen, Σ w = 1; β is `lift`, κ `shrink`.
 *
 * A customer of the training data is answered from their latest steps, the last one counting most. A `History` has no
 * order: everything in it counts alike, but for a customer whose order is known (`inOrderOf`). Choices count 1; weights
 * of 0 or less count nothing. Who chose nothing, or nothing with a date, is answered by popularity.
 */
export class MarkovModel implements OrderedChoice, ScoringChoice {
  readonly name = 'markov';
  readonly head = 'choice';
  readonly #parts: MarkovParts;
  /** By column: π, and 1 / π^β (0 for what nobody chose). */
  readonly #share: Float64Array;
  readonly #scale: Float64Array;
  readonly #scoreBlock: ScoreBlock = (users) =>
    scoresForMany(users, this.#parts.catalogue.size, (user, into) => this.#score(this.#latestOf(user), into));

  constructor(parts: MarkovParts) {
    this.#parts = parts;
    const { popularity } = parts.catalogue;
    const all = popularity.reduce((sum, share) => sum + share, 0);
    this.#share = Float64Array.from(popularity, (share) => (all > 0 ? share / all : 0));
    this.#scale = this.#share.map((share) => (share > 0 ? share ** -parts.lift : 0));
  }

  /** What `toBytes` wrote. Throws AppError `projectDamaged`. */
  static fromBytes(bytes: Uint8Array): MarkovModel {
    const { numbers, arrays } = unpackModel(
      bytes,
      KIND,
      NUMBERS,
      ARRAYS,
      ({ numbers }) => numbers.recent >= 1 && numbers.shrink >= 0,
    );
    const { products, ...settings } = numbers;
    const catalogue = RankedCatalogue.fromFloats(products, arrays);
    const size = catalogue?.size ?? 0;
    const counts = rowsFromFloats({ counts: arrays.followerCounts, entries: arrays.followers }, size);
    const own = rowsFromFloats({ counts: arrays.sequenceCounts, entries: arrays.sequenceColumns }, size);
    const undated = rowsFromFloats({ counts: arrays.undatedCounts, entries: arrays.undatedColumns }, size);
    const fits =
      undated?.rows === own?.rows &&
      counts?.rows === size &&
      arrays.totals.length === size &&
      arrays.followed.length === counts.indices.length &&
      arrays.steps.length === own?.indices.length &&
      arrays.steps.every((step) => Number.isInteger(step) && step >= 0);
    if (!catalogue || !own || !undated || !fits) throw new AppError('projectDamaged');
    return new MarkovModel({
      ...settings,
      catalogue,
      transitions: { counts: { ...counts, values: arrays.followed }, totals: arrays.totals },
      sequences: { pointers: own.pointers, items: own.indices, steps: Uint32Array.from(arrays.steps) },
      undated,
    });
  }

  get lift(): number {
    return this.#parts.lift;
  }

  async topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    return this.#parts.catalogue.list(this.#scored(this.#latestOf(user)), count, exclude);
  }

  topItemsFrom(history: History, count: number, exclude: Uint32Array): ScoredList {
    return this.#answers(this.#alike).topItemsFrom(history, count, exclude);
  }

  scoresFrom(history: History): Float32Array {
    return this.#answers(this.#alike).scoresFrom(history);
  }

  /** The baseline is 0, or the popularity for a history that says nothing. */
  explain(history: History, item: number): Explanation {
    return this.#answers(this.#alike).explain(history, item);
  }

  /** What they did not have before counts as the latest; what they chose without a date has no say, as in `topItems`. */
  inOrderOf(user: number): Pick<HistoryChoice, 'topItemsFrom' | 'scoresFrom' | 'explain'> {
    const { pointers, items, steps } = this.#parts.sequences;
    const stepOf = new Map<number, number>();
    for (let e = pointers[user] ?? 0; e < (pointers[user + 1] ?? 0); e++) stepOf.set(items[e], steps[e]);
    const { pointers: undatedFrom, indices: undated } = this.#parts.undated;
    const silent = new Set(undated.subarray(undatedFrom[user] ?? 0, undatedFrom[user + 1] ?? 0));
    return this.#answers((all) => {
      const columns = all.filter((column) => !silent.has(column));
      const known = columns.map((column) => stepOf.get(column) ?? NOT_FOUND);
      const last = known.reduce((latest, step) => (step === NOT_FOUND ? latest : Math.max(latest, step + 1)), 0);
      return this.#latest(
        columns,
        known.map((step) => (step === NOT_FOUND ? last : step)),
      );
    });
  }

  async topItemsForMany(users: Uint32Array, count: number, exclude: Exclusions): Promise<TopKResult> {
    return this.#parts.catalogue.listsFor(users, count, exclude, this.#scoreBlock);
  }

  async scoresForMany(users: Uint32Array): Promise<Float32Array> {
    return this.#parts.catalogue.scoresFor(users, this.#scoreBlock);
  }

  /** 4 (2 choices + customers + 4n) bytes for n products, and 8 for each transition that is kept. */
  toBytes(): Uint8Array {
    const { catalogue, transitions, sequences, recent, fade, shrink, lift } = this.#parts;
    const { pointers, items, steps } = sequences;
    const followers = rowsToFloats(transitions.counts);
    const rows = pointers.length - 1;
    const own = rowsToFloats({ rows, columns: catalogue.size, pointers, indices: items });
    const silent = rowsToFloats({ rows, columns: catalogue.size, ...this.#parts.undated });
    return packModel({
      kind: KIND,
      numbers: { products: catalogue.products, recent, fade, shrink, lift },
      arrays: {
        ...catalogue.toFloats(),
        totals: transitions.totals,
        followerCounts: followers.counts,
        followers: followers.entries,
        followed: transitions.counts.values,
        sequenceCounts: own.counts,
        sequenceColumns: own.entries,
        steps: Float32Array.from(steps),
        undatedCounts: silent.counts,
        undatedColumns: silent.entries,
      },
    });
  }

  destroy(): void {}

  #latestOf(user: number): Weighted {
    const { pointers, items, steps } = this.#parts.sequences;
    if (!(user >= 0 && user < pointers.length - 1)) throw new RangeError(`user ${user} of ${pointers.length - 1}`);
    const [from, to] = [pointers[user], pointers[user + 1]];
    return this.#latest(items.subarray(from, to), steps.subarray(from, to));
  }

  /** What was chosen in the latest steps, fading with every step back; the products of one step count alike. */
  #latest(columns: Uint32Array, steps: Uint32Array): Weighted {
    const { recent, fade } = this.#parts;
    const last = steps.reduce((latest, step) => Math.max(latest, step), 0);
    const isRecent = (_: number, at: number) => last - steps[at] < recent;
    const weights = Float64Array.from(steps.filter(isRecent), (step) => fade ** (last - step));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { columns: columns.filter(isRecent), weights: weights.map((weight) => weight / sum) };
  }

  readonly #alike: Weigh = (columns) => ({
    columns,
    weights: new Float64Array(columns.length).fill(1 / columns.length),
  });

  /** What is said of a history whose columns are weighed so. */
  #answers(weigh: Weigh): Pick<HistoryChoice, 'topItemsFrom' | 'scoresFrom' | 'explain'> {
    const { catalogue } = this.#parts;
    const scored = (history: History) => this.#scored(weigh(catalogue.chosenIn(history)));
    return {
      topItemsFrom: (history, count, exclude) => catalogue.list(scored(history), count, exclude),
      scoresFrom: (history) => catalogue.toProducts(scored(history)),
      explain: (history, item) => this.#explained(history, weigh(catalogue.chosenIn(history)), item),
    };
  }

  #scored(own: Weighted): Float32Array {
    const scores = new Float32Array(this.#parts.catalogue.size);
    this.#score(own, scores);
    return scores;
  }

  /** `into` is zero. */
  #score({ columns, weights }: Weighted, into: Float32Array): void {
    const { catalogue, transitions, shrink } = this.#parts;
    const { pointers, indices, values } = transitions.counts;
    if (columns.length === 0) {
      into.set(catalogue.popularity);
      return;
    }
    let popular = 0;
    for (let at = 0; at < columns.length; at++) {
      const column = columns[at];
      const known = transitions.totals[column] + shrink;
      if (known === 0) continue;
      popular += (weights[at] * shrink) / known;
      const weight = weights[at] / known;
      for (let e = pointers[column]; e < pointers[column + 1]; e++) into[indices[e]] += weight * values[e];
    }
    for (let to = 0; to < into.length; to++) into[to] = (into[to] + popular * this.#share[to]) * this.#scale[to];
  }

  #explained({ items, values }: History, own: Weighted, item: number): Explanation {
    const { catalogue, transitions, shrink } = this.#parts;
    const to = catalogue.columnOf(item);
    const weightOf = new Map(Array.from(own.columns, (column, at) => [column, own.weights[at]]));
    const contributions = Array.from(items, (other, at) => {
      const from = catalogue.columnOf(other);
      const weight = values[at] > 0 && to !== NOT_FOUND ? weightOf.get(from) : undefined;
      const known = (transitions.totals[from] ?? 0) + shrink;
      if (weight === undefined || known === 0) return { item: other, amount: 0 };
      const entry = findEntry(transitions.counts, from, to);
      const followed = (entry < 0 ? 0 : transitions.counts.values[entry]) + shrink * this.#share[to];
      return { item: other, amount: (weight * followed * this.#scale[to]) / known };
    });
    contributions.sort((a, b) => b.amount - a.amount || a.item - b.item);
    const silent = weightOf.size === 0 ? catalogue.popularity[to] : 0;
    const baseline = to === NOT_FOUND ? Number.NEGATIVE_INFINITY : silent;
    return { score: contributions.reduce((sum, { amount }) => sum + amount, baseline), baseline, contributions };
  }
}
