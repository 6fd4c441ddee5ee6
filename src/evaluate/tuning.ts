/**
 * Searches a model's settings by successive halving (`halving.ts`) within a budget of seconds. What is better is decided
 * on the validation part inside the training part, as everywhere; the test part is scored once for the defaults and once
 * for the best found, when the search is over, by the very steps of a training with those settings.
 *
 * The defaults go first, all the way: they say what an epoch costs here, and the best of all that was tried is therefore
 * never worse than they are on validation. Then candidates begin, evenly spread over the space, as long as the time
 * suffices for them, for what of them goes on and for the check at the end. Models that are fitted in one step have one
 * rung: a part of the customers says little about them (the right number of neighbours, or λ, is another for fewer
 * customers), and their fits are short.
 *
 * Lists are judged at the rungs alone: ranking everything for the customers of the validation part takes two to three
 * times as long as an epoch, and the time is better spent on candidates. The check stops after the right epoch as every
 * training does.
 */
import { AppError, isAbort, throwIfAborted } from '../base/error.ts';
import { haltonPoints } from '../base/halton.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { assertLearnable, type Ratings } from '../data/ratings.ts';
import type { Split, SplitKind } from '../data/split.ts';
import type { ChoiceModel, Fitted, Model, TasteModel } from '../models/recommender.ts';
import { FitAnywhere, type NextDevice } from './fit-anywhere.ts';
import { ETA, ladder, promoted, secondsAbove } from './halving.ts';
import { cutParts, isSplit, type Parts } from './head-fits.ts';
import type { HeadPlan } from './head-plan.ts';
import { type SearchedSetting, type SearchSpace, type Tunable, valueAt } from './search-spaces.ts';
import { checkOnTest, judgesEpochs, secondsOfCheck } from './tuning-check.ts';
import { codeOf, type Entry, failureOfAll, letGo } from './tuning-entry.ts';
import { choiceJudge, type TuningJudge, tasteJudge } from './tuning-judge.ts';
import { bestOf, betterOf, type Candidate, type TuningResult } from './tuning-result.ts';
import { type WorkingClock, workingClock } from './working-clock.ts';

export interface TuningProgress {
  readonly work: 'splitting' | 'searching' | 'checking';
  /** Of splitting and checking, 0 to 1; null while searching, which ends with the time. */
  readonly share: number | null;
  /** Since the beginning, pauses left out. */
  readonly seconds: number;
}

export interface TuningHooks {
  /** Once, before the first candidate. */
  readonly onSpace?: (space: Pick<TuningResult, 'settings' | 'rungs' | 'metric'>) => void;
  /** A candidate that is new or has changed. */
  readonly onCandidate?: (candidate: Candidate) => void;
  /** Called at any pace. */
  readonly onProgress?: (progress: TuningProgress) => void;
  /** Awaited between and within fits. */
  readonly gate?: () => Promise<void>;
  /** What was found is kept, unchecked. */
  readonly signal?: AbortSignal;
  readonly nextDevice?: NextDevice;
}

export interface TuningRequest {
  readonly data: Ratings | Split;
  readonly split: SplitKind;
  /** Share of the pairs held out as test; validation takes as much of the rest. */
  readonly holdout: number;
  readonly seed: number;
  readonly tunable: Tunable<TasteModel> | Tunable<ChoiceModel>;
  /** Seconds in all. It is exceeded by what the last fit takes longer than those before it. */
  readonly budget: number;
  /** So many candidates beside the defaults whatever the time: the search can then be repeated exactly. */
  readonly candidates?: number;
  readonly device: ComputeDevice;
  readonly hooks?: TuningHooks;
}

/** More than this many candidates by the number of settings: of one alone, a few dozen lie as close as matters. */
const MOST_CANDIDATES = [27, 81, 243] as const;
/** Whom the check is of: the defaults and the best found. */
const RIVALS = 2;

/**
 * Runs the search. Rejects with `nothingToTest` where a part leaves nobody to judge by, with what `assertLearnable` and
 * the split say of the data, with `searchFailed` where no candidate could be trained (with their own reason where it is
 * one for all of them and lies in the data), and with `cancelled` where it is stopped before the first figure.
 */
export async function runTuning(request: TuningRequest): Promise<TuningResult> {
  const { data, split, holdout, seed, tunable, hooks = {} } = request;
  const clock = workingClock(hooks.gate);
  assertLearnable(isSplit(data) ? data.train : data);
  const parts = cutParts(data, { kind: split, holdout, seed }, (share) =>
    hooks.onProgress?.({ work: 'splitting', share, seconds: clock.seconds() }),
  );
  return isTaste(tunable)
    ? search(request, tunable, tasteJudge(parts), parts, clock)
    : search(request, tunable as Tunable<ChoiceModel>, choiceJudge(parts), parts, clock);
}

function isTaste(tunable: TuningRequest['tunable']): tunable is Tunable<TasteModel> {
  return tunable.head === 'taste';
}

async function search<M extends Model>(
  request: TuningRequest,
  tunable: Tunable<M>,
  judge: TuningJudge<M>,
  parts: Parts,
  clock: WorkingClock,
): Promise<TuningResult> {
  const { hooks = {}, seed, budget } = request;
  const { signal } = hooks;
  const { metric } = judge;
  const space = tunable.space(parts.inner.train);
  const rungs = space.byEpochs ? ladder(space.epochs) : [space.epochs];
  const place = new FitAnywhere(request.device, hooks.nextDevice);
  hooks.onSpace?.({ settings: space.settings, rungs, metric });

  const entries: Entry<M>[] = [];
  const failures: unknown[] = [];
  const note = (entry: Entry<M>, change: Partial<Candidate>) => {
    entry.row = { ...entry.row, ...change };
    hooks.onCandidate?.(entry.row);
  };
  const begin = (settings: Readonly<Record<string, number>>, plan: HeadPlan<M>) => {
    const row: Candidate = { id: entries.length, settings, state: 'running', epochs: 0, figure: null, error: null };
    const entry: Entry<M> = { row, plan, checkpoint: null, costs: [], whole: null };
    entries.push(entry);
    hooks.onCandidate?.(row);
    return entry;
  };
  const onProgress = () => hooks.onProgress?.({ work: 'searching', share: null, seconds: clock.seconds() });

  /** One rung of one candidate; false where it failed or the person stopped. */
  const climb = async (entry: Entry<M>, rung: number): Promise<boolean> => {
    await clock.gate();
    if (signal?.aborted) return false;
    const stateBefore = entry.row.state;
    if (entry.row.state !== 'running') note(entry, { state: 'running' });
    // the start of a fit is silent, and may take a while
    onProgress();
    const began = clock.seconds();
    let made: Fitted<M> | null = null;
    let { checkpoint } = entry;
    try {
      made = await place.run((context) => entry.plan.choose(parts.inner.train, context, rungs[rung]), {
        validation: judgesEpochs(space, tunable.head) ? parts.inner.test : undefined,
        gate: clock.gate,
        signal,
        cancel: signal,
        onProgress,
        resumeFrom: checkpoint ?? undefined,
        onCheckpoint: (reached) => {
          checkpoint = reached;
        },
      });
      // A stopped fit is one of fewer epochs than its rung: nobody is to be compared with it.
      if (signal?.aborted) {
        note(entry, { state: stateBefore === 'running' ? 'unfinished' : stateBefore });
        return false;
      }
      const fitted = clock.seconds();
      const figure = await judge.onValidation(made.model, onProgress);
      if (!Number.isFinite(figure)) throw new AppError('trainingDiverged', { model: tunable.name });
      entry.costs[rung] = clock.seconds() - began;
      if (rung === rungs.length - 1) entry.whole = { fit: made.fitMs / 1000, judging: clock.seconds() - fitted };
      entry.checkpoint = checkpoint;
      // As a training would, it keeps what was best on the way.
      const [before, sign] = [entry.row.figure, betterOf(metric) === 'higher' ? 1 : -1];
      note(entry, {
        state: rung === rungs.length - 1 ? 'finished' : 'waiting',
        epochs: rungs[rung],
        figure: before === null || sign * (figure - before) > 0 ? figure : before,
      });
      onProgress();
      return true;
    } catch (thrown) {
      if (signal?.aborted && isAbort(thrown)) return false;
      failures.push(thrown);
      entry.costs[rung] = clock.seconds() - began;
      entry.checkpoint = null;
      note(entry, { state: 'failed', figure: null, error: codeOf(thrown) });
      return false;
    } finally {
      made?.model.destroy();
      letGo(entries, metric);
    }
  };

  const defaults = begin(Object.fromEntries(space.settings.map(({ name, value }) => [name, value])), tunable.plan({}));
  for (let rung = 0; rung < rungs.length; rung++) {
    if (rung > 0) note(defaults, { state: 'promoted' });
    if (!(await climb(defaults, rung))) break;
  }

  /** Those of others than the defaults where there are any: the first fit of all is a slow one. */
  const typical = (of: (entry: Entry<M>) => number | undefined) => {
    const known = entries.flatMap((entry) => of(entry) ?? []);
    return known.length > 1 ? meanOf(known.slice(1)) : (known[0] ?? 0);
  };
  const inTime = (seconds: number) => {
    const check = secondsOfCheck(
      defaults.plan,
      space,
      typical(({ whole }) => whole?.fit),
      typical(({ whole }) => whole?.judging),
    );
    return clock.seconds() + seconds + RIVALS * check <= budget;
  };

  const most = MOST_CANDIDATES[Math.min(space.settings.length, MOST_CANDIDATES.length) - 1] ?? 0;
  const wanted = request.candidates ?? most;
  const point = space.settings.length > 0 ? haltonPoints(space.settings.length, seed) : null;
  for (let tried = 0; point && tried < wanted && !signal?.aborted; tried++) {
    if (request.candidates === undefined) {
      const first = typical(({ costs }) => costs[0]);
      const costs = defaults.costs.map((cost) => cost * Math.max(1, first / Math.max(defaults.costs[0], 1e-9)));
      if (!inTime(first + secondsAbove(tried + 1, costs))) break;
    }
    const settings = settingsAt(space, point(tried));
    // Rounding to whole steps makes different points the same settings.
    if (entries.some(({ row }) => isSame(row.settings, settings))) continue;
    await climb(begin(settings, tunable.plan(settings)), 0);
  }

  let left = entries.filter(({ row }) => row.id > 0 && row.figure !== null);
  for (let rung = 1; rung < rungs.length && !signal?.aborted; rung++) {
    const standings = left.map(({ row: { id, figure } }) => ({ id, figure: figure as number }));
    const goingOn = promoted(standings, betterOf(metric)).map(({ id }) => entries[id]);
    for (const entry of left) {
      const goes = goingOn.includes(entry);
      if (!goes) entry.checkpoint = null;
      note(entry, { state: goes ? 'promoted' : 'dropped' });
    }
    for (const [rank, entry] of goingOn.entries()) {
      if (signal?.aborted) break;
      // What one before it has taken from this rung to the next, times how much slower it was so far.
      const pace = (entry.costs[rung - 1] ?? 0) / Math.max(defaults.costs[rung - 1] ?? 0, 1e-9);
      const cost = (defaults.costs[rung] ?? ETA * (entry.costs[rung - 1] ?? 0)) * Math.max(1, pace);
      // The most promising one goes to the end all the same: it is what the others were dropped for.
      if (request.candidates === undefined && rank > 0 && !inTime(cost)) break;
      await climb(entry, rung);
    }
    left = goingOn.filter(({ row }) => row.state === 'waiting');
  }
  for (const entry of entries) {
    if (['running', 'waiting', 'promoted'].includes(entry.row.state)) note(entry, { state: 'unfinished' });
  }

  const candidates = () => entries.map(({ row }) => row);
  const best = bestOf(candidates(), metric);
  if (!best) {
    throwIfAborted(signal);
    throw failureOfAll(failures);
  }
  const check = await checkOnTest(
    {
      judge,
      parts,
      place,
      seed,
      gate: clock.gate,
      signal,
      tell: (share) => hooks.onProgress?.({ work: 'checking', share, seconds: clock.seconds() }),
    },
    defaults,
    entries[best.id],
  );
  return {
    model: tunable.name,
    head: tunable.head,
    metric,
    seed,
    settings: space.settings,
    rungs,
    candidates: candidates(),
    best: best.id,
    seconds: clock.seconds(),
    stopped: signal?.aborted ?? false,
    check,
  };
}

function settingsAt({ settings }: SearchSpace, point: Float64Array): Record<string, number> {
  return Object.fromEntries(settings.map((setting: SearchedSetting, s) => [setting.name, valueAt(setting, point[s])]));
}

function isSame(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  return Object.keys(b).every((name) => a[name] === b[name]);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
