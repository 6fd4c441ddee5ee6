/**
 * Many recommenders on one cut of the data, each fitted and scored like in `protocol.ts`: settings and stopping look at the
 * validation part inside the training part, the test part is scored once for each entrant, the same customers count for
 * all of them, and differences come with their uncertainty. Entrants run in their turn; one that cannot be trained here
 * does not end the comparison.
 */
import { AppError, isAbort, isOutOfMemory, throwIfAborted } from '../base/error.ts';
import type { Tell } from '../base/progress.ts';
import { nnz } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { assertLearnable, type Ratings } from '../data/ratings.ts';
import type { Split, SplitKind } from '../data/split.ts';
import type { ChoiceModel, FitProgress, Head, Model, TasteModel } from '../models/recommender.ts';
import { bootstrap, type CustomerSums, createResamples, type Resamples } from './bootstrap.ts';
import type { CandidateLists } from './candidates.ts';
import type {
  ComparisonResult,
  EntrantResult,
  EntrantState,
  SampledProtocol,
  TasteScores,
} from './comparison-result.ts';
import { decidedBy } from './decided.ts';
import { drawCandidates } from './draw-candidates.ts';
import type { ProductSimilarity } from './exposure.ts';
import { FitAnywhere, type NextDevice } from './fit-anywhere.ts';
import { errorsByGroup, type RatingGroups, ratingGroups, WITHOUT_GROUPS } from './group-errors.ts';
import { cutParts, type FitWork, headFits, isSplit, type Parts, type Prepared } from './head-fits.ts';
import type { HeadPlan } from './head-plan.ts';
import { type ComparedFigure, leaderOf } from './leader.ts';
import { createListJudge, type Judged, type ListJudge } from './list-judge.ts';
import { testedCustomers } from './list-metrics.ts';
import { errorsByCustomer, predictPairs } from './rating-errors.ts';

export interface Entrant {
  /** Unique in the comparison. */
  readonly id: string;
  /** A plan serves one comparison: it remembers what it settled on. null: this entrant predicts no ratings. */
  readonly taste: HeadPlan<TasteModel> | null;
  readonly choice: HeadPlan<ChoiceModel> | null;
}

export interface ComparisonHooks {
  /** `waiting` for all at the beginning, and again for the one that a stop interrupts; the row where it is finished. */
  readonly onEntrant?: (id: string, state: EntrantState, result?: EntrantResult) => void;
  /**
   * Share of the entrant, 0 to 1; id null: of what is done for all of them together, some of it before the first one, the
   * rest after the last. Called at any pace.
   */
  readonly onProgress?: (id: string | null, share: number) => void;
  /** Awaited between entrants and epochs. */
  readonly gate?: () => Promise<void>;
  /** What is finished is kept. */
  readonly signal?: AbortSignal;
  /** Asked when the device is lost or out of memory; without it the entrant fails. Later ones begin where it ended. */
  readonly nextDevice?: NextDevice;
}

export interface ComparisonRequest {
  /** Everything there is; or a training and a test part made elsewhere (the same rows and columns). */
  readonly data: Ratings | Split;
  readonly split: SplitKind;
  /** Share of the pairs (of each customer, for 'per-customer') held out as test. Validation takes as much of the rest. */
  readonly holdout: number;
  readonly seed: number;
  /** Length of the lists. Default 10. */
  readonly k?: number;
  readonly entrants: readonly Entrant[];
  readonly device: ComputeDevice;
  /** The sampled protocol beside the full ranking, for comparison with papers; its held-out products must not be in the training part. */
  readonly candidates?: CandidateLists;
  /**
   * The same protocol with candidates drawn here, so many beside the held-out thing. Full ranking says who leads all the
   * same; with `candidates` the hit rate among them does. Not both.
   */
  readonly sampled?: { readonly candidates: number };
  /** For the diversity of lists; default: cosine of the products' training columns. */
  readonly similarity?: ProductSimilarity;
  /** false: strictly train / validation / test, even where training + validation would be cheap. Default true. */
  readonly learnFromValidation?: boolean;
  /** false: figures alone, without groups and calibration; default true. */
  readonly inDetail?: boolean;
  /** Rounds of every resampling; default 1,000. */
  readonly rounds?: number;
  readonly hooks?: ComparisonHooks;
}

const LIST_LENGTH = 10;
/** What of an entrant's head each work takes, for the share that is told. */
const WORKS: Readonly<Record<'validated' | 'again' | 'scoring', { readonly from: number; readonly to: number }>> = {
  validated: { from: 0, to: 0.6 },
  again: { from: 0.6, to: 0.85 },
  scoring: { from: 0.85, to: 0.99 },
};
/** What of scoring ratings is done where they are predicted: the rest is how sure their figures are. */
const PREDICTED = 0.8;
/** What is done for all of them together: the cut and the popularity lists before; after, who leads in each way and how every two stand. */
const CUT_END = 0.4;
const PREPARED = 0.8;
const LEADER_OF_RATINGS = 0.9;

/** Scores of one entrant with what they were made of. */
interface Scored {
  readonly row: EntrantResult;
  readonly errors: CustomerSums | null;
  readonly judged: Judged | null;
}

/**
 * Runs the comparison. Rejects with AppError `nothingToTest` where the cut leaves nobody to test, with what
 * `assertLearnable` and the split say of the data, and with programming errors; `cancelled` only where it is stopped
 * before the first entrant. An entrant's own AppError stands in its row.
 */
export async function runComparison(request: ComparisonRequest): Promise<ComparisonResult> {
  const { data, split, holdout, seed, entrants, hooks = {} } = request;
  const { signal } = hooks;
  const ids = new Set(entrants.map(({ id }) => id));
  if (ids.size !== entrants.length) throw new RangeError(`entrants ${entrants.map(({ id }) => id).join(', ')}`);
  const k = request.k ?? LIST_LENGTH;
  if (!(Number.isInteger(k) && k >= 1)) throw new RangeError(`k ${k}`);
  if (request.candidates && request.sampled) throw new RangeError('candidates both given and to be drawn');
  for (const { id } of entrants) hooks.onEntrant?.(id, 'waiting');

  const together =
    (from: number, to: number): Tell =>
    (share) =>
      hooks.onProgress?.(null, from + (to - from) * share);
  assertLearnable(isSplit(data) ? data.train : data);
  const parts = cutParts(data, { kind: split, holdout, seed }, together(0, CUT_END));
  const { train, test } = parts;
  const { choices, skipped } = testedCustomers(test, train);
  const length = Math.min(k, train.byUser.columns);
  const customers = choices.users.length;
  const rated = train.feedback === 'explicit' && entrants.some(({ taste }) => taste !== null);
  if (test.users.length === 0 || (customers === 0 && !rated) || request.candidates?.users.length === 0) {
    throw new AppError('nothingToTest');
  }
  const drawn = request.sampled && (await drawCandidates(parts, choices, request.sampled.candidates, seed, signal));
  // Customers who have everything leave nobody to draw for.
  const candidates = request.candidates ?? (drawn && drawn.users.length > 0 ? drawn : undefined);
  throwIfAborted(signal);
  const metric = request.candidates ? 'hitRate' : 'recall';
  const resamples = createResamples(seed, request.rounds);
  const judge =
    customers === 0
      ? null
      : await createListJudge({
          train,
          choices,
          k: length,
          resamples,
          candidates,
          comparedBy: metric,
          inDetail: request.inDetail,
          similarity: request.similarity,
          tell: together(CUT_END, PREPARED),
          signal,
        });

  const groups = rated && request.inDetail !== false ? ratingGroups(train, test) : null;

  const place = new FitAnywhere(request.device, hooks.nextDevice);
  const finished = new Map<string, Scored>();
  for (const entrant of entrants) {
    await hooks.gate?.();
    if (signal?.aborted) break;
    hooks.onEntrant?.(entrant.id, 'running');
    const scored = await runEntrant(entrant, {
      parts,
      place,
      judge,
      groups,
      resamples,
      hooks,
      learnFromValidation: request.learnFromValidation,
    });
    if (!scored) {
      hooks.onEntrant?.(entrant.id, 'waiting');
      break;
    }
    finished.set(entrant.id, scored);
    hooks.onEntrant?.(entrant.id, scored.row.state, scored.row);
  }

  const rows = entrants.map(({ id }) => finished.get(id)?.row ?? blankRow(id, 'waiting'));
  const scores = [...finished.values()];
  return {
    protocol: {
      split,
      holdout,
      seed,
      k: length,
      customers,
      skipped,
      trainPairs: nnz(train.byUser),
      testPairs: test.users.length,
      sampled: candidates ? sampledProtocol(candidates, drawn?.skipped ?? null) : null,
      ungrouped: judge?.ungrouped ?? [],
      ...(groups && { ungroupedStars: groups.ungrouped }),
    },
    stopped: rows.some(({ state }) => state === 'waiting'),
    popularity: judge?.popularity.scores ?? null,
    entrants: rows,
    best: {
      taste: await leaderOf('rmse', scores.flatMap(rmseOf), resamples, together(PREPARED, LEADER_OF_RATINGS)),
      lists: await leaderOf(
        metric,
        scores.flatMap((scored) => listFigureOf(scored, metric)),
        resamples,
        together(LEADER_OF_RATINGS, 1),
      ),
    },
    across: null,
  };
}

/** `skipped`: customers nothing could be drawn for; null where candidates were given. */
function sampledProtocol({ users, items }: CandidateLists, skipped: number | null): SampledProtocol {
  return {
    customers: users.length,
    candidates: 1 + items.length / users.length,
    drawn: skipped !== null,
    skipped: skipped ?? 0,
  };
}

interface Course {
  readonly parts: Parts;
  readonly place: FitAnywhere;
  readonly judge: ListJudge | null;
  /** What ratings are looked at by; null: by nothing. */
  readonly groups: RatingGroups | null;
  readonly learnFromValidation?: boolean;
  readonly resamples: Resamples;
  readonly hooks: ComparisonHooks;
}

function blankRow(id: string, state: EntrantResult['state']): EntrantResult {
  return { id, state, error: null, fitMs: 0, bytes: 0, leftOut: 0, taste: null, lists: null };
}

/** Fits and scores one entrant, one head after the other; null where the person stopped on the way. */
async function runEntrant(
  entrant: Entrant,
  { parts, place, judge, groups, resamples, hooks, learnFromValidation }: Course,
): Promise<Scored | null> {
  const { id, taste, choice } = entrant;
  const { gate, signal } = hooks;
  const made = new Set<Model>();
  const heads = [taste, choice].filter((plan) => plan !== null);
  /** The share of the entrant at `share` of a work on one of its heads. */
  const tell = (head: Head, { from, to }: { readonly from: number; readonly to: number }, share: number) => {
    const before = heads.findIndex((plan) => plan.head === head);
    hooks.onProgress?.(id, (before + from + (to - from) * share) / heads.length);
  };
  const onProgress = (work: FitWork, head: Head, { share }: FitProgress) =>
    tell(head, work === 'learning' ? WORKS.validated : WORKS.again, share);
  const fits = headFits({
    place,
    parts,
    learnFromValidation,
    made,
    hooks: { gate, signal, cancel: signal, onProgress },
  });

  let scored: Scored = { row: blankRow(id, 'done'), errors: null, judged: null };
  /** Notes what a model is and what it came to. */
  const note = <M extends Model>(prepared: Prepared<M>, more: Partial<EntrantResult>) => {
    const { row } = scored;
    const { model, fitMs } = prepared.scored;
    const bytes = row.bytes + (model.size?.() ?? model.toBytes().length);
    const decided = { ...row.decided, ...decidedBy(prepared, parts.train) };
    scored = { ...scored, row: { ...row, ...more, fitMs: row.fitMs + fitMs, bytes, decided } };
  };
  let failure: AppError | null = null;
  /** Runs one head; what fails in it does not keep the other from its turn. false where the person stopped. */
  const attempt = async (plan: HeadPlan<TasteModel> | HeadPlan<ChoiceModel>, run: () => Promise<void>) => {
    try {
      throwIfAborted(signal);
      await run();
    } catch (thrown) {
      if (signal?.aborted && isAbort(thrown)) return false;
      failure ??= failureOf(thrown, plan);
    } finally {
      destroyAll(made);
    }
    return true;
  };
  const tasted =
    taste === null ||
    (await attempt(taste, async () => {
      const prepared = await fits.prepare(taste);
      const fitted = prepared.scored;
      throwIfAborted(signal);
      const telling: Tell = (share) => tell('taste', WORKS.scoring, share);
      const errors = await scoreTaste(fitted.model, parts, groups, resamples, telling, signal);
      scored = { ...scored, errors: errors?.squared ?? null };
      note(prepared, { taste: errors?.scores ?? null });
    }));
  const chosen =
    tasted &&
    (choice === null ||
      (await attempt(choice, async () => {
        const prepared = await fits.prepare(choice);
        const fitted = prepared.scored;
        throwIfAborted(signal);
        const telling: Tell = (share) => tell('choice', WORKS.scoring, share);
        const judged = judge ? await judge.judge(fitted.model, telling, signal) : null;
        scored = { ...scored, judged };
        const { model } = fitted;
        const leftOut = 'leftOut' in model && typeof model.leftOut === 'number' ? model.leftOut : 0;
        note(prepared, { lists: judged?.scores ?? null, leftOut });
      })));
  if (!chosen) return null;
  hooks.onProgress?.(id, 1);
  return failed(scored, failure);
}

/** With what went wrong in its row; it has failed as a whole where neither head came to anything. */
function failed(scored: Scored, failure: AppError | null): Scored {
  if (!failure) return scored;
  const { row } = scored;
  const { code, params } = failure;
  return { ...scored, row: { ...row, state: row.taste || row.lists ? 'done' : 'failed', error: { code, params } } };
}

function destroyAll(made: Set<Model>): void {
  for (const model of made) model.destroy();
  made.clear();
}

/** What a row may say went wrong; anything else, a `cancelled` nobody asked for included, is a mistake of ours and thrown on. */
function failureOf(thrown: unknown, plan: HeadPlan<TasteModel> | HeadPlan<ChoiceModel>): AppError {
  if (thrown instanceof AppError && thrown.code !== 'cancelled') return thrown;
  if (isOutOfMemory(thrown)) {
    return new AppError('trainingOutOfMemory', { model: plan.name, detail: String(thrown) }, { cause: thrown });
  }
  throw thrown;
}

/**
 * RMSE and MAE of the test ratings, the MAE by group too where there are groups, and each customer's squared errors to compare
 * models by; null without test ratings.
 * Throws AppError `trainingDiverged` for a model that predicts no number: a mean without those would flatter it.
 */
async function scoreTaste(
  model: TasteModel,
  { test }: Parts,
  groups: RatingGroups | null,
  resamples: Resamples,
  tell: Tell,
  signal?: AbortSignal,
): Promise<{ readonly scores: TasteScores; readonly squared: CustomerSums } | null> {
  const predicted = await predictPairs(model, test, (share) => tell(PREDICTED * share), signal);
  if (!predicted.every(Number.isFinite)) throw new AppError('trainingDiverged', { model: model.name });
  const byCustomer = errorsByCustomer(predicted, test);
  const { squared, absolute, counts } = byCustomer;
  const errors: CustomerSums = { sums: squared, counts, root: true };
  const [rmse, mae] = await bootstrap([errors, { sums: absolute, counts }], resamples);
  const byGroup = groups ? await errorsByGroup(predicted, test, byCustomer, groups, resamples) : WITHOUT_GROUPS;
  tell(1);
  return rmse && mae && { scores: { rmse, mae, ...byGroup }, squared: errors };
}

/** What stars are compared by; nothing of one that guesses none. */
function rmseOf({ row: { id, taste }, errors }: Scored): readonly ComparedFigure[] {
  return taste && errors ? [{ id, value: taste.rmse.mean, sums: errors }] : [];
}

/** What lists are compared by; nothing of one without such a figure. */
function listFigureOf({ row: { id, lists }, judged }: Scored, metric: 'recall' | 'hitRate'): readonly ComparedFigure[] {
  const figure = metric === 'hitRate' ? lists?.sampled?.metrics.hitRate : lists?.metrics.recall;
  return figure && judged?.compared ? [{ id, value: figure.mean, sums: judged.compared }] : [];
}
