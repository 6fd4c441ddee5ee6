/**
 * EASE^R, the shallow autoencoder (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"): the matrix B
 * with a zero diagonal that minimizes ‖X − XB‖² + λ‖B‖², in closed form. With G = XᵀX and P = (G + λI)⁻¹,
 * B = I − P diag(1 / diag P) (formula 8). X is 1 for every choice.
 */
import type { Csr } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { chosenPairs, inColumns } from './chosen-pairs.ts';
import { denseWeights } from './item-weights.ts';
import { ItemWeightsModel } from './item-weights-model.ts';
import { choiceCounts } from './popularity-order.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import type { FitContext, Fitted, Preset, Recommender } from './recommender.ts';
import type { StepWork } from './single-fit.ts';
import { fitChoiceOnce } from './single-fit-choice.ts';
import { easeProductsWithin, MOST_EASE_PRODUCTS } from './table-memory.ts';

export interface EaseOptions {
  /** λ: how much a weight has to explain before it is believed, in choices. */
  readonly lambda: number;
  /** The most popular so many are part of the model; work grows with its third power. */
  readonly mostProducts: number;
  /** Always one; nothing is drawn at random. */
  readonly epochs: number;
  readonly seed: number;
}

/** Of the whole fit, what is done after the products of columns and after the inverse: weights are what is left. */
const PRODUCTS_END = 0.15;
const INVERSE_END = 0.95;

/**
 * λ as a multiple of √(W_p W_c), where W_p = Σ n_p² / Σ n_p over the products and W_c the same over the customers: the
 * largest singular value of a matrix with these counts and nothing else to it. Recall@10 on the validation part (8:1:1
 * per customer), by λ:
 *
 *                   10     30     100    200    500    1000   2000     √     best at
 *     MovieLens 100K  .219   .243   .260   .266   .261   .257   .239   129   1.6 √
 *     MovieLens 1M    —      —      .179   .186   .190   .189   .184   401   1.7 √
 *     MovieLens small .164   .175   .185   .186   .184   .172   .163   127   1.6 √
 *     books           .150   .162   .164   .160   .146   .131   .113   103   1.0 √
 *     gift shop       .204   .219   .225   .225   .213   .200   .183   148   0.9 √
 *     Last.fm         .174   .188   .192   .190   .175   .164   .152    52   1.9 √
 *     FilmTrust       .584   .593   .597   .598   .597   .589   .581   102   2.0 √
 *
 * 1.4 √ is within 3 % of the best everywhere; on all of MovieLens 1M it is 690. From one data set to another the best
 * multiple of this root differs by a factor of 2, that of W_p by 6, of the root of the pairs by 9, of the pairs by 29.
 */
const LAMBDA_SCALE = 1.4;

function defaults(_preset: Preset, ratings: Ratings): EaseOptions {
  const chosen = chosenPairs(ratings);
  const pairs = Math.max(1, chosen.indices.length);
  const squares = (counts: Uint32Array) => counts.reduce((sum, count) => sum + count * count, 0);
  const perProduct = squares(choiceCounts(chosen)) / pairs;
  const perCustomer = squares(chosen.pointers.slice(1).map((end, row) => end - chosen.pointers[row])) / pairs;
  return {
    // Above 0 also where nobody chose anything yet.
    lambda: Math.max(1, LAMBDA_SCALE * Math.sqrt(perProduct * perCustomer)),
    mostProducts: MOST_EASE_PRODUCTS,
    epochs: 1,
    seed: 1,
  };
}

/**
 * A stop is not heeded, a cancel is: before the inverse is there is no model. Throws AppError `tooFewRatings` without a choice,
 * RangeError for a λ that is not above 0 or too small for this data, and what the device throws.
 */
async function fit(ratings: Ratings, options: EaseOptions, context: FitContext): Promise<Fitted<ItemWeightsModel>> {
  const { lambda, mostProducts } = options;
  if (!(lambda > 0 && lambda < Number.POSITIVE_INFINITY)) throw new RangeError(`lambda ${lambda}`);
  const { device } = context;
  return fitChoiceOnce('ease', ratings, context, async (chosen, work) => {
    const catalogue = RankedCatalogue.of(chosen, easeProductsWithin(mostProducts));
    // Popular products first, which have the longest columns: the device is then three times faster.
    const { byColumn, byCustomer } = inColumns(chosen, catalogue.order);
    const data = await easeWeights(byColumn, lambda, device, work);
    const weights = denseWeights(data, catalogue.size);
    return new ItemWeightsModel({ name: 'ease', catalogue, weights, histories: byCustomer }, device);
  });
}

/** B for products × customers: products × products, row-major. */
async function easeWeights(
  byProduct: Csr,
  lambda: number,
  device: ComputeDevice,
  work: StepWork,
): Promise<Float32Array> {
  const size = byProduct.rows;
  const gram = await device.rowProducts({
    matrix: byProduct,
    tell: (share) => work.tell(PRODUCTS_END * share),
    signal: work.signal,
  });
  work.tell(PRODUCTS_END);
  for (let i = 0; i < size; i++) gram[i * size + i] += lambda;
  await work.turn();
  const inverse = await device.invert({
    matrix: gram,
    size,
    tell: (share) => work.tell(PRODUCTS_END + (INVERSE_END - PRODUCTS_END) * share),
    signal: work.signal,
  });
  const diagonal = Float64Array.from({ length: size }, (_, i) => inverse[i * size + i]);
  for (let j = 0; j < size; j++) {
    // 0 − x, so that a zero stays without a sign.
    for (let i = 0, at = j * size; i < size; i++, at++) inverse[at] = 0 - inverse[at] / diagonal[i];
    inverse[j * size + j] = 0;
    if (!work.due()) continue;
    work.tell(INVERSE_END + (1 - INVERSE_END) * (j / size));
    await work.turn();
  }
  return inverse;
}

export const ease: Recommender<EaseOptions, ItemWeightsModel> = {
  name: 'ease',
  head: 'choice',
  defaults,
  fit,
  refitsBeforeTest: true,
  settled: true,
};
