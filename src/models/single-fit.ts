/**
 * The way every recommender goes whose fit is one step; `descent-fit.ts` is for those that learn epoch by epoch. It
 * knows nothing of ratings or devices.
 */
import { throwIfAborted } from '../base/error.ts';
import { type Tell, yieldToEvents } from '../base/progress.ts';
import type { Pairs } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { validationRecall } from './held-out.ts';
import type { ChoiceModel, EpochEvent, FitContext, Fitted, Head, Model, ModelName } from './recommender.ts';

/** What the arithmetic of one step has around it. */
export interface StepWork {
  /** Hears what share of the arithmetic is done, 0 to 1, growing. */
  readonly tell: Tell;
  /** Whether events have waited long enough for a turn: spares an await per row of a loop. */
  due(): boolean;
  /** Lets events in and waits while the fit is paused; neither counts as time of the fit. Throws AppError `cancelled`. */
  turn(): Promise<void>;
  /** For long work on a device: `FitContext.cancel`. */
  readonly signal?: AbortSignal;
}

/** The figure of a model on held-out pairs; tells how far it is. */
export type Figure<M extends Model> = (model: M, tell?: Tell) => Promise<number>;

export interface SingleFitPlan<M extends Model> {
  readonly model: ModelName;
  readonly head: Head;
  /** Entries learned from, for ratings per second. */
  readonly entries: number;
  /**
   * The arithmetic, set-up included. `trainLoss` is what `EpochEvent` says, finite; it is asked for where somebody
   * listens to epochs, and not timed. The person's stop is not to be passed on to a device (see `fitOnce`); `work.signal` is.
   */
  fit(work: StepWork): Promise<{ readonly model: M; trainLoss(tell: Tell): Promise<number> }>;
  /** Asked with the validation part and, for the bench, the test part; null where there is nothing to measure on. */
  figureOn(pairs: Pairs | undefined): Figure<M> | null;
}

/** Longest stretch of work between two turns of the event loop, ms; short enough for a pause to feel immediate. */
const STRETCH_MS = 25;
/** Shares of the whole, where measuring comes after the arithmetic: the arithmetic, and the training loss. */
const FIT_SHARE = 0.8;
const LOSS_SHARE = 0.05;

/**
 * Runs the plan: one epoch of one, with one event where anybody listens, and no checkpoint, since there is nothing
 * before the end to go on from. For the same reason a stopped fit finishes: it has no earlier model to give, and
 * `stoppedEarly` is false. One that is cancelled, as a training does on a stop, rejects with `cancelled`. The gate is awaited before the arithmetic, in every `turn` of it and before measuring.
 * Progress is told from 0 to 1. Rejects with what the plan rejects with; a model that was made by then is destroyed.
 */
export async function fitOnce<M extends Model>(plan: SingleFitPlan<M>, context: FitContext): Promise<Fitted<M>> {
  const { gate, onEpoch, cancel } = context;
  const tell: Tell = (share) => context.onProgress?.({ epoch: 1, epochs: 1, share });
  const between: Between = (from, to) => (share) => tell(from + (to - from) * Math.min(1, share));
  tell(0);
  await gate?.();
  throwIfAborted(cancel);

  let fitMs = 0;
  let since = performance.now();
  const { model, trainLoss } = await plan.fit({
    tell: between(0, onEpoch ? FIT_SHARE : 1),
    due: () => performance.now() - since >= STRETCH_MS,
    async turn() {
      fitMs += performance.now() - since;
      await yieldToEvents();
      await gate?.();
      throwIfAborted(cancel);
      since = performance.now();
    },
    signal: cancel,
  });
  fitMs += performance.now() - since;

  if (onEpoch) {
    try {
      await gate?.();
      onEpoch(await measure(plan, { model, trainLoss }, fitMs / 1000, context, between));
    } catch (thrown) {
      model.destroy();
      throw thrown;
    }
  }
  tell(1);
  await yieldToEvents();
  return { model, epochs: 1, fitMs, stoppedEarly: false };
}

/** A word on a part of the work as a word on the whole. */
type Between = (from: number, to: number) => Tell;

async function measure<M extends Model>(
  plan: SingleFitPlan<M>,
  { model, trainLoss }: Awaited<ReturnType<SingleFitPlan<M>['fit']>>,
  seconds: number,
  context: FitContext,
  between: Between,
): Promise<EpochEvent> {
  between(FIT_SHARE, 1)(0);
  const loss = await trainLoss(between(FIT_SHARE, FIT_SHARE + LOSS_SHARE));
  const validation = await plan.figureOn(context.validation)?.(model, between(FIT_SHARE + LOSS_SHARE, 1));
  const test = await plan.figureOn(context.test)?.(model);
  return {
    model: plan.model,
    head: plan.head,
    epoch: 1,
    epochs: 1,
    trainLoss: loss,
    validation: validation ?? null,
    ...(test === undefined ? {} : { test }),
    seconds,
    ratingsPerSecond: seconds > 0 ? plan.entries / seconds : 0,
  };
}

/** recall@10 of a model's lists on held-out choices, for plans of the choice head. `ratings` are the training part. */
export function recallOn(ratings: Ratings, pairs: Pairs | undefined): Figure<ChoiceModel> | null {
  const recall = validationRecall(ratings, pairs);
  if (!recall) return null;
  return (model, tell) => recall((users, count, exclude) => model.topItemsForMany(users, count, exclude), tell);
}
