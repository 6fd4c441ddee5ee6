/**
 * Recommending by description: what resembles, in words and categories, the things somebody chose (Pazzani & Billsus
 * 2007, "Content-based recommendation systems", the nearest-neighbour kind). What other customers chose says only how
 * known a thing is, so that products nobody has chosen yet are ranked too.
 */

import { AppError } from '../base/error.ts';
import { partOf } from '../base/pacer.ts';
import { type Csr, transpose } from '../base/sparse.ts';
import { inColumns, takeRows } from './chosen-pairs.ts';
import { contentNeighbours } from './content-neighbours.ts';
import { sparseWeights } from './item-weights.ts';
import { ItemWeightsModel } from './item-weights-model.ts';
import { choiceCounts, orderByCount } from './popularity-order.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import type { Recommender } from './recommender.ts';
import { fitChoiceOnce } from './single-fit-choice.ts';
import { contentVectors } from './text-features.ts';

export interface ContentOptions {
  /** Products described most alike that count. */
  readonly k: number;
  /** How much the well-known go before: a score is multiplied by (1 + choosers)^fame. 0: descriptions alone decide. */
  readonly fame: number;
  /** Always one; nothing is drawn at random. */
  readonly epochs: number;
  readonly seed: number;
}

/**
 * Recall@10 on the validation part (8:1:1 per customer), by k; "profile" is the cosine to the sum of all vectors of a
 * history, in which a few close matches drown among many distant ones (Rocchio's way).
 *
 *                     5      10     30     50     200    profile
 *     books           .104   .097   .092   .089   .085   .075
 *     gift shop       .133   .125   .124   .126   .119   .108
 *     MovieLens 100K  .034   .029   .029   .033   .026   .030
 *     MovieLens small .028   .032   .028   .025   .020   .022
 *     MovieTweetings  .065   .060   .054   .044   .053   .044
 *
 * With 5 a single choice has too few to suggest.
 */
const NEIGHBOURS = 10;
/**
 * Recall@10 on the same parts (of Online Retail the latest tenth), by how much the well-known go before; of two things
 * described alike the one more people chose is the better bet. Beside it bestsellers alone.
 *
 *                     0      0.1    0.2    0.3    0.5    0.8    bestsellers
 *     books           .097   .114   .125   .131   .131   .120   .044
 *     gift shop       .125   .137   .144   .148   .151   .149   .048
 *     MovieLens 100K  .029   .046   .056   .066   .080   .091   .128
 *     MovieLens small .032   .051   .068   .078   .087   .090   .079
 *     MovieTweetings  .060   .055   .068   .072   .066   .066   .100
 *     Online Retail   .037   .041   .042   .044   .047   .049   .032
 *
 * More than 0.3 gains little where descriptions say much, and leaves no room for what is new.
 */
const FAME = 0.3;

/** score_i = (1 + n_i)^fame Σ cos(v_i, v_j) over the things j of the history that are among the k described most like i; n_i chose i. */
export const content: Recommender<ContentOptions, ItemWeightsModel> = {
  name: 'content',
  head: 'choice',
  defaults: () => ({ k: NEIGHBOURS, fame: FAME, epochs: 1, seed: 1 }),
  /**
   * Throws AppError `noDescriptions` where no two products have a word, a category or an attribute in common,
   * `tooFewRatings` without a choice; RangeError for k below 1.
   */
  fit(ratings, { k, fame }, context) {
    if (!(k >= 1)) throw new RangeError(`k ${k}`);
    return fitChoiceOnce('content', ratings, context, async (chosen, work) => {
      const vectors = ratings.about
        ? await contentVectors(ratings.about.products, { pace: partOf(work, 0, 0.5) })
        : null;
      if (!vectors) throw new AppError('noDescriptions');
      const catalogue = describedCatalogue(chosen, vectors);
      // Products that are alike to the same degree count most popular first: columns are in that order.
      const described = takeRows(vectors, catalogue.order);
      const columns = Uint32Array.from(catalogue.order, (_, column) => column);
      const near = await contentNeighbours(described, columns, columns, Math.floor(k), partOf(work, 0.5, 0.5));
      favourKnown(near, catalogue, chosen.rows, fame);
      const { byCustomer } = inColumns(chosen, catalogue.order);
      return new ItemWeightsModel(
        { name: 'content', catalogue, weights: sparseWeights(transpose(near)), histories: byCustomer },
        context.device,
      );
    });
  },
  refitsBeforeTest: true,
  settled: true,
};

/** Multiplies what speaks for a product by how known it is; one that nobody chose keeps its weights. */
function favourKnown(
  { rows, pointers, values }: Csr,
  { popularity }: RankedCatalogue,
  customers: number,
  fame: number,
) {
  for (let column = 0; column < rows; column++) {
    const factor = (1 + popularity[column] * customers) ** fame;
    for (let e = pointers[column]; e < pointers[column + 1]; e++) values[e] *= factor;
  }
}

/** The products of which something is said that is said of another, those that nobody chose among them. */
function describedCatalogue(chosen: Csr, { pointers }: Csr): RankedCatalogue {
  const counts = choiceCounts(chosen);
  const order = orderByCount(counts).filter((item) => pointers[item + 1] > pointers[item]);
  return new RankedCatalogue(
    chosen.columns,
    order,
    Float32Array.from(order, (item) => counts[item] / chosen.rows),
  );
}
