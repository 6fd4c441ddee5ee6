/** The end of a search: the defaults and the best found on the test part, which nothing before has looked at. */
import { isAbort, throwIfAborted } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import type { Head, Model } from '../models/recommender.ts';
import { bootstrap, type CustomerSums, comparePaired, createResamples } from './bootstrap.ts';
import type { FitAnywhere } from './fit-anywhere.ts';
import { headFits, type Parts } from './head-fits.ts';
import type { HeadPlan } from './head-plan.ts';
import type { SearchSpace } from './search-spaces.ts';
import { codeOf, type Entry } from './tuning-entry.ts';
import type { TuningJudge } from './tuning-judge.ts';
import { betterOf, type TuningCheck } from './tuning-result.ts';

/** A training and a validation part are this many times a training part alone. */
const WITH_VALIDATION = 1.15;
/** What of a check the fit takes, for the share that is told. */
const FIT_SHARE = 0.8;

/** Whether every epoch of a candidate is judged on validation: of guessed stars, where that takes no time; of what is blended by it. */
export function judgesEpochs({ byEpochs }: SearchSpace, head: Head): boolean {
  return head === 'taste' || !byEpochs;
}

/** What the check of one candidate takes when a whole fit takes `fit` and a figure `judging`, all in s. */
export function secondsOfCheck(
  { settled, refitsBeforeTest, head }: HeadPlan<Model>,
  space: SearchSpace,
  fit: number,
  judging: number,
): number {
  const last = WITH_VALIDATION * fit + judging;
  if (settled) return last;
  // What had its epochs judged goes on from its end; the other is learned once more with every epoch judged.
  const learned = space.byEpochs ? (judgesEpochs(space, head) ? 0 : fit + space.epochs * judging) : fit;
  return learned + (refitsBeforeTest ? last : judging);
}

/** What a check goes by. */
export interface CheckCourse<M extends Model> {
  readonly judge: TuningJudge<M>;
  readonly parts: Parts;
  readonly place: FitAnywhere;
  readonly seed: number;
  readonly gate: () => Promise<void>;
  readonly signal?: AbortSignal;
  /** Hears what share of it is done. */
  readonly tell: Tell;
}

/** The defaults and the best found, trained as a training would and scored on the test part; null where that cannot be had. */
export async function checkOnTest<M extends Model>(
  course: CheckCourse<M>,
  defaults: Entry<M>,
  best: Entry<M>,
): Promise<TuningCheck | null> {
  const { judge, seed, gate, signal, tell } = course;
  const rivals = best === defaults ? [best] : [best, defaults];
  const scores: (CustomerSums | null)[] = [];
  for (const [at, rival] of rivals.entries()) {
    try {
      await gate();
      throwIfAborted(signal);
      const own: Tell = (share) => tell((at + share) / rivals.length);
      scores.push(rival.row.state === 'failed' ? null : await scoreOf(rival, { ...course, tell: own }));
    } catch (thrown) {
      if (signal?.aborted && isAbort(thrown)) return null;
      codeOf(thrown);
      scores.push(null);
    }
  }
  const [found, usual] = scores;
  if (!found) return null;
  const resamples = createResamples(seed);
  const [ofBest, ofDefaults] = await bootstrap(usual ? [found, usual] : [found], resamples);
  if (!ofBest) return null;
  return {
    customers: judge.customers,
    defaults: best === defaults ? ofBest : (ofDefaults ?? null),
    best: ofBest,
    versus: usual ? await comparePaired(found, usual, betterOf(judge.metric), resamples) : null,
  };
}

/** One candidate on the test part, after the steps every training takes; what it was learned for is not learned again. */
async function scoreOf<M extends Model>(
  { plan, checkpoint }: Entry<M>,
  { judge, parts, place, gate, signal, tell }: CheckCourse<M>,
): Promise<CustomerSums> {
  const made = new Set<Model>();
  try {
    const { scored } = await headFits({
      place,
      parts,
      // Without a best epoch in it the fit would not know when to stop.
      resumeFrom: checkpoint?.best ? checkpoint : undefined,
      made,
      hooks: { gate, signal, cancel: signal, onProgress: (_work, _head, { share }) => tell(FIT_SHARE * share) },
    }).prepare(plan);
    throwIfAborted(signal);
    return await judge.onTest(scored.model, (share) => tell(FIT_SHARE + (1 - FIT_SHARE) * share), signal);
  } finally {
    for (const model of made) model.destroy();
  }
}
