/**
 * PureSVD (Cremonesi, Koren & Turrin 2010, "Performance of recommender algorithms on top-N recommendation tasks"): the
 * matrix of choices with zeros for everything else, as the few directions tell it in which it is largest. It is the
 * plainest of the models with hidden tastes: nothing is weighed, regularized or stopped early.
 */
import type { Csr } from '../base/sparse.ts';
import { inColumns } from './chosen-pairs.ts';
import { choiceCounts } from './popularity-order.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import type { Recommender } from './recommender.ts';
import { fitChoiceOnce } from './single-fit-choice.ts';
import { SvdModel } from './svd-model.ts';
import { truncatedSvd } from './truncated-svd.ts';

export interface SvdOptions {
  /** At most so many directions. */
  readonly factors: number;
  /** How far above noise the singular value of a direction has to be to be kept: see `noiseOf`. 0 keeps them all. */
  readonly noiseLevel: number;
  readonly powerIterations: number;
  /** Always one. */
  readonly epochs: number;
  readonly seed: number;
}

/**
 * Recall@10 on the validation part (8:1:1 per customer), by factors, and with those that are `noiseLevel` 0.8 above noise,
 * at most 64:
 *
 *                   8      16     32     64     0.8
 *     MovieLens 100K  .229   .254   .240   .217   .254 (16)
 *     MovieLens 1M    .138   .162   .174   .167   .171 (46)
 *     MovieLens small .140   .158   .182   .179   .165 (23)
 *     books           .092   .105   .122   .128   .128 (64)
 *     gift shop       .092   .122   .147   .167   .167 (64)
 *     Last.fm         .148   .164   .164   .142   .145 (60)
 *     FilmTrust       .604   .520   .339   .025   .653 (5)
 *
 * No number of factors suits all: 16 loses a third on the gift shop and 32 half on FilmTrust, while 0.8 is within 12 % of
 * the best everywhere. With choice weights instead of 1 for every choice the best were .249, .128 and .133 on MovieLens 100K,
 * books and gift shop (up to 128 factors), against .254, .131 and .186: what is counted is whether, not how much. Of
 * power iterations two found up to eight directions less than four, and lost up to 5 % of the recall; eight found up to
 * five more, and nothing was gained by them.
 */
const DEFAULTS: SvdOptions = { factors: 64, noiseLevel: 0.8, powerIterations: 4, epochs: 1, seed: 1 };

/**
 * √W_p + √W_c, where W_p = Σ n_p² / Σ n_p over the products and W_c the same over the customers: about the largest
 * singular value of a matrix in which who chooses what is chance, once its counts are taken out.
 */
export function noiseOf(chosen: Csr): number {
  const pairs = Math.max(1, chosen.indices.length);
  let perProduct = 0;
  for (const count of choiceCounts(chosen)) perProduct += count * count;
  let perCustomer = 0;
  for (let row = 0; row < chosen.rows; row++) perCustomer += (chosen.pointers[row + 1] - chosen.pointers[row]) ** 2;
  return Math.sqrt(perProduct / pairs) + Math.sqrt(perCustomer / pairs);
}

function checked(options: SvdOptions): SvdOptions {
  const { factors, noiseLevel, powerIterations } = options;
  if (!(factors >= 1)) throw new RangeError(`factors ${factors}`);
  if (!(noiseLevel >= 0)) throw new RangeError(`noiseLevel ${noiseLevel}`);
  if (!(powerIterations >= 0)) throw new RangeError(`powerIterations ${powerIterations}`);
  return { ...options, factors: Math.floor(factors), powerIterations: Math.floor(powerIterations) };
}

export const svd: Recommender<SvdOptions, SvdModel> = {
  name: 'svd',
  head: 'choice',
  defaults: () => DEFAULTS,
  /** A stop is not heeded. Throws AppError `tooFewRatings` without a choice, RangeError for nonsense, and what the device throws. */
  fit: (ratings, options, context) =>
    fitChoiceOnce('svd', ratings, context, async (chosen, work) => {
      const { factors, noiseLevel, powerIterations, seed } = checked(options);
      const catalogue = RankedCatalogue.of(chosen);
      const { byCustomer } = inColumns(chosen, catalogue.order);
      const whole = await truncatedSvd(
        { matrix: byCustomer, factors, powerIterations, seed },
        context.device,
        work,
        work.tell,
      );
      const least = noiseLevel * noiseOf(chosen);
      const kept = Math.max(1, whole.singularValues.filter((value) => value > least).length);
      const vectors = firstColumns(whole.vectors, whole.factors, kept);
      const singularValues = Float32Array.from(whole.singularValues.subarray(0, kept));
      return new SvdModel({ catalogue, factors: kept, vectors, singularValues, histories: byCustomer }, context.device);
    }),
  refitsBeforeTest: true,
  settled: true,
};

/** Of a row-major matrix. */
function firstColumns(data: Float32Array, columns: number, kept: number): Float32Array {
  const out = new Float32Array((data.length / columns) * kept);
  for (let row = 0, to = 0; to < out.length; row++, to += kept) {
    out.set(data.subarray(row * columns, row * columns + kept), to);
  }
  return out;
}
