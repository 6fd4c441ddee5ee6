/**
 * How data is cut for a protocol, and steps 2 and 3 of `protocol.ts` for any head: the fit that validation chooses and
 * the fit that is scored. Trials and comparisons go through the same ones.
 */
import { AppError, isAbort, isOutOfMemory } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import type { Pairs } from '../base/sparse.ts';
import type { Ratings } from '../data/ratings.ts';
import { type Split, type SplitOptions, splitRatings } from '../data/split.ts';
import type { Checkpoint, EpochEvent, FitContext, FitProgress, Fitted, Head, Model } from '../models/recommender.ts';
import type { FitAnywhere } from './fit-anywhere.ts';
import type { HeadPlan, Shrunk } from './head-plan.ts';

/** So that a split and the split inside its training part draw different numbers from one seed. */
const VALIDATION_SEED = 0x5eed;
/** Epochs of a head that had not begun when the person stopped, and how long they may take, ms: somebody is waiting. */
const SHORT_FIT = 3;
const SHORT_FIT_MS = 1500;

/** A training and a test part, and the training part cut once more for validation. */
export interface Parts extends Split {
  readonly inner: Split;
}

export function isSplit(data: Ratings | Split): data is Split {
  return 'train' in data;
}

/** Cuts everything there is, or takes a cut made elsewhere; validation takes as much of the training part as test of all. */
export function cutParts(data: Ratings | Split, options: SplitOptions, tell?: Tell): Parts {
  const { train, test } = isSplit(data) ? data : splitRatings(data, options, tell && ((share) => tell(share / 2)));
  const innerOptions = { ...options, seed: options.seed ^ VALIDATION_SEED };
  const inner = splitRatings(train, innerOptions, tell && ((share) => tell(0.5 + share / 2)));
  return { train, test, inner };
}

/** `learning`: chosen on validation. `again`: on training + validation. `everything`: on all there is, to serve. */
export type FitWork = 'learning' | 'again' | 'everything';

export interface FitsHooks {
  /** Epochs of the validated fits alone. */
  readonly onEpoch?: (event: EpochEvent) => void;
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void;
  readonly onProgress?: (work: FitWork, head: Head, progress: FitProgress) => void;
  /** The model became smaller for want of memory: told once the smaller one has an epoch; its epochs begin anew. */
  readonly onSmaller?: (head: Head, shrunk: Shrunk) => void;
  readonly gate?: () => Promise<void>;
  readonly signal?: AbortSignal;
  /** As `FitContext.cancel`. Default: a stop, so that a fit in one step ends with it. */
  readonly cancel?: AbortSignal;
}

export interface FitsRequest {
  readonly place: FitAnywhere;
  readonly parts: Pick<Parts, 'train' | 'inner'>;
  /** Given for figures per epoch; nothing looks at them to decide. */
  readonly test?: Pairs;
  /** false leaves step 3 out even for cheap heads. */
  readonly learnFromValidation?: boolean;
  readonly resumeFrom?: Checkpoint;
  readonly hooks?: FitsHooks;
  /** Receives every model that is fitted, so that none outlives a failure. */
  readonly made: Set<Model>;
}

/** One head after steps 2 and 3. */
export interface Prepared<M extends Model> {
  readonly plan: HeadPlan<M>;
  /** What validation chose. */
  readonly chosen: Fitted<M>;
  /** What is to be scored: fitted again on more, or the chosen one. */
  readonly scored: Fitted<M>;
}

export interface HeadFits {
  /** Epochs of the validated fits so far. */
  epochs(): readonly EpochEvent[];
  /**
   * Steps 2 and 3. When the person has stopped, the fit is a short one. Rejects with what a fit throws (`cancelled`: one
   * in one step was stopped, or not done in that short time), and with `trainingOutOfMemory` where not even a small model
   * finds room.
   */
  prepare<M extends Model>(plan: HeadPlan<M>): Promise<Prepared<M>>;
  /** The same settings on more data; null where that does not fit, or where the person stops on the way. */
  refit<M extends Model>(
    plan: HeadPlan<M>,
    data: Ratings,
    chosen: Fitted<M>,
    work: Exclude<FitWork, 'learning'>,
  ): Promise<Fitted<M> | null>;
}

type FitHooks = Omit<FitContext, 'device'>;

export function headFits(request: FitsRequest): HeadFits {
  const { place, parts, resumeFrom, made, hooks = {} } = request;
  const { gate, signal, cancel = signal } = hooks;
  let epochs: EpochEvent[] = [];
  const stopped = () => signal?.aborted ?? false;
  const telling = (work: FitWork, head: Head) => (progress: FitProgress) => hooks.onProgress?.(work, head, progress);

  const fit = async <M extends Model>(how: (context: FitContext) => Promise<Fitted<M>>, context: FitHooks) => {
    const fitted = await place.run(how, context);
    made.add(fitted.model);
    return fitted;
  };

  /** The validated fit, of a smaller model where none larger finds room; what it became is told once it has an epoch. */
  const choose = async <M extends Model>(
    plan: HeadPlan<M>,
    data: Ratings,
    context: FitHooks,
    cap?: number,
  ): Promise<Fitted<M>> => {
    let { resumeFrom } = context;
    let untold: Shrunk | null = null;
    const onEpoch = (event: EpochEvent) => {
      if (untold) hooks.onSmaller?.(plan.head, untold);
      untold = null;
      context.onEpoch?.(event);
    };
    for (;;) {
      try {
        return await fit((how) => plan.choose(data, how, cap), { ...context, onEpoch, resumeFrom });
      } catch (thrown) {
        if (!isOutOfMemory(thrown)) throw thrown;
        const shrunk = plan.shrink();
        if (!shrunk) throw new AppError('trainingOutOfMemory', { model: plan.name, detail: String(thrown) });
        epochs = epochs.filter(({ head }) => head !== plan.head);
        resumeFrom = undefined;
        untold = shrunk;
      }
    }
  };

  const refit: HeadFits['refit'] = async (plan, data, chosen, work) => {
    const onProgress = telling(work, plan.head);
    try {
      const fitted = await fit((context) => plan.again(data, context, chosen), { gate, signal, cancel, onProgress });
      return stopped() ? null : fitted;
    } catch (thrown) {
      if (isOutOfMemory(thrown) || (stopped() && isAbort(thrown))) return null;
      throw thrown;
    }
  };

  return {
    epochs: () => epochs,
    refit,
    async prepare(plan) {
      const soon = stopped() ? AbortSignal.timeout(SHORT_FIT_MS) : null;
      const learns = request.learnFromValidation !== false;
      const settled = plan.settled && learns;
      const context: FitHooks = {
        validation: settled ? undefined : parts.inner.test,
        test: request.test,
        onEpoch: (event) => {
          epochs.push(event);
          hooks.onEpoch?.(event);
        },
        onProgress: telling('learning', plan.head),
        onCheckpoint: hooks.onCheckpoint,
        resumeFrom: resumeFrom?.model === plan.name && resumeFrom.head === plan.head ? resumeFrom : undefined,
        gate,
        // Whoever cancels by a signal of their own waits for nothing.
        cancel: hooks.cancel ?? soon ?? signal,
        signal: soon ?? signal,
      };
      const data = settled ? parts.train : parts.inner.train;
      const chosen = await choose(plan, data, context, soon ? SHORT_FIT : undefined);
      const again = plan.refitsBeforeTest && !settled && learns && !stopped();
      const scored = again ? ((await refit(plan, parts.train, chosen, 'again')) ?? chosen) : chosen;
      return { plan, chosen, scored };
    },
  };
}
