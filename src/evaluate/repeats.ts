/**
 * A comparison on several cuts of the same data, so that what one lucky cut says can be told from what holds. Folds where
 * pairs are held out at random: each pair is tested once. Other draws of the same cut where it draws at all. Every cut is
 * a comparison of its own, with its own validation part and its own fits.
 */
import { AppError, isAbort } from '../base/error.ts';
import type { ErrorCode } from '../base/error-codes.ts';
import type { Tell } from '../base/progress.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { kFold } from '../data/folds.ts';
import { assertLearnable, type Ratings } from '../data/ratings.ts';
import { type Split, splitRatings } from '../data/split.ts';
import { acrossCuts } from './across.ts';
import { type ComparisonHooks, type ComparisonRequest, type Entrant, runComparison } from './comparison.ts';
import type { ComparisonResult } from './comparison-result.ts';
import { isSplit } from './head-fits.ts';

export interface RepeatsRequest extends Omit<ComparisonRequest, 'data' | 'entrants' | 'candidates'> {
  /** Of a cut made elsewhere there is no other one. */
  readonly data: Ratings | Split;
  /** Cuts, from 1. */
  readonly repeats: number;
  /** Called for each cut: a plan serves one comparison. The same ids every time. */
  readonly entrants: () => readonly Entrant[];
  readonly hooks?: ComparisonHooks & {
    /** A cut begins, counted from 1. From the second one on `onEntrant` is silent and `onProgress` goes on. */
    readonly onCut?: (cut: number, cuts: number) => void;
  };
}

/** What a single cut may lack though the data as a whole does not. */
const NOTHING_IN_IT: readonly ErrorCode[] = [
  'nothingToTest',
  'tooFewRatings',
  'oneCustomer',
  'oneProduct',
  'allRatingsEqual',
];
/** Shown of a cut that is not the first: nobody looks at intervals within it. */
const ROUNDS = 1;
/** So that the seeds of further cuts are not those somebody tries next: an odd number, far from small ones. */
const SEED_STEP = 0x9e3779b1;

/**
 * The result of the first cut that can be tested, with what all of them say in `across` (null for one, and where a stop
 * leaves nothing of a second one). A stop keeps the cuts that are finished, and of the one under way the entrants that are.
 * Rejects as `runComparison` does, where no cut can be tested; with `cannotRepeat` where every cut would be the same one,
 * with `tooFewToFold` for fewer pairs than folds.
 */
export async function runRepeats(request: RepeatsRequest): Promise<ComparisonResult> {
  const { data, repeats, entrants, hooks = {}, ...rest } = request;
  if (!(Number.isInteger(repeats) && repeats >= 1)) throw new RangeError(`repeats ${repeats}`);
  if (repeats === 1) return runComparison({ ...rest, data, entrants: entrants(), hooks });
  if (isSplit(data)) throw new AppError('cannotRepeat');
  assertLearnable(data);
  const { kind, cut, share } = cutsOf(data, request);

  let { device } = request;
  const nextDevice = hooks.nextDevice;
  const moving: ComparisonHooks['nextDevice'] =
    nextDevice &&
    (async (error, failed, epoch): Promise<ComputeDevice> => {
      // Later cuts begin where this one ended.
      device = await nextDevice(error, failed, epoch);
      return device;
    });
  const results: ComparisonResult[] = [];
  let untested = 0;
  let why: AppError | null = null;
  for (let at = 0; at < repeats; at++) {
    await hooks.gate?.();
    if (at > 0 && hooks.signal?.aborted) break;
    hooks.onCut?.(at + 1, repeats);
    const { split, seed } = cut(at, (done) => hooks.onProgress?.(null, done * CUT_SHARE));
    const first = results.length === 0;
    try {
      const result = await runComparison({
        ...rest,
        data: split,
        seed,
        entrants: entrants(),
        device,
        ...(first ? {} : { inDetail: false, rounds: ROUNDS }),
        hooks: {
          ...hooks,
          nextDevice: moving,
          onEntrant: first ? hooks.onEntrant : undefined,
          onProgress: (id, done) => hooks.onProgress?.(id, id === null ? CUT_SHARE + (1 - CUT_SHARE) * done : done),
        },
      });
      results.push({ ...result, protocol: { ...result.protocol, holdout: share } });
    } catch (thrown) {
      if (results.length > 0 && hooks.signal?.aborted && isAbort(thrown)) break;
      if (!(thrown instanceof AppError && NOTHING_IN_IT.includes(thrown.code))) throw thrown;
      why ??= thrown;
      untested++;
    }
  }
  if (results.length === 0 && why) throw why;
  const begun = results.filter(({ entrants: rows }) => rows.some(({ state }) => state !== 'waiting'));
  return {
    ...results[0],
    stopped: results.length + untested < repeats || results.some(({ stopped }) => stopped),
    across:
      begun.length + untested > 1 && begun.length > 0 ? acrossCuts(begun, { kind, asked: repeats, untested }) : null,
  };
}

/** What of the preparation of a cut the cut itself takes. */
const CUT_SHARE = 0.4;

interface Cuts {
  readonly kind: 'folds' | 'seeds';
  /** `at` from 0. */
  readonly cut: (at: number, tell: Tell) => { readonly split: Split; readonly seed: number };
  /** Held out of each. */
  readonly share: number;
}

/** How such data is cut several times. Throws AppError `cannotRepeat`. */
function cutsOf(data: Ratings, { split: kind, repeats, holdout, seed }: RepeatsRequest): Cuts {
  switch (kind) {
    case 'random':
    case 'per-customer': {
      const folds = kFold(data, { folds: repeats, kind, seed });
      return { kind: 'folds', cut: (at, tell) => ({ split: folds.cut(at, tell), seed }), share: 1 / repeats };
    }
    case 'leave-one-out': {
      const seedOf = (at: number) => (seed + Math.imul(at, SEED_STEP)) | 0;
      if (!mostAreDrawn(data)) throw new AppError('cannotRepeat');
      const cut = (at: number, tell: Tell) => ({
        split: splitRatings(data, { kind, holdout, seed: seedOf(at) }, tell),
        seed: seedOf(at),
      });
      return { kind: 'seeds', cut, share: holdout };
    }
    case 'time':
    case 'time-per-customer':
      throw new AppError('cannotRepeat');
    default:
      return kind satisfies never;
  }
}

/**
 * Whether leaving one out draws for at least half of those it can draw for. The latest is the latest, whatever the seed:
 * cuts that differ in a few customers would look far more certain than they are.
 */
function mostAreDrawn({ byUser: { rows, pointers }, lastTime }: Ratings): boolean {
  const times = lastTime?.();
  if (!times) return true;
  let [dated, drawn] = [0, 0];
  for (let u = 0; u < rows; u++) {
    const own = times.subarray(pointers[u], pointers[u + 1]);
    if (own.length < 2) continue;
    if (own.every(Number.isNaN)) drawn++;
    else dated++;
  }
  return drawn >= dated;
}
