/**
 * Neighbours for lists. Item-based (Deshpande & Karypis 2004, "Item-based top-N recommendation algorithms"; Aiolli 2013
 * for binary data): what is chosen by the same customers as the things in a history. User-based: what the customers
 * with the most alike histories chose.
 */
import { AppError } from '../base/error.ts';
import { type Csr, transpose } from '../base/sparse.ts';
import { TopK } from '../base/top-k.ts';
import { inColumns } from './chosen-pairs.ts';
import { walkCoRatings } from './co-ratings.ts';
import { sparseWeights } from './item-weights.ts';
import { ItemWeightsModel } from './item-weights-model.ts';
import { type OverlapOptions, overlapSimilarity } from './overlap.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import type { Recommender } from './recommender.ts';
import type { StepWork } from './single-fit.ts';
import { fitChoiceOnce } from './single-fit-choice.ts';
import { UserNeighboursModel } from './user-neighbours-model.ts';

export interface NeighboursChoiceOptions extends OverlapOptions {
  /** Neighbours of a thing, or of a customer, that count. */
  readonly k: number;
  /** Always one; nothing is drawn at random. */
  readonly epochs: number;
  readonly seed: number;
}

/**
 * Chosen by recall@10 on the validation part (8:1:1 per customer) of seven data sets, all with cosine; Jaccard was
 * within a few hundredths of it. Products with shrink 10, by k:
 *
 *                   10     20     50     100    200
 *     MovieLens 100K  —      .216   .220   .231   .242
 *     MovieLens 1M    —      .143   .151   .154   .155
 *     MovieLens small .155   .161   .155   .158   .150
 *     books           .165   .157   .147   .138   .132
 *     gift shop       —      .196   .184   .182   .174
 *     Last.fm         .158   .165   .175   .176   .175
 *     FilmTrust       .566   .579   .535   .536   .536
 *
 * Without shrink all but Last.fm (.145 at 20) are the same to within 2 %. Customers without shrink (with 10 it is up to
 * 10 % less), by k:
 *
 *                   20     50     100    200
 *     MovieLens 100K  .217   .232   .232   .222
 *     MovieLens 1M    .163   .170   .170   .162
 *     MovieLens small .161   .154   .148   .142
 *     books           .116   .110   .101   .092
 *     gift shop       .134   .152   .157   .150
 *     Last.fm         .168   .163   .157   .150
 *     FilmTrust       .554   .569   .585   .588
 */
const NEIGHBOURS = {
  items: { k: 20, shrink: 10, minimumOverlap: 1, measure: 'cosine' },
  users: { k: 50, shrink: 0, minimumOverlap: 1, measure: 'cosine' },
} as const;

/** What the search for neighbours may hold: an index and a similarity for each of them. */
const MOST_BYTES = 512 * 2 ** 20;
const NEIGHBOUR_BYTES = 12;
const MEGABYTE = 2 ** 20;

/** score_i = Σ sim(i, j) over the things j of the history that are among the k nearest of i. */
export const itemNeighboursChoice: Recommender<NeighboursChoiceOptions, ItemWeightsModel> = {
  name: 'itemNeighbours',
  head: 'choice',
  defaults: () => ({ ...NEIGHBOURS.items, epochs: 1, seed: 1 }),
  /** Throws AppError `tooFewRatings` without a choice, `modelTooLarge`; RangeError for k below 1. */
  fit: (ratings, options, context) =>
    fitChoiceOnce('itemNeighbours', ratings, context, async (chosen, work) => {
      const catalogue = RankedCatalogue.of(chosen);
      const { byColumn, byCustomer } = inColumns(chosen, catalogue.order);
      const weights = sparseWeights(await nearestOf(byColumn, byCustomer, checked(options), work));
      return new ItemWeightsModel(
        { name: 'itemNeighbours', catalogue, weights, histories: byCustomer },
        context.device,
      );
    }),
  refitsBeforeTest: true,
  settled: true,
};

/** score_i = Σ sim(u, v) over those of the k customers nearest to u who chose i. */
export const userNeighboursChoice: Recommender<NeighboursChoiceOptions, UserNeighboursModel> = {
  name: 'userNeighbours',
  head: 'choice',
  defaults: () => ({ ...NEIGHBOURS.users, epochs: 1, seed: 1 }),
  /** Throws AppError `tooFewRatings` without a choice; RangeError for k below 1. */
  fit: (ratings, options, context) =>
    fitChoiceOnce('userNeighbours', ratings, context, (chosen) => {
      const { k, shrink, minimumOverlap, measure } = checked(options);
      const catalogue = RankedCatalogue.of(chosen);
      const { byCustomer } = inColumns(chosen, catalogue.order);
      return new UserNeighboursModel({ k, shrink, minimumOverlap, measure, catalogue, histories: byCustomer });
    }),
  refitsBeforeTest: true,
  settled: true,
};

function checked(options: NeighboursChoiceOptions): NeighboursChoiceOptions {
  const { k, shrink } = options;
  if (!(k >= 1)) throw new RangeError(`k ${k}`);
  if (!(shrink >= 0)) throw new RangeError(`shrink ${shrink}`);
  return { ...options, k: Math.floor(k) };
}

/** Row j, column i: how alike products j and i are, where j is one of the k nearest of i. */
async function nearestOf(
  byProduct: Csr,
  byCustomer: Csr,
  options: NeighboursChoiceOptions,
  work: StepWork,
): Promise<Csr> {
  const { rows: size, pointers } = byProduct;
  const nearest = emptyLists(size, Math.min(options.k, size));
  // What a newcomer has to come up to, side by side: most do not, and lists lie far apart in memory.
  const least = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  const offer = (to: number, other: number, similarity: number) => {
    if (similarity < least[to]) return;
    nearest[to].offer(other, similarity);
    least[to] = nearest[to].threshold;
  };
  const together = new Uint32Array(size);
  const met = new Uint32Array(size);
  let found = 0;
  await walkCoRatings(byProduct, byCustomer, work, {
    add(_, from, to) {
      for (let e = from; e < to; e++) {
        const other = byCustomer.indices[e];
        if (together[other]++ === 0) met[found++] = other;
      }
    },
    finish(row) {
      const count = pointers[row + 1] - pointers[row];
      for (let at = 0; at < found; at++) {
        const other = met[at];
        const otherCount = pointers[other + 1] - pointers[other];
        const similarity = overlapSimilarity(options, together[other], count, otherCount);
        together[other] = 0;
        if (similarity === 0) continue;
        offer(row, other, similarity);
        offer(other, row, similarity);
      }
      found = 0;
    },
  });
  return transpose(rowsFrom(nearest));
}

/** Throws AppError `modelTooLarge` where there is no room for so many. */
function emptyLists(count: number, k: number): TopK[] {
  const bytes = count * k * NEIGHBOUR_BYTES;
  if (bytes > MOST_BYTES) {
    const neededMb = Math.ceil(bytes / MEGABYTE);
    throw new AppError('modelTooLarge', { model: 'itemNeighbours', neededMb, mostMb: MOST_BYTES / MEGABYTE });
  }
  return Array.from({ length: count }, () => new TopK(k));
}

/** A square matrix with the kept ones of each row; empties the lists. */
function rowsFrom(kept: readonly TopK[]): Csr {
  const size = kept.length;
  const lists = kept.map((list) => list.drain());
  const pointers = new Uint32Array(size + 1);
  for (let row = 0; row < size; row++) pointers[row + 1] = pointers[row] + lists[row].indices.length;
  const indices = new Uint32Array(pointers[size]);
  const values = new Float32Array(pointers[size]);
  for (let row = 0; row < size; row++) {
    const { indices: columns, scores } = lists[row];
    const ascending = Array.from(columns, (_, at) => at).sort((a, b) => columns[a] - columns[b]);
    indices.set(
      Uint32Array.from(ascending, (at) => columns[at]),
      pointers[row],
    );
    values.set(
      Float32Array.from(ascending, (at) => scores[at]),
      pointers[row],
    );
  }
  return { rows: size, columns: size, pointers, indices, values };
}
