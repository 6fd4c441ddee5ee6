/**
 * Train, validate, test, refit: the one way every recommender is run and measured.
 *
 * 1. The test part is split off (or given). Nothing below but step 4 sees it.
 * 2. A validation part is split off the rest. Each head is fitted on what remains; its stopping looks
 *    at validation alone.
 * 3. Heads that are cheap to fit (`refitsBeforeTest`) are fitted again on training + validation with
 *    the epochs that were chosen; the others are scored as they are. Those with nothing to choose (`settled`) leave
 *    step 2 out: their one fit is this one.
 * 4. The test part is scored, once.
 * 5. Each head is fitted on everything, with the epochs that were chosen. Those models serve.
 *
 * With privacy settings every fit learns from what `protect` leaves of its part, after the cut; what people chose next and
 * what they have are what they are, so that validation, test and the things left out of a list stay whole. Products that
 * too few chose are listed neither in step 4 nor afterwards.
 *
 * When the person stops, the head in progress keeps its best epoch, a head not begun gets a short fit,
 * steps 3 and 5 are left out (what is under way of them is given up) and the models of step 2 serve. A head that learns in
 * one step has no best epoch: it is given up, and with it what has not begun.
 *
 * When memory runs out on every device, step 2 goes on with half the model, again and again down to what is still of
 * use; where steps 3 and 5, which have more data, do not fit, the model before them does their part.
 */
import { AppError, isAbort } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import type { Pairs } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { NO_PRIVACY, type PrivacySettings, unlistedBy } from '../data/protect.ts';
import type { Ratings } from '../data/ratings.ts';
import type { Split, SplitKind } from '../data/split.ts';
import { barring } from '../models/barred.ts';
import { fitBiases, fitItemMeans, fitPopularity } from '../models/baselines.ts';
import { groupChoices, leastRelevant } from '../models/held-out.ts';
import type { Checkpoint, ChoiceModel, EpochEvent, Head, Model, TasteModel } from '../models/recommender.ts';
import { intervalCoverage } from './coverage.ts';
import { type Decided, decidedBy } from './decided.ts';
import { FitAnywhere, type NextDevice } from './fit-anywhere.ts';
import { cutParts, headFits, isSplit, type Prepared } from './head-fits.ts';
import type { HeadPlan, Shrunk } from './head-plan.ts';
import { mae, rmse } from './metrics.ts';
import { everythingOf } from './parts.ts';
import { protectedEnough, protectedParts } from './protected-parts.ts';
import { type RankingFigures, rankAll } from './ranking.ts';
import { predictPairs } from './rating-errors.ts';

export type TrialPhase = 'preparing' | 'taste' | 'choice' | 'scoring' | 'refitting' | 'done';

/**
 * What a trial is doing and how much of it is done, several times a second from beginning to end.
 *
 * `splitting` (step 1) → `averages` (what a model has to beat) → of each head `learning` (step 2), `again` (step 3, where the head has one) →
 * `scoring` (step 4) → of each head `everything` (step 5).
 */
export interface TrialProgress {
  readonly work: 'splitting' | 'averages' | 'learning' | 'again' | 'scoring' | 'everything';
  /** The head that is fitted; null for work on both. */
  readonly head: Head | null;
  /** Of this work, 0 to 1. Falls only where a fit begins anew: on another device, or smaller. */
  readonly share: number;
  /** The epoch that is running, from 1, of how many at most; null where nothing is fitted. */
  readonly epoch: number | null;
  readonly epochs: number | null;
}

export interface BaselineFigures {
  /** Means with shrinkage (μ + b_u + b_i). */
  readonly rmse: number | null;
  /** Each product's own mean. */
  readonly itemMeanRmse: number | null;
  readonly recall10: number;
}

/** What one head did without because no device had room for more. */
export type Economy = { readonly head: Head } & (
  | ({ readonly kind: 'smaller' } & Shrunk)
  /** Not fitted on everything: the model before that serves. */
  | { readonly kind: 'notRefitted' }
);

export interface TrialHooks {
  readonly onPhase?: (phase: TrialPhase) => void;
  /** Called at any pace: whoever listens thins it out. */
  readonly onProgress?: (progress: TrialProgress) => void;
  /** Epochs of the validated fits; fits of steps 3 and 5 are silent. */
  readonly onEpoch?: (event: EpochEvent) => void;
  /** The figures to beat, known before training starts. */
  readonly onBaseline?: (figures: BaselineFigures) => void;
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void;
  /** Awaited between epochs, and within long ones. */
  readonly gate?: () => Promise<void>;
  /** The person's stop. */
  readonly signal?: AbortSignal;
  /** Asked when the device is lost or out of memory; without it the trial rejects. */
  readonly nextDevice?: NextDevice;
  /** After `smaller` the epochs of that head begin anew. */
  readonly onEconomy?: (economy: Economy) => void;
}

export interface TrialRequest {
  /** Everything there is; or a training and a test part made elsewhere (the same rows and columns). */
  readonly data: Ratings | Split;
  readonly split: SplitKind;
  /** Share of the pairs (of each customer, for 'per-customer') held out as test. Validation takes as much of the rest. */
  readonly holdout: number;
  readonly seed: number;
  /** Default: everything is learned from. */
  readonly privacy?: PrivacySettings;
  /** null: not asked for, or no ratings to learn from. */
  readonly taste: HeadPlan<TasteModel> | null;
  readonly choice: HeadPlan<ChoiceModel> | null;
  readonly device: ComputeDevice;
  /** Adds test figures to every epoch event, for the bench; nothing looks at them to decide. */
  readonly testPerEpoch?: boolean;
  /** Also counts how many test ratings lie inside their 90 % interval: an exact solve for each of some hundred customers. */
  readonly intervals?: boolean;
  /** false leaves step 5 out: the models of step 4 are given back. Default true. */
  readonly serve?: boolean;
  /** false leaves step 3 out even for cheap heads: strictly train / validation / test. Default true. */
  readonly learnFromValidation?: boolean;
  readonly hooks?: TrialHooks;
  /** Goes on from here in the validated fit of the head it names: the tab was closed in the middle of it. */
  readonly resumeFrom?: Checkpoint;
}

/** All figures are of the test part, scored once. Ratings' are null without a taste head or without test ratings. */
export interface TrialFigures {
  readonly rmse: number | null;
  readonly mae: number | null;
  readonly baselineRmse: number | null;
  readonly baselineMae: number | null;
  /** Always guessing the product's own mean. */
  readonly itemMeanRmse: number | null;
  readonly itemMeanMae: number | null;
  /** Ranking figures are 0 where `testCustomers` is 0 or there is no choice head. */
  readonly recall10: number;
  readonly ndcg10: number;
  readonly popularityRecall10: number;
  readonly popularityNdcg10: number;
  readonly hitsOfTen: number;
  readonly randomHitsOfTen: number;
  /** Customers with at least one choice in the test part. */
  readonly testCustomers: number;
  /** Of the fit that was scored: set-up and arithmetic, evaluation excluded. */
  readonly fitMs: number;
  readonly choiceFitMs: number;
  readonly stopped: boolean;
}

export interface TrialResult {
  readonly figures: TrialFigures;
  readonly epochs: readonly EpochEvent[];
  readonly decided: Decided;
  /** null where it was not asked for. */
  readonly taste: TasteModel | null;
  /** null where it was not asked for, or given up. */
  readonly choice: ChoiceModel | null;
  /** null where it was not asked for or the model gives no intervals. */
  readonly intervalCoverage: number | null;
  /** The training part (validation included), whole whatever of it was learned from. */
  readonly train: Ratings;
  /** Where the last fit ran. */
  readonly device: ComputeDevice;
}

const LIST_LENGTH = 10;
/** What of the scoring the ratings take, the rest being the lists: for the share that is told. */
const ERRORS_SHARE = 0.3;

/**
 * Runs one trial. Rejects with whatever a fit or device throws, `trainingOutOfMemory` where not even a small model finds
 * room, `tooPrivate` where the privacy settings leave too little to learn from, `cancelled` where it is stopped before any
 * head has learned something. A head that was given up is null beside one that was finished before.
 */
export async function runTrial(request: TrialRequest): Promise<TrialResult> {
  const made = new Set<Model>();
  try {
    return await run(request, made);
  } catch (thrown) {
    for (const model of made) model.destroy();
    throw thrown;
  }
}

/** `made` holds every model that is alive, so that none outlives a failure. */
async function run(request: TrialRequest, made: Set<Model>): Promise<TrialResult> {
  const { data, split, holdout, seed, privacy = NO_PRIVACY, hooks = {} } = request;
  const serving = request.serve !== false;
  hooks.onPhase?.('preparing');
  /** Of work on both heads: the part from … to of it. */
  const telling =
    (work: 'splitting' | 'averages' | 'scoring', from: number, to: number): Tell =>
    (share) =>
      hooks.onProgress?.({ work, head: null, share: from + (to - from) * share, epoch: null, epochs: null });

  const parts = cutParts(data, { kind: split, holdout, seed }, telling('splitting', 0, 1));
  const { train, test } = parts;
  const learned = protectedParts(parts, privacy);

  const baseline = await scoreBaselines(train, test, telling('averages', 0, 1));
  hooks.onBaseline?.({
    rmse: baseline.rmse,
    itemMeanRmse: baseline.itemMeanRmse,
    recall10: baseline.ranking?.recall ?? 0,
  });

  const place = new FitAnywhere(request.device, hooks.nextDevice);
  const stopped = () => hooks.signal?.aborted ?? false;
  const fits = headFits({
    place,
    parts: learned,
    test: request.testPerEpoch ? test : undefined,
    learnFromValidation: request.learnFromValidation,
    resumeFrom: request.resumeFrom,
    made,
    hooks: {
      onEpoch: hooks.onEpoch,
      onCheckpoint: hooks.onCheckpoint,
      onProgress: (work, head, { share, epoch, epochs }) => hooks.onProgress?.({ work, head, share, epoch, epochs }),
      onSmaller: (head, shrunk) => hooks.onEconomy?.({ head, kind: 'smaller', ...shrunk }),
      gate: hooks.gate,
      signal: hooks.signal,
    },
  });
  const prepare = async <M extends Model>(plan: HeadPlan<M> | null): Promise<Prepared<M> | null> => {
    if (!plan) return null;
    hooks.onPhase?.(plan.head);
    try {
      return await fits.prepare(plan);
    } catch (thrown) {
      if (stopped() && isAbort(thrown)) return null;
      throw thrown;
    }
  };
  const taste = await prepare(request.taste);
  if (request.taste && !taste) throw new AppError('cancelled');
  const choice = await prepare(request.choice);
  if (request.choice && !taste && !choice) throw new AppError('cancelled');

  hooks.onPhase?.('scoring');
  const errors = taste ? await scoreErrors(taste.scored.model, test, telling('scoring', 0, ERRORS_SHARE)) : null;
  const covered = taste && request.intervals ? await intervalCoverage(taste.scored.model, learned.train, test) : null;
  const ranking = choice
    ? await scoreLists(barring(choice.scored.model, learned.unlisted), train, test, telling('scoring', ERRORS_SHARE, 1))
    : null;
  const stoppedBeforeServing = stopped();
  const figures: Omit<TrialFigures, 'stopped'> = {
    rmse: errors?.rmse ?? null,
    mae: errors?.mae ?? null,
    baselineRmse: baseline.rmse,
    baselineMae: baseline.mae,
    itemMeanRmse: baseline.itemMeanRmse,
    itemMeanMae: baseline.itemMeanMae,
    recall10: ranking?.recall ?? 0,
    ndcg10: ranking?.ndcg ?? 0,
    popularityRecall10: baseline.ranking?.recall ?? 0,
    popularityNdcg10: baseline.ranking?.ndcg ?? 0,
    hitsOfTen: ranking?.hits ?? 0,
    randomHitsOfTen: baseline.ranking?.randomHits ?? 0,
    testCustomers: baseline.ranking?.customers ?? 0,
    fitMs: taste?.scored.fitMs ?? 0,
    choiceFitMs: choice?.scored.fitMs ?? 0,
  };

  const refits = serving && !stoppedBeforeServing;
  if (refits) hooks.onPhase?.('refitting');
  const whole = () => (isSplit(data) ? everythingOf(data) : data);
  const everything = refits ? protectedEnough(whole(), privacy) : null;
  /** Step 5 of one head: what is served was fitted on everything, or is what was scored. */
  const serve = async <M extends Model>(prepared: Prepared<M> | null): Promise<M | null> => {
    if (!prepared) return null;
    const { plan, chosen, scored } = prepared;
    if (!everything) return scored.model;
    const again = stopped() ? null : await fits.refit(plan, everything.ratings, chosen, 'everything');
    if (!again && !stopped()) hooks.onEconomy?.({ head: plan.head, kind: 'notRefitted' });
    return (again ?? scored).model;
  };
  const served = { taste: await serve(taste), choice: await serve(choice) };
  const unlisted = serving ? (everything?.unlisted ?? unlistedBy(whole(), privacy)) : learned.unlisted;
  for (const model of made) if (model !== served.taste && model !== served.choice) model.destroy();
  hooks.onPhase?.('done');
  return {
    figures: { ...figures, stopped: stopped() },
    epochs: fits.epochs(),
    decided: { ...(taste && decidedBy(taste, train)), ...(choice && decidedBy(choice, train)) },
    taste: served.taste,
    // A model that was stopped early serves everybody too: what it is not to list is counted on everything.
    choice: served.choice && barring(served.choice, unlisted),
    intervalCoverage: covered,
    train,
    device: place.device,
  };
}

async function scoreErrors(model: Pick<TasteModel, 'predict'>, test: Pairs, tell: Tell) {
  if (test.users.length === 0) return null;
  const predicted = await predictPairs(model, test, tell);
  return { rmse: rmse(predicted, test.values), mae: mae(predicted, test.values) };
}

async function scoreLists(
  model: Pick<ChoiceModel, 'topItemsForMany'>,
  train: Ratings,
  test: Pairs,
  tell: Tell,
): Promise<RankingFigures | null> {
  const choices = groupChoices(test, leastRelevant(train));
  return choices.users.length === 0 ? null : rankAll(model, train, choices, LIST_LENGTH, tell);
}

async function scoreBaselines(train: Ratings, test: Pairs, tell: Tell) {
  const explicit = train.feedback === 'explicit';
  const part = (from: number, to: number) => (share: number) => tell(from + (to - from) * share);
  tell(0);
  const errors = explicit ? await scoreErrors(fitBiases(train), test, part(0, 0.2)) : null;
  const ofMeans = explicit ? await scoreErrors(fitItemMeans(train), test, part(0.2, 0.4)) : null;
  return {
    rmse: errors?.rmse ?? null,
    mae: errors?.mae ?? null,
    itemMeanRmse: ofMeans?.rmse ?? null,
    itemMeanMae: ofMeans?.mae ?? null,
    ranking: await scoreLists(fitPopularity(train), train, test, part(0.4, 1)),
  };
}
