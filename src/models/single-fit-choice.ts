/** What the one-step recommenders of lists have in common around their arithmetic. */
import type { Tell } from '../base/progress.ts';
import type { Csr } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { rowOf, someChosenPairs } from './chosen-pairs.ts';
import { customersAtOnce } from './held-out.ts';
import type { FitContext, Fitted, ModelName, ScoringChoice } from './recommender.ts';
import { fitOnce, recallOn, type StepWork } from './single-fit.ts';

/** Customers whose scores are compared with their choices for the training loss, evenly spread. */
const TRAINING_SAMPLE = 500;

/**
 * Fits a model of lists in one step: `fit` is the arithmetic on who chose what (customers × products, every choice 1).
 * Validation is recall@10 on the pairs held out; the training loss see `squaredError`. Throws AppError `tooFewRatings`
 * without a choice, and what `fit` throws.
 */
export async function fitChoiceOnce<M extends ScoringChoice>(
  name: ModelName,
  ratings: Ratings,
  context: FitContext,
  fit: (chosen: Csr, work: StepWork) => M | Promise<M>,
): Promise<Fitted<M>> {
  const chosen = someChosenPairs(ratings);
  return fitOnce<M>(
    {
      model: name,
      head: 'choice',
      entries: chosen.indices.length,
      async fit(work) {
        const model = await fit(chosen, work);
        return { model, trainLoss: (tell) => squaredError(model, chosen, tell) };
      },
      figureOn: (pairs) => recallOn(ratings, pairs),
    },
    context,
  );
}

/**
 * ‖X − S‖² over all products for every choice, of at most 500 customers with choices: X is 1 where somebody chose
 * something and 0 elsewhere, S what the model scores. Products that are left out count as scored 0. Always 0 would
 * come to 1.
 */
export async function squaredError(
  model: Pick<ScoringChoice, 'scoresForMany'>,
  chosen: Csr,
  tell?: Tell,
): Promise<number> {
  const users = withChoices(chosen, TRAINING_SAMPLE);
  const atOnce = customersAtOnce(chosen.columns);
  let squares = 0;
  let choices = 0;
  for (let from = 0; from < users.length; from += atOnce) {
    const block = users.subarray(from, from + atOnce);
    const scores = await model.scoresForMany(block);
    for (let at = 0; at < scores.length; at++) if (scores[at] > Number.NEGATIVE_INFINITY) squares += scores[at] ** 2;
    for (let q = 0; q < block.length; q++) {
      for (const item of rowOf(chosen, block[q])) {
        // (1 − s)² instead of s².
        const score = scores[q * chosen.columns + item];
        squares += score > Number.NEGATIVE_INFINITY ? 1 - 2 * score : 1;
        choices++;
      }
    }
    tell?.(Math.min(1, (from + atOnce) / users.length));
  }
  return squares / Math.max(1, choices);
}

/** Customers who chose something, at most `most` of them. */
function withChoices({ rows, pointers }: Csr, most: number): Uint32Array {
  const users: number[] = [];
  for (let user = 0; user < rows; user++) if (pointers[user + 1] > pointers[user]) users.push(user);
  if (users.length <= most) return Uint32Array.from(users);
  return Uint32Array.from({ length: most }, (_, at) => users[Math.floor((at * users.length) / most)]);
}
