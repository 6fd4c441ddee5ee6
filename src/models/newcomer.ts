/**
 * Lists for somebody of whom a few things are known. A model that was made for whole histories takes one or two choices
 * for all there is and lists what goes with them, which finds less than the bestsellers do; so what most people choose
 * counts beside it, the less the more is known.
 *
 * score = w · z(model) + (1 − w) · r · z(popularity), w = n / (n + 2) for n choices, z standardized over the catalogue.
 * r is how far popularity differs by more than chance: 1 − (variance a share of that many customers has by chance) /
 * (variance of the shares), at least 0. Where nothing is more popular than anything else, the model is alone; where no
 * choice is known, popularity is, whatever r.
 */
import { keepLatest } from '../base/latest.ts';
import type { Csr } from '../base/sparse.ts';
import { type Standard, standardOf } from './hybrid-model.ts';
import { choiceCounts } from './popularity-order.ts';
import type { Explanation, History, HistoryChoice, LeavesOut } from './recommender.ts';
import { topRows } from './vector-lists.ts';

/**
 * Choices after which the model counts as much as popularity. Recall@10 of 150 customers held out whole, MovieLens 1M,
 * after three and six questions, by a fixed w: .3 .060 / .057, .5 .058 / .062, .7 .059 / .063, 1 .060 / .063; books, by
 * popularity and entropy: .5 .050 / .049, 1 .044 / .042.
 */
const HALF_KNOWN = 2;

/** Popularity as a score of every product. */
export interface Bestsellers {
  /** Shares of the customers, standardized. */
  readonly scores: Float32Array;
  /** r: how far the differences can be believed, 0 … 1. */
  readonly believed: number;
}

/** Of customers × products, every choice 1. */
export function bestsellersOf(chosen: Csr): Bestsellers {
  let customers = 0;
  for (let u = 0; u < chosen.rows; u++) if (chosen.pointers[u + 1] > chosen.pointers[u]) customers++;
  const shares = Float32Array.from(choiceCounts(chosen), (count) => count / Math.max(1, customers));
  const { mean, deviation } = standardOf(shares);
  let chance = 0;
  for (const share of shares) chance += (share * (1 - share)) / Math.max(1, customers) / Math.max(1, shares.length);
  const differ = shares.some((share) => share !== shares[0]);
  const believed = differ ? Math.max(0, 1 - chance / deviation ** 2) : 0;
  return { scores: shares.map((share) => (share - mean) / deviation), believed };
}

type FromHistories = Pick<HistoryChoice, 'topItemsFrom'>;
/** Lists, and scores and reasons, exact or not, where the model has them. */
export type Newcomers = FromHistories & Partial<Pick<HistoryChoice, 'scoresFrom' | 'explain'> & LeavesOut>;

/**
 * Lists for somebody new from a model that answers histories: scores in standard deviations, and reasons where the model
 * gives them, exact or by leaving things out. One that tells no scores to add to answers alone.
 */
export function newcomerLister(model: Newcomers, { scores: popular, believed }: Bestsellers): Newcomers {
  if (!('scoresFrom' in model)) {
    return {
      topItemsFrom: (history, count, exclude) =>
        weightOf(history) === 0 ? topRows(popular, count, exclude) : model.topItemsFrom(history, count, exclude),
    };
  }
  const { scoresFrom, explain, scoresWithout } = bound(
    model as FromHistories & Pick<HistoryChoice, 'scoresFrom'> & Newcomers,
  );
  // Reasons of a whole list are asked for one after the other, and each needs the same one.
  const standard = keepLatest((history: History) => standardOf(scoresFrom(history)));
  const scores = (history: History): Float32Array => {
    const weight = weightOf(history);
    if (weight === 0) return popular.slice();
    const own = scoresFrom(history);
    const { mean, deviation } = standardOf(own);
    for (let item = 0; item < own.length; item++) {
      // What the model leaves out is an average thing to it.
      const z = own[item] === Number.NEGATIVE_INFINITY ? 0 : (own[item] - mean) / deviation;
      own[item] = weight * z + (1 - weight) * believed * popular[item];
    }
    return own;
  };
  return {
    scoresFrom: scores,
    topItemsFrom: (history, count, exclude) => topRows(scores(history), count, exclude),
    ...(explain && {
      explain(history, item) {
        const weight = weightOf(history);
        const start = weight === 0 ? popular[item] : (1 - weight) * believed * popular[item];
        return reasons(explain(history, item), weight, standard(history), start);
      },
    }),
    // The model and popularity count as beside the whole history: what a thing does for the model's own score is the question.
    ...(scoresWithout && {
      scoresWithout(history, without, items) {
        const weight = weightOf(history);
        const { mean, deviation } = standard(history);
        return scoresWithout(history, without, items).map((score, at) => {
          const z = score === Number.NEGATIVE_INFINITY ? 0 : (score - mean) / deviation;
          const known = weight === 0 ? 1 : (1 - weight) * believed;
          return weight * z + known * popular[items[at % items.length]];
        });
      },
    }),
  };
}

function bound(model: Pick<HistoryChoice, 'scoresFrom'> & Newcomers) {
  return {
    scoresFrom: model.scoresFrom.bind(model),
    explain: model.explain?.bind(model),
    scoresWithout: model.scoresWithout?.bind(model),
  };
}

/** The model's contributions by its weight over its deviation; popularity and what standardizing shifts are the baseline. */
function reasons(own: Explanation, weight: number, { mean, deviation }: Standard, start: number): Explanation {
  const leftOut = own.score === Number.NEGATIVE_INFINITY;
  const share = leftOut ? 0 : weight / deviation;
  const contributions = own.contributions.map(({ item, amount }) => ({ item, amount: share * amount }));
  const baseline = start + (leftOut ? 0 : share * (own.baseline - mean));
  return { score: contributions.reduce((sum, { amount }) => sum + amount, baseline), baseline, contributions };
}

/** What the model counts: nothing where no choice is known. */
function weightOf({ values }: History): number {
  let known = 0;
  for (let at = 0; at < values.length; at++) if (values[at] > 0) known++;
  return known / (known + HALF_KNOWN);
}
