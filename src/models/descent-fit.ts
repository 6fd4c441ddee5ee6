/**
 * The loop every descent goes through: sweeps, validation, early stopping, pause, stop, checkpoints.
 * It knows nothing of ratings or devices; `mf-taste.ts` and `mf-choice.ts` say what a sweep and a
 * score are.
 */
import { AppError } from '../base/error.ts';
import { type Tell, yieldToEvents } from '../base/progress.ts';
import type { Checkpoint, EpochEvent, FitContext, Head, ModelName } from './recommender.ts';

/** Everything trained, as plain arrays by name. */
export type TrainedState = Readonly<Record<string, Float32Array>>;

export interface DescentSession {
  /**
   * One epoch; gives the training loss the chart draws. null: stopped on the way, forget this epoch (never the first
   * one). An epoch that may take longer than half a second tells how far it is.
   */
  sweep(tell: Tell): Promise<number | null>;
  state(): Promise<TrainedState>;
  destroy(): void;
}

export interface DescentPlan {
  readonly model: ModelName;
  readonly head: Head;
  readonly epochs: number;
  /** Epochs without a better validation figure before the fit ends. */
  readonly patience: number;
  /** The first epoch that may be the best one; those before it are shown and no more. Default 1. */
  readonly judgedFrom?: number;
  /** Entries a sweep goes over, for ratings per second. */
  readonly entries: number;
  /** A sweep is never given up on the way. Then states need not be taken after every one that nobody judges. */
  readonly wholeEpochs?: boolean;
  /** Which way the validation figure gets better. */
  readonly better: 'lower' | 'higher';
  /** Sets the device up, from a state or from the seeded start. What takes longer than half a second tells that it goes on. */
  start(from: TrainedState | null, tell: Tell): Promise<DescentSession>;
  /** The validation figure of a state; null where there is nothing to validate on. */
  readonly validate: ((state: TrainedState, tell: Tell) => Promise<number>) | null;
  /** The test figure, for the bench's epochs only. */
  readonly test: ((state: TrainedState) => Promise<number>) | null;
}

export interface DescentOutcome {
  readonly state: TrainedState;
  /** The epoch `state` is of. */
  readonly epochs: number;
  readonly validation: number | null;
  /** Set-up and sweeps, those before an interruption too; validation, pauses and callbacks excluded. */
  readonly fitMs: number;
  readonly stoppedEarly: boolean;
}

/** What of an epoch the sweep takes where there is something to validate on, for the share that is told. */
const SWEEP_SHARE = 0.9;

/** How much better counts as better, relative to the figure itself: below this the rest is rounding. */
const LEAST_GAIN = 1e-5;

/** A fit that nobody judges leaves a checkpoint this often: taking the state of a large model costs up to a quarter of an epoch. */
const CHECKPOINT_EVERY_MS = 200;

/**
 * Runs the plan. At least one epoch is always run, so a fit stopped at once still leaves a model;
 * a stopped fit resolves with the best state so far. Every epoch leaves a checkpoint (of a fit that nobody
 * judges, and whose epochs are whole, as many as a fifth of a second apart), and a fit that continues from one gives
 * the same bits as one that was never interrupted (sessions start each row from the factors alone). Progress is told when it begins, after every epoch, within one as often as its session does,
 * and when it ends. Throws AppError `trainingDiverged` when the loss is no longer a number, and
 * whatever the device throws (`deviceLost`): the last checkpoint has been delivered by then.
 */
export async function fitByDescent(plan: DescentPlan, context: FitContext): Promise<DescentOutcome> {
  const { signal, gate, resumeFrom } = context;
  let fitMs = resumeFrom?.fitMs ?? 0;
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await work();
    } finally {
      fitMs += performance.now() - start;
    }
  };

  let epoch = resumeFrom?.epoch ?? 0;
  /** `done`: epochs that are over, and the part of the one that is running. */
  const tell = (done: number) => {
    const { epochs } = plan;
    context.onProgress?.({ epoch: Math.min(Math.floor(done) + 1, epochs), epochs, share: Math.min(1, done / epochs) });
  };
  const sweepShare = plan.validate ? SWEEP_SHARE : 1;
  const tellSweep: Tell = (share) => tell(epoch + sweepShare * share);
  /** The epoch it belongs to has been counted already. */
  const tellValidation: Tell = (share) => tell(epoch - 1 + (sweepShare + (1 - sweepShare) * share));
  if (epoch < plan.epochs) tell(epoch);
  const session = await timed(() => plan.start(resumeFrom?.state ?? null, () => tell(epoch)));
  let best: Checkpoint['best'] = resumeFrom?.best ?? null;
  let state: TrainedState | null = resumeFrom?.state ?? null;
  const skips = plan.wholeEpochs === true && plan.validate === null && plan.test === null;
  let taken = { epoch, at: performance.now() };
  const takeState = async () => {
    const now = await timed(() => session.state());
    taken = { epoch, at: performance.now() };
    return now;
  };
  try {
    while (epoch < plan.epochs && !patienceIsOver(plan, epoch, best)) {
      if (epoch > 0 && signal?.aborted) break;
      await gate?.();
      if (epoch > 0 && signal?.aborted) break;

      const before = fitMs;
      const trainLoss = await timed(() => session.sweep(tellSweep));
      if (trainLoss === null) break;
      if (!Number.isFinite(trainLoss)) throw new AppError('trainingDiverged', { model: plan.model });
      const seconds = (fitMs - before) / 1000;
      epoch++;
      const swept = skips && performance.now() - taken.at < CHECKPOINT_EVERY_MS ? null : await takeState();
      state = swept ?? state;

      const validation = plan.validate && swept ? await plan.validate(swept, tellValidation) : null;
      if (validation !== null && swept && epoch >= (plan.judgedFrom ?? 1) && isBetter(plan, validation, best))
        best = { epoch, validation, state: swept };
      const test = plan.test && swept ? await plan.test(swept) : undefined;
      const event: EpochEvent = {
        model: plan.model,
        head: plan.head,
        epoch,
        epochs: plan.epochs,
        trainLoss,
        validation,
        ...(test === undefined ? {} : { test }),
        seconds,
        ratingsPerSecond: seconds > 0 ? plan.entries / seconds : 0,
      };
      context.onEpoch?.(event);
      tell(epoch);
      if (swept) context.onCheckpoint?.({ model: plan.model, head: plan.head, epoch, state: swept, best, fitMs });
      await yieldToEvents();
    }
    // epochs 0: the start itself
    if (!state || taken.epoch < epoch) state = await takeState();
    if (plan.epochs > 0) tell(plan.epochs);
  } finally {
    session.destroy();
  }
  return {
    state: best?.state ?? state,
    epochs: best?.epoch ?? epoch,
    validation: best?.validation ?? null,
    fitMs,
    stoppedEarly: epoch < plan.epochs,
  };
}

function isBetter(plan: DescentPlan, value: number, best: Checkpoint['best']): boolean {
  if (!best) return true;
  const gain = plan.better === 'lower' ? best.validation - value : value - best.validation;
  return gain > LEAST_GAIN * Math.abs(best.validation);
}

/** Decided from the checkpoint alone, so a continued fit stops where an uninterrupted one would. */
function patienceIsOver(plan: DescentPlan, epoch: number, best: Checkpoint['best']): boolean {
  return best !== null && epoch - best.epoch >= plan.patience;
}
