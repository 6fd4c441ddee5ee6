import type { Csr } from '../base/sparse.ts';
import type { TopKResult } from '../compute/device.ts';
import { rowOf } from './chosen-pairs.ts';
import type { Exclusions } from './exclusions.ts';
import type { RankedCatalogue, ScoreBlock } from './ranked-catalogue.ts';
import type { History, HistoryChoice, ScoredList, ScoringChoice } from './recommender.ts';

/** What such a model answers from. */
export interface HistoryParts {
  readonly catalogue: RankedCatalogue;
  /** What the customers of the training data chose: customers × catalogue.size, every value 1. */
  readonly histories: Csr;
}

type Answers = ScoringChoice & Pick<HistoryChoice, 'topItemsFrom' | 'scoresFrom'>;

/**
 * The lists of models whose scores follow from a history alone: anybody is answered the same, whether they are in the
 * data or not. Choices count 1; weights of 0 or less count nothing.
 */
export abstract class HistoryLists<P extends HistoryParts>
  implements Omit<Answers, 'name' | 'head' | 'toBytes' | 'destroy'>
{
  protected constructor(protected readonly parts: P) {}

  async topItems(user: number, count: number, exclude: Uint32Array): Promise<ScoredList> {
    return this.parts.catalogue.list(this.scored(this.historyOf(user)), count, exclude);
  }

  topItemsFrom(history: History, count: number, exclude: Uint32Array): ScoredList {
    const { catalogue } = this.parts;
    return catalogue.list(this.scored(catalogue.chosenIn(history)), count, exclude);
  }

  scoresFrom(history: History): Float32Array {
    const { catalogue } = this.parts;
    return catalogue.toProducts(this.scored(catalogue.chosenIn(history)));
  }

  async topItemsForMany(users: Uint32Array, count: number, exclude: Exclusions): Promise<TopKResult> {
    return this.parts.catalogue.listsFor(users, count, exclude, this.scorerFor(users));
  }

  async scoresForMany(users: Uint32Array): Promise<Float32Array> {
    return this.parts.catalogue.scoresFor(users, this.scorerFor(users));
  }

  /** Scores of the columns for a history of these columns, ascending. The caller's to write into. */
  protected abstract scored(columns: Uint32Array): Float32Array;

  /** How so many customers are scored, in blocks. */
  protected abstract scorerFor(users: Uint32Array): ScoreBlock;

  /** Ascending columns. Throws RangeError for a customer who does not exist. */
  protected historyOf(user: number): Uint32Array {
    const { histories } = this.parts;
    if (!(user >= 0 && user < histories.rows)) throw new RangeError(`user ${user} of ${histories.rows}`);
    return rowOf(histories, user);
  }
}
